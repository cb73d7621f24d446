"""Videos that are broken or lie: frames in order and the shortfall said, or a refusal; nothing else."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hostile_videos import (
    CODECS,
    FPS,
    FRAMES,
    LIES,
    LONG_INDEX,
    damage,
    write_endless,
    write_huge_picture,
    write_in_latin_1,
    write_stretched,
    write_whole,
)
from media import marked_frames, write_video

from extract.damage import find_damage
from extract.limits import Limits
from extract.reading import measure_seconds
from extract.video import VideoReader
from ground.errors import InputError, VideoError

SMALL = Limits(max_pixels=200_000, time_s=600)


def read_or_refuse(path: Path, limits: Limits = SMALL) -> int:
    """Return how many frames were readable; 0 for a refusal, which names the file."""
    try:
        with VideoReader(path, limits) as reader:
            frames = list(reader)
            source = reader.describe()
            seconds, fps = reader.duration_s, reader.fps
    except VideoError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert str(path) in refusal
        return 0
    times = np.array([frame.time_s for frame in frames])
    assert source.frames_decoded == len(frames) > 1
    assert times[0] == 0
    assert (np.diff(times) > 0).all()
    assert all(frame.image.size // 3 <= limits.max_pixels for frame in frames)
    assert seconds is None or seconds > 0
    assert fps is None or fps > 0
    damage = find_damage(source, measure_seconds(times))
    said = damage and damage.describe()
    promised = source.frames_promised
    fewer = promised is not None and len(frames) < 0.9 * promised
    # Matroska counts no frames, but says how long they last.
    shorter = seconds is not None and fps == FPS and seconds - times[-1] - 1 / FPS > 0.6
    if fewer or shorter:
        assert said is not None
        assert path.name in said
    return len(frames)


@pytest.mark.parametrize("suffix", CODECS)
def test_a_damaged_file_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, suffix: str) -> None:
    whole = write_whole(tmp_path, suffix)
    assert read_or_refuse(whole) == FRAMES
    counts = []
    for k, data in enumerate(damage(whole.read_bytes(), np.random.default_rng(1), flips=60, cuts=25)):
        path = tmp_path / f"{k}.{suffix}"
        path.write_bytes(data)
        counts.append(read_or_refuse(path))
    assert any(counts), "damage that nothing survives tests nothing"
    assert not all(counts), "damage that everything survives tests nothing"


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_costs_neither_time_nor_memory(tmp_path: Path, lie: str) -> None:
    suffix, change = LIES[lie]
    whole = write_whole(tmp_path, suffix)
    whole.write_bytes(change(whole.read_bytes()))
    assert read_or_refuse(whole) <= FRAMES


def test_times_before_0_are_counted_from_the_first_frame(tmp_path: Path) -> None:
    times_ms = [-5000, -4960, -4920, -4880]
    path = write_video(
        tmp_path / "v.mkv", marked_frames(4), times_ms=times_ms,
        container_options={"avoid_negative_ts": "disabled"},
    )  # fmt: skip
    assert read_or_refuse(path) in (0, 4)


def test_pictures_above_the_limit_are_refused_with_their_size(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(3, 640, 480))
    with pytest.raises(VideoError, match=r"v\.mp4 have 640 x 480 pixels.*limit of 300,000.*--max-pixels"):
        VideoReader(path, Limits(max_pixels=300_000)).__enter__()
    assert read_or_refuse(path, Limits(max_pixels=640 * 480)) == 3


def test_pixels_stretched_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    path = write_stretched(tmp_path / "v.mp4", 60_000, 1)
    with VideoReader(path) as reader, pytest.raises(VideoError, match=r"x 64 pixels, more than the limit"):
        list(reader)


def test_pixels_squeezed_to_nothing_still_make_a_picture(tmp_path: Path) -> None:
    path = write_stretched(tmp_path / "v.mp4", 1, 60_000)
    with VideoReader(path) as reader:
        assert [frame.image.shape for frame in reader] == [(64, 1, 3)] * 3


# Not getrusage: on Linux what it tells of a process includes the one that started it.
READ = """
import re, sys
from pathlib import Path
from ground.errors import VideoError
from extract.video import VideoReader
try:
    with VideoReader(Path(sys.argv[1])) as reader:
        list(reader), reader.describe()
except VideoError as error:
    print(error)
    print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def refuse_elsewhere(path: Path) -> tuple[str, int]:
    """Return the refusal of a video by another process, and the most memory that it took, MiB."""
    call = [sys.executable, "-c", READ, str(path)]
    message, mebibytes = subprocess.run(call, check=True, capture_output=True, text=True).stdout.splitlines()
    assert str(path) in message
    return message, int(mebibytes)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process has")
@pytest.mark.parametrize("side", [16_000, 100_000])
def test_no_memory_is_taken_for_a_picture_above_the_limit(tmp_path: Path, side: int) -> None:
    message, mebibytes = refuse_elsewhere(write_huge_picture(tmp_path / "v.png", side))
    assert "--max-pixels" in message
    assert mebibytes < 400, "16,000 x 16,000 pixels take 768 MB"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory a process has")
def test_no_memory_is_taken_for_a_long_index(tmp_path: Path) -> None:
    suffix, change = LIES[LONG_INDEX]
    whole = write_whole(tmp_path, suffix)
    whole.write_bytes(change(whole.read_bytes()))
    _, mebibytes = refuse_elsewhere(whole)
    assert mebibytes < 400, "the index takes 2.9 GB"


def test_the_limit_of_memory_ends_with_the_opening(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    assert read_or_refuse(write_whole(tmp_path, "mp4")) == FRAMES
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_duration_beyond_all_numbers_is_none(tmp_path: Path) -> None:
    path = write_endless(tmp_path / "v.mkv")
    assert read_or_refuse(path) == FRAMES


def test_a_text_that_is_not_in_utf_8_is_no_damage(tmp_path: Path) -> None:
    assert read_or_refuse(write_in_latin_1(tmp_path / "v.avi")) == FRAMES


def test_a_video_that_takes_longer_than_the_limit_is_given_up(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(50))
    with (
        VideoReader(path, Limits(time_s=1e-6)) as reader,
        pytest.raises(VideoError, match=r"v\.mp4 took longer than the time limit of 1e-06 s"),
    ):
        list(reader)


@pytest.mark.parametrize("wrong", [{"max_pixels": 0}, {"time_s": 0}, {"time_s": float("nan")}])
def test_limits_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="must be above 0"):
        Limits(**wrong)  # type: ignore[arg-type]


def test_a_loop_of_links_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    with pytest.raises(VideoError, match=r"a\.mp4"):
        VideoReader(tmp_path / "a.mp4").__enter__()


def test_a_name_longer_than_names_may_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="cannot be read"):
        VideoReader(tmp_path / ("x" * 300 + ".mp4")).__enter__()


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    whole = write_whole(tmp_path, "mp4")
    names = ["-rf.mp4", "a\nb.mp4", 'it\'s "it".mp4', "שלום\u202e.mp4", os.fsdecode(b"\xff\xfe.mp4"), " .mp4"]
    for name in names:
        path = whole.rename(tmp_path / name)
        assert read_or_refuse(path) == FRAMES
        whole = path
