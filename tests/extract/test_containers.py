"""Containers: which of several tracks is read, and pictures whose shape or size changes in mid-stream."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.stream import Disposition
from containers import Track, split_into_fields, write_broadcast, write_call, write_tracks
from media import marked_frames, portrait, write_video

from extract.extraction import extract_video
from extract.frame_table import read_frame_table, read_metadata
from extract.picture import Frame
from extract.source_video import SourceVideo
from extract.track_choice import TrackChoice
from extract.video import VIDEO_SUFFIXES, VideoReader
from ground.errors import VideoError

SMALL, LARGE = marked_frames(6), marked_frames(6, 192, 128)
STILL = marked_frames(1, 192, 128)
DEFAULT, COVER = Disposition.default, Disposition.attached_pic


def read(path: Path) -> tuple[list[Frame], SourceVideo]:
    with VideoReader(path) as reader:
        return list(reader), reader.describe()


def shapes(frames: list[Frame]) -> list[tuple[int, int]]:
    """Width and height of each frame that is unlike those of the frame before."""
    found = [(frame.image.shape[1], frame.image.shape[0]) for frame in frames]
    return [shape for k, shape in enumerate(found) if k == 0 or shape != found[k - 1]]


# --- which track is read


@pytest.mark.parametrize(
    ("tracks", "read_one"),
    [
        ((Track(SMALL, disposition=0), Track(LARGE, disposition=DEFAULT)), (192, 128)),
        ((Track(LARGE, disposition=0), Track(SMALL, disposition=DEFAULT)), (96, 64)),
        ((Track(SMALL, disposition=0), Track(LARGE, disposition=0)), (192, 128)),
        ((Track(SMALL, disposition=DEFAULT), Track(LARGE, disposition=DEFAULT)), (192, 128)),
    ],
    ids=["the default", "the default though smaller", "the larger", "the larger of two defaults"],
)
def test_the_track_that_players_show_is_read_and_the_others_are_said(
    tmp_path: Path, tracks: tuple[Track, ...], read_one: tuple[int, int]
) -> None:
    frames, source = read(write_tracks(tmp_path / "v.mkv", *tracks))
    assert (len(frames), shapes(frames)) == (6, [read_one])
    other = ({(192, 128), (96, 64)} - {read_one}).pop()
    choice = TrackChoice.find(source)
    assert choice is not None
    assert choice.describe() == (
        "v.mkv holds 2 video tracks. Only the one that players show was read (h264, {} x {} px), not (h264, "
        "{} x {} px)."
    ).format(*read_one, *other)


def test_of_equal_tracks_the_first_is_read(tmp_path: Path) -> None:
    dark = [frame // 2 for frame in SMALL]
    frames, source = read(
        write_tracks(tmp_path / "v.mkv", Track(dark, disposition=0), Track(SMALL, disposition=0))
    )
    assert frames[0].image[-1, -1].mean() == pytest.approx(10, abs=3)
    assert source.other_tracks == ("h264, 96 x 64 px",)


@pytest.mark.parametrize(
    ("name", "still", "codec"),
    [
        ("v.mkv", Track(STILL, "mjpeg"), "libx264"),
        ("v.wmv", Track(STILL, "mjpeg"), "wmv2"),
        ("v.mp4", Track(STILL, "mjpeg"), "libx264"),
        ("v.mp4", Track(STILL, "mjpeg", COVER), "libx264"),
        ("v.mkv", Track(STILL, "mjpeg", DEFAULT), "libx264"),
    ],
    ids=["Matroska", "Windows Media", "mp4", "a cover", "marked as default"],
)
def test_a_picture_beside_the_video_is_never_read_and_is_no_track(
    tmp_path: Path, name: str, still: Track, codec: str
) -> None:
    frames, source = read(write_tracks(tmp_path / name, still, Track(SMALL, codec)))
    assert (len(frames), shapes(frames)) == (6, [(96, 64)])
    assert TrackChoice.find(source) is None


def test_the_pictures_of_an_audio_file_are_no_video(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no video"):
        read(write_tracks(tmp_path / "v.mp4", Track(STILL, "mjpeg", COVER)))
    with pytest.raises(VideoError, match="single picture"):
        read(write_tracks(tmp_path / "v.mkv", Track(STILL, "mjpeg")))


def test_the_choice_stands_in_the_frame_table_and_only_where_there_was_one(tmp_path: Path) -> None:
    person, small = [portrait(160)] * 3, [portrait(96)] * 3
    path = write_tracks(tmp_path / "s.mkv", Track(small), Track(person))
    several = extract_video(path, tmp_path / "s.parquet")
    assert extract_video(path, several.table).reused
    (warning,) = several.list_warnings()
    assert warning.startswith(
        "s.mkv holds 2 video tracks. Only the one that players show was read (h264, 160"
    )
    assert read_metadata(several.table) == several.metadata
    single = extract_video(write_video(tmp_path / "v.mp4", person), tmp_path / "v.parquet")
    assert single.list_warnings() == []
    assert "track" not in single.metadata.model_dump_json()


# --- the shape of the pixels


def test_each_frame_of_a_broadcast_is_as_wide_as_its_own_part_says(tmp_path: Path) -> None:
    """From 4:3 to 16:9, coded alike; B-frames are handed out later than headers that come after them."""
    first, second = marked_frames(14), marked_frames(40)[26:]
    path = write_broadcast(tmp_path / "v.ts", (first, Fraction(8, 9)), (second, Fraction(32, 27)))
    frames, source = read(path)
    assert shapes(frames) == [(85, 64), (114, 64)]
    for frame in frames:
        is_later = frame.image[-1, -1].mean() > 60
        assert frame.image.shape[1] == (114 if is_later else 85)
    assert (source.width, source.height) == (85, 64)
    assert {frame.scale for frame in frames} == {(1.0, 1.0)}, "a person gets no wider in the frame table"


def test_a_container_that_contradicts_the_pictures_is_right(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "v.mp4", Track(SMALL, "mpeg4", aspect=Fraction(3, 2)))
    data = bytearray(path.read_bytes())
    at = data.index(b"pasp") + 4
    assert struct.unpack(">II", data[at : at + 8]) == (3, 2)
    data[at : at + 8] = struct.pack(">II", 2, 1)
    path.write_bytes(data)
    frames, _ = read(path)
    assert shapes(frames) == [(192, 64)]


def test_a_field_is_as_high_as_the_frame_that_it_is_half_of(tmp_path: Path) -> None:
    fields = [field for frame in LARGE for field in split_into_fields(frame)]
    frames, source = read(write_tracks(tmp_path / "v.mkv", Track(fields, "libx265", fps=50)))
    assert (len(frames), shapes(frames)) == (12, [(192, 128)])
    assert (source.width, source.height) == (192, 128)


# --- the size of the pictures


def test_pixels_are_those_of_the_first_picture_though_the_size_changes(tmp_path: Path) -> None:
    frames, source = read(write_call(tmp_path / "v.webm", LARGE, SMALL, LARGE))
    assert shapes(frames) == [(192, 128), (96, 64), (192, 128)]
    assert (source.width, source.height, len(frames)) == (192, 128, 18)
    assert [frame.scale for frame in frames[::6]] == [(1.0, 1.0), (2.0, 2.0), (1.0, 1.0)]


def test_the_person_is_not_lost_where_the_size_changes(tmp_path: Path) -> None:
    large, small = [portrait(320)] * 4, [portrait(160)] * 4
    path = write_call(tmp_path / "v.webm", large, small)
    extraction = extract_video(path, tmp_path / "v.parquet")
    rows = read_frame_table(extraction.table).frames
    assert extraction.body_frames == extraction.face_frames == 8
    assert rows["cut"].eq(0).all()
    for column, at, tolerance in (("nose_x", 138, 5), ("nose_y", 82, 5), ("face_px", 150, 15)):
        np.testing.assert_allclose(rows[column], at, atol=tolerance, err_msg=column)
    assert extract_video(path, extraction.table).reused


# --- containers


@pytest.mark.parametrize(
    ("suffix", "codec", "container", "options"),
    [
        (".3g2", "libx264", None, {}),
        (".asf", "wmv2", None, {}),
        (".divx", "mpeg4", "avi", {}),
        (".f4v", "libx264", None, {}),
        (".m2t", "mpeg2video", "mpegts", {}),
        (".m2ts", "libx264", "mpegts", {"mpegts_m2ts_mode": "1"}),
        (".mxf", "mpeg2video", None, {}),
        (".nut", "mpeg4", None, {}),
        (".ogv", "libvpx", None, {}),
        (".qt", "libx264", "mov", {}),
        (".tod", "mpeg2video", "mpegts", {}),
        (".vob", "mpeg2video", None, {}),
        (".wtv", "mpeg2video", None, {}),
    ],
)
def test_containers_of_cameras_and_broadcasters_are_read(
    tmp_path: Path, suffix: str, codec: str, container: str | None, options: dict[str, str]
) -> None:
    assert suffix in VIDEO_SUFFIXES
    path = write_tracks(tmp_path / f"v{suffix}", Track(LARGE, codec), container=container, **options)
    frames, _ = read(path)
    assert (len(frames), shapes(frames)) == (6, [(192, 128)])
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(6) / 25, atol=1e-3)


def test_an_animated_picture_that_is_named_is_read(tmp_path: Path) -> None:
    frames, _ = read(write_tracks(tmp_path / "v.gif", Track(LARGE, "gif", fps=10)))
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
