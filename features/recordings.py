"""One frame table to a recording described by numbers: what backgrounds and enrolments are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from extract.description import ReadingDescription
from features.windows import ClipRule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Shorter than the published 10 s, so that a recording of 8 s counts: across recordings 4 to 8 s carry alike.
SIGNATURE_CLIPS: Final = ClipRule(8.0, 4.0)


@dataclass(frozen=True)
class Recording:
    """A recording as descriptors see it.

    Attributes
    ----------
    video, sha256
        Name and hash of the video file.
    subject
        Who is in it; None where nobody says.
    session
        The recording that it belongs to: videos of one session count as one source.
    collection
        The collection of footage that it comes from; None where nobody says.
    reading
        How its frames were read.
    seconds
        How long a face was measured in its clips, overlaps counted once.
    start_s, end_s
        float64, shape (clips,): of each clip, seconds.
    face_share, body_share
        float64, shape (clips,): in which share of the clip's frames a face, and a body, was found.
    numbers
        By the name of a descriptor: float64, shape (clips, numbers), NaN where missing.
    """

    video: str
    sha256: str
    subject: str | None
    session: str
    collection: str | None
    reading: ReadingDescription
    seconds: float
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    face_share: NDArray[np.float64]
    body_share: NDArray[np.float64]
    numbers: Mapping[str, NDArray[np.float64]]
