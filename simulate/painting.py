"""Pictures and opacities: painting one over another, soft edges, looking up between pixels."""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
Opacity: TypeAlias = npt.NDArray[np.float32]
Value = TypeVar("Value", np.uint8, np.float32)

_NO_SECOND_MAP: Final = np.empty(0, np.float32)


def paint_over(below: Image, above: Image, opacity: Opacity) -> None:
    """Paint `above` over `below`, in place.

    Parameters
    ----------
    below, above
        RGB, shape (height, width, 3).
    opacity
        Of `above`, shape (height, width), 0 to 1.
    """
    import cv2

    below[:] = cv2.blendLinear(below, above, 1 - opacity, opacity)


def lay_over(below: Image, above: Image, opacity: Image) -> None:
    """Paint what is seen of a cut-out over `below`, in place; most of its rectangle may be transparent.

    Parameters
    ----------
    below, above
        RGB, shape (height, width, 3).
    opacity
        Of `above`, shape (height, width), 0 to 255.
    """
    import cv2

    left, top, width, height = cv2.boundingRect(opacity)
    if width:
        seen = slice(top, top + height), slice(left, left + width)
        paint_over(below[seen], above[seen], opacity[seen] * np.float32(1 / 255))


def soften(mask: Image, blur_px: float) -> Opacity:
    """Return a mask of 0 and 255 as an opacity whose edges are blurred with a Gaussian."""
    import cv2

    return np.asarray(cv2.GaussianBlur(mask * np.float32(1 / 255), (0, 0), blur_px), np.float32)


def look_up(picture: npt.NDArray[Value], position: npt.NDArray[np.float32]) -> npt.NDArray[Value]:
    """Return `picture` at positions between its pixels, interpolated linearly.

    Parameters
    ----------
    picture
        uint8 or float32, shape (height, width) or (height, width, channels).
    position
        Where to look, shape (rows, columns, 2): x and y, px. Beyond the edges the pixels of the edge go on.

    Returns
    -------
    ndarray
        The type of `picture`, shape (rows, columns) or (rows, columns, channels).
    """
    import cv2

    found = cv2.remap(picture, position, _NO_SECOND_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, picture.dtype)
