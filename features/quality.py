"""How good the footage behind each clip is, and how complete a correlations table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import ACTION_UNITS, JOINTS
from features.signing_space import measure_shoulder_width

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from features.windows import Clips

VISIBILITY_COLUMNS: Final = tuple(f"{joint}_visibility" for joint in JOINTS)

# A cut: from one frame with a body to the next, the nose or the middle of the shoulders jumps by more
# than this share of the body's size, or the size changes by more than this factor. The body's size is the
# larger of the distance between the shoulders and that from their middle to the nose, so that turning
# sideways does not look like shrinking.
_CUT_JUMP: Final = 0.5
_CUT_SCALE: Final = 1.5
# A body that was away for longer may have walked; its return says nothing about a cut.
_CUT_GAP_S: Final = 0.5

MISSING_LIMIT: Final = 0.07


def describe_footage(frames: pd.DataFrame, clips: Clips) -> pd.DataFrame:
    """Describe the frames of each clip.

    Parameters
    ----------
    frames
        Rows of a frame table.
    clips
        Clips laid over it.

    Returns
    -------
    DataFrame
        One row a clip: `frames`; `face_frames`, with at least one action unit; `body_frames`, with both
        shoulders; `face_share` and `body_share`, both per frame, NaN for a clip without frames;
        `scene_cuts`, see `find_scene_cuts`; and `<joint>_visibility`, the mean over the frames in which the
        joint has one, NaN where none has.
    """
    import pandas as pd

    n_frames = clips.stop - clips.first
    visibility = frames[list(VISIBILITY_COLUMNS)].to_numpy(dtype=np.float64)
    visible = np.isfinite(visibility)
    face = np.isfinite(frames[list(ACTION_UNITS)].to_numpy(dtype=np.float64)).any(axis=1)
    body = np.isfinite(measure_shoulder_width(frames))
    # A cut between a clip's last frame and the next lies outside; so does one before its first frame.
    cuts = _sum_clips(find_scene_cuts(frames), np.minimum(clips.first + 1, clips.stop), clips.stop)
    n_face = _sum_clips(face, clips.first, clips.stop)
    n_body = _sum_clips(body, clips.first, clips.stop)
    n_visible = _sum_clips(visible, clips.first, clips.stop)
    with np.errstate(invalid="ignore", divide="ignore"):  # a clip may hold no frame, a joint never be seen
        footage = pd.DataFrame(
            {
                "frames": n_frames,
                "face_frames": n_face.astype(np.int64),
                "body_frames": n_body.astype(np.int64),
                "face_share": n_face / n_frames,
                "body_share": n_body / n_frames,
                "scene_cuts": cuts.astype(np.int64),
            }
        )
        summed_visibility = _sum_clips(np.where(visible, visibility, 0.0), clips.first, clips.stop)
        footage[list(VISIBILITY_COLUMNS)] = summed_visibility / n_visible
    return footage


def find_scene_cuts(frames: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell in which frames a new scene begins, by the jump of the body.

    Each frame with both shoulders and the nose is compared with the last such frame before it, when that
    lies at most 0.5 s back. It is a cut when the nose or the middle of the shoulders moved by more than
    half the body's size, or the size changed by more than a factor of 1.5. A cut to a picture without a
    person is not seen, nor is one to the same person in the same place.

    Returns
    -------
    ndarray of bool, shape (frames,)
    """
    middle = _position(frames, "leftShoulder") / 2 + _position(frames, "rightShoulder") / 2
    nose = _position(frames, "nose")
    size = np.maximum(measure_shoulder_width(frames), np.hypot(*(nose - middle).T))
    usable = np.flatnonzero(np.isfinite(size) & (size > 0))
    before, after = usable[:-1], usable[1:]

    smaller, larger = np.sort([size[before], size[after]], axis=0)
    jump = np.maximum(
        np.hypot(*(middle[after] - middle[before]).T), np.hypot(*(nose[after] - nose[before]).T)
    )
    time_s = frames["time_s"].to_numpy()
    near = time_s[after] - time_s[before] <= _CUT_GAP_S
    cuts = np.zeros(len(frames), dtype=bool)
    cuts[after] = near & ((jump > _CUT_JUMP * larger) | (larger > _CUT_SCALE * smaller))
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


def _position(frames: pd.DataFrame, joint: str) -> NDArray[np.float64]:
    return frames[[f"{joint}_x", f"{joint}_y"]].to_numpy(dtype=np.float64)


def _sum_clips(
    values: NDArray[np.bool_] | NDArray[np.float64], first: NDArray[np.intp], stop: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sum values, shape (frames,) or (frames, columns), over the frames first <= i < stop of each clip."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray(sums[stop] - sums[first])
