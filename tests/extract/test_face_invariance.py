"""How far measures go when nothing but the angle or the distance of a rendered, resting face changes."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from extract.body import open_body_reader
from extract.frame_table import ACTION_UNITS, FACE_COLUMNS
from extract.head import HeadTracker
from extract.mesh_reader import MeshReader
from simulate.controls import CONTROL_NAMES
from simulate.painting import Image
from simulate.portrait import ANCHORS
from simulate.render import Renderer
from simulate.turning import turn_frame

pytestmark = pytest.mark.slow
ANGLES_DEG = np.arange(-25.0, 25.1, 5.0)
# Half of the range that each unit goes over in the table of docs/face.md, outer eye-corner distances, in the
# order of `CHANGES`. In steps of 5 degrees of roll, as here, AU26 goes over .023.
CHANGES = ("pitch", "yaw", "roll", "distance")
KNOWN_SPANS = {
    "AU01_r": (0.020, 0.005, 0.004, 0.004),
    "AU02_r": (0.040, 0.011, 0.006, 0.003),
    "AU04_r": (0.040, 0.020, 0.012, 0.011),
    "AU05_r": (0.018, 0.004, 0.003, 0.002),
    "AU06_r": (0.010, 0.003, 0.004, 0.005),
    "AU07_r": (0.008, 0.004, 0.002, 0.004),
    "AU09_r": (0.011, 0.013, 0.007, 0.003),
    "AU10_r": (0.016, 0.022, 0.012, 0.010),
    "AU12_r": (0.018, 0.018, 0.009, 0.013),
    "AU14_r": (0.031, 0.007, 0.005, 0.003),
    "AU15_r": (0.012, 0.004, 0.005, 0.005),
    "AU17_r": (0.021, 0.010, 0.005, 0.004),
    "AU20_r": (0.020, 0.011, 0.006, 0.003),
    "AU23_r": (0.018, 0.008, 0.008, 0.009),
    "AU25_r": (0.012, 0.006, 0.005, 0.005),
    "AU26_r": (0.034, 0.031, 0.023, 0.008),
}


@pytest.fixture(scope="module")
def rest() -> Image:
    return Renderer().render(np.zeros(len(CONTROL_NAMES)))


def read(frames: Iterable[Image]) -> np.ndarray:
    reader, heads, body = MeshReader(), HeadTracker(), open_body_reader("mediapipe")
    tracker = reader.open_tracker()
    rows = []
    for frame in frames:
        found = body.read(frame)
        box = heads.locate(found, frame)
        assert box is not None
        rows.append(tracker.read([box.cut_from(frame, found)])[0])
    return reader.measure(np.stack(rows))


def find_wanderers(measured: np.ndarray, change: str) -> dict[str, tuple[float, float]]:
    """Half the range and the limit of each action unit that goes further than it may."""
    spans = np.ptp(measured[:, : len(ACTION_UNITS)], axis=0) / 2
    known = [KNOWN_SPANS[name][CHANGES.index(change)] for name in ACTION_UNITS]
    limits = 1.5 * np.array(known) + 0.002
    return {
        name: (span, limit)
        for name, span, limit in zip(ACTION_UNITS, spans, limits, strict=True)
        if not span <= limit
    }


def turn(frame: Image, axis: str, angle_deg: float) -> Image:
    if axis == "roll":
        matrix = cv2.getRotationMatrix2D(ANCHORS["head_centre"], -angle_deg, 1.0)
        return cv2.warpAffine(frame, matrix, frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    pitch, yaw = (np.radians(angle_deg) if axis == name else 0.0 for name in ("pitch", "yaw"))
    return turn_frame(frame, pitch, yaw)


# What of the angle is found.
@pytest.mark.parametrize(
    ("axis", "column", "found"),
    [("pitch", "pose_Rx", 0.65), ("yaw", "pose_Ry", 0.65), ("roll", "pose_Rz", 0.95)],
)
def test_turning_the_head_by_25_degrees_changes_measures_little(
    rest: Image, axis: str, column: str, found: float
) -> None:
    start = np.linspace(0, ANGLES_DEG[0], 6)[:-1]
    measured = read(turn(rest, axis, angle) for angle in (*start, *ANGLES_DEG))[len(start) :]
    assert not find_wanderers(measured, axis)
    angles = measured[:, FACE_COLUMNS.index(column)]
    slope = np.polyfit(np.radians(ANGLES_DEG), angles, 1)[0]
    assert found < slope < 1.1
    assert (np.diff(angles) > 0).all(), "the angle rises with the head's"


def test_the_distance_of_the_camera_changes_measures_little(rest: Image) -> None:
    """Faces 40 to 183 px wide."""
    frames = [
        cv2.resize(rest, None, fx=px / 183, fy=px / 183, interpolation=cv2.INTER_AREA)
        for px in (40, 60, 90, 130, 183)
        for _ in range(3)
    ]
    assert not find_wanderers(read(frames)[2::3], "distance")
