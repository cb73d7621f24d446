"""`motionsig stress`: whether measurements and verdicts survive the re-encoding that every platform does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from extract.extraction import ExtractionOptions
    from motionsig.use_cases.extraction import Outcome
    from motionsig.use_cases.reencoding import Degradation
    from motionsig.use_cases.robustness import Agreement

_COLUMNS: Final = {
    "encoded": "left",
    "body": "right",
    "face": "right",
    "features": "right",
    "pairs": "right",
    "moved": "right",
    "score": "right",
    "shift": "right",
    "verdict": "left",
}


def stress(
    videos: Annotated[
        list[Path],
        typer.Argument(
            help="Video files, folders of them, or data tables that name them (CSV with the columns path, "
            "subject, group and session).",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", "-m", help="Model file of `motionsig train`, for verdicts.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for stress.csv, the videos and their frame tables.")
    ] = Path("stress"),
    face: Annotated[
        str | None,
        typer.Option(help="Which reader measures the face.", show_default="the model's, or mesh"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Videos worked on at once.", show_default="one a processor")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Encode videos again, measure them again, and say how far features, correlations and verdicts move.

    Each video is compressed with x264 at CRF 23, 28, 33 and 41, and at CRF 23 to half and a quarter of its
    size and to 12 frames/s: what platforms do to everything that is uploaded. Takes about eight times as long
    as `motionsig extract`; after a stop the same command keeps what was measured, and encodes the copies
    again. A video that cannot be used is named with the reason, the others are compared, and the exit code is
    1.
    """
    from classify.model_file import load_model
    from extract.extraction import ExtractionOptions
    from extract.face import FACE_READERS
    from ground.errors import InputError, MotionsigError
    from ground.text import storable
    from motionsig.use_cases.inputs import find_listed_videos
    from motionsig.use_cases.reencoding import DEGRADATIONS
    from motionsig.use_cases.robustness import compare_versions
    from motionsig.use_cases.suspects import choose_readers

    if face is not None and face not in FACE_READERS:
        raise InputError(f"There is no face reader {face!r}; choose one of: {', '.join(FACE_READERS)}.")
    loaded = load_model(model) if model else None
    if loaded and face:
        raise InputError("--model says already which reader measures the face; leave out --face.")
    options = choose_readers(loaded, terminal.notify) if loaded else ExtractionOptions(face=face or "mesh")
    found = find_listed_videos(videos)
    copies = {
        video: {way.name: out / "videos" / f"{video.stem}-{way.name}.mp4" for way in DEGRADATIONS}
        for video in found
    }
    _check_names(copies)
    failed: dict[Path, str] = {}
    tables = _extract(found, out, options, workers, failed)
    _reencode({video: copies[video] for video in tables}, workers, failed)
    made = [path for video in tables for path in copies[video].values() if path not in failed]
    tables |= _extract(made, out, options, workers, failed)
    rows: list[Agreement] = []
    for video in [video for video in found if video in tables]:
        versions = {name: tables[path] for name, path in copies[video].items() if path in tables}
        try:
            rows += compare_versions(storable(video.name), tables[video], versions, loaded)
        except MotionsigError as error:
            failed[video] = str(error)
    _conclude(rows, failed, out, as_json)


def _check_names(copies: dict[Path, dict[str, Path]]) -> None:
    from ground.errors import InputError

    names = {video.stem for video in copies}
    for video, paths in copies.items():
        if clash := names & {path.stem for path in paths.values()}:
            raise InputError(
                f"A copy of {video} would be named {min(clash)}, as another video is; rename one."
            )


def _extract(
    videos: list[Path],
    out: Path,
    options: ExtractionOptions,
    workers: int | None,
    failed: dict[Path, str],
) -> dict[Path, Path]:
    """Return the frame table of each video; note in `failed` why there is none."""
    from motionsig.command_line.commands.extract import extract_all

    tables: dict[Path, Path] = {}
    if not videos:
        return tables

    def note(outcome: Outcome) -> None:
        video = Path(str(outcome.video))
        if outcome.extraction is None:
            failed[video] = str(outcome.error)
            return
        tables[video] = outcome.extraction.table
        if damage := outcome.extraction.describe_damage():
            terminal.warn(damage)

    extract_all(list(videos), out / "tables", options, workers=workers, cluster=None, report=note)
    return tables


def _reencode(copies: dict[Path, dict[str, Path]], workers: int | None, failed: dict[Path, str]) -> None:
    """Encode each video in each way; note in `failed` which copies there are not, and why."""
    from concurrent.futures import ThreadPoolExecutor

    from joblib import cpu_count

    from motionsig.use_cases.reencoding import DEGRADATIONS

    jobs = [(video, paths[way.name], way) for video, paths in copies.items() for way in DEGRADATIONS]
    # A thread waits for each process.
    with (
        ThreadPoolExecutor(workers or cpu_count()) as threads,
        terminal.progress("Encoding copies", len(jobs), unit="copies") as advance,
    ):
        for (_, path, _), error in zip(jobs, threads.map(_try_reencode, jobs), strict=True):
            advance(1)
            if error is not None:
                failed[path] = error


def _try_reencode(job: tuple[Path, Path, Degradation]) -> str | None:
    from extract.limits import Limits
    from ground.errors import MotionsigError
    from motionsig.execution.isolation import Isolated, LostCallError
    from motionsig.use_cases.reencoding import reencode

    try:
        with Isolated(Limits().time_s) as isolated:
            isolated.call(reencode, *job)
    except MotionsigError as error:
        return str(error)
    except LostCallError as error:
        return f"{job[0]} was not encoded as {job[2].name}: the process died or hung ({error})."
    return None


def _conclude(rows: list[Agreement], failed: dict[Path, str], out: Path, as_json: bool) -> None:
    from motionsig.use_cases.robustness import write_agreements

    for reason in failed.values():
        terminal.fail(reason)
    path = out / "stress.csv"
    if rows:
        write_agreements(rows, path)
    if as_json:
        terminal.emit_json(
            {
                "versions": [row.model_dump() for row in rows],
                "failed": [{"video": str(video), "error": error} for video, error in failed.items()],
            }
        )
    elif rows:
        for video in dict.fromkeys(row.video for row in rows):
            terminal.say(f"{video}:")
            terminal.show_table(_COLUMNS, [_cells(row) for row in rows if row.video == video])
        terminal.say(
            "body, face: frames in which they were read; features, pairs: Pearson correlation with the "
            "original, of features over time (median) and of all clips' correlations; moved: how far the "
            "latter are from the original's on average."
        )
        terminal.say(f"Written: {path}")
    if failed or any(row.error for row in rows):
        raise typer.Exit(1)


def _cells(row: Agreement) -> tuple[str, ...]:
    return (
        row.version,
        _format(row.body_share, ".0%"),
        _format(row.face_share, ".0%"),
        _format(row.feature_r, ".3f"),
        _format(row.correlation_r, ".3f"),
        _format(row.correlation_change, ".3f"),
        _format(row.score, "+.3f"),
        _format(row.score_shift, "+.3f"),
        row.label or row.error or "-",
    )


def _format(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
