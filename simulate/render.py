"""Control values to pictures: the portrait, moved, and the arms over it."""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Final

import numpy as np

from simulate.arms import lay_limb, paint_arms
from simulate.controls import CONTROLS, Part, read_controls
from simulate.fields import Array
from simulate.looks import Look
from simulate.painting import Image, Opacity, lay_over, look_up, paint_over, soften
from simulate.placing import Place, Window, find_points
from simulate.portrait import ASTRONAUT, HEIGHT, WIDTH, Anchors, Mouth, Portrait

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pandas as pd

# Fields are smooth, so they are summed and undone on a grid of cells, in units of a cell, and enlarged once.
_CELL_PX: Final = 4
_UNDO_STEPS: Final = 3
# Portraits shown smaller than this are taken from one of half the size, so that edges do not flicker.
_LEAST_SCALE: Final = 0.7
_JOINTS: Final = tuple(
    f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist")
)

_MOUTH_RGB: Final = (42, 18, 18)
_MOUTH_BLUR_PX: Final = 1.5
_MOUTH_WINDOW: Final = (slice(220, 400), slice(340, 560))  # holds the mouth wherever the head goes


_UNMOVED: Final = Place(1.0, 0.0, 0.0)


class Renderer:
    """Renders frames one by one; what does not change between frames is computed on construction.

    Parameters
    ----------
    look
        Another face on the same motion; None for that of the portrait.
    portrait
        Who is moved.
    """

    def __init__(self, look: Look | None = None, portrait: Portrait = ASTRONAUT) -> None:
        self._anchors = anchors = portrait.anchors
        self._pixels = _make_grid(WIDTH, HEIGHT)
        self._cells = _make_grid(WIDTH // _CELL_PX, HEIGHT // _CELL_PX)
        x, y = ((self._cells[..., axis] + 0.5) * _CELL_PX - 0.5 for axis in (0, 1))
        self._face = _controls_of("face")
        self._body = _controls_of("head", "trunk")
        self._face_fields = (_stack_fields(self._face, x, y, anchors) / _CELL_PX).astype(np.float32)
        self._body_fields = (_stack_fields(self._body, x, y, anchors) / _CELL_PX).astype(np.float32)
        shape = None if look is None else look.shape(x, y, anchors) / _CELL_PX
        self._shape = None if shape is None else shape.astype(np.float32)

        self._limb_controls = _controls_of("trunk", "arms")
        self._joints = np.array([anchors[joint] for joint in _JOINTS], np.float64)
        self._joint_moves = _stack_fields(self._limb_controls, *_split(self._joints), anchors)

        self._mouth_open_px = portrait.mouth.open_px
        lips = np.array([anchors["upper_lip"], anchors["lower_lip"]], np.float64)
        self._mouth_opening = np.diff(_stack_fields(self._face, *_split(lips), anchors)[..., 1])[:, 0]
        self._mouth = _paint_mouth(portrait.mouth)
        self._portrait = portrait.load() if look is None else look.colour(portrait.load())
        self._backdrop = np.full_like(self._portrait, self._portrait[0, 0])
        person = np.flatnonzero((self._portrait != self._backdrop).any(axis=(0, 2)))
        self._left, self._right = int(person[0]), int(person[-1])
        self._limbs = paint_arms(portrait.sleeve_rgb)
        self._load_opacity = portrait.load_opacity
        self._head_box = np.array(portrait.head_box)

    def render(self, values: Array) -> Image:
        """Return the frame that shows the given control values.

        Parameters
        ----------
        values
            Shape (controls,), in the order of `CONTROLS`.

        Returns
        -------
        ndarray
            RGB, uint8, shape (`HEIGHT`, `WIDTH`, 3).
        """
        import cv2

        shifts = self._find_shifts(values)
        source = np.asarray(cv2.resize(shifts, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR), np.float32)
        source += self._pixels
        frame = self._backdrop.copy()
        columns = self._find_columns(shifts)
        frame[:, columns] = look_up(self._portrait, source[:, columns])
        self._open_mouth(frame[_MOUTH_WINDOW], source[_MOUTH_WINDOW], values)
        self._lay_limbs(frame, values, _UNMOVED)
        return frame

    def draw(self, canvas: Image, values: Array, place: Place) -> None:
        """Paint the person over a picture, in place, without the backdrop of the portrait.

        Parameters
        ----------
        canvas
            RGB, uint8, shape (height, width, 3).
        values
            Shape (controls,), in the order of `CONTROLS`.
        place
            Where on the picture; what lies outside is left out.
        """
        import cv2

        window = place.find_window(canvas.shape)
        if not window:
            return
        source = self._find_sources(values, place, window)
        if place.scale < _LEAST_SCALE:
            person = look_up(self._cut_out[1], ((source + 0.5) / 2 - 0.5).astype(np.float32, copy=False))
        else:
            person = look_up(self._cut_out[0], source)
        shown = np.asarray(cv2.cvtColor(person, cv2.COLOR_RGBA2RGB), np.uint8)
        mouth = place.find_window(canvas.shape, _MOUTH_WINDOW)
        if mouth:
            inside = mouth.seen_from(window).slices
            self._open_mouth(shown[inside], source[inside], values)
        lay_over(canvas[window.slices], shown, np.asarray(cv2.extractChannel(person, 3), np.uint8))
        self._lay_limbs(canvas, values, place)

    def _find_sources(self, values: Array, place: Place, window: Window) -> npt.NDArray[np.float32]:
        """Return which point of the portrait each pixel of a window shows, (height, width, 2), px."""
        import cv2

        cell_px = place.scale * _CELL_PX
        # The middle of a cell is where `render` has it, so that both show the same.
        x = (window.left + 0.5 - place.left) / cell_px - 0.5
        y = (window.top + 0.5 - place.top) / cell_px - 0.5
        source = np.asarray(
            cv2.warpAffine(
                self._find_shifts(values),
                np.array([[1 / cell_px, 0, x], [0, 1 / cell_px, y]]),
                window.size,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )
        source += find_points(place, window)
        return source

    def find_heads(self, values: Array) -> Array:
        """Return the box of the head in frames.

        Parameters
        ----------
        values
            Control values, shape (frames, controls).

        Returns
        -------
        ndarray
            Left, top, right and bottom, px of the portrait, shape (frames, 4).
        """
        left, top, right, bottom = self._head_box
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        sides = np.array([(left, middle_y), (middle_x, top), (right, middle_y), (middle_x, bottom)])
        moves = _stack_fields(self._body, *_split(sides), self._anchors)
        moved = sides + np.tensordot(values[:, self._body], moves, axes=1)
        return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=-1)

    @cached_property
    def _cut_out(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """The portrait with its opacity, RGBA, whole and of half the size."""
        import cv2

        opacity = np.asarray(np.rint(255 * self._load_opacity()), np.uint8)
        whole = np.dstack([self._portrait, opacity])
        half = cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return whole, np.asarray(half, np.uint8)

    def _open_mouth(self, shown: Image, source: npt.NDArray[np.float32], values: Array) -> None:
        """Paint the dark between the lips over a part of the picture, in place."""
        opening = self._mouth_opening @ values[self._face] / self._mouth_open_px
        if opening > 0:
            opacity = look_up(self._mouth, source) * np.float32(min(float(opening), 1.0))
            paint_over(shown, _fill_dark(*shown.shape[:2]), opacity)

    def _lay_limbs(self, canvas: Image, values: Array, place: Place) -> None:
        moves = np.tensordot(values[self._limb_controls], self._joint_moves, axes=1)
        joints = dict(zip(_JOINTS, place.show(self._joints + moves), strict=True))
        for limb in self._limbs:
            lay_limb(canvas, limb, joints[limb.start], joints[limb.end], place.scale)

    def _find_columns(self, shifts: npt.NDArray[np.float32]) -> slice:
        """Return the columns of the frame that may show more than the backdrop, whose colour is even."""
        # Column x shows the two columns around x + shift.
        left = floor(self._left - 1 - shifts[..., 0].max())
        right = ceil(self._right + 1 - shifts[..., 0].min())
        return slice(max(left, 0), max(right + 1, 0))

    def _find_shifts(self, values: Array) -> npt.NDArray[np.float32]:
        """Return how far from each cell the place on the portrait is that it shows, px.

        The face moves on the head, and goes where head and trunk go: those are undone first, then the shape
        of another face.
        """
        single = values.astype(np.float32)
        on_head = _undo(np.tensordot(single[self._body], self._body_fields, axes=1), self._cells)
        if self._shape is not None:
            on_head = _undo(self._shape, on_head)
        at_rest = _undo(np.tensordot(single[self._face], self._face_fields, axes=1), on_head)
        return np.asarray((at_rest - self._cells) * _CELL_PX, np.float32)


def render_frames(controls: pd.DataFrame, look: Look | None = None) -> Iterator[Image]:
    """Render the frames of a session.

    Parameters
    ----------
    controls
        One row a frame, with a column for each of `CONTROL_NAMES`; others, such as ``time_s``, are not
        read. Values have no unit: 0 is the portrait at rest, 1 and -1 are natural extremes.
    look
        Another face; None for that of the portrait.

    Returns
    -------
    iterator of ndarray
        RGB, uint8, shape (`HEIGHT`, `WIDTH`, 3); each one is the caller's to keep.

    Raises
    ------
    InputError
        When a control is missing or a value is not a finite number.
    """
    return map(Renderer(look).render, read_controls(controls))


def _controls_of(*parts: Part) -> list[int]:
    return [index for index, control in enumerate(CONTROLS) if control.part in parts]


def _stack_fields(indices: list[int], x: Array, y: Array, anchors: Anchors) -> Array:
    """Return the displacements (controls, ..., 2) that the given controls give to points."""
    return np.stack([CONTROLS[index].field(x, y, anchors) for index in indices])


def _split(points: Array) -> tuple[Array, Array]:
    """Return the x and the y of points, (..., 2)."""
    return points[..., 0], points[..., 1]


def _undo(field: npt.NDArray[np.float32], arrived: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return where points were before a field moved them to `arrived`, by fixed-point iteration; in cells."""
    left = arrived
    for _ in range(_UNDO_STEPS):
        left = arrived - look_up(field, left)
    return left


def _paint_mouth(mouth: Mouth) -> Opacity:
    """Return the opacity of the open mouth's dark on the portrait, (`HEIGHT`, `WIDTH`)."""
    import cv2

    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(mask, mouth.centre, mouth.radii, 0, *mouth.arc_deg, (255,), mouth.thickness)
    return soften(mask, _MOUTH_BLUR_PX)


@lru_cache(maxsize=8)
def _fill_dark(height: int, width: int) -> Image:
    return np.full((height, width, 3), _MOUTH_RGB, np.uint8)


def _make_grid(width: int, height: int) -> npt.NDArray[np.float32]:
    """Return the coordinates (x, y) of a picture's pixels, (height, width, 2)."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([x, y], axis=-1)
