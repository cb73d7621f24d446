"""`motionsig identify`: a suspect against everybody whose model is in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, Workers, limits, reference, with_options
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.identification import Candidate, Identification
    from extract.limits import Limits
    from extract.people.person import PersonReference


@with_options(reference=reference, limits=limits)
def identify(
    suspects: Annotated[
        list[Path],
        typer.Argument(
            help="Videos, frame tables or correlations tables, or folders of videos.", show_default=False
        ),
    ],
    models: Annotated[
        Path, typer.Option(help="Folder of model files of `motionsig train` or `motionsig enrol`.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder for identification.json, identification.csv and frame tables."
        ),
    ] = Path("identification"),
    workers: Workers = None,
    as_json: AsJson = False,
    *,
    reference: PersonReference | None,
    limits: Limits,
) -> None:
    """Compare a suspect video with every person whose model is in a folder.

    The list is ordered by verdict, then by likelihood ratio. Scores of different models do not compare. The
    first in the list is only the likeliest of these people. The person in the video may be somebody
    else. A model that does not fit the suspect is named with the reason, and the exit code is 1.
    """
    from motionsig.use_cases.identification import identify as identify_suspects

    with watched() as monitor:
        made = identify_suspects(
            suspects, models, out, reference=reference, workers=workers, limits=limits, monitor=monitor
        )
    result = made.identification
    for _, reason in result.refused:
        terminal.fail(reason)
    if as_json:
        terminal.emit_json(result.model_dump(mode="json"))
    elif result.videos:
        _show(result)
        terminal.say(f"Written: {', '.join(map(str, made.files))}")
    if result.refused:
        raise typer.Exit(1)


def _show(result: Identification) -> None:
    for video in result.videos:
        given = "" if Path(video.suspect).name == video.video else f"{video.suspect}, "
        terminal.say(f"{given}{video.video}:")
        terminal.show_table(
            {"person": "left", "verdict": "left", "LR": "right", "score": "right", "model": "left"},
            [_row(candidate) for candidate in video.candidates],
        )
        for warning in dict.fromkeys(w.words for candidate in video.candidates for w in candidate.warnings):
            terminal.warn(warning)
    terminal.say(
        "LR: likelihood ratio of that person against somebody else, if the model is calibrated. Scores of "
        "different models do not compare. The person in the video may be none of these people."
    )


def _row(candidate: Candidate) -> tuple[str, ...]:
    from classify.words.numbers import format_ratio

    ratio = "-" if candidate.log10_lr is None else format_ratio(candidate.log10_lr)
    score = "-" if candidate.score is None else f"{candidate.score:+.3f}"
    return candidate.person, candidate.label, ratio, score, candidate.model
