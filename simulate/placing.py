"""Where a portrait is in a larger picture, and how large."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulate.fields import Array
from simulate.portrait import HEIGHT, WIDTH

if TYPE_CHECKING:
    import numpy.typing as npt

    from simulate.portrait import Anchors


@dataclass(frozen=True)
class Window:
    """A part of a picture: left, top, right, bottom in px, the last two beyond it; it may be empty."""

    left: int
    top: int
    right: int
    bottom: int

    def __bool__(self) -> bool:
        return self.right > self.left and self.bottom > self.top

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, px."""
        return self.left, self.top, self.right, self.bottom

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.right - self.left, self.bottom - self.top

    def seen_from(self, other: Window) -> Window:
        """Return the same part in px of another window."""
        return Window(
            self.left - other.left, self.top - other.top, self.right - other.left, self.bottom - other.top
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """What cuts it out of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True)
class Place:
    """The portrait scaled and moved: a point p of it is shown at ``scale * p + (left, top)``.

    Attributes
    ----------
    scale
        Px of the picture for one of the portrait, above 0.
    left, top
        Where the portrait's corner is, px of the picture; it may lie outside.
    """

    scale: float
    left: float
    top: float

    @classmethod
    def of_head(cls, anchors: Anchors, scale: float, x: float, y: float) -> Place:
        """Return the place at which the middle of the head, at rest, is at (x, y)."""
        head_x, head_y = anchors["head_centre"]
        return cls(scale, x - scale * head_x, y - scale * head_y)

    def show(self, points: Array) -> Array:
        """Return where points of the portrait, (..., 2), are shown."""
        return np.asarray(self.scale * points + (self.left, self.top))

    def find_window(self, canvas: tuple[int, ...], inside: tuple[slice, slice] | None = None) -> Window:
        """Return which part of a picture a part of the portrait covers.

        Parameters
        ----------
        canvas
            Shape of the picture.
        inside
            Rows and columns of the portrait; None for all of it.
        """
        rows, columns = inside or (slice(0, HEIGHT), slice(0, WIDTH))
        left, top = map(int, np.floor(self.show(np.array([columns.start, rows.start]))))
        right, bottom = map(int, np.ceil(self.show(np.array([columns.stop, rows.stop]))))
        return Window(max(left, 0), max(top, 0), min(right, canvas[1]), min(bottom, canvas[0]))


@lru_cache(maxsize=4)  # a seat does not move for seconds
def find_points(place: Place, window: Window) -> npt.NDArray[np.float32]:
    """Return which points of the portrait the pixels of a window show, (height, width, 2), px; read-only."""
    # Pixels are squares with their middles at half: the corner of the first lies at -0.5.
    x = (np.arange(window.left, window.right, dtype=np.float32) + 0.5 - place.left) / place.scale - 0.5
    y = (np.arange(window.top, window.bottom, dtype=np.float32) + 0.5 - place.top) / place.scale - 0.5
    points = np.stack(np.meshgrid(x.astype(np.float32), y.astype(np.float32)), axis=-1)
    points.setflags(write=False)
    return points
