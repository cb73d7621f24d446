"""Which clips of a correlations table teach a model who the person is, and which source each comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from classify.calibration import Sources
from classify.copies import describe_copies, join_sources, refuse_contradictions
from classify.evidence_floor import is_above_floor, name_lacks
from features.labels import GROUPS
from features.motion_trace import Trace, read_traces
from features.quality import MISSING_LIMIT
from ground.errors import TrainingError
from ground.names import key_of_name, tidy
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_SOURCES: Final = 2

# Whom a clip shows. A fake moves like nobody in particular, so it is never one of the other people.
Kind = Literal["the person", "other people", "fakes of the person", "fakes of others"]
FAKES: Final[tuple[Kind, Kind]] = ("fakes of the person", "fakes of others")
# The source of all fakes that nobody named the method of: they may be by one.
UNKNOWN_METHOD: Final = "fakes, method unknown"
# The fields of a `TrainingSet` that say of each clip where it comes from.
PER_CLIP: Final = ("kinds", "subjects", "sources", "videos", "clips_of_video", "span_s")


@dataclass(frozen=True)
class TrainingSet:
    """The clips that a model is trained on.

    Attributes
    ----------
    values
        float64, shape (clips, pairs): correlations, NaN where missing.
    kinds
        str, shape (clips,): a `Kind` each. Authentic clips of the person are learnt, all else is what they
        are told from.
    subjects
        str, shape (clips,): whom each clip shows, or as a fake claims to show; never empty.
    sources
        str, shape (clips,): what a clip comes from, see `name_sources`. Clips of one source are not
        independent and always stay together.
    videos
        str, shape (clips,): the video of each clip.
    clips_of_video
        int64, shape (clips,): how many clips the table has of the clip's video, usable or not.
    span_s
        float64, shape (clips, 2): start and end of each clip in its video, NaN where the table does not say.
    left_out
        Number of clips left out because more than 7 % of their pairs are missing.
    without_movement
        Number of clips left out because they are below the evidence floor: they show too little movement,
        have too few frames, or, where pairs are of the voice, too little of it.
    unlabelled
        Number of clips left out because nobody said who is in their video: it might be the person.
    hashes
        SHA-256 of each video that the clips come from, as far as the table knows them.
    traces
        How head and mouth move in each of these videos, by its name, as far as the table knows it.
    """

    values: npt.NDArray[np.float64]
    kinds: npt.NDArray[np.str_]
    subjects: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]
    videos: npt.NDArray[np.str_]
    clips_of_video: npt.NDArray[np.int64]
    span_s: npt.NDArray[np.float64]
    left_out: int
    without_movement: int
    unlabelled: int
    hashes: frozenset[str]
    traces: Mapping[str, Trace]

    @property
    def person(self) -> str:
        """The name of the person, as the table spells it."""
        return str(self.subjects[self.is_target][0])

    @property
    def is_target(self) -> npt.NDArray[np.bool_]:
        """Whether each clip is an authentic one of the person, shape (clips,)."""
        is_target: npt.NDArray[np.bool_] = self.kinds == "the person"
        return is_target

    def count_sources(self, *, of_target: bool) -> int:
        """Return the number of sources with clips of the person, or with clips of others."""
        return len(np.unique(self.sources[self.is_target == of_target]))

    def measure_minutes(self, *, of_target: bool) -> float | None:
        """Return how long the footage below the clips is, overlaps counted once; None where unknown."""
        rows = self.is_target == of_target
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
        return replace(self, **{name: getattr(self, name)[rows] for name in ("values", *PER_CLIP)})


class VideoScores(NamedTuple):
    """The mean score of each video, the index of its first clip, the number of its clips; by name.

    `video` is the index of each clip's video among them.
    """

    scores: npt.NDArray[np.float64]
    first: npt.NDArray[np.intp]
    clips: npt.NDArray[np.intp]
    video: npt.NDArray[np.intp]


def average_by_video(scores: npt.NDArray[np.float64], videos: Sources) -> VideoScores:
    """Average the scores of each video's clips; `videos` names or numbers the video of each."""
    _, first, video, clips = np.unique(videos, return_index=True, return_inverse=True, return_counts=True)
    return VideoScores(np.bincount(video, scores) / clips, first, clips, video)


