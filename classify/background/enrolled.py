"""Enrolling a person with a background, and what is said of recordings and clips then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classify.background.background import Background
from classify.background.calibration import pool_seconds
from classify.background.card import EnrolledRecording, EnrolmentCard
from classify.background.footage import (
    count_without_movement,
    find_usable,
    measure_seconds,
)
from classify.background.same_recording import join_recordings
from classify.cells import average_clips, to_number
from classify.verbal_scale import LEAST_SUPPORT
from extract.people.person import PersonReference
from features.descriptors.descriptor import Region
from features.motion_trace import Trace
from features.recordings import Recording
from features.shared_motion import find_shared_motion
from ground.errors import TrainingError
from ground.provenance import motionsig_version, tell_time

Values = npt.NDArray[np.float64]

# A recording of the enrolment that the others contradict this clearly is named: perhaps it shows somebody
# else.
_DISAGREES: Final = -float(np.log(LEAST_SUPPORT))


class Judged(NamedTuple):
    """What is said of a suspect recording.

    Scores are natural log-likelihood ratios without bounds, of which `EnrolmentCard.clip_rule` and
    `video_rule` make bounded ones.

    Attributes
    ----------
    clip_scores
        float64, shape (clips,): of each clip by itself, NaN where too much is missing.
    score
        Of the clips with a score, pooled before scoring; None where there are none.
    regions
        Bounded natural log-likelihood ratio of each region by itself, pooled alike; None where it cannot be
        said.
    """

    clip_scores: Values
    score: float | None
    regions: dict[Region, float | None]


@dataclass(frozen=True)
class Enrolment:
    """A person enrolled with a background.

    Attributes
    ----------
    card
        Who, from what, with which background.
    background
        What was learnt from other people.
    usual_mean
        By descriptor: float64, shape (numbers,): the person's mean of each number, over sessions; NaN where
        it was never measured.
    traces
        How head and mouth move in the recordings, by the SHA-256 of each, which finds copies of them.
    face
        Of the person, by which videos are searched for them; None where it is not known or not kept. The
        card, which every verdict repeats, does not hold it.
    """

    card: EnrolmentCard
    background: Background
    usual_mean: Mapping[str, Values]
    traces: Mapping[str, Trace] = field(default_factory=dict)
    face: PersonReference | None = None

    @property
    def usual_std(self) -> Mapping[str, Values]:
        """How much each number changes from clip to clip of anybody; NaN where nobody's did."""
        return self.background.spread

    def check_fits(self, recording: Recording) -> None:
        """Raise ModelError, naming every difference, unless a suspect was read as the background was."""
        self.background.check_reading(recording)

    def judge(self, recording: Recording) -> Judged:
        """Compare a suspect recording, described by the background's descriptors, with the person."""
        usable = find_usable(recording, self.background.card.fused)
        clip_scores = np.full(len(usable), np.nan)
        if not usable.any():
            return Judged(clip_scores, None, dict.fromkeys(self.background.card.regions))
        # The whole recording first, then its clips.
        suspects = {
            name: np.vstack([average_clips(recording.numbers[name][usable]), recording.numbers[name][usable]])
            for name in self.background.projections
        }
        usable_s = measure_seconds(recording, usable)
        clip_s = np.minimum(self.background.card.clip_s * recording.face_share[usable], usable_s)
        seconds = np.concatenate([[usable_s], clip_s])
        ratios = self.background.compare(
            self.usual_mean, self.card.pooled_seconds, self.card.sessions, suspects, seconds
        )
        clip_scores[usable] = ratios.scores[1:]
        regions = {region: to_number(llrs[0]) for region, llrs in ratios.regions.items()}
        return Judged(clip_scores, to_number(ratios.scores[0]), regions)


