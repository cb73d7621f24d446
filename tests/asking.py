"""Requests to the page of a library as a server hands them on, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from motionsig.page.app import make_app
from motionsig.page.settings import Settings
from motionsig.use_cases.library.layout import Library

PORT = 8765
TOKEN = "a-token-of-this-test"
OWN = f"http://127.0.0.1:{PORT}"


def ask(
    library: Library,
    method: str,
    path: str,
    query: str = "",
    messages: Iterator[dict[str, Any]] | None = None,
) -> list[Any]:
    """Ask the page with the token, with the messages of one request; return those of the answer."""
    answered: list[Any] = []
    given = messages or iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(given)

    async def send(message: Any) -> None:
        answered.append(message)

    headers = {"host": OWN.removeprefix("http://"), "authorization": f"Bearer {TOKEN}"}
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "scheme": "http", "server": ("127.0.0.1", PORT),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    asyncio.run(make_app(Settings(library), TOKEN, PORT)(scope, receive, send))
    return answered
