"""How far measures go when nothing but the angle or the distance of a rendered, resting face changes."""

from __future__ import annotations

import numpy as np
import pytest
from support.driven_faces import FACE_PX, column, read_faces, render_rest, scale, turn

from extract.frame_table import ACTION_UNITS
from simulate.painting import Image

pytestmark = pytest.mark.slow
ANGLES_DEG = np.arange(-25.0, 25.1, 5.0)
# Half of the range that each unit goes over in the table of docs/measurements/face.md, outer eye-corner
# distances, in the order of `CHANGES`. In steps of 5 degrees of roll, as here, AU26 goes over .023.
CHANGES = ("pitch", "yaw", "roll", "distance")
KNOWN_SPANS = {
    "AU01_r": (0.019, 0.006, 0.006, 0.003),
    "AU02_r": (0.041, 0.011, 0.006, 0.005),
    "AU04_r": (0.026, 0.014, 0.012, 0.006),
    "AU05_r": (0.018, 0.005, 0.003, 0.003),
    "AU06_r": (0.009, 0.003, 0.004, 0.004),
    "AU07_r": (0.006, 0.004, 0.001, 0.004),
    "AU09_r": (0.011, 0.012, 0.007, 0.003),
    "AU10_r": (0.013, 0.022, 0.012, 0.007),
    "AU12_r": (0.017, 0.019, 0.009, 0.014),
    "AU14_r": (0.027, 0.007, 0.005, 0.001),
    "AU15_r": (0.012, 0.004, 0.005, 0.006),
    "AU17_r": (0.021, 0.007, 0.004, 0.006),
    "AU20_r": (0.019, 0.011, 0.006, 0.003),
    "AU23_r": (0.010, 0.004, 0.004, 0.001),
    "AU25_r": (0.012, 0.008, 0.005, 0.003),
    "AU26_r": (0.035, 0.034, 0.023, 0.007),
}


@pytest.fixture(scope="module")
def rest() -> Image:
    return render_rest()


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


# What of the angle is found.
@pytest.mark.parametrize(
    ("axis", "name", "found"),
    [("pitch", "pose_Rx", 0.65), ("yaw", "pose_Ry", 0.65), ("roll", "pose_Rz", 0.95)],
)
def test_turning_the_head_by_25_degrees_changes_measures_little(
    rest: Image, axis: str, name: str, found: float
) -> None:
    start = np.linspace(0, ANGLES_DEG[0], 6)[:-1]
    turned = (turn(**{f"{axis}_deg": angle})(rest) for angle in (*start, *ANGLES_DEG))
    measured = read_faces(turned)[len(start) :]
    assert not find_wanderers(measured, axis)
    angles = column(measured, name)
    slope = np.polyfit(np.radians(ANGLES_DEG), angles, 1)[0]
    assert found < slope < 1.1
    assert (np.diff(angles) > 0).all(), "the angle rises with the head's"


def test_the_distance_of_the_camera_changes_measures_little(rest: Image) -> None:
    """Faces 40 to 183 px wide."""
    away = [scale(px / FACE_PX)(rest) for px in (40, 60, 90, 130, FACE_PX) for _ in range(3)]
    assert not find_wanderers(read_faces(away)[2::3], "distance")
