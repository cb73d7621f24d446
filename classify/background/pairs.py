"""Whether two recordings show the same person, for a list of pairs: enrolment from one recording each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.background import Background
from classify.background.crossing import score_trials
from classify.background.figures import VerificationFigures
from classify.background.footage import Footage, gather_footage
from classify.background.trials import LISTED, Sides, Trials
from classify.background.verification import TrialRatios, Way, measure_rows, verify_footage
from classify.cells import average_clips
from features.recordings import Recording
from features.shared_motion import find_shared_motion
from ground.errors import TrainingError
from ground.records import Record
from ground.text import count

_NAMED: Final = 5


class SourceFigures(Record):
    """How pairs between two sources are told apart.

    Attributes
    ----------
    sources
        The collections of the two recordings, in the order of their names; "" where nobody says.
    target_trials, non_target_trials
        How many of them have ratios.
    figures
        None where either kind is missing.
    """

    sources: tuple[str, str]
    target_trials: int
    non_target_trials: int
    figures: VerificationFigures | None


class PairFigures(Record):
    """How well a list's pairs of one person are told from its pairs of two, none of them in what was learnt.

    Attributes
    ----------
    pairs, scored
        How many different pairs are listed, and how many of them could be compared.
    recordings
        How many recordings these are of.
    background_sha256
        Of the file of the background that compared them; None where all was learnt from the tables, for each
        pair without its people.
    clip_s, step_s
        Length and step of the clips.
    descriptors
        By what recordings are described; of several ways, which were chosen for each pair without its
        people, all that were.
    figures
        Of all pairs together.
    by_source
        Of the pairs between any two collections; empty where nobody names collections.
    left_out
        Sentences on pairs and recordings that were not used, or that are easier than others, and on what was
        assumed of them.
    """

    pairs: int
    scored: int
    recordings: int
    background_sha256: str | None
    clip_s: float
    step_s: float
    descriptors: tuple[str, ...]
    figures: VerificationFigures
    by_source: tuple[SourceFigures, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """The pairs of a list with their ratios.

    Attributes
    ----------
    sides, trials, ratios
        What was compared, and what came of it; only trials of the kind ``listed`` count.
    descriptors
        By what.
    """

    sides: Sides
    trials: Trials
    ratios: TrialRatios
    descriptors: tuple[str, ...]

    @property
    def rows(self) -> npt.NDArray[np.bool_]:
        """Which of the trials are listed and have ratios, shape (trials,)."""
        rows: npt.NDArray[np.bool_] = (self.trials.kinds == LISTED) & ~np.isnan(self.ratios.ranks)
        return rows

    @property
    def scored(self) -> int:
        """How many pairs have ratios."""
        return int(self.rows.sum())

    def measure(self) -> VerificationFigures:
        """Return the figures of all pairs.

        Raises
        ------
        TrainingError
            When no pair of one kind could be compared.
        """
        if not self._has_both(self.rows):
            raise TrainingError(
                "Of the listed pairs that could be compared, none are of the same person, or none are of two "
                "people. Add recordings, or take shorter clips."
            )
        return measure_rows(self.sides, self.trials, self.ratios, self.rows)

    def measure_sources(self) -> tuple[SourceFigures, ...]:
        """Return the figures of the pairs between any two collections."""
        collections = self.sides.collections
        if not (collections != "").any():
            return ()
        between = np.sort(
            np.column_stack([collections[self.trials.enrolled], collections[self.trials.suspects]]), axis=1
        )
        found = []
        scored = self.rows
        for one, other in sorted({(str(a), str(b)) for a, b in between[scored]}):
            rows = scored & (between[:, 0] == one) & (between[:, 1] == other)
            targets = int(self.trials.is_target[rows].sum())
            figures = (
                measure_rows(self.sides, self.trials, self.ratios, rows) if self._has_both(rows) else None
            )
            found.append(
                SourceFigures(
                    sources=(one, other),
                    target_trials=targets,
                    non_target_trials=int(rows.sum()) - targets,
                    figures=figures,
                )
            )
        return tuple(found)

    def _has_both(self, rows: npt.NDArray[np.bool_]) -> bool:
        is_target = self.trials.is_target[rows]
        return bool(is_target.any() and not is_target.all())


def compare_by_background(
    background: Background, recordings: Sequence[Recording], listed: Trials
) -> Compared:
    """Compare pairs by what was learnt from other people.

    Parameters
    ----------
    background
        Learnt from none of the people and recordings.
    recordings
        Each with a subject and a usable clip, described by the background's descriptors.
    listed
        Pairs of their rows.

    Raises
    ------
    ModelError
        When a recording was read in another way than the background's.
    TrainingError
        When the background was learnt from one of the people or recordings, or from a copy of one.
    """
    for recording in recordings:
        background.check_reading(recording)
    _refuse_known(background, recordings)
    fused = background.card.fused
    sides = _list_sides(gather_footage(recordings, fused))
    scored = score_trials({name: background.projections[name] for name in fused}, sides, listed)
    scale = background.card.calibration
    return Compared(sides, listed, TrialRatios(scale.align(scored), scale.to_llr(scored)), tuple(fused))


def compare_across(
    footage: Footage, listed: Trials, ways: Sequence[Way], on_step: Callable[[], None] | None = None
) -> Compared:
    """Compare pairs by what is learnt from all people of footage but those of each pair.

    Parameters
    ----------
    footage
        Recordings of people, at least five of them in several sessions.
    listed
        Pairs of its rows.
    ways
        Which descriptors to add up; for each pair that is taken which does best on other people.
    on_step
        Called after each of `crossing.count_steps(footage)` steps.
    """
    verified = verify_footage(footage, ways, on_step, listed=listed)
    picked = dict.fromkeys(name for way, times in verified.picked.items() if times for name in way)
    return Compared(verified.sides, verified.trials, verified.picked_ratios, tuple(picked))


def _list_sides(footage: Footage) -> Sides:
    """Return whole recordings as sides, in their order."""
    numbers = {
        name: np.array([average_clips(values) for values in clips], dtype=np.float64)
        for name, clips in footage.clips.items()
    }
    sessions = np.ones(len(footage))
    return Sides(numbers, footage.people, footage.seconds, sessions, footage.collections)


def _refuse_known(background: Background, recordings: Sequence[Recording]) -> None:
    known = background.identities
    people = {str(one.subject) for one in recordings}
    problems = {
        "people": sorted(person for person in people if known.has_person(person)),
        "recordings": [one.video for one in recordings if known.has_video(one.sha256)],
    }
    if not any(problems.values()):
        copies = [one.video for one in recordings if find_shared_motion(one.trace, background.traces)]
        problems = {"recordings with the same movements as": copies}
    told = [f"{what}: {_list_names(names)}" for what, names in problems.items() if names]
    if told:
        raise TrainingError(
            "The background was learnt from some of what the list compares, so its ratios would look better "
            "than they are. Use a background of other people. It knows",
            told,
        )


def _list_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def name_people(
    recordings: Sequence[Recording], pairs: Sequence[tuple[int, int, bool]]
) -> tuple[list[Recording], list[str]]:
    """Name those of whom nobody says who they are, as far as pairs of the same person tell.

    Parameters
    ----------
    recordings
        With a subject, or none.
    pairs
        Rows of two recordings, and whether they are one person's.

    Returns
    -------
    named : list of Recording
        In the same order. Nameless recordings that pairs of the same person join, directly or through
        others, have one subject: that of a named one among them, else the name of the first video. Every
        other nameless one has its own.
    sentences : list of str
        What was assumed; empty where everybody has a name.
    """
    group_of = list(range(len(recordings)))

    def find(row: int) -> int:
        while group_of[row] != row:
            row = group_of[row]
        return row

    for one, other, is_target in pairs:
        if is_target:
            first, second = sorted((find(one), find(other)))
            group_of[second] = first
    names: dict[int, str] = {}
    for row, recording in enumerate(recordings):
        if recording.subject is not None:
            names.setdefault(find(row), recording.subject)
    nameless = sum(recording.subject is None for recording in recordings)
    named = [
        recording
        if recording.subject is not None
        else replace(
            recording, subject=names.get(find(row)) or f"the person in {recordings[find(row)].video}"
        )
        for row, recording in enumerate(recordings)
    ]
    if not nameless:
        return named, []
    who = count(nameless, "recording")
    sentence = (
        f"Nobody says who is in {who}. Those that listed pairs join are taken for one person, and each of "
        "the others for a person of its own. If two of these are one person, intervals are too narrow, and "
        "what is learnt may know the people of a pair. Name people in a manifest."
    )
    return named, [sentence]
