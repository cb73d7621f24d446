"""Rendered faces with one action driven at a time, and how the mesh reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from extract.frame_table import ACTION_UNITS, FACE_COLUMNS
from extract.head import HeadTracker, locate_head
from extract.mesh_reader import MeshReader
from extract.pose_reader import PoseTracker
from simulate.controls import CONTROL_NAMES
from simulate.painting import Image
from simulate.portrait import ANCHORS
from simulate.render import Renderer
from simulate.turning import turn_frame

Array = npt.NDArray[np.float64]

FACE_PX: Final = 183  # width of the face on the portrait at scale 1
ACTIONS: Final = CONTROL_NAMES[: len(ACTION_UNITS)]


def render_rest() -> Image:
    """Return the portrait with every control at 0."""
    return Renderer().render(np.zeros(len(CONTROL_NAMES)))


def render_driven(steps: int = 16) -> list[Image]:
    """Return one swing of each action, in so many steps, in the order of `ACTIONS`."""
    renderer, frames = Renderer(), []
    for action in range(len(ACTIONS)):
        for value in _swing(steps):
            values = np.zeros(len(CONTROL_NAMES))
            values[action] = value
            frames.append(renderer.render(values))
    return frames


def scale(factor: float) -> Callable[[Image], Image]:
    """Return what makes a frame smaller or larger."""
    return lambda frame: cv2.resize(
        frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    )


def turn(pitch_deg: float = 0.0, yaw_deg: float = 0.0, roll_deg: float = 0.0) -> Callable[[Image], Image]:
    """Return what turns the head of a frame; roll turns the whole picture."""

    def apply(frame: Image) -> Image:
        if pitch_deg or yaw_deg:
            frame = turn_frame(frame, np.radians(pitch_deg), np.radians(yaw_deg))
        if roll_deg:
            # cv2 counts counter-clockwise.
            matrix = cv2.getRotationMatrix2D(ANCHORS["head_centre"], -roll_deg, 1.0)
            frame = cv2.warpAffine(frame, matrix, frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        return frame

    return apply


def read_faces(frames: Iterable[Image]) -> Array:
    """Return what the mesh reader measures in successive frames, shape (frames, len(MeshReader.columns))."""
    reader, heads = MeshReader(), HeadTracker()
    body, tracker = PoseTracker(), reader.open_tracker()
    rows = []
    for frame in frames:
        place = locate_head(body.read(frame))
        box = heads.locate(place, frame)
        rows.append(tracker.read([None if box is None else box.cut_from(frame, place)])[0])
    body.close()
    tracker.close()
    return reader.measure(np.stack(rows))


def compute_responses(measured: Array) -> Array:
    """Return how far each measure goes when an action goes to 1, shape (measures, actions).

    Parameters
    ----------
    measured
        Of the frames of `render_driven`, however they were scaled or turned.
    """
    swings = measured[:, : len(ACTION_UNITS)].reshape(len(ACTIONS), -1, len(ACTION_UNITS))
    centred = swings - np.nanmean(swings, axis=1, keepdims=True)
    swing = _swing(swings.shape[1])
    return np.asarray(np.nansum(centred * swing[None, :, None], axis=1).T / (swing**2).sum())


def _swing(steps: int) -> Array:
    """Return the values of a control that goes from 0 to both of its extremes and back."""
    return np.sin(2 * np.pi * np.arange(steps) / steps)


def column(measured: Array, name: str) -> Array:
    """Return one column of measured faces by its name in `FACE_COLUMNS`."""
    return measured[:, FACE_COLUMNS.index(name)]
