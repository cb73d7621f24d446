"""Mouth and sound on a page: what is said of the video, and of each clip."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from classify.lip_sync import LipSyncStatement
from classify.words.lip_sync import describe_clip, describe_lip_sync
from classify.words.numbers import format_ratio, format_span
from report.charts.lip_sync import draw_lip_sync


@dataclass(frozen=True)
class LipSyncView:
    """What the template shows: a heading, a sentence, the clips as a picture, and as rows of texts."""

    heading: str
    sentence: str
    picture: Markup | None
    rows: list[tuple[str, str, str, str, str]]


_HEADINGS = {
    "fits": "The mouth fits the sound",
    "shifted": "The mouth fits the sound, which is moved",
    "does not fit": "The mouth does not fit the sound",
    "cannot be said": "Whether the mouth fits the sound cannot be said",
}


def view_lip_sync(statement: LipSyncStatement, person: str, duration_s: float | None) -> LipSyncView:
    """Return what a page shows of a statement; its words are made of codes and numbers alone."""
    rows = [
        (
            format_span(one.span, "–"),
            describe_clip(one),
            "–" if one.log10_lr is None else format_ratio(one.log10_lr),
            "–" if one.lag_s is None else f"{one.lag_s:+.2f} s".replace("-", "−"),
            f"{one.voiced_share:.0%}",
        )
        for one in statement.clips
    ]
    picture = draw_lip_sync(statement.clips, duration_s) if duration_s and rows else None
    return LipSyncView(_HEADINGS[statement.label], describe_lip_sync(statement, person), picture, rows)
