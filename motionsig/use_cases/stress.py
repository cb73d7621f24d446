"""Whether measurements and verdicts survive the re-encoding that every platform does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classify.judge_file import load_judge
from extract.extraction_options import ExtractionOptions
from extract.face import FACE_READERS
from extract.limits import Limits
from extract.people.person import PersonReference
from ground.errors import InputError, MotionsigError
from ground.files import growing_folder, to_path
from ground.text import storable
from motionsig.execution.dispatch import Outcome
from motionsig.execution.isolation import LostCallError
from motionsig.execution.side_by_side import call_side_by_side
from motionsig.use_cases.extraction import count_processors, extract
from motionsig.use_cases.inputs import Names, check_kind, check_workers, find_listed_videos
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.reencoding import DEGRADATIONS, Degradation, reencode
from motionsig.use_cases.robustness import Agreement, compare_versions, write_agreements
from motionsig.use_cases.suspects import choose_readers

_DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class Stressed:
    """What came of videos that were encoded again.

    Attributes
    ----------
    rows
        How each version agrees with the original of its video.
    failed
        Video or copy -> why there is nothing to compare.
    file
        The table of the rows; None where there are none.
    """

    rows: tuple[Agreement, ...]
    failed: dict[Path, str]
    file: Path | None


def stress(
    videos: Names,
    out: str | Path = "stress",
    *,
    model: str | Path | None = None,
    face: str | None = None,
    reference: PersonReference | None = None,
    workers: int | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    on_outcome: Callable[[Outcome], None] | None = None,
    monitor: Monitor | None = None,
) -> Stressed:
    """Encode videos again, measure them again, and say how far features, correlations and verdicts move.

    Parameters
    ----------
    videos
        Video files, folders of them, or manifests (CSV) that name them.
    out
        Folder for stress.csv, the copies and their frame tables.
    model
        Model file of `train`, or of an enrolled person, for verdicts.
    face
        Which reader measures the face; None for the model's, or ``mesh``.
    reference
        The face of the person to measure; None for the one that the model keeps, or else the person most
        seen.
    workers
        Videos worked on at once, at least 1; None for one a processor.
    limits
        What a video may cost.
    on_outcome
        Called with what became of each video and each copy, as soon as it is measured.
    monitor
        Progress, notices, and whether to stop.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with, or a copy would have the name of another video.
    ModelError
        When the model is damaged or its readers are not at hand.
    StoppedError
        When the monitor says so; frame tables that are finished are kept.
    """
    monitor = monitor or Monitor()
    out = to_path(out)
    check_workers(workers)
    check_kind(limits, Limits, "The limits")
    if reference is not None:
        check_kind(reference, PersonReference, "The reference")
    if face is not None and face not in FACE_READERS:
        raise InputError(f"There is no face reader {face!r}. Choose one of: {', '.join(FACE_READERS)}.")
    loaded = load_judge(to_path(model)) if model is not None else None
    if loaded and face:
        raise InputError("The model already says which reader measures the face. Leave out --face.")
    options = choose_readers(loaded, monitor.notice) if loaded else ExtractionOptions(face=face or "mesh")
    person = reference or (loaded.face if loaded else None)
    options = options.model_copy(update={"limits": limits, "person": person})
    found = find_listed_videos(videos, monitor.notice)
    copies = {
        video: {way.name: out / "videos" / f"{video.stem}-{way.name}.mp4" for way in DEGRADATIONS}
        for video in found
    }
    _check_names(copies)
    failed: dict[Path, str] = {}

    def measure(files: Sequence[Path]) -> dict[Path, Path]:
        """Return the frame table of each file; note in `failed` why there is none."""
        if not files:
            return {}
        outcomes = extract(
            files, out / "tables", options, workers=workers, on_outcome=on_outcome, monitor=monitor
        )
        failed.update({Path(str(one.video)): str(one.error) for one in outcomes if one.error})
        return {Path(str(one.video)): one.extraction.table for one in outcomes if one.extraction}

    tables = measure(found)
    _reencode({video: copies[video] for video in found if video in tables}, workers, limits, failed, monitor)
    tables |= measure(
        [path for v in found if v in tables for path in copies[v].values() if path not in failed]
    )
    rows: list[Agreement] = []
    for video in [video for video in found if video in tables]:
        monitor.check()
        versions = {name: tables[path] for name, path in copies[video].items() if path in tables}
        try:
            rows += compare_versions(storable(video.name), tables[video], versions, loaded)
        except MotionsigError as error:
            failed[video] = str(error)
    path = out / "stress.csv"
    if rows:
        write_agreements(rows, path)
    return Stressed(tuple(rows), failed, path if rows else None)


def _check_names(copies: Mapping[Path, Mapping[str, Path]]) -> None:
    names = {video.stem for video in copies}
    for video, paths in copies.items():
        if clash := names & {path.stem for path in paths.values()}:
            raise InputError(
                f"A copy of {video} would have the name of another video, {min(clash)}. Rename one of them."
            )


def _reencode(
    copies: Mapping[Path, Mapping[str, Path]],
    workers: int | None,
    limits: Limits,
    failed: dict[Path, str],
    monitor: Monitor,
) -> None:
    """Encode each video in each way; note in `failed` which copies there are not, and why."""
    jobs = [(video, paths[way.name], way) for video, paths in copies.items() for way in DEGRADATIONS]
    if not jobs:
        return
    folder = jobs[0][1].parent
    with growing_folder(folder) as growing, monitor.stage("Encoding copies", len(jobs), "copies") as advance:
        errors = call_side_by_side(
            _reencode_in,
            [(growing, *job) for job in jobs],
            workers=workers or count_processors(),
            limit_s=limits.time_s,
            advance=advance,
        )
    for (video, path, way), error in zip(jobs, errors, strict=True):
        if isinstance(error, LostCallError):
            failed[path] = f"{video} was not encoded as {way.name}. The process died or hung ({error})."
        elif error is not None:
            failed[path] = str(error)


def _reencode_in(growing: Path, video: Path, path: Path, way: Degradation) -> None:
    reencode(video, path, way, growing_in=growing)
