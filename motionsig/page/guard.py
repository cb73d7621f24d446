"""Who may ask the page for anything: this computer's user, from the page itself or with the token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE: Final = frozenset({"GET", "HEAD"})
_OWN_SITES: Final = frozenset({"same-origin", "none"})
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_HEAD: Final = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
    "<title>motionsig</title>"
)
# Goes on by a request of the page itself: a redirect would count as coming from where the address was clicked
# on, and browsers send no strict cookie with that.
_ENTER: Final = (
    f'{_HEAD}<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Open the page</a></p></html>'
)
_LOCKED: Final = (
    f"{_HEAD}<h1>This page is locked</h1><p>Open the address that <code>motionsig serve</code> printed. It "
    "holds a token, and it is another one each time.</p></html>"
)


class Guard:
    """Lets through what the user of this computer asks, and nothing that another web site makes browsers ask.

    Every answer carries headers that forbid the browser to load anything from elsewhere.

    Parameters
    ----------
    app
        What answers.
    token
        What whoever asks must know: in the address once, then in a cookie, or as ``Authorization: Bearer``.
    port
        Of the page. Requests must be addressed to ``127.0.0.1`` or ``localhost`` there: a web site whose name
        was made to lead to this computer is addressed by its own.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        # Cookies of this computer do not tell ports apart.
        self._cookie = f"motionsig-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._check(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _check(self, scope: Scope) -> Response | None:
        """Return the refusal of a request; None where it is handed on."""
        headers, path, is_safe = Headers(scope=scope), scope["path"], scope["method"] in _SAFE
        fault = self._find_foreign(scope, headers)
        if fault is not None:
            return _refuse(path, *fault)
        if path.startswith("/static/") and is_safe:
            return None
        if path == "/" and is_safe and (given := _read_token(scope)) is not None:
            return self._enter(given)
        return self._find_stranger(headers, path, is_safe=is_safe)

    def _find_foreign(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Return what shows that another web site, or one of another name, is behind a request."""
        if headers.get("host", "") not in self._hosts:
            return 421, "This is not the address of the page."
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        is_foreign = site is not None and site not in _OWN_SITES and not _is_visit(scope, headers)
        if is_foreign or (origin is not None and origin != f"http://{headers['host']}"):
            return 403, "Another web site asked for this."
        return None

    def _find_stranger(self, headers: Headers, path: str, *, is_safe: bool) -> Response | None:
        """Return the refusal of whoever does not know the token, or may have been made to ask."""
        if self._is_token(_read_bearer(headers)):
            return None
        if not self._is_token(cookie_parser(headers.get("cookie", "")).get(self._cookie)):
            return _refuse(
                path, 401, "The token is missing or wrong. Open the address that `motionsig serve` printed."
            )
        if not is_safe and "origin" not in headers and headers.get("sec-fetch-site") != "same-origin":
            # Every browser of these years says where a request comes from that changes something.
            return _refuse(path, 403, "It is not known which page asked for this.")
        return None

    def _enter(self, given: str) -> Response:
        if not self._is_token(given):
            return HTMLResponse(_LOCKED, 403)
        response = HTMLResponse(_ENTER)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _is_token(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), self._token.encode())


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Return whether somebody followed a link from wherever to the beginning, which changes nothing."""
    asked = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    return bool(asked == ("navigate", "document") and scope["method"] == "GET" and scope["path"] == "/")


def _read_token(scope: Scope) -> str | None:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    return given[0] if given else None


def _read_bearer(headers: Headers) -> str | None:
    kind, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None


def _refuse(path: str, status: int, why: str) -> Response:
    if path.startswith("/api/"):
        return JSONResponse({"error": why}, status)
    return HTMLResponse(
        _LOCKED if status == 401 else f"<!DOCTYPE html><title>motionsig</title><p>{why}</p>", status
    )
