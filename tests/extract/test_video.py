"""Reading video: times, rotation, and files that are none or only half of one."""

from __future__ import annotations

import gc
import os
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from media import (
    cut_off,
    marked_frames,
    rotate_mp4,
    set_display_matrix,
    spoil_middle,
    write_sound,
    write_video,
)

from extract.picture import Frame
from extract.source_video import SourceVideo
from extract.video import VideoReader
from ground.errors import VideoError
from ground.files import hash_file


def read(path: Path) -> tuple[list[Frame], SourceVideo]:
    with VideoReader(path) as reader:
        return list(reader), reader.describe()


def test_constant_rate_gives_every_frame_with_its_time(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(30), fps=25)
    frames, source = read(path)
    assert [frame.index for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(30) / 25, atol=1e-9)
    assert source.frames_promised == source.frames_decoded == 30
    assert (source.width, source.height, source.codec) == (96, 64, "h264")
    assert source.container_fps == 25
    assert source.duration_s == pytest.approx(30 / 25)
    assert source.sha256 == hash_file(path)
    assert source.bytes == path.stat().st_size


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "mov", "ts"])
def test_frames_stand_in_order_of_presentation_in_every_container(tmp_path: Path, suffix: str) -> None:
    frames, _ = read(write_video(tmp_path / f"v.{suffix}", marked_frames(40), b_frames=True))
    levels = [frame.image[-1, -1, 0] for frame in frames]
    np.testing.assert_allclose(levels, 20 + 2 * np.arange(40), atol=3)
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(40) / 25, atol=1e-3)


def test_variable_rate_gives_presentation_times_not_index_over_rate(tmp_path: Path) -> None:
    times_ms = np.cumsum([0, 33, 33, 100, 15, 400, 33, 33, 250, 40]).tolist()
    frames, _ = read(write_video(tmp_path / "v.mkv", marked_frames(10), times_ms=times_ms))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.array(times_ms) / 1000, atol=1e-6)


def test_time_starts_at_the_first_frame_and_the_containers_clock_is_kept(tmp_path: Path) -> None:
    frames, source = read(write_video(tmp_path / "v.mkv", marked_frames(3), times_ms=[5000, 5040, 5080]))
    assert frames[0].time_s == 0
    assert frames[2].time_s == pytest.approx(0.08)
    assert source.start_s == pytest.approx(5.0)


@pytest.mark.parametrize(("clockwise_deg", "bright_corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_a_rotated_phone_video_comes_out_upright(
    tmp_path: Path, clockwise_deg: int, bright_corner: tuple[int, int]
) -> None:
    path = rotate_mp4(write_video(tmp_path / "v.mp4", marked_frames(3)), clockwise_deg)
    frames, source = read(path)
    upright = frames[0].image
    assert upright.shape[:2] == ((64, 96) if clockwise_deg == 180 else (96, 64))
    assert (source.height, source.width) == upright.shape[:2]
    assert source.rotation_deg == 360 - clockwise_deg
    corners = {corner: upright[corner][0] for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1))}
    assert max(corners, key=corners.__getitem__) == bright_corner


@pytest.mark.parametrize(
    ("matrix", "bright_corner"),
    [
        ((-1, 0, 0, 1), (0, -1)),  # left and right exchanged, as front cameras do
        ((1, 0, 0, -1), (-1, 0)),
        ((0, 1, 1, 0), (0, 0)),  # mirrored at the diagonal
        ((0, -1, -1, 0), (-1, -1)),
    ],
)
def test_a_mirrored_video_is_mirrored_back(
    tmp_path: Path, matrix: tuple[int, int, int, int], bright_corner: tuple[int, int]
) -> None:
    path = set_display_matrix(write_video(tmp_path / "v.mp4", marked_frames(3)), matrix)
    frames, source = read(path)
    seen = frames[0].image
    assert source.mirrored
    assert seen.shape[:2] == ((96, 64) if matrix[0] == 0 else (64, 96))
    corners = {corner: seen[corner][0] for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1))}
    assert max(corners, key=corners.__getitem__) == bright_corner


