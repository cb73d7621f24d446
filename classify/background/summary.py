"""What `motionsig verify` says: figures of every way of describing, and of the one that is chosen unseen."""

from __future__ import annotations

from classify.background.figures import VerificationFigures
from classify.background.footage import Footage
from classify.background.verification import Verified, Way
from ground.records import Record


class WayFigures(Record):
    """One way of describing: the descriptors whose scores are added up, and how it does.

    `times_picked` says how often it did best on the people that a trial's models were learnt from.
    """

    descriptors: tuple[str, ...]
    figures: VerificationFigures
    times_picked: int


class VerificationSummary(Record):
    """How well recordings of people who are in nothing that was learnt are told apart.

    Attributes
    ----------
    recordings, sessions
        How many there are.
    ways
        The best first, by the mean of both AUCs. The first is the best of many, so it looks better than it
        is.
    one_recording, one_clip, several_sessions
        Figures to quote, each time of the way that was picked without the people of the trial: one recording
        enrolled against one, against one clip, and all other sessions of a person together against one
        recording, which is None where nobody has three.
    left_out
        Sentences on recordings that were not used.
    """

    recordings: int
    sessions: int
    ways: tuple[WayFigures, ...]
    one_recording: VerificationFigures
    one_clip: VerificationFigures
    several_sessions: VerificationFigures | None
    left_out: tuple[str, ...]


def summarise(verified: Verified, footage: Footage, left_out: list[str]) -> VerificationSummary:
    """Put together the figures of trials."""

    def measure_way(way: Way) -> WayFigures:
        figures = verified.measure(verified.ratios[way])
        return WayFigures(descriptors=way, figures=figures, times_picked=verified.picked[way])

    ways = sorted(map(measure_way, verified.ratios), key=_rank, reverse=True)
    picked = verified.picked_ratios
    return VerificationSummary(
        recordings=len(footage),
        sessions=sum(footage.count_sessions().values()),
        ways=tuple(ways),
        one_recording=verified.measure(picked),
        one_clip=verified.measure(picked, "clip"),
        several_sessions=verified.measure(picked, "sessions") if verified.has_targets("sessions") else None,
        left_out=tuple(left_out),
    )


def _rank(way: WayFigures) -> float:
    return way.figures.auc_per_person.value + way.figures.auc.value
