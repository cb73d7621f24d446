"""The least movement and voice that a clip must show to be evidence: the one place that decides it.

Below it, numbers describe the reader's own noise, or a few frames, and a score of them would say something of
nobody. How the limits were chosen stands in docs/measurements/evidence.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from classify.cells import to_number
from classify.reasons import Reason, ReasonCode
from features.movement import MOVEMENT_COLUMNS
from features.quality import VOICED_COLUMN
from features.signature import BODY_FEATURES
from features.voice import LEAST_VOICED, VOICE_FEATURES

if TYPE_CHECKING:
    import pandas as pd

Part = Literal["face", "body", "voice"]

# As for features: what is there for less than half of a clip does not describe it.
LEAST_OBSERVED: Final = 0.5
# In multiples of what a still photograph that comes slowly nearer shows. In 221 clips of 70 recordings of
# people who talk to a camera no face is below 6.4; in photographs, even shaken or turned to and fro, none is
# above 4.4.
LEAST_FACE_MOTION: Final = 5.0
# Arms may rest: people's bodies go down to 1.0. Photographs that stay where they are reach 0.3, and those
# that come nearer or shake 0.4 to 2.0. So only the face tells the latter from people.
LEAST_BODY_MOTION: Final = 0.5
_PART_OF: Final[dict[str, Part]] = {
    **dict.fromkeys(BODY_FEATURES, "body"),
    **dict.fromkeys(VOICE_FEATURES, "voice"),
}


def is_above_floor(clips: pd.DataFrame, pairs: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return for each row of a clip table whether the clip shows enough movement, shape (clips,).

    What a table does not record is not held against its clips.

    Parameters
    ----------
    clips
        Rows of a clip table; columns may be missing, as in tables that were made elsewhere.
    pairs
        The columns of the correlations table, ``first*second``: the parts of the person that they are of
        must move.
    """
    parts = find_parts(pairs)
    rows = clips.reindex(columns=[*MOVEMENT_COLUMNS, VOICED_COLUMN]).to_dict("records")
    return np.array([doubt_movement(row, parts) is None for row in rows], dtype=np.bool_)


def find_parts(pairs: Sequence[str]) -> frozenset[Part]:
    """Return the parts of the person whose features the pairs, ``first*second``, are of."""
    features = {feature for pair in pairs for feature in pair.split("*")}
    return frozenset(_PART_OF.get(feature, "face") for feature in features)


def name_lacks(pairs: Sequence[str]) -> str:
    """Return in words what clips below the floor have, for pairs ``first*second``."""
    if "voice" in find_parts(pairs):
        return "too few frames, too little movement or too little voice"
    return "too few frames or too little movement"


def is_absent(face_share: float | None, body_share: float | None) -> bool:
    """Return whether the person is not in view in most of a clip: somebody else is, or nobody.

    Then what is missing says more than how rarely something was measured.

    Parameters
    ----------
    face_share, body_share
        Shares of the clip's frames in which a face, and a body, was found; None where nobody knows.
    """
    return all(share is not None and share < LEAST_OBSERVED for share in (face_share, body_share))


def doubt_movement(clip: Mapping[Any, Any], parts: Collection[Part]) -> Reason | None:
    """Return why a clip is no evidence, whatever its score; None where nothing is known against it.

    Parameters
    ----------
    clip
        With `features.movement.MOVEMENT_COLUMNS` and `features.quality.VOICED_COLUMN`, as far as they are
        known.
    parts
        Which parts of the person must move, and whether they must be heard.
    """
    observed, face, body = (to_number(clip.get(name)) for name in MOVEMENT_COLUMNS)
    # What stands still says so first: that its frames show nothing new follows from it.
    if "face" in parts and face is not None and face < LEAST_FACE_MOTION:
        return Reason(code=ReasonCode.TOO_STILL, face_motion=face, motion_needed=LEAST_FACE_MOTION)
    if "body" in parts and body is not None and body < LEAST_BODY_MOTION:
        return Reason(code=ReasonCode.TOO_STILL, body_motion=body, motion_needed=LEAST_BODY_MOTION)
    if observed is not None and observed < LEAST_OBSERVED:
        return Reason(code=ReasonCode.FRAMES_TOO_FEW, observed_share=observed, observed_needed=LEAST_OBSERVED)
    voiced = to_number(clip.get(VOICED_COLUMN))
    if "voice" in parts and voiced is not None and voiced < LEAST_VOICED:
        return Reason(code=ReasonCode.TOO_LITTLE_VOICE, voiced_share=voiced, voiced_needed=LEAST_VOICED)
    return None
