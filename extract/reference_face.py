"""The reference face: mesh points that expressions move least, on a frontal, symmetric, average head.

Origin midway between the outer eye corners; axes of the camera that looks at the face (x right in the
picture, y down, z away); unit: the distance between the outer eye corners. "Frontal" means that forehead,
nose root and nose base lie in a plane parallel to the picture. `tools/reference_face.py` derives the
numbers from videos; these come from four speakers. Between the four, a point's place differs by 0.01 to 0.03.
"""

from __future__ import annotations

from typing import Final

import numpy as np

_MIDLINE: Final = {
    10: (-0.605, -0.254),  # top of the forehead: (y, z)
    168: (-0.030, -0.252),  # nose root
    6: (+0.064, -0.293),
    197: (+0.153, -0.340),
    195: (+0.238, -0.393),
    5: (+0.329, -0.448),
    4: (+0.433, -0.464),
    1: (+0.508, -0.433),  # nose tip
    2: (+0.562, -0.252),  # nose base
}
_PAIRS: Final = {
    (33, 263): (0.500, +0.000, +0.000),  # outer eye corners: (distance from the midline, y, z)
    (133, 362): (0.198, +0.016, -0.058),  # inner eye corners
    (127, 356): (0.804, -0.003, +0.564),  # temples, down to the ears
    (234, 454): (0.794, +0.162, +0.631),
    (162, 389): (0.793, -0.171, +0.434),
    (21, 251): (0.756, -0.299, +0.276),
    (54, 284): (0.685, -0.421, +0.126),
    (122, 351): (0.064, +0.079, -0.263),  # sides of the nose bridge
    (196, 419): (0.061, +0.167, -0.322),
}

# Numbers of the mesh points, and their places on the reference face, float64, shape (27, 3).
STABLE_POINTS: Final = (*_MIDLINE, *(index for pair in _PAIRS for index in pair))
REFERENCE_FACE: Final = np.array(
    [(0.0, y, z) for y, z in _MIDLINE.values()]
    + [(side * x, y, z) for x, y, z in _PAIRS.values() for side in (-1, 1)]
)
