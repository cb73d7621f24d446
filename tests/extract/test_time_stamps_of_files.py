"""Time stamps as files have them: every frame is read, in order, and what was done to its time is said."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from media import marked_frames, restamp_ts, write_video

from extract.damage import Damage, find_damage
from extract.reading import measure_seconds
from extract.source_video import SourceVideo
from extract.time_repairs import TimeRepairs
from extract.video import VideoReader

FPS = 25
TICKS = 90_000  # of a transport stream, in a second
FRAME = TICKS // FPS
PICTURE = b"\0\0\1\xb6"  # begins each picture of MPEG-4 (ISO 14496-2, 6.2.5)


def read(path: Path, frames: list[int]) -> tuple[list[float], SourceVideo]:
    """Return the times of all frames and the file's description; the frames must show these numbers."""
    with VideoReader(path) as reader:
        found = list(reader)
        source = reader.describe()
    levels = [float(frame.image[-1, -1, 0]) for frame in found]
    np.testing.assert_allclose(levels, [20 + 2 * number for number in frames], atol=3)
    return [frame.time_s for frame in found], source


def say(source: SourceVideo, times_s: list[float]) -> Damage | None:
    return find_damage(source, measure_seconds(np.array(times_s)))


def assert_steady(times_s: list[float]) -> None:
    np.testing.assert_allclose(times_s, np.arange(len(times_s)) / FPS, atol=1e-4)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_an_avi_with_b_frames_is_whole(tmp_path: Path, codec: str) -> None:
    path = write_video(tmp_path / "v.avi", marked_frames(40), codec=codec, b_frames=True)
    times_s, source = read(path, list(range(40)))
    assert_steady(times_s)
    assert say(source, times_s) is None
    assert source.time_repairs == (TimeRepairs(in_decoding_order=True) if codec == "libx264" else None)


def test_an_avi_with_packed_b_frames_is_whole(tmp_path: Path) -> None:
    times_s, source = read(pack_b_frames(tmp_path), list(range(39)))
    assert_steady(times_s)
    assert say(source, times_s) is None
    assert source.time_repairs == TimeRepairs(in_decoding_order=True)


def pack_b_frames(folder: Path) -> Path:
    """An AVI as DivX wrote it: a P picture and the B picture after it share a chunk; an empty one follows."""
    plain = write_video(folder / "plain.avi", marked_frames(39), codec="mpeg4", b_frames=True)
    path = folder / "packed.avi"
    with av.open(plain) as source, av.open(path, "w") as packed:
        stream = packed.add_stream_from_template(source.streams.video[0])
        chunks: list[bytes] = []
        for picture in (bytes(one) for one in source.demux(video=0) if one.size):
            kind = picture[picture.index(PICTURE) + 4] >> 6
            if kind == 2:  # a B picture
                chunks[-1] += picture
                chunks.append(PICTURE + bytes([0b01_0_1_0000, 0b0_1_0_11111]))
            else:
                chunks.append(picture)
        chunks[0] = chunks[0].replace(PICTURE, b"\0\0\1\xb2DivX503b1393p" + PICTURE)
        for k, chunk in enumerate(chunks):
            packet = av.Packet(chunk)
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, FPS), k == 0
            packet.pts = packet.dts = k
            packed.mux(packet)
    return path


def test_empty_slots_of_an_avi_are_pauses_and_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "v.avi"
    slots = [k + 8 * (k >= 20) for k in range(40)]
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS, width=96, height=64, pix_fmt="yuv420p")
        stream.bit_rate = 4_000_000
        for image, slot in zip(marked_frames(40), slots, strict=True):
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts, picture.time_base = slot, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    times_s, source = read(path, list(range(40)))
    np.testing.assert_allclose(times_s, np.array(slots) / FPS)
    assert (source.frames_promised, source.frames_decoded, source.frames_hidden) == (48, 40, 8)
    assert say(source, times_s) is None


def test_parts_of_a_transport_stream_put_behind_each_other_are_joined(tmp_path: Path) -> None:
    """As the parts of camcorders and recorders are: the clock starts again."""
    parts = [write_video(tmp_path / f"{n}.ts", marked_frames(n), b_frames=True) for n in (30, 45)]
    path = tmp_path / "v.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    times_s, source = read(path, [*range(30), *range(45)])
    assert_steady(times_s)
    assert source.time_repairs == TimeRepairs(jumps=1, jumps_s=(1.2,))
    damage = say(source, times_s)
    assert damage == Damage(name="v.ts", time_repairs=source.time_repairs)
    assert damage.describe().startswith(
        "The time stamps of v.ts were repaired: the clock jumps at 1.2 s, where the parts were joined."
    )


