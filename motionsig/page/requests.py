"""Bodies of requests: small JSON, and files of any size that never lie in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, TypeVar

import pydantic
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ground.errors import InputError
from ground.records import Record
from motionsig.page.settings import Settings
from motionsig.use_cases.library.files import Arrival

_LARGEST_JSON_BYTES: Final = 64 << 10
# Larger pieces cost memory, smaller ones a change of thread each.
_PIECE_BYTES: Final = 1 << 20

Body = TypeVar("Body", bound=Record)
Kept = TypeVar("Kept")


def settings_of(request: Request) -> Settings:
    """Return what the page was started with."""
    settings: Settings = request.app.state.settings
    return settings


async def read_body(request: Request, kind: type[Body]) -> Body:
    """Return the JSON of a request.

    Raises
    ------
    InputError
        When it is none, too long, or not what is asked for.
    """
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > _LARGEST_JSON_BYTES:
            raise InputError("The request is too long.")
    try:
        return kind.model_validate(json.loads(bytes(content) or b"{}"))
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(
            f"The request does not fit: {where + ': ' if where else ''}{first['msg']}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError("The request is no JSON.") from error


async def receive_file(request: Request, keep: Callable[[Arrival], Kept]) -> Kept:
    """Write the body of a request to the disk, and have it kept when it is whole.

    Parameters
    ----------
    request
        Its body is the file.
    keep
        Called in another thread with the file that has arrived; it puts it to its place.

    Raises
    ------
    InputError
        When it is too large, the disk is full, or `keep` says so; nothing of the file is left then.
    ClientDisconnect
        When whoever sends it goes away; nothing of it is left either.
    """
    settings = settings_of(request)
    length = request.headers.get("content-length", "")
    promised = int(length) if length.isascii() and length.isdigit() else None
    arrival = await run_in_threadpool(Arrival, settings.library, settings.most_upload_bytes, promised)
    with arrival:
        gathered = bytearray()
        async for piece in request.stream():
            gathered += piece
            if len(gathered) >= _PIECE_BYTES:
                await run_in_threadpool(arrival.write, gathered)
                gathered = bytearray()
        await run_in_threadpool(arrival.write, gathered)
        return await run_in_threadpool(keep, arrival)
