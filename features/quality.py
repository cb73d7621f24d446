"""How good the footage behind each clip is, and how complete a correlations table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import ACTION_UNITS, JOINTS
from features.measurements import get_measurements, get_positions, measure_shoulder_width

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from features.windows import Clips

VISIBILITY_COLUMNS: Final = tuple(f"{joint}_visibility" for joint in JOINTS)

# Body readers smooth their landmarks over time, so that at a cut the body only sets out for its new place:
# at nine cuts between real videos it moved by 0.15 to 0.36 of its size in the first frame, while people who
# speak and gesture moved by at most 0.05, and grew by at most 3 %, in a frame (docs/correlations.md).
_CUT_JUMP: Final = 0.12
_CUT_SCALE: Final = 1.15
# A body that was away for longer may have moved; and what is left of a jump after it is the same cut.
_CUT_GAP_S: Final = 0.2

MISSING_LIMIT: Final = 0.07


def describe_footage(frames: pd.DataFrame, clips: Clips) -> dict[str, NDArray[np.generic]]:
    """Describe the frames of each clip.

    Parameters
    ----------
    frames
        Rows of a frame table.
    clips
        Clips laid over it.

    Returns
    -------
    dict of ndarray, shape (clips,)
        `frames`; `face_frames`, with at least one action unit; `body_frames`, with both
        shoulders; `face_share` and `body_share`, both per frame, NaN for a clip without frames;
        `scene_cuts`, see `find_scene_cuts`; and `<joint>_visibility`, the mean over the frames in which the
        joint has one, NaN where none has.
    """
    n_joints = len(VISIBILITY_COLUMNS)
    visibility = get_measurements(frames, VISIBILITY_COLUMNS)
    visible = np.isfinite(visibility)
    face = np.isfinite(get_measurements(frames, ACTION_UNITS)).any(axis=1)
    body = np.isfinite(measure_shoulder_width(frames))
    by_frame = np.column_stack([face, body, visible, np.where(visible, visibility, 0.0)])
    n_face, n_body, *by_joint = _sum_clips(by_frame, clips.first, clips.stop).T
    # A cut between a clip's last frame and the next lies outside; so does one before its first frame.
    cuts = _sum_clips(find_scene_cuts(frames), np.minimum(clips.first + 1, clips.stop), clips.stop)
    n_frames = clips.stop - clips.first
    with np.errstate(invalid="ignore"):  # a clip may hold no frame, a joint never be seen: 0 / 0
        return {
            "frames": n_frames,
            "face_frames": n_face.astype(np.int64),
            "body_frames": n_body.astype(np.int64),
            "face_share": n_face / n_frames,
            "body_share": n_body / n_frames,
            "scene_cuts": cuts.astype(np.int64),
            **{
                name: by_joint[n_joints + joint] / by_joint[joint]
                for joint, name in enumerate(VISIBILITY_COLUMNS)
            },
        }


def find_scene_cuts(frames: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell in which frames a new scene begins, by the jump of the body.

    Each frame with both shoulders and the nose is compared with the last such frame before it, when that
    lies at most 0.2 s back. It is a cut when the nose or the middle of the shoulders moved by more than 0.12
    of the body's size, or the size changed by more than a factor of 1.15. The size is the larger of the
    distance between the shoulders and that from their middle to the nose, so that turning sideways does not
    look like shrinking. Jumps within 0.2 s of one another are one cut. A cut to a picture without a person
    is not seen, nor is one to the same person in the same place.

    Returns
    -------
    ndarray of bool, shape (frames,)
    """
    middle = get_positions(frames, "leftShoulder") / 2 + get_positions(frames, "rightShoulder") / 2
    nose = get_positions(frames, "nose")
    size = np.maximum(measure_shoulder_width(frames), np.hypot(*(nose - middle).T))
    usable = np.flatnonzero(np.isfinite(size) & (size > 0))
    before, after = usable[:-1], usable[1:]

    smaller, larger = np.minimum(size[before], size[after]), np.maximum(size[before], size[after])
    moved = np.maximum(
        np.hypot(*(middle[after] - middle[before]).T), np.hypot(*(nose[after] - nose[before]).T)
    )
    time_s = frames["time_s"].to_numpy()
    near = time_s[after] - time_s[before] <= _CUT_GAP_S
    jumps = after[near & ((moved > _CUT_JUMP * larger) | (larger > _CUT_SCALE * smaller))]
    cuts = np.zeros(len(frames), dtype=bool)
    cuts[jumps[np.diff(time_s[jumps], prepend=-np.inf) > _CUT_GAP_S]] = True
    return cuts


@dataclass(frozen=True)
class MissingSummary:
    """How much of a correlations table is missing: the figures that the published notebook prints.

    Attributes
    ----------
    clips, pairs
        Rows and columns of the table.
    cells_missing
        Share of all cells, 0..1.
    clips_with_missing, clips_above_limit
        Share of the rows with any cell missing, and of those with more than 7 %.
    limit_pairs
        How many pairs those 7 % are, rounded down.
    pairs_with_missing
        Share of the columns with any cell missing.
    clips_left
        Number of rows with at most 7 % missing.
    """

    clips: int
    pairs: int
    cells_missing: float
    clips_with_missing: float
    clips_above_limit: float
    limit_pairs: int
    pairs_with_missing: float
    clips_left: int


def summarise_missing(correlations: pd.DataFrame) -> MissingSummary:
    """Count what is missing in a correlations table of at least one row."""
    missing = correlations.isna().to_numpy()
    n_clips, n_pairs = missing.shape
    limit = MISSING_LIMIT * n_pairs
    above = missing.sum(axis=1) > limit
    return MissingSummary(
        clips=n_clips,
        pairs=n_pairs,
        cells_missing=float(missing.mean()),
        clips_with_missing=float(missing.any(axis=1).mean()),
        clips_above_limit=float(above.mean()),
        limit_pairs=int(limit),
        pairs_with_missing=float(missing.any(axis=0).mean()),
        clips_left=int((~above).sum()),
    )


def _sum_clips(
    values: NDArray[np.bool_] | NDArray[np.float64], first: NDArray[np.intp], stop: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sum values, shape (frames,) or (frames, columns), over the frames first <= i < stop of each clip."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray(sums[stop] - sums[first])
