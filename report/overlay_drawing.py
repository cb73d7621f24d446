"""What is drawn into a frame: the body, the face's points, the head's axes, action units, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from extract.frame_table import ACTION_UNITS, JOINTS

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

INK: Final[Colour] = (255, 255, 255)
SHADE: Final[Colour] = (20, 20, 20)
# Okabe and Ito's palette, told apart by most kinds of colour blindness; signs and words say the same.
COLOURS: Final[dict[str, Colour]] = {
    "match": (86, 180, 233),
    "no match": (230, 100, 0),
    "insufficient evidence": (200, 200, 200),
}
_BONES: Final = (
    ("leftShoulder", "rightShoulder"),
    ("leftShoulder", "leftElbow"),
    ("leftElbow", "leftWrist"),
    ("rightShoulder", "rightElbow"),
    ("rightElbow", "rightWrist"),
)
_BODY: Final[Colour] = (240, 228, 66)
_MESH: Final[Colour] = (0, 220, 160)
# Axes of the head, as the camera sees them, with the letters that they are drawn with.
_AXES: Final = ((0, "x", (230, 100, 0)), (1, "y", (0, 200, 120)), (2, "z", (86, 180, 233)))
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def draw_body(image: Image, joints: npt.NDArray[np.float64], scale: float) -> None:
    """Draw joints and the arms between them.

    Parameters
    ----------
    image
        Drawn into.
    joints
        float64, shape (9, 2): px, in the order of `extract.frame_table.JOINTS`, NaN where missing.
    scale
        Of strokes, 1 for a picture of 720 lines.
    """
    place = dict(zip(JOINTS, joints, strict=True))
    for first, second in _BONES:
        if np.isfinite((*place[first], *place[second])).all():
            cv2.line(image, _point(place[first]), _point(place[second]), _BODY, max(1, round(2 * scale)))
    for joint in joints:
        if np.isfinite(joint).all():
            cv2.circle(image, _point(joint), max(2, round(4 * scale)), _BODY, -1)
            cv2.circle(image, _point(joint), max(2, round(4 * scale)), SHADE, 1)


def draw_points(image: Image, points: npt.NDArray[np.float64]) -> None:
    """Mark points, float64 of shape (n, 2) in px, by two by two pixels each; those outside are left out."""
    height, width = image.shape[:2]
    x, y = points[np.isfinite(points).all(axis=1)].astype(np.intp).T
    inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    x, y = x[inside], y[inside]
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        image[y + dy, x + dx] = _MESH


def draw_head(
    image: Image,
    nose: npt.NDArray[np.float64],
    rotation: npt.NDArray[np.float64],
    length_px: float,
    scale: float,
) -> None:
    """Draw the axes of the head from the nose: x to its left, y down, z out of the face.

    Parameters
    ----------
    image
        Drawn into.
    nose
        Its place, px.
    rotation
        Pitch, yaw and roll in radians, with the signs of the frame table.
    length_px
        Of an axis that lies in the picture.
    scale
        Of strokes.
    """
    if not np.isfinite((*nose, *rotation, length_px)).all():
        return
    axes = _rotate(*rotation)
    for axis, letter, colour in _AXES:
        tip = nose + axes[:2, axis] * length_px * (-1 if letter == "z" else 1)
        cv2.line(image, _point(nose), _point(tip), colour, max(2, round(3 * scale)), cv2.LINE_AA)
        _write(image, letter, _point(tip + 4.0), 0.5 * scale, colour)


def draw_face_box(image: Image, nose: npt.NDArray[np.float64], side_px: float, scale: float) -> None:
    """Draw the square of the given side that the face was read in, about the nose."""
    if np.isfinite((*nose, side_px)).all():
        half = side_px / 2
        cv2.rectangle(image, _point(nose - half), _point(nose + half), _MESH, max(1, round(scale)))


class ActionUnitBars:
    """Sixteen bars at the left edge; a full one is the video's own 99th percentile.

    Parameters
    ----------
    intensities
        float64, shape (frames, 16), NaN where missing.
    height, scale
        Of the picture, px; of strokes.
    """

    def __init__(self, intensities: npt.NDArray[np.float64], height: int, scale: float) -> None:
        low = np.array([_percentile(column, 1) for column in intensities.T])
        high = np.array([_percentile(column, 99) for column in intensities.T])
        self._shares = np.clip((intensities - low) / np.where(high > low, high - low, 1.0), 0, 1)
        self._scale = scale
        self._step = max(11, round(19 * scale))
        self._left, self._top = round(10 * scale), max(0, (height - 16 * self._step) // 2)
        self._bar_left = self._left + round(46 * scale)
        self._bar = round(80 * scale)

    def draw(self, image: Image, frame: int) -> None:
        """Draw the bars of one frame; a missing one is a dash."""
        right = self._bar_left + self._bar
        bottom = self._top + 16 * self._step
        panel = image[self._top : bottom, : right + self._left]
        panel[:] = panel >> 2  # darkened, so that the words read on any picture
        for k, (name, share) in enumerate(zip(ACTION_UNITS, self._shares[frame], strict=True)):
            y = self._top + k * self._step
            base = (self._left, y + round(0.75 * self._step))
            cv2.putText(image, name.removesuffix("_r"), base, _FONT, 0.42 * self._scale, INK, 1)
            low, high = y + self._step // 4, y + round(0.75 * self._step)
            if np.isnan(share):
                cv2.line(
                    image, (self._bar_left, (low + high) // 2), (self._bar_left + 6, (low + high) // 2), INK
                )
                continue
            cv2.rectangle(image, (self._bar_left, low), (right, high), (110, 110, 110), 1)
            filled = self._bar_left + round(share * self._bar)
            cv2.rectangle(image, (self._bar_left, low), (filled, high), INK, -1)


def draw_banner(image: Image, label: str | None, words: Sequence[str], scale: float) -> None:
    """Write the running verdict along the lower edge, with a sign that says it without colour.

    Parameters
    ----------
    image
        Drawn into.
    label
        Of the clip; None where no clip covers the moment.
    words
        Written one after the other; characters beyond ASCII become question marks.
    scale
        Of the letters.
    """
    height, width = image.shape[:2]
    tall = round(40 * scale)
    strip = image[height - tall :]
    strip[:] = strip >> 2
    colour = COLOURS.get(label or "", INK)
    middle = (round(24 * scale), height - tall // 2)
    size, thick = round(9 * scale), max(2, round(3 * scale))
    if label == "match":
        cv2.circle(image, middle, size, colour, -1)
    elif label == "no match":
        x, y = middle
        cv2.line(image, (x - size, y - size), (x + size, y + size), colour, thick)
        cv2.line(image, (x - size, y + size), (x + size, y - size), colour, thick)
    elif label:
        cv2.circle(image, middle, size, colour, thick)
    text = "   ".join(words).encode("ascii", "replace").decode()
    room = width - round(60 * scale)
    size_of = cv2.getTextSize(text, _FONT, 0.62 * scale, 1)[0][0]
    shrink = min(1.0, room / max(size_of, 1))
    base = (round(46 * scale), height - round(13 * scale))
    cv2.putText(image, text, base, _FONT, 0.62 * scale * shrink, INK, max(1, round(1.4 * scale)), cv2.LINE_AA)


def _rotate(pitch: float, yaw: float, roll: float) -> npt.NDArray[np.float64]:
    """Return R = Rx(pitch) Ry(yaw) Rz(roll), the order of OpenFace's Euler angles."""
    (cx, cy, cz), (sx, sy, sz) = np.cos((pitch, yaw, roll)), np.sin((pitch, yaw, roll))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(about_x @ about_y @ about_z, dtype=np.float64)


def _write(image: Image, text: str, place: tuple[int, int], size: float, colour: Colour) -> None:
    cv2.putText(image, text, place, _FONT, size, SHADE, 3, cv2.LINE_AA)
    cv2.putText(image, text, place, _FONT, size, colour, 1, cv2.LINE_AA)


def _percentile(column: npt.NDArray[np.float64], percent: float) -> float:
    present = column[np.isfinite(column)]
    return float(np.percentile(present, percent)) if len(present) else 0.0


def _point(place: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return a place as whole px; far outside the picture it is cut, because OpenCV counts in 32 bits."""
    x, y = np.clip(place, -30_000, 30_000)
    return round(float(x)), round(float(y))