def is_usable(correlations: pd.DataFrame, clips: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return for each clip whether it says something of how somebody moves, shape (clips,).

    At most 7 % of its pairs may be missing, and it must show enough movement (`classify.evidence_floor`).

    Parameters
    ----------
    correlations, clips
        The correlations and the clip table, row for row.
    """
    return is_complete(correlations) & is_above_floor(clips, list(correlations.columns))


def is_complete(correlations: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return for each clip whether at most 7 % of its pairs are missing, shape (clips,)."""
    complete: npt.NDArray[np.bool_] = (correlations.isna().mean(axis=1) <= MISSING_LIMIT).to_numpy()
    return complete


def select_training_set(
    correlations: pd.DataFrame,
    clips: pd.DataFrame,
    person: str,
    on_warning: Callable[[str], None] | None = None,
) -> TrainingSet:
    """Label the clips of a table for one person.

    Clips of videos whose subject nobody named are left out: they might show the person. So are fakes that
    the person drives: what moves in them is the person. Sources of the person that are copies of one
    recording, by how the person moves, become one.

    Parameters
    ----------
    correlations
        One row a clip, one column a pair.
    clips
        The clip table, row for row: `video`, `subject`, `group`, `session` and, where somebody says it,
        `driver`.
    person
        The subject whose authentic clips (group other than ``fake``) are the positive class, in any spelling.
    on_warning
        Called with a sentence about sources that are copies of one recording, and about fakes that the person
        drives.

    Raises
    ------
    TableError
        When the clip table holds a damaged motion trace.
    TrainingError
        When the person is not in the table, clips of one of the two classes are missing, all unusable, or
        from a single source, or one recording stands under the person's name and under another's.
    """
    if (driven := is_driven_by(clips, person)).any():
        correlations, clips = correlations[~driven], clips[~driven]
        if on_warning is not None:
            on_warning(
                f"{count(int(driven.sum()), 'clip')} of fakes left out, because {tidy(person)} drives them: "
                "what moves in them is the person."
            )
    subjects = clips["subject"].fillna("").astype(str).to_numpy(dtype=str)
    is_fake = (clips["group"].fillna("") == "fake").to_numpy()
    is_person = np.isin(subjects, _list_spellings(subjects, person))
    kinds = np.where(is_fake, np.where(is_person, *FAKES), np.where(is_person, "the person", "other people"))
    is_target = kinds == "the person"
    if not is_target.any():
        known = ", ".join(sorted(set(subjects) - {""})) or "none: no clip is labelled"
        raise TrainingError(
            f"The table has no authentic clip of '{person}'. Its people are: {known}. Name videos "
            "<number>_<person>_<group>.mp4, or give `motionsig correlate` a manifest."
        )
    labelled = subjects != ""
    _check_groups(clips["group"][labelled])
    if is_target[labelled].all():
        raise TrainingError(
            f"All labelled clips of the table show '{person}'. A model also needs clips of other people, or "
            "fakes of the person. Add videos of at least two other people."
        )
    moving = is_above_floor(clips, list(correlations.columns))
    usable = is_complete(correlations) & moving & labelled
    videos = clips["video"].to_numpy(dtype=str)
    traces = read_traces(clips[np.isin(videos, videos[usable])])
    sources = name_sources(clips, person)
    own = dict(zip(videos[is_target], sources[is_target], strict=True))
    others = dict.fromkeys(videos[(kinds == "other people") & labelled])
    refuse_contradictions(
        person, *({one: traces[one] for one in part if one in traces} for part in (own, others))
    )
    joined, copies = join_sources(own, traces)
    if copies:
        sources[is_target] = [joined[video] for video in videos[is_target]]
    for sentence in describe_copies(copies):
        if on_warning is not None:
            on_warning(sentence)
    _, video, counts = np.unique(clips["video"].to_numpy(dtype=str), return_inverse=True, return_counts=True)
    chosen = TrainingSet(
        values=correlations.to_numpy(dtype=np.float64)[usable],
        kinds=kinds[usable],
        subjects=subjects[usable],
        sources=sources[usable],
        videos=clips["video"].to_numpy(dtype=str)[usable],
        clips_of_video=counts[video][usable],
        span_s=clips.reindex(columns=["start_s", "end_s"]).to_numpy(dtype=np.float64)[usable],
        left_out=int((~usable & moving & labelled).sum()),
        without_movement=int((~moving & labelled).sum()),
        unlabelled=int((~labelled).sum()),
        hashes=frozenset(clips["sha256"][usable].dropna()) if "sha256" in clips else frozenset(),
        traces=traces,
    )
    for of_target, whose in ((True, f"of '{person}'"), (False, "of others")):
        _check_sources(chosen.count_sources(of_target=of_target), whose, list(correlations.columns))
    return chosen


def is_driven_by(clips: pd.DataFrame, person: str) -> npt.NDArray[np.bool_]:
    """Return for each clip whether it is of a fake that shows a person's motion, shape (clips,).

    Without a column `driver`, or where it is empty, nobody says so.
    """
    if "driver" not in clips:
        return np.zeros(len(clips), dtype=np.bool_)
    drivers = clips["driver"].astype(object).fillna("").astype(str).to_numpy(dtype=str)
    is_fake = (clips["group"] == "fake").to_numpy()
    driven: npt.NDArray[np.bool_] = is_fake & np.isin(drivers, _list_spellings(drivers, person))
    return driven


def _check_groups(groups: pd.Series[str]) -> None:
    """Refuse groups that would make authentic footage of a fake with another word for it."""
    unknown = sorted({str(group) for group in groups.fillna("") if group not in GROUPS})
    if unknown:
        raise TrainingError(
            f"The table has unknown groups: {', '.join(map(repr, unknown))}. Use {', '.join(GROUPS)}. "
            "Everything that is not 'fake' counts as authentic footage."
        )


def name_sources(clips: pd.DataFrame, person: str) -> npt.NDArray[np.str_]:
    """Return the source of each clip: clips that must not be parted between training and test.

    For the person it is the recording session, else the video. Of others it is the whole person, because a
    suspect moves like somebody whom the model has never seen. Of fakes, whomever they claim to show, it is
    the method, which a manifest names as their session; all whose session says nothing (none, or the video
    itself) are one source, because they may well be by one method.

    Parameters
    ----------
    clips
        The clip table: `video`, `subject`, `group`, `session`; missing or empty cells are unknown.
    person
        The subject to learn.
    """
    names = ("video", "subject", "group", "session")
    video, subject, group, session = (clips[name].fillna("").astype(str) for name in names)
    said = session.map(key_of_name)
    stem = video.map(lambda name: Path(name).stem)
    says_nothing = (said == "") | (said == video.map(key_of_name)) | (said == stem.map(key_of_name))
    recording = session.where(session != "", video)
    is_person = subject.isin(["", *_list_spellings(subject, person)])
    somebody = recording.where(is_person, subject.map("person {}".format))
    method = session.map("fakes by {}".format).mask(says_nothing, UNKNOWN_METHOD)
    return somebody.mask(group == "fake", method).to_numpy(dtype=str)


def _list_spellings(names: Iterable[object], person: str) -> list[str]:
    """Return a person's name, and its other spellings that are among the names."""
    return [
        tidy(person),
        *(name for name in set(map(str, names)) if key_of_name(name) == key_of_name(person)),
    ]


def _check_sources(sources: int, whose: str, pairs: Sequence[str]) -> None:
    if sources >= _FEWEST_SOURCES:
        return
    found = "only one source" if sources else "no usable clip"
    raise TrainingError(
        f"There is {found} {whose}, not counting clips with more than {MISSING_LIMIT:.0%} of their pairs "
        f"missing, {name_lacks(pairs)}. A model needs at least {_FEWEST_SOURCES} sessions or videos of the "
        f"person and {_FEWEST_SOURCES} other people or methods of faking, and many more for a verdict worth "
        "quoting. In a manifest, name the method of a fake as its session. Fakes without a named method "
        "count as a single source."
    )
