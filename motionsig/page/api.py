"""The HTTP interface, version 1: what the page does, for programs. `motionsig.page.openapi` documents it."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ground.errors import InputError
from ground.records import Record
from ground.text import storable
from motionsig.page.answers import (
    Added,
    Comparison,
    Done,
    Jobs,
    NamedOthers,
    NamedRecording,
    NamedSuspects,
    NewPerson,
    Occasion,
    People,
    Suspects,
    tell_job,
    tell_person,
    tell_suspect,
)
from motionsig.page.bundle import give_bundle
from motionsig.page.requests import read_body, receive_file, settings_of
from motionsig.use_cases.library import people, queue, suspects
from motionsig.use_cases.library.files import Arrival, list_videos, resolve_named
from motionsig.use_cases.library.layout import MissingError
from motionsig.use_cases.library.people import OTHERS
from motionsig.use_cases.library.records import Job


def _answer(record: Record, status: int = 200) -> Response:
    return Response(record.model_dump_json(), status, media_type="application/json")


async def list_everybody(request: Request) -> Response:
    """List everybody in the library."""
    library = settings_of(request).library
    found = await run_in_threadpool(people.list_people, library)
    return _answer(People(people=tuple(map(tell_person, found))))


async def add_person(request: Request) -> Response:
    """Begin a person, of whom nothing is known yet."""
    body = await read_body(request, NewPerson)
    person = await run_in_threadpool(people.add_person, settings_of(request).library, body.name)
    return _answer(tell_person(person), 201)


async def show_person(request: Request) -> Response:
    """Show one person."""
    found = await run_in_threadpool(
        people.find_person, settings_of(request).library, request.path_params["person"]
    )
    return _answer(tell_person(found))


async def delete_person(request: Request) -> Response:
    """Delete a person for good: recordings, tables and model. Verdicts stay."""
    library = settings_of(request).library
    await run_in_threadpool(people.delete_person, library, request.path_params["person"])
    return _answer(Done())


async def send_recording(request: Request) -> Response:
    """Send a recording of a person: the body is the file."""
    library, person = settings_of(request).library, request.path_params["person"]
    await run_in_threadpool(people.find_person, library, person)
    given, session = _file_name(request), request.query_params.get("session") or None

    def keep(arrival: Arrival) -> str:
        return people.add_recording(library, person, given, arrival, session=session).file

    return _answer(Added(files=(await receive_file(request, keep),)), 201)


async def name_recordings(request: Request) -> Response:
    """Name a recording of a person, or a folder of them, that stays where it is. New ones are added."""
    settings, person = settings_of(request), request.path_params["person"]
    body = await read_body(request, NamedRecording)

    def add() -> tuple[str, ...]:
        people.find_person(settings.library, person)
        found = list_videos(resolve_named(body.path, settings.folders), settings.folders)
        there = {one.path for one in people.read_recordings_of(settings.library, person).recordings}
        return tuple(
            people.add_recording(settings.library, person, path.name, path, session=body.session).file
            for path in found
            if storable(str(path)) not in there  # a folder may be named again, when it has more videos
        )

    return _answer(Added(files=await run_in_threadpool(add)), 201)


async def delete_recording(request: Request) -> Response:
    """Delete a recording of a person for good. The person stays as learnt until learnt again."""
    library, named = settings_of(request).library, request.path_params
    await run_in_threadpool(people.remove_recording, library, named["person"], named["file"])
    return _answer(Done())


async def set_occasion(request: Request) -> Response:
    """Say to which occasion a recording of a person belongs. It counts when the person is learnt again."""
    library, named = settings_of(request).library, request.path_params
    body = await read_body(request, Occasion)
    await run_in_threadpool(people.set_session, library, named["person"], named["file"], body.session)
    return _answer(Done())


async def learn(request: Request) -> Response:
    """Read the recordings of a person, and learn the person from all of them."""
    library, person_id = settings_of(request).library, request.path_params["person"]

    def ask() -> Job:
        person = people.find_person(library, person_id)
        return queue.add_job(library, "learn", person.id, person.name)

    return _answer(tell_job(library, await run_in_threadpool(ask)), 202)


async def send_other(request: Request) -> Response:
    """Send a recording of somebody else: the body is the file; `subject` says who it is."""
    library = settings_of(request).library
    given, subject = _file_name(request), request.query_params.get("subject", "")
    said: dict[str, str | None] = {
        "subject": subject.strip() or None,
        "group": "celeb",
        "session": request.query_params.get("session") or None,
    }
    if said["subject"] is None:
        said = _label_by_name(given)

    def keep(arrival: Arrival) -> str:
        return people.add_recording(library, OTHERS, given, arrival, **said).file

    return _answer(Added(files=(await receive_file(request, keep),)), 201)


async def name_others(request: Request) -> Response:
    """Name the folder of the other people, with a manifest in it; ask for it to be read."""
    settings = settings_of(request)
    body = await read_body(request, NamedOthers)

    def add() -> Job:
        people.set_folder_of_others(settings.library, resolve_named(body.path, settings.folders))
        return queue.add_job(settings.library, "learn others", OTHERS, "other people")

    return _answer(tell_job(settings.library, await run_in_threadpool(add)), 202)


async def learn_others(request: Request) -> Response:
    """Read the recordings of the other people, and learn a background if they are enough."""
    library = settings_of(request).library
    job = await run_in_threadpool(queue.add_job, library, "learn others", OTHERS, "other people")
    return _answer(tell_job(library, job), 202)


async def delete_other(request: Request) -> Response:
    """Delete a recording of other people for good."""
    library, file = settings_of(request).library, request.path_params["file"]
    await run_in_threadpool(people.remove_recording, library, OTHERS, file)
    return _answer(Done())


async def search_suspects(request: Request) -> Response:
    """List suspects and verdicts, the latest first; `search` looks into names, people and verdicts."""
    library, search = settings_of(request).library, request.query_params.get("search", "")

    def find() -> Suspects:
        found = suspects.list_suspects(library, search)
        return Suspects(suspects=tuple(tell_suspect(library, one) for one in found))

    return _answer(await run_in_threadpool(find))


async def send_suspect(request: Request) -> Response:
    """Send a suspect: the body is the file. A verdict is asked for."""
    library = settings_of(request).library
    given, person = _file_name(request), request.query_params.get("person") or None
    await run_in_threadpool(suspects.check_comparison, library, person)

    def keep(arrival: Arrival) -> suspects.Suspect:
        return suspects.add_suspect(library, given, arrival, person)

    return _answer(tell_suspect(library, await receive_file(request, keep)), 202)


async def name_suspects(request: Request) -> Response:
    """Name a suspect, or a folder of them, that stays where it is. Verdicts are asked for."""
    settings = settings_of(request)
    body = await read_body(request, NamedSuspects)

    def add() -> Suspects:
        suspects.check_comparison(settings.library, body.person)
        found = list_videos(resolve_named(body.path, settings.folders), settings.folders)
        added = [suspects.add_suspect(settings.library, path.name, path, body.person) for path in found]
        return Suspects(suspects=tuple(tell_suspect(settings.library, one) for one in added))

    return _answer(await run_in_threadpool(add), 202)


async def show_suspect(request: Request) -> Response:
    """Show one suspect: how far the work is, and the verdict."""
    library = settings_of(request).library
    found = await run_in_threadpool(suspects.find_suspect, library, request.path_params["suspect"])
    return _answer(tell_suspect(library, found))


async def delete_suspect(request: Request) -> Response:
    """Delete a suspect for good: the video that was sent, the verdict, and all that was made of it."""
    library = settings_of(request).library
    await run_in_threadpool(suspects.delete_suspect, library, request.path_params["suspect"])
    return _answer(Done())


async def give_file(request: Request) -> Response:
    """Give a file of a verdict: report.html, verdict.json, and others that `files` of the suspect names."""
    library = settings_of(request).library
    found = await run_in_threadpool(suspects.find_suspect, library, request.path_params["suspect"])
    name = request.path_params["file"]
    if name not in found.files:
        raise MissingError(f"There is no {name!r} of this suspect.")
    return FileResponse(found.folder / name, filename=f"{Path(found.given).stem[:80]}-{name}")


async def give_everything(request: Request) -> Response:
    """Give all files of a verdict as one ZIP, with their SHA-256 in SHA256SUMS."""
    library = settings_of(request).library
    found = await run_in_threadpool(suspects.find_suspect, library, request.path_params["suspect"])
    return await give_bundle(library, found)


async def judge_again(request: Request) -> Response:
    """Ask for another verdict on a suspect that is there."""
    library, suspect_id = settings_of(request).library, request.path_params["suspect"]
    body = await read_body(request, Comparison)
    job = await run_in_threadpool(suspects.judge_again, library, suspect_id, body.person)
    return _answer(tell_job(library, job), 202)


async def draw_overlay(request: Request) -> Response:
    """Ask for a video that shows the measurements and the verdict on top of the suspect."""
    library, suspect_id = settings_of(request).library, request.path_params["suspect"]

    def ask() -> Job:
        found = suspects.find_suspect(library, suspect_id)
        if found.video is None or not found.answers:
            raise InputError("There is no verdict on this video yet, so there is nothing to draw.")
        return queue.add_job(library, "draw overlay", found.id, found.given)

    return _answer(tell_job(library, await run_in_threadpool(ask)), 202)


async def list_jobs(request: Request) -> Response:
    """List all work that is asked for, done, or failed."""
    library = settings_of(request).library

    def tell() -> Jobs:
        return Jobs(jobs=tuple(tell_job(library, job) for job in queue.list_jobs(library)))

    return _answer(await run_in_threadpool(tell))


async def show_job(request: Request) -> Response:
    """Show one job, and how far it is."""
    library = settings_of(request).library
    job = await run_in_threadpool(queue.read_job, library, request.path_params["job"])
    return _answer(tell_job(library, job))


async def cancel_job(request: Request) -> Response:
    """Ask for a job to be ended. What is finished of it is kept."""
    library = settings_of(request).library
    job = await run_in_threadpool(queue.cancel_job, library, request.path_params["job"])
    return _answer(tell_job(library, job))


def _file_name(request: Request) -> str:
    given = request.query_params.get("name", "")
    if not given.strip():
        raise InputError("Say how the file is called: ?name=...")
    return given[:1000]


def _label_by_name(given: str) -> dict[str, str | None]:
    from features.labels import label_from_name

    label = label_from_name(Path(given).stem)
    if label is None:
        raise InputError(
            "Say who is in the recording, or name it <number>_<person>_<group>, such as 4_id1_celeb.mp4."
        )
    return {"subject": label.subject, "group": label.group, "session": label.session}
