"""The page as an application: pages, the HTTP interface, and what is said of errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ground.errors import MotionsigError
from motionsig.page import pages
from motionsig.page.guard import Guard
from motionsig.page.openapi import list_routes
from motionsig.page.rendering import prepare_templates, render, render_style
from motionsig.page.settings import Settings
from motionsig.use_cases.library.files import DiskFullError, TooLargeError
from motionsig.use_cases.library.layout import MissingError
from motionsig.use_cases.library.suspects import list_suspects

_STATUS_OF = ((MissingError, 404), (TooLargeError, 413), (DiskFullError, 507))


def make_app(settings: Settings, token: str, port: int) -> Guard:
    """Return the page of a library.

    Parameters
    ----------
    settings
        The library, and what may be done with it.
    token
        What whoever asks must know.
    port
        Where the page is.
    """
    app = Starlette(
        routes=[
            Route("/", pages.show_home),
            Route("/queue", pages.show_queue),
            Route("/people", pages.show_people),
            Route("/people/{person}", pages.show_person),
            Route("/people/{person}/limits", pages.show_limits),
            Route("/others", pages.show_others),
            Route("/suspects", pages.show_suspects),
            Route("/suspects/{suspect}", pages.show_suspect),
            Route("/suspects/{suspect}/video", pages.give_video),
            Route("/suspects/{suspect}/overlay", pages.give_overlay),
            Route("/static/page.css", _give_style),
            Route("/static/page.js", _give_script),
            *list_routes(),
        ],
        exception_handlers={
            MotionsigError: _refuse,
            HTTPException: _refuse_path,
            ClientDisconnect: _give_up,
            Exception: _admit,
        },
        lifespan=_live,
    )
    app.state.settings = settings
    return Guard(app, token, port)


@asynccontextmanager
async def _live(app: Starlette) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    # What the first answer needs is loaded before anybody waits for it.
    await run_in_threadpool(prepare_templates)
    await run_in_threadpool(list_suspects, settings.library)
    yield
    settings.reader.close()


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, MotionsigError)
    status = next((status for kind, status in _STATUS_OF if isinstance(error, kind)), 400)
    return _tell(request, status, str(error))


async def _refuse_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    why = "There is no such page." if error.status_code == 404 else error.detail
    return _tell(request, error.status_code, why)


async def _give_up(request: Request, error: Exception) -> Response:
    """Answer nobody: whoever asked has gone."""
    return Response(status_code=400)


async def _admit(request: Request, error: Exception) -> Response:
    return _tell(request, 500, f"This is a defect of motionsig. Please report it: {type(error).__name__}.")


def _tell(request: Request, status: int, why: str) -> Response:
    if request.url.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        return JSONResponse({"error": why}, status)
    return render("error.html", status=status, why=why)


@cache
def _read_script() -> str:
    return (resources.files("motionsig.page") / "static" / "page.js").read_text(encoding="utf-8")


async def _give_script(request: Request) -> Response:
    return Response(_read_script(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


async def _give_style(request: Request) -> Response:
    return Response(render_style(), media_type="text/css", headers={"Cache-Control": "no-cache"})
