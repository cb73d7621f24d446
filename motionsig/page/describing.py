"""What the page says of models and verdicts, in the words of `classify.words` and the layout of reports.

These functions run in the process of `motionsig.page.reader`. They import what they need themselves, so that
the page, which imports this module too, stays small.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ground.errors import InputError, MotionsigError
from ground.files import replace_when_complete
from ground.records import Record
from motionsig.page.rendering import find_environment

if TYPE_CHECKING:
    from classify.background.card import EnrolmentCard
    from classify.model import ModelCard

# Rises when the page shows models and verdicts in another way.
REVISION: Final = 1


class ModelSummary(Record):
    """What the page says of a model.

    Attributes
    ----------
    person, method
        Whose, and whether it was trained or enrolled.
    lines
        The card, in sentences.
    minutes, sources
        How much footage of the person, and from how many recording sessions.
    lacking
        What is missing for likelihood ratios, or casts doubt on them.
    held_out
        How it does on recordings from which nothing was learnt, in words.
    pictures
        The same as pictures, each with what it shows; markup of ours.
    limits
        What a verdict cannot say; markup of ours.
    """

    person: str
    method: str
    lines: tuple[str, ...]
    minutes: float | None
    sources: int
    lacking: tuple[str, ...]
    held_out: str
    pictures: tuple[tuple[str, str], ...]
    limits: str


def prepare() -> None:
    """Load the libraries."""
    import report.verdict_page  # noqa: F401


def write_summary(model: Path, kept: Path) -> None:
    """Write what there is to say of a model; raises InputError with the reason where it cannot be used."""
    from classify.judge_file import load_judge
    from classify.words.cards import describe_error_rates, list_card

    try:
        judge = load_judge(model)
    except MotionsigError as error:
        raise InputError(error.message.replace(f"{model.parent}/", "")) from error
    card = judge.card
    lacking, minutes, sources = _find_lacking(card)
    summary = ModelSummary(
        person=card.person,
        method=card.method,
        lines=tuple(list_card(card)),
        minutes=minutes,
        sources=sources,
        lacking=lacking,
        held_out=describe_error_rates(card),
        pictures=_draw(card),
        limits=_show_limits(card),
    )
    with replace_when_complete(kept) as partial:
        partial.write_text(summary.model_dump_json(), encoding="utf-8")


def write_fragment(verdict: Path, kept: Path, *, player: bool) -> None:
    """Write a report as a part of a page, with a place for the video where it is at hand."""
    from motionsig.use_cases.report_files import read_report
    from report.verdict_page import view_report

    try:
        content, missing = read_report(verdict)
    except MotionsigError as error:
        raise InputError(error.message.replace(f"{verdict.parent}/", "")) from error
    view = view_report(content, evidence_missing=missing)
    if player:
        view["player"] = "player.html"
        view["video_address"] = f"/suspects/{quote(verdict.parent.name)}/video"
    page = find_environment().get_template("report_body.html").render(**view)
    with replace_when_complete(kept) as partial:
        partial.write_text(page, encoding="utf-8")


def _find_lacking(card: ModelCard | EnrolmentCard) -> tuple[tuple[str, ...], float | None, int]:
    from classify.words.enrolments import list_doubts
    from classify.words.models import describe_shortfall

    if card.method == "enrolled":
        return tuple(list_doubts(card)), card.seconds / 60, card.sessions
    lacking = tuple(describe_shortfall(one) for one in card.shortfalls)
    return lacking, card.footage.target_minutes, card.footage.target_sources


def _draw(card: ModelCard | EnrolmentCard) -> tuple[tuple[str, str], ...]:
    """Return what is known of held-out recordings as pictures, each with what it shows."""
    from report.charts.held_out import draw_held_out, draw_recording

    if card.method == "enrolled":
        return tuple(
            (one.video, str(draw_recording(one.video, one.log10_lr)))
            for one in card.recordings
            if one.log10_lr is not None
        )
    if card.evaluation is None:
        return ()
    part = card.evaluation.get("video")
    figures = part.figures
    picture = draw_held_out(part.decisions, card.person, figures.target_sources, figures.non_target_sources)
    return (("Which verdicts held-out recordings got", str(picture)),)


def _show_limits(card: ModelCard | EnrolmentCard) -> str:
    from report.card_sections import view_basis

    return find_environment().get_template("limits.html").render(card=card, basis=view_basis(card))
