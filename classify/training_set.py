"""Which clips of a correlations table teach a model who the person is, and which source each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.errors import TrainingError
from features.quality import MISSING_LIMIT

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_SOURCES: Final = 2


@dataclass(frozen=True)
class TrainingSet:
    """The clips that a model is trained on.

    Attributes
    ----------
    values
        float64, shape (clips, pairs): correlations, NaN where missing.
    is_person
        bool, shape (clips,): authentic clips of the person; all others are other people and fakes.
    sources
        str, shape (clips,): what a clip comes from, see `name_sources`. Clips of one source are not
        independent and always stay together.
    left_out
        Number of clips left out because more than 7 % of their pairs are missing.
    """

    values: npt.NDArray[np.float64]
    is_person: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.str_]
    left_out: int

    def count_sources(self, *, of_person: bool) -> int:
        """Return the number of sources with clips of the person, or with clips of others."""
        return len(np.unique(self.sources[self.is_person == of_person]))


def is_usable(correlations: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return for each clip whether at most 7 % of its pairs are missing, shape (clips,)."""
    usable: npt.NDArray[np.bool_] = (correlations.isna().mean(axis=1) <= MISSING_LIMIT).to_numpy()
    return usable


def select_training_set(correlations: pd.DataFrame, clips: pd.DataFrame, person: str) -> TrainingSet:
    """Label the clips of a table for one person.

    Parameters
    ----------
    correlations
        One row a clip, one column a pair.
    clips
        The clip table, row for row: `video`, `subject`, `group`, `session`.
    person
        The subject whose authentic clips (group other than ``fake``) are the positive class.

    Raises
    ------
    TrainingError
        When the person is not in the table, or clips of one of the two classes are missing, all unusable, or
        from a single source.
    """
    subjects = clips["subject"].fillna("").astype(str).to_numpy(dtype=str)
    is_person = (subjects == person) & (clips["group"].fillna("") != "fake").to_numpy()
    if not is_person.any():
        known = ", ".join(sorted(set(subjects) - {""})) or "none: no clip is labelled"
        raise TrainingError(
            f"The table holds no authentic clip of '{person}'; its people are: {known}. Name videos "
            "<number>_<person>_<group>.mp4, or give `motionsig correlate` a manifest."
        )
    if is_person.all():
        raise TrainingError(
            f"All clips of the table are of '{person}'. A model also needs clips of other people, or fakes "
            "of the person, to tell them from; add videos of at least two others."
        )
    sources = name_sources(clips, person)
    usable = is_usable(correlations)
    chosen = TrainingSet(
        values=correlations.to_numpy(dtype=np.float64)[usable],
        is_person=is_person[usable],
        sources=sources[usable],
        left_out=int((~usable).sum()),
    )
    for of_person, whose in ((True, f"of '{person}'"), (False, "of others")):
        _check_sources(chosen.count_sources(of_person=of_person), whose)
    return chosen


def name_sources(clips: pd.DataFrame, person: str) -> npt.NDArray[np.str_]:
    """Return the source of each clip: clips that must not be parted between training and test.

    For the person, and for fakes of the person, it is the recording session, else the video. Of others it is
    the whole person, because a suspect moves like somebody whom the model has never seen.

    Parameters
    ----------
    clips
        The clip table: `video`, `subject`, `session`; missing or empty cells are unknown.
    person
        The subject to learn.
    """
    subject, session = (clips[name].fillna("").astype(str) for name in ("subject", "session"))
    recording = session.where(session != "", clips["video"].astype(str))
    is_somebody_else = (subject != "") & (subject != person)
    return recording.mask(is_somebody_else, subject.map("person {}".format)).to_numpy(dtype=str)


def _check_sources(count: int, whose: str) -> None:
    if count >= _FEWEST_SOURCES:
        return
    found = "only one source" if count else "no usable clip"
    raise TrainingError(
        f"There is {found} {whose} among the clips with at most {MISSING_LIMIT:.0%} of their pairs missing. "
        "How well a model works can only be told on sources that it was not trained on: at least "
        f"{_FEWEST_SOURCES} videos or sessions of the person and {_FEWEST_SOURCES} other people (or fakes of "
        "the person) are needed, and many more for a verdict worth quoting."
    )
