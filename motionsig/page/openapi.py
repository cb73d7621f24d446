"""The operations of the HTTP interface: routes and documentation from one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pydantic
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ground.provenance import motionsig_version
from ground.records import Record
from motionsig.page import api
from motionsig.page.answers import (
    Added,
    Comparison,
    Done,
    Failed,
    JobAnswer,
    Jobs,
    NamedOthers,
    NamedRecording,
    NamedSuspects,
    NewPerson,
    Occasion,
    People,
    PersonAnswer,
    SuspectAnswer,
    Suspects,
)

_BASE: Final = "/api/v1"
_NAME: Final = {"name": "How the file is called."}
_SESSION: Final = {"session": "Which recordings belong together: the same day and place."}
_SCHEMAS: Final = "#/components/schemas/"


@dataclass(frozen=True)
class Operation:
    """One thing that the interface does.

    Attributes
    ----------
    method, path, handler
        Where it is asked for, and who answers; the first line of the handler's docstring says what it does.
    gives
        The JSON of the answer; None for a file.
    takes
        The JSON of the request; ``"file"`` for the bytes of a file, None for nothing.
    query
        Names of what may stand behind the question mark, with what it means.
    status
        Of the answer where all is well.
    """

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
    gives: type[Record] | None
    takes: type[Record] | str | None = None
    query: dict[str, str] | None = None
    status: int = 200


OPERATIONS: Final = (
    Operation("GET", "/people", api.list_everybody, People),
    Operation("POST", "/people", api.add_person, PersonAnswer, NewPerson, status=201),
    Operation("GET", "/people/{person}", api.show_person, PersonAnswer),
    Operation("DELETE", "/people/{person}", api.delete_person, Done),
    Operation(
        "POST", "/people/{person}/recordings", api.send_recording, Added, "file", {**_NAME, **_SESSION}, 201
    ),
    Operation(
        "POST", "/people/{person}/recordings/named", api.name_recordings, Added, NamedRecording, status=201
    ),
    Operation("DELETE", "/people/{person}/recordings/{file}", api.delete_recording, Done),
    Operation("POST", "/people/{person}/recordings/{file}/occasion", api.set_occasion, Done, Occasion),
    Operation("POST", "/people/{person}/learn", api.learn, JobAnswer, status=202),
    Operation(
        "POST",
        "/others/recordings",
        api.send_other,
        Added,
        "file",
        {**_NAME, "subject": "Who is in it. Not needed if the name says it.", **_SESSION},
        201,
    ),
    Operation("POST", "/others/named", api.name_others, JobAnswer, NamedOthers, status=202),
    Operation("DELETE", "/others/recordings/{file}", api.delete_other, Done),
    Operation("POST", "/others/learn", api.learn_others, JobAnswer, status=202),
    Operation(
        "GET", "/suspects", api.search_suspects, Suspects, None, {"search": "Words, all of which must occur."}
    ),
    Operation(
        "POST",
        "/suspects",
        api.send_suspect,
        SuspectAnswer,
        "file",
        {**_NAME, "person": "The id of the person to compare with. Leave it out for whoever fits."},
        202,
    ),
    Operation("POST", "/suspects/named", api.name_suspects, Suspects, NamedSuspects, status=202),
    Operation("GET", "/suspects/{suspect}", api.show_suspect, SuspectAnswer),
    Operation("DELETE", "/suspects/{suspect}", api.delete_suspect, Done),
    Operation("GET", "/suspects/{suspect}/files/{file}", api.give_file, None),
    Operation("GET", "/suspects/{suspect}/everything.zip", api.give_everything, None),
    Operation("POST", "/suspects/{suspect}/judge", api.judge_again, JobAnswer, Comparison, status=202),
    Operation("POST", "/suspects/{suspect}/overlay", api.draw_overlay, JobAnswer, status=202),
    Operation("GET", "/jobs", api.list_jobs, Jobs),
    Operation("GET", "/jobs/{job}", api.show_job, JobAnswer),
    Operation("POST", "/jobs/{job}/cancel", api.cancel_job, JobAnswer),
)


async def give_description(request: Request) -> Response:
    """Give this description, as OpenAPI has it."""
    return JSONResponse(describe_interface())


def list_routes() -> list[Route]:
    """Return the routes of the interface."""
    routes = [Route(f"{_BASE}{one.path}", one.handler, methods=[one.method]) for one in OPERATIONS]
    return [*routes, Route(f"{_BASE}/openapi.json", give_description)]


def describe_interface() -> dict[str, Any]:
    """Return the interface as OpenAPI 3.1 describes it."""
    used: set[type[Record]] = {Failed}
    for part in OPERATIONS:
        used |= {one for one in (part.gives, part.takes) if one is not None and not isinstance(one, str)}
    _, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(used, key=lambda model: model.__name__)],
        ref_template=_SCHEMAS + "{model}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(f"{_BASE}{one.path}", {})[one.method.lower()] = _describe(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "motionsig", "version": motionsig_version()},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _describe(operation: Operation) -> dict[str, Any]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    parameters += [
        {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in (operation.query or {}).items()
    ]
    described: dict[str, Any] = {
        "operationId": operation.handler.__name__,
        "summary": (operation.handler.__doc__ or "").split("\n", maxsplit=1)[0],
        "parameters": parameters,
        "responses": {
            str(operation.status): {"description": "Done", "content": _describe_content(operation.gives)},
            "default": {"description": "Refused", "content": _describe_content(Failed)},
        },
    }
    if operation.takes is not None:
        content = _describe_content(None if isinstance(operation.takes, str) else operation.takes)
        described["requestBody"] = {"required": True, "content": content}
    return described


def _describe_content(model: type[pydantic.BaseModel] | None) -> dict[str, Any]:
    if model is None:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{model.__name__}"}}}
