"""What a frame table of a rendered interview has of the person, and of anybody else, by the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from extract.frame_table import ACTION_UNITS, JOINTS
from simulate.interview import BOX, STILL

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Where the nose is in the box of a head with hair and hat, of its height.
_NOSE_BELOW_TOP: Final = 0.7
# A nose that is further than this from where the person's is, in widths of the head, is not theirs.
_OWN_HEADS: Final = 0.5


@dataclass(frozen=True)
class Compared:
    """Which frames of an interview are what, each of shape (frames,).

    Attributes
    ----------
    shown
        The person's whole head is in the picture, nobody is in front of it, and no dissolve is going on.
    body, face
        Something was measured of a body, and of a face.
    stranger
        What was measured is of somebody else: the nose lies nearer to another one's, or away from the
        person's, or the person is not in the picture. Frames of dissolves do not count.
    kind
        Of the shot.
    """

    shown: Mask
    body: Mask
    face: Mask
    stranger: Mask
    kind: npt.NDArray[np.object_]

    def tabulate(self) -> pd.DataFrame:
        """Return shares and numbers for each kind of shot, and for all."""
        rows = {kind: self._count(self.kind == kind) for kind in sorted(set(self.kind))}
        rows["all"] = self._count(np.ones(len(self.kind), np.bool_))
        return pd.DataFrame.from_dict(rows, orient="index")

    def _count(self, which: Mask) -> dict[str, float]:
        own = which & self.shown
        return {
            "frames": int(which.sum()),
            "of the person": int(own.sum()),
            "body measured, %": 100 * _mean(self.body[own]),
            "face measured, %": 100 * _mean(self.face[own]),
            "of somebody else": int((self.stranger & which).sum()),
        }


def compare(table: pd.DataFrame, truth: pd.DataFrame, name: str) -> Compared:
    """Compare a frame table with the truth.

    Parameters
    ----------
    table
        Of the interview, one row a frame.
    truth
        Its ``.truth.csv``, as many rows.
    name
        Whom the table should measure.
    """
    if len(table) != len(truth):
        raise ValueError(f"{len(table)} frames were read of {len(truth)}")
    body = table[[f"{joint}_x" for joint in JOINTS]].notna().any(axis=1).to_numpy()
    face = table[list(ACTION_UNITS)].notna().any(axis=1).to_numpy()
    noses = table[["nose_x", "nose_y"]].to_numpy()
    others = sorted({column.removesuffix("_left") for column in truth if column.endswith("_left")} - {name})
    own = _distance(noses, truth, name)
    nearest = np.min([_distance(noses, truth, other) for other in (*others, STILL)], axis=0)
    elsewhere = (body | face) & ~((own <= _OWN_HEADS) & (own <= nearest))
    dissolve = truth["dissolve"].to_numpy(dtype=np.bool_)
    return Compared(
        shown=truth[f"{name}_visible"].to_numpy(dtype=np.bool_) & ~dissolve,
        body=body,
        face=face,
        stranger=elsewhere & ~dissolve,
        kind=truth["kind"].to_numpy(dtype=object),
    )


def _distance(noses: Array, truth: pd.DataFrame, name: str) -> Array:
    """Return how far noses are from somebody's, in widths of the head; infinity where they have none."""
    left, top, width, height = truth[[f"{name}_{side}" for side in BOX]].to_numpy().T
    across, down = noses[:, 0] - left - width / 2, noses[:, 1] - top - _NOSE_BELOW_TOP * height
    distance = np.hypot(across, down) / width
    return np.where(np.isfinite(distance), distance, np.inf)


def _mean(values: Mask) -> float:
    return float(values.mean()) if len(values) else float("nan")