def test_sound_that_lasts_longer_does_not_make_the_picture_look_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "v.mkv"
    with av.open(path, "w") as container:
        video, sound = container.add_stream("libx264", rate=25), container.add_stream("pcm_s16le", rate=8000)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        for frame in marked_frames(25):
            container.mux(video.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        for k in range(4):
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
            samples.sample_rate, samples.pts = 8000, 8000 * k
            container.mux(sound.encode(samples))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))
    frames, source = read(path)
    assert len(frames) == 25
    assert source.duration_s is None or source.duration_s == pytest.approx(1.0, abs=0.1)


def test_a_single_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), marked_frames(1)[0])
    assert_refused(path, "single picture")


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(3), aspect=Fraction(3, 2))
    frames, _ = read(path)
    assert frames[0].image.shape == (64, 144, 3)


@pytest.mark.parametrize(("suffix", "options"), [("mkv", {}), ("mp4", {"movflags": "faststart"})])
def test_of_a_truncated_file_the_readable_part_is_used(
    tmp_path: Path, suffix: str, options: dict[str, str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 64, 96, 3), dtype=np.uint8)
    path = write_video(tmp_path / f"v.{suffix}", noise, container_options=options)
    whole, _ = read(path)
    part, source = read(cut_off(path, 0.5))
    assert 20 <= len(part) <= 40
    assert source.frames_decoded == len(part)
    assert source.duration_s == pytest.approx(60 / 25, abs=0.1), "what the header promises is kept"
    for ours, theirs in zip(part[:-1], whole, strict=False):
        np.testing.assert_array_equal(ours.image, theirs.image)


def test_damage_in_the_middle_is_counted_and_passed_over(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 64, 96, 3), dtype=np.uint8)
    path = write_video(tmp_path / "v.avi", noise, codec="mpeg4")
    frames, source = read(spoil_middle(path, 0.1))
    assert 30 <= len(frames) <= 40
    assert source.decode_errors > 0 or len(frames) < 40
    times = [frame.time_s for frame in frames]
    assert times == sorted(set(times))
    assert source.frames_decoded == len(frames)


def assert_refused(path: Path, *words: str) -> None:
    with pytest.raises(VideoError) as caught:
        read(path)
    message = str(caught.value)
    for word in (str(path), *words):
        assert word in message
    assert "\n" not in message


def test_what_is_no_video_is_refused_with_the_reason(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video, whatever its name says\n" * 50)
    assert_refused(text, "not a video")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert_refused(empty, "empty")
    assert_refused(write_sound(tmp_path / "sound.wav"), "only audio")
    assert_refused(tmp_path / "missing.mp4", "does not exist")
    assert_refused(tmp_path, "not a regular file")


def test_a_truncated_mp4_without_its_index_is_refused(tmp_path: Path) -> None:
    path = cut_off(write_video(tmp_path / "v.mp4", marked_frames(50)), 0.8)
    assert_refused(path, "cut off")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    assert_refused(path, "not a regular file")


@pytest.mark.parametrize(
    "playlist",
    [
        "ffconcat version 1.0\nfile {video}\n",
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{video}\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_playlist_cannot_make_us_open_another_file(tmp_path: Path, playlist: str) -> None:
    video = write_video(tmp_path / "secret.ts", marked_frames(25))
    path = tmp_path / "playlist.mp4"
    path.write_text(playlist.format(video=video.name))
    assert_refused(path)


def test_a_name_that_looks_like_an_address_or_an_option_is_only_a_name(tmp_path: Path) -> None:
    for name in ("concat:a|b.mp4", "-i.mp4", "%03d.mp4", "x\ny.mp4"):
        frames, source = read(write_video(tmp_path / "plain.mp4", marked_frames(3)).rename(tmp_path / name))
        assert len(frames) == 3
        assert source.name == name


def test_pictures_are_freed_when_nobody_needs_them_and_not_when_cycles_are_sought(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(60))
    gc.collect()
    gc.disable()
    try:
        with VideoReader(path) as reader:
            for _ in reader.iter_pictures():
                pass
            alive = sum(isinstance(one, av.VideoFrame) for one in gc.get_objects())
    finally:
        gc.enable()
    assert alive < 10
