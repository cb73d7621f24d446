"""Control values to pictures: the portrait, moved, and the arms over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ground.errors import InputError
from simulate.arms import lay_limb, paint_arms
from simulate.controls import CONTROL_NAMES, CONTROLS, Part
from simulate.fields import Array
from simulate.looks import Look
from simulate.painting import Image, Opacity, look_up, paint_over, soften
from simulate.portrait import ASTRONAUT, HEIGHT, WIDTH, Anchors, Mouth, Portrait

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pandas as pd

# Fields are smooth, so they are summed and undone on a grid of cells, in units of a cell, and enlarged once.
_CELL_PX: Final = 4
_UNDO_STEPS: Final = 3
_JOINTS: Final = tuple(
    f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist")
)

_MOUTH_RGB: Final = (42, 18, 18)
_MOUTH_BLUR_PX: Final = 1.5
_MOUTH_WINDOW: Final = (slice(220, 400), slice(340, 560))  # holds the mouth wherever the head goes


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
        anchors = portrait.anchors
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
        self._joint_moves = _stack_fields(self._limb_controls, *self._joints.T, anchors)

        self._mouth_open_px = portrait.mouth.open_px
        lips = np.array([anchors["upper_lip"], anchors["lower_lip"]], np.float64).T
        self._mouth_opening = np.diff(_stack_fields(self._face, *lips, anchors)[..., 1])[:, 0]
        self._mouth = _paint_mouth(portrait.mouth)
        self._mouth_colour = np.full((*self._mouth[_MOUTH_WINDOW].shape, 3), _MOUTH_RGB, np.uint8)
        self._portrait = portrait.load() if look is None else look.colour(portrait.load())
        self._limbs = paint_arms(portrait.sleeve_rgb)

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
        source = self._find_sources(values)
        frame = look_up(self._portrait, source)
        opening = self._mouth_opening @ values[self._face] / self._mouth_open_px
        if opening > 0:
            mouth = look_up(self._mouth, source[_MOUTH_WINDOW])
            paint_over(frame[_MOUTH_WINDOW], self._mouth_colour, mouth * np.float32(min(opening, 1)))
        moves = np.tensordot(values[self._limb_controls], self._joint_moves, axes=1)
        joints = dict(zip(_JOINTS, self._joints + moves, strict=True))
        for limb in self._limbs:
            lay_limb(frame, limb, joints[limb.start], joints[limb.end])
        return frame

    def _find_sources(self, values: Array) -> npt.NDArray[np.float32]:
        """Return the place on the portrait that each pixel shows, (`HEIGHT`, `WIDTH`, 2), px.

        The face moves on the head, and goes where head and trunk go: those are undone first, then the shape
        of another face.
        """
        import cv2

        single = values.astype(np.float32)
        on_head = _undo(np.tensordot(single[self._body], self._body_fields, axes=1), self._cells)
        if self._shape is not None:
            on_head = _undo(self._shape, on_head)
        at_rest = _undo(np.tensordot(single[self._face], self._face_fields, axes=1), on_head)
        shift_px = (at_rest - self._cells) * _CELL_PX
        enlarged = cv2.resize(shift_px, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        return np.asarray(self._pixels + enlarged, np.float32)


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
    missing = [name for name in CONTROL_NAMES if name not in controls]
    if missing:
        raise InputError(
            f"The table of controls lacks {', '.join(missing)}. Give one column for each control."
        )
    values = controls[list(CONTROL_NAMES)].to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError("The table of controls holds values that are not finite numbers. Fill them in.")
    return map(Renderer(look).render, values)


def _controls_of(*parts: Part) -> list[int]:
    return [index for index, control in enumerate(CONTROLS) if control.part in parts]


def _stack_fields(indices: list[int], x: Array, y: Array, anchors: Anchors) -> Array:
    """Return the displacements (controls, ..., 2) that the given controls give to points."""
    return np.stack([CONTROLS[index].field(x, y, anchors) for index in indices])


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


def _make_grid(width: int, height: int) -> npt.NDArray[np.float32]:
    """Return the coordinates (x, y) of a picture's pixels, (height, width, 2)."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([x, y], axis=-1)
