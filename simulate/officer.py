"""The second portrait: another person, so that pictures can show two who are told apart by their faces.

It is cut out of ``grace_hopper.jpg`` among the sample data of Matplotlib: Grace Hopper, photographed by the
United States Navy, in the public domain. Her arms hang down in the photograph, so the jacket is continued
below it, and `simulate.arms` paints both arms. Brows and lids move behind her glasses, and the glasses a
little with them.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from ground.errors import DependencyError
from simulate.painting import Image, Opacity, paint_over
from simulate.portrait import BACKDROP_RGB, HEIGHT, WIDTH, Anchors, Mouth, Portrait, cut_out, shade_trunk

_PHOTOGRAPH: Final = ("mpl-data", "sample_data", "grace_hopper.jpg")
# Her eyes are then as far apart, and her nose where it is, as on the first portrait.
_SCALE, _LEFT, _TOP = 1.17, 134, -20
_JACKET_RGB: Final = (22, 23, 33)

# Outlines in px of the portrait, clockwise.
_HEAD_AND_HAT: Final = (
    (338, 78), (345, 50), (385, 28), (400, 12), (440, 6), (485, 14), (495, 30), (540, 52), (550, 80),
    (567, 93), (569, 150), (567, 192), (574, 208), (573, 235), (562, 270), (557, 300), (546, 326),
    (526, 336), (522, 352), (520, 420), (372, 420), (371, 345), (364, 322), (340, 310), (324, 290),
    (322, 262), (314, 225), (315, 200), (321, 182), (310, 165), (309, 110), (318, 90),
)  # fmt: skip
_JACKET: Final = (
    (371, 346), (340, 373), (300, 393), (240, 409), (205, 424), (188, 446), (176, 500), (170, 560),
    (168, 640), (190, 676), (690, 676), (712, 640), (722, 560), (718, 480), (708, 446), (690, 428),
    (620, 402), (560, 379), (524, 350),
)  # fmt: skip
_TRUNK: Final = (
    (190, 600), (206, 690), (228, 740), (230, 896), (602, 896), (604, 740), (680, 690), (700, 600),
)  # fmt: skip
_HEAD_BLUR, _JACKET_BLUR, _TRUNK_BLUR = 1.5, 1.5, 2.0

# Places on the portrait, (x, y) in px, found by looking at it enlarged; left and right are hers.
_ANCHORS: Final[Anchors] = {
    "left_inner_brow": (468, 178), "right_inner_brow": (418, 182),
    "left_outer_brow": (516, 170), "right_outer_brow": (372, 176),
    "left_upper_lid": (494, 192), "right_upper_lid": (391, 197),
    "left_lower_lid": (492, 206), "right_lower_lid": (394, 212),
    "left_eye_inner": (471, 204), "right_eye_inner": (416, 207),
    "left_cheek": (510, 246), "right_cheek": (384, 252),
    "left_nostril": (476, 262), "right_nostril": (417, 264),
    "nose_root": (444, 212), "nose_tip": (447, 264),
    "left_lip_corner": (488, 305), "right_lip_corner": (404, 308),
    "upper_lip_edge": (446, 297), "upper_lip": (446, 301),
    "lower_lip": (446, 318), "lower_lip_edge": (446, 323),
    "chin_boss": (448, 345), "chin": (449, 371),
    "head_centre": (445, 215), "neck": (447, 400),
    "left_shoulder": (655, 492), "right_shoulder": (222, 495),
    "left_elbow": (735, 775), "right_elbow": (140, 772),
    "left_wrist": (560, 722), "right_wrist": (298, 722),
}  # fmt: skip


def _load_portrait() -> Image:
    import cv2

    photograph = _read_photograph()
    transform = np.array([[_SCALE, 0, _LEFT], [0, _SCALE, _TOP]])
    placed = cv2.warpAffine(photograph, transform, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    portrait = np.full((HEIGHT, WIDTH, 3), BACKDROP_RGB, np.uint8)
    paint_over(portrait, shade_trunk(_JACKET_RGB), cut_out(_TRUNK, 1, _TRUNK_BLUR))
    for outline, blur_px in ((_JACKET, _JACKET_BLUR), (_HEAD_AND_HAT, _HEAD_BLUR)):
        paint_over(portrait, np.asarray(placed, np.uint8), cut_out(outline, 1, blur_px))
    return portrait


def _load_opacity() -> Opacity:
    parts = ((_TRUNK, _TRUNK_BLUR), (_JACKET, _JACKET_BLUR), (_HEAD_AND_HAT, _HEAD_BLUR))
    return np.asarray(np.maximum.reduce([cut_out(outline, 1, blur) for outline, blur in parts]), np.float32)


@lru_cache(maxsize=1)
def _read_photograph() -> Image:
    """Return the photograph, RGB.

    Raises
    ------
    DependencyError
        When Matplotlib or its sample data are missing.
    """
    import cv2

    found = importlib.util.find_spec("matplotlib")  # not imported, which would take longer than the picture
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent.joinpath(*_PHOTOGRAPH)
        if path.is_file() and (photograph := cv2.imread(str(path))) is not None:
            return np.asarray(cv2.cvtColor(photograph, cv2.COLOR_BGR2RGB), np.uint8)
    raise DependencyError(
        f"The second portrait is {_PHOTOGRAPH[-1]} of Matplotlib's sample data, which is not installed. "
        "Install Matplotlib with pip; some Linux packages of it leave the sample data out."
    )


OFFICER: Final = Portrait(
    load=_load_portrait,
    load_opacity=_load_opacity,
    anchors=_ANCHORS,
    head_box=(308, 6, 574, 374),
    mouth=Mouth((446, 308), (33, 5), (0, 360), -1, 5.0),  # from the line of the closed lips downwards
    sleeve_rgb=(92, 108, 140),
)
