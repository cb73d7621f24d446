"""Pictures of single moments: the key frame before them, or the very frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import marked_frames, write_video

from extract.container import open_video
from extract.still import _Playback, read_stills


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 frames a second after one key frame; frame k has grey level 20 + 2 k in its last corner."""
    return write_video(tmp_path_factory.mktemp("still") / "v.mkv", marked_frames(60))


def look(video: Path, time_s: float, reach: int) -> tuple[float, float]:
    """Time and grey level of the picture that is found."""
    with open_video(video) as opened:
        (found,) = read_stills(opened, [time_s], reach=reach)
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
        found = list(read_stills(opened, [2.0, 0.2, 2.0], reach=60))
    times_s = [still[0] for still in found if still is not None]
    np.testing.assert_allclose(times_s, [2.0, 0.2, 2.0], atol=1e-9)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("reach", [0, 5, 60])
def test_in_turn_they_are_what_each_is_alone(tmp_path: Path, suffix: str, reach: int) -> None:
    path = write_video(tmp_path / f"v.{suffix}", marked_frames(60), b_frames=True, key_frames=12)
    times_s = [0.0, 0.1, 0.3, 0.45, 0.5, 1.6, 1.62, 2.3, 9.0]
    with open_video(path) as opened:
        together = list(read_stills(opened, times_s, reach=reach))
    for time_s, found in zip(times_s, together, strict=True):
        with open_video(path) as opened:
            (alone,) = read_stills(opened, [time_s], reach=reach)
        assert found is not None
        assert alone is not None
        assert found[0] == alone[0]
        np.testing.assert_array_equal(found[1], alone[1])


def test_between_two_key_frames_it_reads_on(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jumps: list[int] = []
    jump = _Playback._jump
    monkeypatch.setattr(_Playback, "_jump", lambda self, stamp: (jumps.append(stamp), jump(self, stamp)))
    with open_video(video) as opened:
        found = list(read_stills(opened, [0.2, 0.4, 1.0, 2.0], reach=60))
    assert len(found) == 4
    assert len(jumps) == 1
