"""MediaPipe's Face Mesh: the 478 points of one face, frame by frame.

The steps and constants are those of MediaPipe's graph ``face_landmark_front_cpu`` (0.10.21) with attention.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np

from extract.networks.detector import Detection, decode, make_anchors
from extract.networks.face_parts import AttentionMesh
from extract.networks.interpreter import Network
from extract.networks.regions import WHOLE, Cropper, Points, Region, turn_upright, uncrop_whole
from extract.networks.weights import FACE_DETECTOR, FACE_LANDMARKS, read_weights
from extract.orientation import RgbImage

_DETECTOR_SIDE: Final = 128
_DETECTOR_LAYERS: Final = ((8, 2), (16, 6))
_MESH_SIDE: Final = 192
_REGION_SCALE: Final = 1.5
_EYES: Final = (0, 1)  # of the detector's points
_OUTER_EYES: Final = (33, 263)  # of the mesh's


class FaceSearch:
    """Finds the faces of a picture, looking at it alone."""

    def __init__(self) -> None:
        self._network = _open_detector()
        self._cropper = Cropper(_DETECTOR_SIDE, -1, 1, keep_aspect=True, replicate=False)
        self._anchors = make_anchors(_DETECTOR_SIDE, _DETECTOR_LAYERS)

    def find(self, image: RgbImage) -> list[Detection]:
        """Return the faces of a picture, as shares of it, the surest first.

        Their points are the right and left eye, the tip of the nose, the mouth, the right and left ear.
        """
        boxes, logits = self._network.run(self._cropper.cut(image, WHOLE).values)
        return [
            Detection(uncrop_whole(found.box, image), uncrop_whole(found.points, image))
            for found in decode(boxes[0], logits[0, :, 0], self._anchors, _DETECTOR_SIDE)
        ]


class MeshFollower:
    """Finds the mesh of one face, frame by frame."""

    def __init__(self) -> None:
        self._search = FaceSearch()
        self._mesh = _open_mesh()
        self._cropper = Cropper(_MESH_SIDE, 0, 1, keep_aspect=False, replicate=True)
        self._region: Region | None = None

    def find(self, image: RgbImage) -> Points | None:
        """Return the mesh of the face that was found in the frame before; where none was, of any face.

        Returns
        -------
        ndarray or None
            float32, shape (478, 3), shares of the picture (z, in the units of x: smaller is nearer). None
            where no face is found.
        """
        region = self._region or self._find_region(image)
        self._region = None
        if region is None:
            return None
        points = self._mesh.find(self._cropper.cut(image, region).values)
        if points is None:
            return None
        placed = region.place(points)
        low, high = placed[:, :2].min(axis=0), placed[:, :2].max(axis=0)
        self._region = _surround(np.stack((low, high)), placed[list(_OUTER_EYES), :2], image)
        return placed

    def restart(self) -> None:
        """Forget where the face was."""
        self._region = None

    def _find_region(self, image: RgbImage) -> Region | None:
        found = self._search.find(image)
        return _surround(found[0].box, found[0].points[list(_EYES)], image) if found else None


def _surround(box: Points, eyes: Points, image: RgbImage) -> Region:
    """Return the region of a face, from its box and the points where its eyes are, first the right one."""
    low, high = box
    width, height = high - low
    x, y = low + np.array((width, height)) / np.float32(2)
    return Region(x, y, width, height, turn_upright(eyes, image)).enlarge(_REGION_SCALE, image)


@functools.cache
def _open_detector() -> Network:
    return Network(read_weights(FACE_DETECTOR))


@functools.cache
def _open_mesh() -> AttentionMesh:
    return AttentionMesh(read_weights(FACE_LANDMARKS), _MESH_SIDE)
