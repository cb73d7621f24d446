"""What tests of rendered scenes share: people in pictures, reading them, finding the face that was read."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from extract.mesh_geometry import RigidFit, rotate_by_euler
from extract.mesh_reader import MEASURED_POINTS, MeshReader, restore_fits
from extract.person_body import PersonBody
from extract.picture import Frame
from extract.pose_reader import PoseTracker
from extract.reading import FrameReadings, read_frames
from simulate.controls import CONTROL_NAMES
from simulate.painting import Image
from simulate.portrait import WIDTH
from simulate.render import Renderer


def render_person() -> Image:
    return Renderer().render(np.zeros(len(CONTROL_NAMES)))


def read(pictures: Iterable[Image]) -> FrameReadings:
    reader, body = MeshReader(), PoseTracker()
    tracker = reader.open_tracker()
    frames = (Frame(k, k / 25, picture, (1.0, 1.0)) for k, picture in enumerate(pictures))
    return FrameReadings.join(list(read_frames(frames, PersonBody(body), tracker, reader.batch_size)))


def find_noses(readings: FrameReadings) -> np.ndarray:
    """Where the mesh has its nose tip, px from the left, NaN without a face."""
    row = MEASURED_POINTS.index(4)
    noses = []
    for reading, (scale, *rest) in zip(readings.face, restore_fits(readings.face), strict=True):
        fit = RigidFit(scale, rotate_by_euler(*rest[:3]), np.array(rest[3:]))
        noses.append(fit.place(reading[3 * row : 3 * row + 3].astype(np.float64)[None])[0, 0])
    return np.array(noses)


def paste_head(picture: Image, person: Image, left: int, top: int, width: int) -> Image:
    """Put somebody else's head, seen from the front, into a picture as wide as the portrait."""
    head = person[60:375, 310:590]
    head = cv2.resize(head, (width, round(width * head.shape[0] / head.shape[1])))
    picture = picture.copy()
    picture[top : top + head.shape[0], left : left + width] = head[:, : WIDTH - left]
    return picture
