"""A portrait that can be moved: its picture, its size and the places on it that have names.

Where nothing else is said, the first one is moved. Its head and collar are cut out of
``skimage.data.astronaut()``: Eileen Collins, photographed by NASA, in the public domain and part of the
scikit-image wheel. One of her arms is hidden behind a helmet, so the trunk below the collar is painted, in
front of a plain backdrop, and `simulate.arms` paints both arms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from simulate.painting import Image, Opacity, paint_over, soften

Outline: TypeAlias = tuple[tuple[float, float], ...]
Anchors: TypeAlias = Mapping[str, tuple[float, float]]
Colour: TypeAlias = tuple[int, int, int]

WIDTH: Final = 832
HEIGHT: Final = 896

_SCALE: Final = 2  # the face mesh is then 183 px wide
BACKDROP_RGB: Final = (193, 186, 184)  # as behind her head
_TRUNK_RGB: Final = (48, 55, 77)  # dark, so that the arms in front of it stand out

# Outlines, clockwise; head and collar in px of the photograph, the trunk in px of the portrait.
_HEAD: Final = ((140, 40), (190, 0), (290, 0), (318, 60), (312, 130), (262, 172), (183, 152), (140, 120))
_COLLAR_AND_NECK: Final = (
    (184, 149), (168, 148), (150, 153), (135, 163), (124, 177), (114, 186), (112, 200), (122, 215),
    (135, 236), (150, 255), (172, 275), (195, 288), (225, 294), (255, 293), (278, 285), (292, 270),
    (304, 252), (305, 240), (300, 222), (288, 203), (270, 185), (257, 173), (250, 100), (190, 100),
)  # fmt: skip
_TRUNK: Final = (
    (240, 405), (190, 440), (160, 475), (155, 560), (215, 640), (228, 740), (230, 896),
    (602, 896), (604, 740), (617, 640), (677, 570), (672, 490), (645, 465), (600, 440),
)  # fmt: skip
_TRUNK_HALF_WIDTH: Final = 250
# Blur of the cut edges, px: the photograph's own backdrop around the hair fades into the plain one.
_HEAD_BLUR, _COLLAR_BLUR, _TRUNK_BLUR = 14.0, 1.5, 2.0
# The outline of hair and face themselves, px of the portrait, for pictures of her on another backdrop.
_HAIR_AND_FACE: Final = (
    (350, 262), (318, 225), (306, 160), (325, 95), (385, 48), (460, 30), (540, 52), (590, 105), (604, 165),
    (596, 215), (562, 258), (550, 272), (537, 275), (528, 305), (514, 336), (480, 360), (400, 355),
    (377, 330), (369, 300), (364, 268),
)  # fmt: skip
_HAIR_BLUR: Final = 2.5


@dataclass(frozen=True)
class Mouth:
    """The dark of the open mouth: a part of an ellipse on the portrait at rest, painted as the lips part.

    Attributes
    ----------
    centre, radii
        Of the ellipse, px.
    arc_deg
        From which to which angle it is drawn, clockwise from the right.
    thickness
        Of the line, px; -1 fills the ellipse.
    open_px
        Lips that are this much further apart than in the photograph show the whole dark, px.
    """

    centre: tuple[int, int]
    radii: tuple[int, int]
    arc_deg: tuple[int, int]
    thickness: int
    open_px: float


@dataclass(frozen=True, eq=False)  # a portrait is equal to itself alone, and so can be looked up by
class Portrait:
    """Somebody who can be moved, `WIDTH` x `HEIGHT` px, seen from the front with the head in its upper half.

    Attributes
    ----------
    load
        Returns the picture without arms: RGB, shape (`HEIGHT`, `WIDTH`, 3).
    load_opacity
        Returns where the person is on it, shape (`HEIGHT`, `WIDTH`): 1 there, 0 on the backdrop.
    anchors
        The places that the controls move: the names of `ANCHORS`, (x, y) in px.
    head_box
        The box of the head at rest, with hair and hat: left, top, right, bottom in px.
    mouth
        What is seen between open lips.
    sleeve_rgb
        Colour of the arms.
    """

    load: Callable[[], Image]
    load_opacity: Callable[[], Opacity]
    anchors: Anchors
    head_box: tuple[float, float, float, float]
    mouth: Mouth
    sleeve_rgb: Colour


# Places on the portrait, (x, y) in px, found by looking at it enlarged. Left and right are hers: left is
# on the right of the picture. The joints of the arms are where `simulate.arms` paints them.
ANCHORS: Final[dict[str, tuple[float, float]]] = {
    "left_inner_brow": (472, 185), "right_inner_brow": (430, 181),
    "left_outer_brow": (520, 187), "right_outer_brow": (382, 180),
    "left_upper_lid": (496, 201), "right_upper_lid": (406, 196),
    "left_lower_lid": (494, 214), "right_lower_lid": (407, 209),
    "left_eye_inner": (474, 211), "right_eye_inner": (427, 208),
    "left_cheek": (497, 240), "right_cheek": (401, 235),
    "left_nostril": (476, 256), "right_nostril": (420, 253),
    "nose_root": (449, 212), "nose_tip": (446, 261),
    "left_lip_corner": (491, 282), "right_lip_corner": (405, 280),
    "upper_lip_edge": (447, 279), "upper_lip": (447, 284),
    "lower_lip": (446, 306), "lower_lip_edge": (446, 313),
    "chin_boss": (444, 337), "chin": (443, 355),
    "head_centre": (449, 215), "neck": (443, 385),
    "left_shoulder": (645, 500), "right_shoulder": (188, 490),
    "left_elbow": (714, 775), "right_elbow": (118, 770),
    "left_wrist": (547, 720), "right_wrist": (285, 720),
}  # fmt: skip


def load_portrait() -> Image:
    """Return the first portrait without arms: RGB, shape (`HEIGHT`, `WIDTH`, 3)."""
    import cv2
    import skimage.data

    photograph: Image = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    enlarged = cv2.resize(photograph, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_CUBIC)
    head = np.asarray(enlarged[:HEIGHT, :WIDTH], np.uint8)
    portrait = np.full((HEIGHT, WIDTH, 3), BACKDROP_RGB, np.uint8)
    paint_over(portrait, shade_trunk(_TRUNK_RGB), cut_out(_TRUNK, 1, _TRUNK_BLUR))
    paint_over(portrait, head, cut_out(_HEAD, _SCALE, _HEAD_BLUR))
    paint_over(portrait, head, cut_out(_COLLAR_AND_NECK, _SCALE, _COLLAR_BLUR))
    return portrait


def _load_opacity() -> Opacity:
    parts = (
        cut_out(_TRUNK, 1, _TRUNK_BLUR),
        cut_out(_HAIR_AND_FACE, 1, _HAIR_BLUR),
        cut_out(_COLLAR_AND_NECK, _SCALE, _COLLAR_BLUR),
    )
    return np.asarray(np.maximum.reduce(parts), np.float32)


def shade_trunk(colour: Colour) -> Image:
    """Return the colours of a trunk, as large as the portrait: a cylinder lit from the front."""
    offset = (np.arange(WIDTH) - WIDTH / 2) / _TRUNK_HALF_WIDTH
    row = np.outer(1.15 - 0.5 * np.clip(offset, -1, 1) ** 2, colour).astype(np.uint8)
    return np.tile(row, (HEIGHT, 1, 1))


def cut_out(outline: Outline, scale: float, blur_px: float) -> Opacity:
    """Return 1 inside a closed outline, whose points are multiplied by `scale`, and 0 outside."""
    import cv2

    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.rint(np.array(outline) * scale).astype(np.int32)], (255,))
    return soften(mask, blur_px)


ASTRONAUT: Final = Portrait(
    load=load_portrait,
    load_opacity=_load_opacity,
    anchors=ANCHORS,
    head_box=(306, 30, 604, 358),
    # A bow between the lower edge of the teeth and the lower lip.
    mouth=Mouth((447, 284), (34, 15), (15, 165), 4, 11.0),
    sleeve_rgb=(232, 104, 56),
)
