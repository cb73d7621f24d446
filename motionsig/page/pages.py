"""What a browser is shown: suspects, people, other people, and one of each."""

from __future__ import annotations

import mimetypes
from typing import Any, Final

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from ground.errors import InputError
from motionsig.page.answers import JobAnswer, tell_job
from motionsig.page.describing import ModelSummary
from motionsig.page.rendering import render
from motionsig.page.requests import settings_of
from motionsig.page.settings import Settings
from motionsig.use_cases.library import people, queue, suspects
from motionsig.use_cases.library.files import find_media
from motionsig.use_cases.library.layout import Library, MissingError
from motionsig.use_cases.library.people import OTHERS
from motionsig.use_cases.library.verdicts import list_rivals

_SHOWN_AT_ONCE: Final = 10
_ENDED_SHOWN: Final = 5


async def show_home(request: Request) -> Response:
    """Judge a video, see how far the work is, and the latest verdicts."""
    settings = settings_of(request)

    def find() -> dict[str, Any]:
        return {
            "people": people.list_people(settings.library),
            "suspects": suspects.list_suspects(settings.library),
            "others": people.read_others(settings.library),
            **_find_work(settings.library),
        }

    found = await run_in_threadpool(find)
    known = [person for person in found["people"] if person.model is not None]
    judged = any(one.answers for one in found["suspects"])
    shown = found["suspects"][:_SHOWN_AT_ONCE]
    more = len(found["suspects"]) - len(shown)
    content = {**found, "suspects": shown, "more": more, "known": known, "judged": judged}
    return render("home.html", here="suspects", may_name=bool(settings.folders), **content)


async def show_queue(request: Request) -> Response:
    """Show the part of the page that says how far the work is; asked for every second."""
    library = settings_of(request).library
    return render("queue.html", **await run_in_threadpool(_find_work, library))


async def show_people(request: Request) -> Response:
    """Show everybody who is enrolled, and a form for one more."""
    library = settings_of(request).library
    found = await run_in_threadpool(people.list_people, library)
    return render("everybody.html", here="people", people=found)


async def show_person(request: Request) -> Response:
    """Show one person: footage, what is missing, how well it does, and recordings to add."""
    settings, person_id = settings_of(request), request.path_params["person"]
    person = await run_in_threadpool(people.find_person, settings.library, person_id)
    summary, problem = await _summarise(settings, person)
    last = await run_in_threadpool(_find_last, settings.library, person.id)
    return render(
        "person.html",
        here="people",
        unrecorded=await run_in_threadpool(people.list_unrecorded, settings.library, person.id),
        person=person,
        summary=summary,
        problem=problem,
        job=last,
        pictures=[(what, Markup(picture)) for what, picture in (summary.pictures if summary else ())],  # noqa: S704
        may_name=bool(settings.folders),
        has_background=settings.library.background.exists(),
    )


async def show_limits(request: Request) -> Response:
    """Show what a verdict on somebody cannot say: a part of a page; 202 while the model is being read."""
    settings = settings_of(request)
    person = await run_in_threadpool(people.find_person, settings.library, request.path_params["person"])
    summary, problem = await _summarise(settings, person)
    if summary is None and problem is None:
        return Response(status_code=202)
    if summary is None:
        raise InputError(problem or "")
    return HTMLResponse(summary.limits)


async def show_others(request: Request) -> Response:
    """Show the other people, with whom everybody is compared."""
    settings = settings_of(request)

    def find() -> dict[str, Any]:
        return {
            "record": people.read_others(settings.library),
            "job": _find_last(settings.library, OTHERS),
            "has_background": settings.library.background.exists(),
        }

    found = await run_in_threadpool(find)
    return render("others.html", here="others", may_name=bool(settings.folders), **found)


async def show_suspects(request: Request) -> Response:
    """Show the history, which can be searched."""
    library, search = settings_of(request).library, request.query_params.get("search", "")
    found = await run_in_threadpool(suspects.list_suspects, library, search)
    return render("suspects.html", here="suspects", suspects=found, search=search)


async def show_suspect(request: Request) -> Response:
    """Show one suspect: how far the work is, or the report with the video."""
    settings = settings_of(request)
    suspect = await run_in_threadpool(suspects.find_suspect, settings.library, request.path_params["suspect"])
    fragment: str | None = None
    problem: str | None = None
    if suspect.answers:
        try:
            has_video = suspect.video is not None
            fragment = await settings.reader.lay_out(
                settings.library, suspect.folder / "verdict.json", has_video
            )
        except InputError as error:
            problem = error.message
    return render(
        "suspect.html",
        here="suspects",
        suspect=suspect,
        rivals=await run_in_threadpool(list_rivals, suspect.folder),
        known=[
            person for person in await run_in_threadpool(people.list_people, settings.library) if person.model
        ],
        job=None if suspect.job is None else tell_job(settings.library, suspect.job),
        report=None if fragment is None else Markup(fragment),  # noqa: S704 - rendered by templates of ours
        problem=problem,
    )


async def give_video(request: Request) -> Response:
    """Give the suspect itself, of which the browser asks for the bytes that it needs."""
    settings = settings_of(request)
    suspect = await run_in_threadpool(suspects.find_suspect, settings.library, request.path_params["suspect"])
    if suspect.video is None:
        raise MissingError("The video is not in the library.")
    path = await run_in_threadpool(find_media, suspect.video, settings.library, settings.folders)
    kind = mimetypes.guess_type(suspect.video.name)[0] or ""
    return FileResponse(path, media_type=kind if kind.startswith("video/") else "application/octet-stream")


async def give_overlay(request: Request) -> Response:
    """Give the suspect with what was measured and judged drawn in."""
    library = settings_of(request).library
    suspect = await run_in_threadpool(suspects.find_suspect, library, request.path_params["suspect"])
    if "overlay.mp4" not in suspect.files:
        raise MissingError("The overlay is not drawn yet.")
    return FileResponse(suspect.folder / "overlay.mp4", media_type="video/mp4")


async def _summarise(settings: Settings, person: people.Person) -> tuple[ModelSummary | None, str | None]:
    """Return what there is to say of a person's model, or why it cannot be used; neither while it is read."""
    if person.model is None:
        return None, None
    try:
        return await settings.reader.describe_model(settings.library, person.model), None
    except InputError as error:
        return None, error.message


def _find_work(library: Library) -> dict[str, Any]:
    jobs = queue.list_jobs(library)
    waiting = [tell_job(library, job) for job in jobs if job.state in ("queued", "running")]
    ended = [tell_job(library, job) for job in jobs if job.ended_utc is not None]
    ended = sorted(ended, key=lambda job: job.ended_utc or "", reverse=True)[:_ENDED_SHOWN]
    return {"waiting": waiting, "ended": ended}


def _find_last(library: Library, of: str) -> JobAnswer | None:
    jobs = [job for job in queue.list_jobs(library) if job.of == of and job.kind in queue.LEARNING]
    return tell_job(library, jobs[-1]) if jobs else None
