"""How good the footage behind each clip is, and how complete a correlations table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import ACTION_UNITS, CUT, JOINTS
from features.measurements import get_measurements, measure_shoulder_width
from features.voice import find_voiced

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from features.windows import Clips

VISIBILITY_COLUMNS: Final = tuple(f"{joint}_visibility" for joint in JOINTS)

VOICED_COLUMN: Final = "voiced_share"

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
        `scene_cuts`, how many of its frames but the first begin another scene, NaN where that is not
        recorded of all; and `<joint>_visibility`, the mean over the frames in which the
        joint has one, NaN where none has.
    """
    n_joints = len(VISIBILITY_COLUMNS)
    visibility = get_measurements(frames, VISIBILITY_COLUMNS)
    visible = np.isfinite(visibility)
    face = has_face(frames)
    body = np.isfinite(measure_shoulder_width(frames))
    by_frame = np.column_stack([face, body, visible, np.where(visible, visibility, 0.0)])
    n_face, n_body, *by_joint = _sum_clips(by_frame, clips.first, clips.stop).T
    (cuts,) = get_measurements(frames, (CUT,)).T
    known = (cuts == 0) | (cuts == 1)
    # A cut between a clip's last frame and the next lies outside; so does one before its first frame.
    inside = np.minimum(clips.first + 1, clips.stop), clips.stop
    n_cuts, n_unknown = _sum_clips(np.column_stack([np.where(known, cuts, 0.0), ~known]), *inside).T
    n_frames = clips.stop - clips.first
    with np.errstate(invalid="ignore"):  # a clip may hold no frame, a joint never be seen: 0 / 0
        return {
            "frames": n_frames,
            "face_frames": n_face.astype(np.int64),
            "body_frames": n_body.astype(np.int64),
            "face_share": n_face / n_frames,
            "body_share": n_body / n_frames,
            "scene_cuts": np.where(n_unknown > 0, np.nan, n_cuts),
            **{
                name: by_joint[n_joints + joint] / by_joint[joint]
                for joint, name in enumerate(VISIBILITY_COLUMNS)
            },
        }


def measure_voiced_share(voice: NDArray[np.float64] | None, clips: Clips) -> NDArray[np.float64]:
    """Return in which share of each clip's frames a voice is heard, shape (clips,).

    It is NaN for a clip without frames, and where there is no voice table. A voice is what has a pitch: a
    whisper has none, and a song that is played has one, whoever sings it.

    Parameters
    ----------
    voice : ndarray of float64, shape (frames, 8)
        As `features.voice.lay_voice_over_frames` returned it; None where there is no voice table.
    clips
        Clips laid over the frames.
    """
    if voice is None:
        return np.full(len(clips), np.nan)
    with np.errstate(invalid="ignore"):  # a clip may hold no frame: 0 / 0
        return _sum_clips(find_voiced(voice), clips.first, clips.stop) / (clips.stop - clips.first)


def has_face(frames: pd.DataFrame) -> NDArray[np.bool_]:
    """Return in which frames of a frame table a face was measured: those with at least one action unit."""
    return np.asarray(np.isfinite(get_measurements(frames, ACTION_UNITS)).any(axis=1))


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