def enrol(
    background: Background,
    background_sha256: str,
    person: str,
    recordings: Sequence[Recording],
    *,
    sessions_said: bool,
) -> Enrolment:
    """Enrol a person.

    Parameters
    ----------
    background, background_sha256
        What was learnt from other people, and the SHA-256 of its file.
    person
        Name of the person.
    recordings
        Of the person, at least one, described by the background's descriptors. What they say of their subject
        does not matter. Copies of one recording count as one session.
    sessions_said
        Whether somebody said which recordings belong to one session.

    Raises
    ------
    ModelError
        When a recording was read in another way than the background's.
    TrainingError
        When the background was learnt from the person, or from one of the recordings or a copy of it, or
        no recording shows enough of a face.
    """
    _refuse_known(background, person, recordings)
    _refuse_copies(recordings)
    recordings, copies = join_recordings(recordings, [person] * len(recordings))
    for recording in recordings:
        background.check_reading(recording)
    fused = background.card.fused
    usable = [find_usable(one, fused) for one in recordings]
    unusable = [one.video for one, rows in zip(recordings, usable, strict=True) if not rows.any()]
    if unusable:
        raise TrainingError(
            f"{person} cannot be enrolled: too little of a face was measured in each clip of "
            f"{', '.join(unusable)}, or it has too few frames or too little movement. Leave these recordings "
            "out, or record the person's face larger and from the front."
        )
    ratios = [_compare_with_others(background, recordings, one) for one in recordings]
    enrolled = tuple(
        EnrolledRecording(
            video=one.video,
            sha256=one.sha256,
            session=one.session,
            seconds=measure_seconds(one, rows),
            clips=int(rows.sum()),
            clips_without_movement=count_without_movement(one),
            face_share=float(one.face_share.mean()),
            log10_lr=None if llr is None else background.card.calibration.bound(llr) / float(np.log(10)),
        )
        for one, rows, llr in zip(recordings, usable, ratios, strict=True)
    )
    card = EnrolmentCard(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        person=person,
        recordings=enrolled,
        disagreeing=tuple(
            one.video
            for one, llr in zip(recordings, ratios, strict=True)
            if llr is not None and llr <= _DISAGREES
        ),
        copies=copies,
        sessions_said=sessions_said,
        background_sha256=background_sha256,
        background=background.card,
    )
    traces = {one.sha256: one.trace for one in recordings}
    return Enrolment(card, background, background.describe(recordings), traces)


def _refuse_known(background: Background, person: str, recordings: Sequence[Recording]) -> None:
    if background.identities.has_person(person):
        raise TrainingError(
            f"The background was learnt from a person named {person}, so it cannot judge them: what it knows "
            "of them would count as what is usual for anybody. Use a background of other people."
        )
    known = [one.video for one in recordings if background.identities.has_video(one.sha256)]
    if known:
        raise TrainingError(
            f"The background was learnt from {', '.join(known)}, so it cannot judge the person in it. Use a "
            "background of other people."
        )
    copies = [one.video for one in recordings if find_shared_motion(one.trace, background.traces)]
    if copies:
        raise TrainingError(
            "The background was learnt from a recording with the same movements as "
            f"{', '.join(copies)}: a copy or an excerpt. So it cannot judge the person in it. "
            "Use a background of other people."
        )


def _refuse_copies(recordings: Sequence[Recording]) -> None:
    """Raise TrainingError when a file stands for two recordings: it would vouch for itself."""
    known: dict[str, str] = {}
    for one in recordings:
        if other := known.get(one.sha256):
            raise TrainingError(f"{other} and {one.video} are the same file. Enrol one of them.")
        known[one.sha256] = one.video


def _compare_with_others(
    background: Background, recordings: Sequence[Recording], one: Recording
) -> float | None:
    """Return how well a recording goes with those of other sessions; None where there are none."""
    others = [other for other in recordings if other.session != one.session]
    if not others:
        return None
    fused = background.card.fused
    own = {name: values[None] for name, values in background.describe([one]).items()}
    ratios = background.compare(
        background.describe(others),
        _pool(others, fused),
        len({other.session for other in others}),
        own,
        np.array([measure_seconds(one, find_usable(one, fused))]),
    )
    return to_number(ratios.scores[0])


def _pool(recordings: Sequence[Recording], fused: Sequence[str]) -> float:
    seconds = np.array([measure_seconds(one, find_usable(one, fused)) for one in recordings])
    return pool_seconds(seconds, np.array([one.session for one in recordings]))
