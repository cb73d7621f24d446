"""Another face to put on: the portrait reshaped and recoloured, moved by the same controls.

The new shape lies between the motion of the head and that of the face: a brow that rises on the portrait
rises on the other face, wherever its brow is, by as much as the shape stretches the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulate.fields import Field, add, push, push_both
from simulate.painting import Image


@dataclass(frozen=True)
class Look:
    """How a face differs from that of the portrait.

    Attributes
    ----------
    shape
        How far the points of the portrait at rest lie from it on the other face.
    tint
        What red, green and blue of the portrait are multiplied by.
    """

    shape: Field
    tint: tuple[float, float, float]

    def colour(self, portrait: Image) -> Image:
        """Return the portrait in other colours."""
        return np.asarray((portrait * np.array(self.tint)).clip(0, 255), np.uint8)


# A longer nose and chin, eyes further apart, brows higher, a wider mouth, a narrower and darker face: nobody
# would take the two for one person.
OTHER_LOOK: Final = Look(
    add(
        push("nose_tip", (0, 9), (26, 22)),
        push_both("nostril", (4, 3), (12, 12)),
        push("chin", (0, 16), (60, 34)),
        push("chin_boss", (0, 4), (40, 20)),
        push_both("upper_lid", (7, 2), (26, 18)),
        push_both("inner_brow", (4, -7), (20, 12)),
        push_both("outer_brow", (6, -3), (20, 12)),
        push_both("lip_corner", (8, 3), (20, 16)),
        push("upper_lip_edge", (0, -2), (26, 8)),
        push("lower_lip_edge", (0, 4), (28, 10)),
        push_both("cheek", (-6, 4), (30, 30)),
    ),
    (0.8, 0.7, 0.66),
)

# Of three hundred random shapes the one that a face network takes least for the first portrait (SFace: a
# cosine of .16 to .32), and that looks like a person. It is a third person in interviews.
STRANGER_LOOK: Final = Look(
    add(
        push_both("upper_lid", (-12, -4), (26, 16)),
        push_both("inner_brow", (15, -5), (20, 13)),
        push_both("outer_brow", (11, 2), (22, 13)),
        push_both("nostril", (4, 5), (14, 13)),
        push_both("cheek", (-12, 10), (34, 34)),
        push_both("lip_corner", (3, 17), (22, 18)),
        push("nose_tip", (0, 4), (24, 24)),
        push("nose_root", (0, 9), (26, 26)),
        push("chin", (0, 3), (60, 36)),
        push("chin_boss", (0, 3), (40, 20)),
        push("upper_lip_edge", (0, 1), (28, 9)),
    ),
    (0.66, 0.67, 0.78),
)
