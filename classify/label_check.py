"""Faces against labels: whether the videos of one person show one face, and those of two people two.

A wrong label is the commonest mistake in a data set. Faces name those that look wrong; they decide nothing,
and nothing is left out for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.people.faces import average_directions
from extract.people.measured_faces import MeasuredFace
from extract.people.person import OTHER_PERSON, SAME_PERSON, Embedding
from ground.names import unite

_ADVICE: Final = (
    "Look who is in them, and correct the labels that are wrong. Nothing was left out for this: age, "
    "make-up, glasses and light change a face too."
)


@dataclass(frozen=True)
class LabelledFace:
    """The face that was measured in a video, and whose it is said to be, in any spelling of the name."""

    video: str
    subject: str
    face: MeasuredFace


@dataclass(frozen=True)
class DoubtfulLabel:
    """A video whose face does not go with the others of its subject.

    Attributes
    ----------
    video
        Its name.
    similarity
        Cosine of its face and of the mean direction of the subject's other videos.
    like
        Other subjects whose faces it is like, from `extract.people.person.SAME_PERSON` on.
    """

    video: str
    similarity: float
    like: tuple[str, ...]

    @property
    def is_unlike(self) -> bool:
        """Whether it is surely somebody else's; otherwise it is uncertain."""
        return self.similarity <= OTHER_PERSON


@dataclass(frozen=True)
class LabelCheck:
    """What faces say of labels.

    Attributes
    ----------
    doubtful
        By subject: videos whose face does not go with those of all others, least alike first.
    alike
        Pairs of subjects whose mean faces are one person's, and how alike they are.
    """

    doubtful: Mapping[str, Sequence[DoubtfulLabel]]
    alike: Sequence[tuple[str, str, float]]

    def describe(self) -> list[str]:
        """Return a sentence or two on each subject with doubtful labels, and on subjects that look alike."""
        sentences = []
        for subject, videos in self.doubtful.items():
            kinds = (
                (f"Videos of {subject} whose face is unlike the others'", [v for v in videos if v.is_unlike]),
                (
                    f"Videos of {subject} of which it is uncertain whether they show the others' face",
                    [v for v in videos if not v.is_unlike],
                ),
            )
            said = [f"{what}: {', '.join(map(_name, some))}." for what, some in kinds if some]
            sentences.append(" ".join([*said, _ADVICE]))
        if self.alike:
            pairs = ", ".join(f"{one} and {other} ({cosine:.2f})" for one, other, cosine in self.alike)
            sentences.append(
                f"These are named as different people, and their faces are one person's: {pairs}. Give both "
                "one name, or correct the labels that are wrong. Twins and doubles look like this too."
            )
        return sentences


def check_labels(faces: Sequence[LabelledFace]) -> LabelCheck:
    """Compare the face of each video with those of its subject's other videos, and subjects with each other.

    Parameters
    ----------
    faces
        Of authentic videos: a fake may show a face that is not its subject's. Those of different networks are
        not compared with each other.
    """
    names = unite(one.subject for one in faces)
    by_network: dict[str, dict[str, list[LabelledFace]]] = defaultdict(lambda: defaultdict(list))
    for one in faces:
        by_network[one.face.network.label][names[one.subject]].append(one)
    doubtful: dict[str, list[DoubtfulLabel]] = defaultdict(list)
    alike: list[tuple[str, str, float]] = []
    for by_subject in by_network.values():
        means = {
            subject: mean
            for subject, own in by_subject.items()
            if not np.isnan(mean := average_directions([one.face.embedding for one in own])).any()
        }
        alike += _find_alike(means)
        for subject, own in by_subject.items():
            if found := _find_doubtful(subject, own, means):
                doubtful[subject] += found
    return LabelCheck(dict(doubtful), alike)


def _find_doubtful(
    subject: str, faces: Sequence[LabelledFace], means: Mapping[str, Embedding]
) -> list[DoubtfulLabel]:
    found = []
    for one in faces:
        rest = average_directions([other.face.embedding for other in faces if other is not one])
        similarity = SAME_PERSON if np.isnan(rest).any() else _compare(one.face.embedding, rest)
        if similarity < SAME_PERSON:
            like = tuple(
                other
                for other, mean in means.items()
                if other != subject and _compare(one.face.embedding, mean) >= SAME_PERSON
            )
            found.append(DoubtfulLabel(one.video, similarity, like))
    return sorted(found, key=lambda label: label.similarity)


def _find_alike(means: Mapping[str, Embedding]) -> list[tuple[str, str, float]]:
    subjects = list(means)
    if len(subjects) < 2:
        return []
    directions: npt.NDArray[np.float32] = np.stack([means[subject] for subject in subjects])
    found = []
    for row, cosines in enumerate(directions @ directions.T):
        for column in np.flatnonzero(cosines[:row] >= SAME_PERSON).tolist():
            found.append((subjects[column], subjects[row], float(min(cosines[column], 1.0))))
    return found


def _compare(one: Embedding, other: Embedding) -> float:
    return float(np.clip(one @ other, -1.0, 1.0))


def _name(label: DoubtfulLabel) -> str:
    like = f", like {' and '.join(label.like)}" if label.like else ""
    return f"{label.video} (similarity {label.similarity:.2f}{like})"