def test_a_recording_whose_clock_jumps_ahead_is_joined_and_not_called_short(tmp_path: Path) -> None:
    times_ms = [40 * k + 700_000 * (k >= 20) for k in range(40)]
    path = write_video(tmp_path / "v.mkv", marked_frames(40), times_ms=times_ms)
    times_s, source = read(path, list(range(40)))
    assert_steady(times_s)
    assert source.time_repairs == TimeRepairs(jumps=1, jumps_s=(0.8,), skipped_s=700)
    assert say(source, times_s) == Damage(name="v.mkv", time_repairs=source.time_repairs)


@pytest.mark.parametrize("wrong_by_s", [-9_800, 37_600])
def test_a_frame_that_a_recorder_stamps_hours_away_is_one_frame(tmp_path: Path, wrong_by_s: int) -> None:
    path = write_video(tmp_path / "v.ts", marked_frames(60))
    restamp_ts(path, lambda k, ticks: ticks + 20_000 * TICKS + wrong_by_s * TICKS * (k % 20 == 10))
    times_s, source = read(path, list(range(60)))
    assert_steady(times_s)
    assert source.time_repairs == TimeRepairs(replaced=3)


def test_frames_with_the_stamp_of_the_frame_before_are_kept(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.ts", marked_frames(40))
    restamp_ts(path, lambda k, ticks: ticks - FRAME * (k % 10 == 5))
    times_s, source = read(path, list(range(40)))
    assert_steady(times_s)
    assert source.time_repairs == TimeRepairs(replaced=4)


def test_a_clock_of_33_bits_that_runs_over_is_no_jump(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.ts", marked_frames(40))
    restamp_ts(path, lambda k, ticks: 2**33 - 20 * FRAME + k * FRAME)
    times_s, source = read(path, list(range(40)))
    assert_steady(times_s)
    assert source.time_repairs is None


def test_a_raw_stream_comes_at_the_rate_of_its_pictures_and_this_is_said(tmp_path: Path) -> None:
    times_s, source = read(write_video(tmp_path / "v.h264", marked_frames(40), fps=50), list(range(40)))
    np.testing.assert_allclose(times_s, np.arange(40) / 50)
    assert source.time_repairs == TimeRepairs(guessed=40, guessed_fps=50)
    damage = say(source, times_s)
    assert damage is not None
    assert "40 frames without a usable time stamp got a time from the frame rate of 50" in damage.describe()


def test_of_bare_jpeg_pictures_the_rate_is_a_guess_and_this_is_said(tmp_path: Path) -> None:
    best = [cv2.IMWRITE_JPEG_QUALITY, 100]
    bare = b"".join(cv2.imencode(".jpg", frame, best)[1].tobytes() for frame in marked_frames(8))
    (tmp_path / "v.mjpeg").write_bytes(bare)
    times_s, source = read(tmp_path / "v.mjpeg", list(range(8)))
    assert_steady(times_s)
    assert source.time_repairs == TimeRepairs(guessed=8, guessed_fps=25)


def test_frames_before_the_start_of_an_mp4_that_was_cut_are_no_damage(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", marked_frames(40))
    data = bytearray(path.read_bytes())
    edit = data.index(b"elst") + 12  # ISO 14496-12, 8.6.6: its duration, and where in the media it begins
    duration, begin = struct.unpack_from(">Ii", data, edit)
    struct.pack_into(">Ii", data, edit, duration - 400, begin + 10 * 512)
    path.write_bytes(data)
    times_s, source = read(path, list(range(10, 40)))
    assert_steady(times_s)
    assert (source.frames_promised, source.frames_decoded, source.frames_hidden) == (40, 30, 10)
    assert say(source, times_s) is None


def test_of_an_ordinary_file_nothing_of_all_this_is_stored(tmp_path: Path) -> None:
    _, source = read(write_video(tmp_path / "v.mp4", marked_frames(40), b_frames=True), list(range(40)))
    rare = {"time_repairs", "frames_hidden", "track", "other_tracks"}
    assert set(source.model_dump()) == set(SourceVideo.model_fields) - rare
    repaired = source.model_copy(update={"time_repairs": TimeRepairs(jumps=1, jumps_s=(8.0,))})
    assert SourceVideo.model_validate_json(repaired.model_dump_json()) == repaired
