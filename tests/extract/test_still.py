"""Pictures of single moments: the key frame before them, or the very frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import marked_frames, write_video

from extract.container import open_video
from extract.still import read_still


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 frames a second after one key frame; frame k has grey level 20 + 2 k in its last corner."""
    return write_video(tmp_path_factory.mktemp("still") / "v.mkv", marked_frames(60))


def look(video: Path, time_s: float, reach: int) -> tuple[float, float]:
    """Time and grey level of the picture that is found."""
    with open_video(video) as opened:
        found = read_still(opened, time_s, reach=reach)
    assert found is not None
    return found[0], float(found[1][-1, -1, 0])


def test_the_key_frame_does_where_nothing_may_be_decoded_after_it(video: Path) -> None:
    time_s, grey = look(video, 1.0, reach=0)
    assert time_s == 0
    assert grey == pytest.approx(20, abs=3)


@pytest.mark.parametrize("time_s", [1.0, 1.039])
def test_with_enough_reach_it_is_the_frame_that_is_shown_then(video: Path, time_s: float) -> None:
    shown_s, grey = look(video, time_s, reach=60)
    assert shown_s == pytest.approx(1.0)
    assert grey == pytest.approx(20 + 2 * 25, abs=3)


def test_beyond_its_reach_and_its_end_it_is_the_last_frame_before(video: Path) -> None:
    assert look(video, 1.0, reach=10)[0] == pytest.approx(10 / 25)
    assert look(video, 100.0, reach=60)[0] == pytest.approx(59 / 25)


def test_several_may_be_looked_at_in_turn_also_backwards(video: Path) -> None:
    with open_video(video) as opened:
        found = [read_still(opened, time_s, reach=60) for time_s in (2.0, 0.2, 2.0)]
    times_s = [still[0] for still in found if still is not None]
    np.testing.assert_allclose(times_s, [2.0, 0.2, 2.0], atol=1e-9)
