"""What a worker process, here or on another computer, is given to do, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from extract.chunks import ChunkRange
from extract.extraction import Extraction, extract_video, find_extraction, put_together, read_part
from extract.extraction_options import ExtractionOptions
from extract.mesh_table import find_mesh_table
from extract.people.tracks_table import find_tracks_table
from extract.people.weights import are_installed
from extract.sound.voice_table import find_voice_table
from ground.errors import MotionsigError
from ground.files import refuse_long_name
from ground.text import storable
from motionsig.execution.remote import Origin, RemoteFile, Video, fetched, keep_origin, look_at, recall_hash


@dataclass(frozen=True)
class Failure:
    """Why there is nothing: the message of an error, and each problem where there are many."""

    message: str
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(MotionsigError(self.message, self.problems))


@dataclass(frozen=True)
class Job:
    """Some of the work on a video.

    Attributes
    ----------
    video
        The video file.
    table
        Its frame table.
    options
        How it is read.
    chunks
        Read and keep these; None to make the table, from what was kept and what is still to read.
    frames
        About how many frames are read; None where nobody knows.
    reads_again
        Whether the job that makes a table also reads the video a second time, where that is needed; else it
        says so, for others read the chunks.
    """

    video: Video
    table: Path
    options: ExtractionOptions
    chunks: ChunkRange | None
    frames: int | None
    reads_again: bool = True


def run_job(job: Job, on_frame: Callable[[], None] | None = None) -> Extraction | Failure | None:
    """Do a job; no error of one video reaches the others.

    Parameters
    ----------
    job
        What to do.
    on_frame
        Called for each frame that was decoded.

    Returns
    -------
    Extraction or Failure or None
        The table, or why there is none; None when some of the chunks were asked for and are finished, and
        where the table was asked for and all chunks must be read again (`extract.extraction.put_together`).
    """
    try:
        _check_names(job)
        state = look_at(job.video) if isinstance(job.video, RemoteFile) else None
        known = None if state is None else recall_hash(job.table, str(job.video), state)
        if known and (made := find_extraction(job.table, storable(job.video.name), known, job.options)):
            return made
        with fetched(job.video) as path:
            try:
                if job.chunks is None:
                    make = extract_video if job.reads_again else put_together
                    extraction = make(path, job.table, job.options, on_frame=on_frame)
                    if extraction is not None and state is not None:
                        sha256 = extraction.metadata.source.sha256
                        keep_origin(job.table, Origin(address=str(job.video), state=state, sha256=sha256))
                    return extraction
                read_part(path, job.table, job.options, job.chunks, on_frame=on_frame)
                return None
            except MotionsigError as error:
                return Failure(error.message.replace(str(path), str(job.video)), error.problems)
    except MotionsigError as error:
        return Failure(error.message, error.problems)
    except Exception as error:
        # The file may be hostile, and the other videos must not pay for it.
        return Failure(
            f"motionsig failed unexpectedly on {job.video} ({type(error).__name__}: {error}). This is a "
            "defect. Please report it."
        )


def _check_names(job: Job) -> None:
    """Raise InputError, before hours of reading, when what is to be written has too long a name."""
    refuse_long_name(job.table)
    refuse_long_name(find_voice_table(job.table))
    if job.options.keep_mesh:
        refuse_long_name(find_mesh_table(job.table))
    if are_installed():
        refuse_long_name(find_tracks_table(job.table))


def fail_lost(job: Job, how: str) -> Failure:
    """Return the failure of a job whose process is gone, in the words of `how`."""
    return Failure(
        f"{job.video} was not finished: {how}. The finished part is kept. Run the same command again to "
        "continue."
    )


def name_table(out: Path, stem: str, number: int | None = None) -> Path:
    """Return where the frame table of a video lies, or that of one of its people where all are measured."""
    return out / (f"{stem}.parquet" if number is None else f"{stem}.person{number}.parquet")


def list_other_people(first: Job, extraction: Extraction) -> list[Job]:
    """Return the jobs that measure the other people of a video of which all are measured; none elsewhere.

    Parameters
    ----------
    first
        That measured the first of them, by its number.
    extraction
        What came of it, which says how many there are.
    """
    person = extraction.metadata.person
    if first.options.person_number != 1 or person is None:
        return []
    return [
        replace(
            first,
            table=name_table(first.table.parent, first.video.stem, number),
            options=first.options.model_copy(update={"person_number": number}),
            reads_again=True,  # each is read by one worker
        )
        for number in range(2, person.people + 1)
    ]


def make_table_job(part: Job, frames: int) -> Job:
    """Return the job that puts together what jobs like `part` have kept.

    Parameters
    ----------
    part
        One of them.
    frames
        What to count when the table turns out to be there already.
    """
    return replace(part, chunks=None, frames=frames, reads_again=False)
