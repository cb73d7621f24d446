"""`motionsig classify`: a suspect and a model to a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, Workers, limits, reference, with_options
from motionsig.command_line.watching import command_line, watched

if TYPE_CHECKING:
    from classify.thresholds import Thresholds
    from classify.verdict import ClipVerdict, Verdict
    from extract.limits import Limits
    from extract.people.person import PersonReference
    from motionsig.use_cases.classification import Classified

_COLUMNS: Final = {
    "clip": "left",
    "time": "left",
    "score": "right",
    "LR": "right",
    "label": "left",
    "reason": "left",
}


@with_options(reference=reference, limits=limits)
def classify(
    suspects: Annotated[
        list[Path],
        typer.Argument(
            help="Videos, frame tables, correlations tables, or folders of them.", show_default=False
        ),
    ],
    model: Annotated[
        Path, typer.Option("--model", "-m", help="Model file of `motionsig train` or `motionsig enrol`.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder for verdict.json, verdict.csv, evidence.json and frame tables."
        ),
    ] = Path("verdict"),
    report: Annotated[Path | None, typer.Option(help="Write a report for people to this HTML file.")] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(
            help="Write a video (.mp4) that shows the measurements and the verdict on top of the "
            "suspect video."
        ),
    ] = None,
    trusted_signers: Annotated[
        Path | None,
        typer.Option(
            help="PEM file with certificates of those whose signatures on videos (content credentials) you "
            "trust. What is signed is reported. Nothing rests on it.",
            show_default="none",
        ),
    ] = None,
    workers: Workers = None,
    as_json: AsJson = False,
    *,
    reference: PersonReference | None,
    limits: Limits,
) -> None:
    """Say whether a suspect video moves like the person: for each clip, and for the whole video.

    The score of a trained model has its own scale. It is not a probability. If the model is calibrated, a
    likelihood ratio (LR) says what the score means. An enrolled person always has a ratio, and one for each
    region, such as the mouth. Regions do not decide. "Consistent" means only that the motion is like the
    person's motion in the footage that was learnt from. "Inconsistent" means that it is not. A suspect that
    cannot be used is named with the reason. The others are judged, and the exit code is 1.
    """
    from motionsig.use_cases.classification import classify as classify_suspects

    with watched() as monitor:
        made = classify_suspects(
            suspects,
            model,
            out,
            report=report,
            overlay=overlay,
            command=command_line(),
            reference=reference,
            trusted_signers=trusted_signers,
            workers=workers,
            limits=limits,
            monitor=monitor,
        )
    show_classified(made, as_json=as_json)
    if made.verdict.failed:
        raise typer.Exit(1)


def show_classified(made: Classified, *, as_json: bool = False) -> None:
    """Say what came of suspects."""
    for failure in made.verdict.failed:
        terminal.fail(failure.error)
    if as_json:
        terminal.emit_json(made.verdict.model_dump(mode="json"))
    elif made.files:
        _show(made.verdict)
        terminal.say(f"Written: {', '.join(map(str, made.files))}")


def _show(verdict: Verdict) -> None:
    from classify.words.cards import describe_error_rates, list_card
    from classify.words.judgements import FIND_PERSON

    thresholds = verdict.card.video_rule.thresholds
    for video in verdict.videos:
        terminal.show_table(_COLUMNS, [_tell(clip) for clip in video.clips])
        for region in video.regions:
            terminal.say(f"  {region.words}")
        if video.deviations:
            terminal.say("Furthest from the person's usual range, over the whole video:")
        for deviation in video.deviations:
            terminal.say(f"  {deviation.words}")
        for warning in video.warnings:
            terminal.warn(warning.words)
        terminal.say(video.sentence)
        if video.reason.sought:
            terminal.say(FIND_PERSON)
        terminal.say(_describe_score(video.score, thresholds))
        if video.support:
            terminal.say(video.support)
        if video.lip_sync is not None:
            terminal.say(video.lip_sync.sentence)
    if verdict.calibrated:
        scale = ", ".join(f"{word} from {least:,}" for least, word in verdict.verbal_scale[1:])
        terminal.say(
            "How strong a likelihood ratio (LR, or its inverse) is (ENFSI 2015): no support below 2, "
            f"{scale}."
        )
    for line in list_card(verdict.card):
        terminal.say(line)
    terminal.say(describe_error_rates(verdict.card))


def _describe_score(score: float | None, thresholds: Thresholds) -> str:
    if score is None:
        return "Score of the video: none (no clip could be scored)."
    return (
        f"Score of the video: {score:+.3f} (consistent above {thresholds.match_above:+.3f}, inconsistent "
        f"below {thresholds.no_match_below:+.3f}; not a probability)."
    )


def _tell(clip: ClipVerdict) -> tuple[str, ...]:
    """Return the cells of a clip, in the order of the columns."""
    from classify.words.numbers import format_ratio, format_span

    score = "-" if clip.score is None else f"{clip.score:+.3f}"
    time = "?" if clip.span is None else format_span(clip.span)
    ratio = "-" if clip.log10_lr is None else format_ratio(clip.log10_lr)
    return clip.clip_name, time, score, ratio, clip.label, clip.words
