"""Which clips of a correlations table teach a model who the person is, and which source each comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.errors import TrainingError
from features.labels import GROUPS
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
    is_fake
        bool, shape (clips,): fakes that claim to show the person.
    sources
        str, shape (clips,): what a clip comes from, see `name_sources`. Clips of one source are not
        independent and always stay together.
    videos
        str, shape (clips,): the video of each clip.
    span_s
        float64, shape (clips, 2): start and end of each clip in its video, NaN where the table does not say.
    left_out
        Number of clips left out because more than 7 % of their pairs are missing.
    unlabelled
        Number of clips left out because nobody said who is in their video: it might be the person.
    hashes
        SHA-256 of each video that the clips come from, as far as the table knows them.
    """

    values: npt.NDArray[np.float64]
    is_person: npt.NDArray[np.bool_]
    is_fake: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.str_]
    videos: npt.NDArray[np.str_]
    span_s: npt.NDArray[np.float64]
    left_out: int
    unlabelled: int
    hashes: frozenset[str]

    def count_sources(self, *, of_person: bool) -> int:
        """Return the number of sources with clips of the person, or with clips of others."""
        return len(np.unique(self.sources[self.is_person == of_person]))

    def measure_minutes(self, *, of_person: bool) -> float | None:
        """Return how long the footage below the clips is, overlaps counted once; None where unknown."""
        rows = self.is_person == of_person
        videos, spans = self.videos[rows], self.span_s[rows]
        if np.isnan(spans).any():
            return None
        order = np.lexsort((spans[:, 0], videos))
        starts, ends = spans[order].T
        same_video = videos[order][1:] == videos[order][:-1]
        shared = np.where(same_video, np.maximum(ends[:-1] - starts[1:], 0.0), 0.0)
        return float((ends - starts).sum() - shared.sum()) / 60

    def select(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> TrainingSet:
        """Return some of the clips."""
        return replace(
            self,
            values=self.values[rows],
            is_person=self.is_person[rows],
            is_fake=self.is_fake[rows],
            sources=self.sources[rows],
            videos=self.videos[rows],
            span_s=self.span_s[rows],
        )


class VideoScores(NamedTuple):
    """The mean score of each video, and the place of its first clip."""

    scores: npt.NDArray[np.float64]
    first: npt.NDArray[np.intp]


def average_by_video(scores: npt.NDArray[np.float64], videos: npt.NDArray[np.str_]) -> VideoScores:
    """Average the scores of each video's clips."""
    _, first, video = np.unique(videos, return_index=True, return_inverse=True)
    return VideoScores(np.bincount(video, scores) / np.bincount(video), first)


def is_usable(correlations: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return for each clip whether at most 7 % of its pairs are missing, shape (clips,)."""
    usable: npt.NDArray[np.bool_] = (correlations.isna().mean(axis=1) <= MISSING_LIMIT).to_numpy()
    return usable


def select_training_set(correlations: pd.DataFrame, clips: pd.DataFrame, person: str) -> TrainingSet:
    """Label the clips of a table for one person.

    Clips of videos whose subject nobody named are left out: they might show the person.

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
    labelled = subjects != ""
    _check_groups(clips["group"][labelled])
    if is_person[labelled].all():
        raise TrainingError(
            f"All labelled clips of the table are of '{person}'. A model also needs clips of others, or "
            "fakes of the person, to tell them from; add videos of at least two others."
        )
    sources = name_sources(clips, person)
    usable = is_usable(correlations) & labelled
    chosen = TrainingSet(
        values=correlations.to_numpy(dtype=np.float64)[usable],
        is_person=is_person[usable],
        is_fake=((subjects == person) & ~is_person)[usable],
        sources=sources[usable],
        videos=clips["video"].to_numpy(dtype=str)[usable],
        span_s=clips.reindex(columns=["start_s", "end_s"]).to_numpy(dtype=np.float64)[usable],
        left_out=int((~usable & labelled).sum()),
        unlabelled=int((~labelled).sum()),
        hashes=frozenset(clips["sha256"][usable].dropna()) if "sha256" in clips else frozenset(),
    )
    for of_person, whose in ((True, f"of '{person}'"), (False, "of others")):
        _check_sources(chosen.count_sources(of_person=of_person), whose)
    return chosen


def _check_groups(groups: pd.Series[str]) -> None:
    """Refuse groups that would make authentic footage of a fake with another word for it."""
    unknown = sorted({str(group) for group in groups.fillna("") if group not in GROUPS})
    if unknown:
        raise TrainingError(
            f"The table knows groups that motionsig does not: {', '.join(map(repr, unknown))}. Use "
            f"{', '.join(GROUPS)}; whatever is not 'fake' counts as authentic footage."
        )


def name_sources(clips: pd.DataFrame, person: str) -> npt.NDArray[np.str_]:
    """Return the source of each clip: clips that must not be parted between training and test.

    For the person, and for fakes of the person, it is the recording session, else the video. Fakes by one
    method belong together like videos of one session: a manifest that names their method as their session
    keeps them whole. Of others it is the whole person, because a suspect moves like somebody whom the model
    has never seen.

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
