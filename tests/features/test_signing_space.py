"""Body coordinates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frame_tables import STILL, make_frames, make_moving_frames
from hypothesis import given
from hypothesis import strategies as st

from features.signature import BODY_FEATURES
from features.signing_space import compute_body_positions
from ground.errors import InputError


def signing(frames: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(compute_body_positions(frames, "signing"), columns=BODY_FEATURES)


def test_a_figure_worked_out_by_hand() -> None:
    """Shoulders 100 px apart around x = 320, so the space is 300 px wide; the left eye is at y = 110."""
    body = signing(make_frames([0.0])).iloc[0]
    assert body["leftShoulder_X"] == pytest.approx(1 / 2 + 50 / 300)
    assert body["rightShoulder_X"] == pytest.approx(1 / 2 - 50 / 300)
    assert body["leftElbow_X"] == pytest.approx(1 / 2 + 70 / 300)
    assert body["leftShoulder_Y"] == pytest.approx(1 / 6 + 90 / 300)
    assert body["rightWrist_Y"] == pytest.approx(1 / 6 + 270 / 300)


@given(scale=st.floats(0.1, 10), right=st.floats(-2000, 2000), down=st.floats(-2000, 2000))
def test_neither_place_nor_size_in_the_picture_matters(scale: float, right: float, down: float) -> None:
    frames = make_moving_frames([0.0, 0.1])
    elsewhere = frames.copy()
    for joint in STILL:
        elsewhere[f"{joint}_x"] = scale * frames[f"{joint}_x"] + right
        elsewhere[f"{joint}_y"] = scale * frames[f"{joint}_y"] + down
    np.testing.assert_allclose(signing(elsewhere), signing(frames), atol=1e-9)


def test_the_shoulders_lie_symmetrically_in_every_frame() -> None:
    body = signing(make_moving_frames(np.arange(50) / 10))
    np.testing.assert_allclose(body["leftShoulder_X"] + body["rightShoulder_X"], 1.0, rtol=1e-12)
    assert body["leftShoulder_X"].std() > 0


def test_what_is_missing_in_the_frame_is_missing_in_the_space() -> None:
    frames = make_moving_frames(np.arange(5) / 10)
    frames.loc[0, "leftElbow_x"] = np.nan
    frames.loc[1, "leftEye_y"] = np.nan
    frames.loc[2, "rightShoulder_x"] = np.nan
    frames.loc[3, ["leftShoulder_x", "leftShoulder_y"]] = frames.loc[
        3, ["rightShoulder_x", "rightShoulder_y"]
    ].to_numpy()
    missing = signing(frames).isna()
    assert missing.columns[missing.loc[0]].tolist() == ["leftElbow_X"]
    assert missing.columns[missing.loc[1]].tolist() == [name for name in BODY_FEATURES if name.endswith("_Y")]
    assert missing.loc[2].all(), "without a shoulder there is no space"
    assert missing.loc[3].all(), "nor with both in one place"
    assert not missing.loc[4].any()


def test_raw_coordinates_are_those_of_the_picture() -> None:
    frames = make_moving_frames(np.arange(3) / 10)
    body = pd.DataFrame(compute_body_positions(frames, "raw"), columns=BODY_FEATURES)
    np.testing.assert_array_equal(body["leftWrist_X"], frames["leftWrist_x"])
    np.testing.assert_array_equal(body["rightShoulder_Y"], frames["rightShoulder_y"])


def test_other_coordinates_are_refused() -> None:
    with pytest.raises(InputError, match="Choose one of signing, raw"):
        compute_body_positions(make_frames([0.0]), "polar")  # type: ignore[arg-type]
