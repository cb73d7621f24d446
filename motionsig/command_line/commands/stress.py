"""`motionsig stress`: whether measurements and verdicts survive the re-encoding that every platform does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, Workers, limits, reference, with_options
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from extract.limits import Limits
    from extract.people.person import PersonReference
    from motionsig.execution.dispatch import Outcome
    from motionsig.use_cases.robustness import Agreement
    from motionsig.use_cases.stress import Stressed

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


@with_options(reference=reference, limits=limits)
def stress(
    videos: Annotated[
        list[Path],
        typer.Argument(
            help="Video files, folders of them, or a manifest (CSV with the columns "
            "path,subject,group,session).",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            "-m",
            help="Model file of `motionsig train` or `motionsig enrol`, for verdicts.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for stress.csv, the videos and their frame tables.")
    ] = Path("stress"),
    face: Annotated[
        str | None,
        typer.Option(help="Which reader measures the face.", show_default="the model's, or mesh"),
    ] = None,
    workers: Workers = None,
    as_json: AsJson = False,
    *,
    reference: PersonReference | None,
    limits: Limits,
) -> None:
    """Encode videos again, as platforms do, and say how far measurements and verdicts move.

    Each video is compressed with x264 at CRF 23, 28, 33 and 41. At CRF 23 it is also reduced to half and a
    quarter of its size, and to 12 frames/s. This takes about eight times as long as `motionsig extract`. If
    you stop it, the same command keeps the measurements and encodes the copies again. A video that cannot be
    used is named with the reason. The others are compared, and the exit code is 1.
    """
    from motionsig.use_cases.stress import stress as stress_videos

    with watched() as monitor:
        made = stress_videos(
            videos,
            out,
            model=model,
            face=face,
            reference=reference,
            workers=workers,
            limits=limits,
            on_outcome=_show_warnings,
            monitor=monitor,
        )
    _show(made, as_json)
    if made.failed or any(row.error for row in made.rows):
        raise typer.Exit(1)


def _show_warnings(outcome: Outcome) -> None:
    for warning in outcome.extraction.list_warnings() if outcome.extraction else ():
        terminal.warn(warning)


def _show(made: Stressed, as_json: bool) -> None:
    for reason in made.failed.values():
        terminal.fail(reason)
    if as_json:
        terminal.emit_json(
            {
                "versions": [row.model_dump() for row in made.rows],
                "failed": [{"video": str(video), "error": error} for video, error in made.failed.items()],
            }
        )
    elif made.rows:
        for video in dict.fromkeys(row.video for row in made.rows):
            terminal.say(f"{video}:")
            terminal.show_table(_COLUMNS, [_cells(row) for row in made.rows if row.video == video])
        terminal.say(
            "body, face: share of the frames in which they were found. features: Pearson correlation of a "
            "feature with itself in the original, over time (the median feature). pairs: Pearson "
            "correlation of all clips' correlations with those of the original. moved: how far the "
            "correlations move on average."
        )
        terminal.say(f"Written: {made.file}")


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
