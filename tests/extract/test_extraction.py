"""From a video file to its frame table, with the real detectors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from media import cut_off, marked_frames, portrait, rotate_mp4, spoil_middle, write_video

import extract.mesh_reader
from extract.body import BodyReading
from extract.description import EXTRACTION_REVISION, Backend, Chunking, ReadingOptions
from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.face import find_face_reader
from extract.frame_table import (
    ACTION_UNITS,
    COLUMNS,
    FACE_COLUMNS,
    JOINT_COLUMNS,
    SIDES,
    FrameTable,
    read_frame_table,
    read_metadata,
)
from extract.head import FaceSpot, HeadTracker, locate_head
from extract.pose_reader import PoseTracker
from extract.video import VideoReader
from ground.errors import InputError, TableError, VideoError
from ground.files import hash_file

FRAMES = 20


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's still picture, shown for 0.8 s."""
    return write_video(tmp_path_factory.mktemp("video") / "still.mp4", [portrait()] * FRAMES, fps=25)


@pytest.fixture(scope="module")
def table(video: Path) -> FrameTable:
    path = video.with_suffix(".parquet")
    extract_video(video, path)
    return read_frame_table(path)


def test_the_table_holds_its_contract(table: FrameTable, video: Path) -> None:
    assert tuple(table.frames.columns) == (*COLUMNS, *SIDES)
    assert table.frames["frame"].tolist() == list(range(FRAMES))
    np.testing.assert_allclose(table.frames["time_s"], np.arange(FRAMES) / 25, atol=1e-9)
    assert table.frames.notna().all(axis=None), "a clear portrait is read in every frame"
    assert table.frames.filter(like="visibility").to_numpy().min() >= 0
    assert table.frames.filter(like="visibility").to_numpy().max() <= 1
    source = table.metadata.source
    assert (source.name, source.sha256, source.frames_decoded) == ("still.mp4", hash_file(video), FRAMES)
    reading = table.metadata.reading
    assert (reading.revision, reading.options) == (EXTRACTION_REVISION, ReadingOptions())
    assert table.metadata.chunks == Chunking(chunk_s=120.0, warm_up_frames=10)
    assert (reading.body.version, reading.face.version) == ("0.10.21-2", "0.10.21-3")
    assert table.metadata.counts is not None
    found = table.metadata.counts.model_dump()
    assert found == {"frames": 20, "body_frames": 20, "face_frames": 20, "read_s": pytest.approx(0.8)}
    for backend in (reading.body, reading.face):
        assert all(len(sha256) == 64 for sha256 in backend.weights.values())


def test_left_and_right_are_the_persons_own(table: FrameTable) -> None:
    """The person faces us: her left shoulder, elbow and eye are on the right of the picture."""
    first = table.frames.iloc[-1]
    for joint in ("Shoulder", "Elbow", "Eye"):
        assert first[f"left{joint}_x"] > first[f"right{joint}_x"]
    assert first["nose_y"] < first["leftShoulder_y"]


def test_the_same_video_gives_the_same_table(video: Path, table: FrameTable, tmp_path: Path) -> None:
    extract_video(video, tmp_path / "again.parquet")
    again = read_frame_table(tmp_path / "again.parquet")
    np.testing.assert_array_equal(again.frames.to_numpy(), table.frames.to_numpy())
    assert again.metadata == table.metadata


@pytest.mark.parametrize("turn_deg", [-20.0, 15.0])
def test_a_frame_turned_clockwise_raises_roll_by_as_much(turn_deg: float) -> None:
    def roll_of(image: np.ndarray) -> float:
        reader = find_face_reader("mesh")
        head = HeadTracker().locate(locate_head(PoseTracker().read(image)), image)
        assert head is not None
        face = reader.measure(reader.open_tracker().read([head.cut_from(image)]))
        return float(face[0, FACE_COLUMNS.index("pose_Rz")])

    change = roll_of(portrait(turn_deg=turn_deg)) - roll_of(portrait())
    assert change == pytest.approx(np.radians(turn_deg), abs=np.radians(3))


def test_a_rotated_phone_video_gives_the_upright_table(tmp_path: Path, table: FrameTable) -> None:
    lying = np.rot90(portrait())  # the picture's top is at the left; the player turns it back, clockwise
    path = rotate_mp4(write_video(tmp_path / "phone.mp4", [lying] * FRAMES), 90)
    extraction = extract_video(path, tmp_path / "phone.parquet")
    assert extraction.face_frames == FRAMES
    phone = read_frame_table(tmp_path / "phone.parquet")
    joints = [name for name in JOINT_COLUMNS if "shoulder" in name.lower() or "eye" in name.lower()]
    places = [name for name in joints if not name.endswith("visibility")]
    # Compression and tracking differ by a few pixels of 480; a wrong turn would by hundreds.
    np.testing.assert_allclose(phone.frames[places].iloc[-1], table.frames[places].iloc[-1], atol=15)


def test_a_truncated_video_gives_what_was_readable_and_says_how_much_is_missing(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    frames = [
        np.clip(portrait(240) + noise.normal(0, 12, (240, 240, 3)), 0, 255).astype(np.uint8)
        for _ in range(75)
    ]
    path = cut_off(write_video(tmp_path / "cut.mkv", frames, fps=25), 0.6)
    extraction = extract_video(path, tmp_path / "cut.parquet")
    source = read_metadata(tmp_path / "cut.parquet").source
    assert 30 <= source.frames_decoded <= 60
    assert source.duration_s == pytest.approx(3.0, abs=0.1)
    damage = extraction.describe_damage()
    assert damage is not None
    assert damage.startswith("cut.mkv is damaged or cut off: ")
    assert f"{extraction.read_s:.1f} s of 3.0 s" in damage


def test_a_whole_video_has_no_damage(video: Path, tmp_path: Path) -> None:
    assert extract_video(video, tmp_path / "t.parquet").describe_damage() is None


def test_damage_in_the_middle_is_said_though_the_end_is_readable(tmp_path: Path) -> None:
    path = write_video(tmp_path / "hole.mp4", [portrait(240)] * 40)
    spoil_middle(path, 0.3)
    extraction = extract_video(path, tmp_path / "hole.parquet")
    damage = extraction.describe_damage()
    assert damage is not None
    assert "could not be decoded" in damage or "frames could be decoded" in damage


def test_a_video_without_a_person_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = write_video(tmp_path / "street.mp4", marked_frames(10, 320, 240))
    with pytest.raises(VideoError, match=r"No person was found in any of the 10 frames of .*street\.mp4"):
        extract_video(path, tmp_path / "out" / "street.parquet")
    assert not list(tmp_path.rglob("out/*.parquet"))


def test_a_video_without_a_face_is_refused_and_nothing_is_written(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract.mesh_reader.FaceMesh, "find", lambda self, head: None)
    with pytest.raises(VideoError, match="but a face in none"):
        extract_video(video, tmp_path / "out" / "t.parquet")
    assert not list(tmp_path.rglob("out/*.parquet"))


def test_a_person_whose_face_is_covered_gives_no_face(tmp_path: Path) -> None:
    covered = portrait()
    width = len(covered)
    x, y = (slice(int(a * width), int(b * width)) for a, b in ((0.28, 0.6), (0.02, 0.36)))
    covered[y, x] = covered[y, x].mean(axis=(0, 1)).astype(np.uint8)
    path = write_video(tmp_path / "covered.mp4", [covered] * 6)
    with pytest.raises(VideoError, match=r"No (face|person) was found in any of the 6 frames"):
        extract_video(path, tmp_path / "out" / "t.parquet")
    assert not list(tmp_path.rglob("out/*.parquet"))


def test_an_interrupted_extraction_leaves_the_earlier_table_and_no_partial_one(
    video: Path, tmp_path: Path
) -> None:
    table = tmp_path / "t.parquet"
    table.write_bytes(b"the earlier one")

    def pull_the_plug() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_video(video, table, on_frame=pull_the_plug)
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["t.parquet"]
    assert table.read_bytes() == b"the earlier one"


@pytest.mark.parametrize(
    ("options", "offered"), [({"face": "psychic"}, "mesh"), ({"body": "psychic"}, "pose")]
)
def test_an_unknown_reader_is_refused(
    options: dict[str, str], offered: str, video: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"no (face|body) reader 'psychic'\. Choose one of: {offered}"):
        extract_video(video, tmp_path / "t.parquet", ExtractionOptions(**options))


class StillBody:
    """A body reader for which the person of `portrait` stands still, and its tracker; it knows no fingers."""

    name, backend_name = "still", "still-body"

    def __init__(self) -> None:
        self.asked: list[str] = []
        body = PoseTracker().read(portrait())
        assert body is not None
        body.landmarks[17:], body.visibility[17:] = np.nan, 0
        self.body = body

    def describe(self) -> Backend:
        return Backend(name=self.backend_name, version="1", weights={})

    def open_tracker(self) -> StillBody:
        self.asked.append("open")
        return self

    def read(self, image: np.ndarray, wanted: FaceSpot | None = None) -> BodyReading:
        self.asked.append("read")
        return self.body

    def restart(self) -> None:
        self.asked.append("restart")

    def close(self) -> None:
        self.asked.append("close")


def test_the_body_reader_that_is_asked_for_reads_and_is_named_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = StillBody()
    monkeypatch.setattr("extract.extraction.find_body_reader", {"still": reader}.__getitem__)
    pictures = [portrait()] * 4 + [portrait()[::-1]] * 4
    video = write_video(tmp_path / "cut.mp4", pictures)
    extraction = extract_video(video, tmp_path / "t.parquet", ExtractionOptions(body="still"))
    assert (reader.asked[0], reader.asked[-1]) == ("open", "close")
    before, after = " ".join(reader.asked).rsplit("restart", 1)
    assert (before.count("read"), after.count("read")) == (4, 4), "it forgets the person at the cut"
    table = read_frame_table(extraction.table)
    assert table.metadata.reading.body == reader.describe()
    joints = table.frames[list(JOINT_COLUMNS)].to_numpy()
    np.testing.assert_array_equal(joints[:4], np.tile(reader.body.joint_values(), (4, 1)))
    assert np.isnan(joints[4:]).all(), "whose body it is cannot be told in the second shot"
    assert table.frames["AU12_r"].notna().tolist() == [True] * 4 + [False] * 4


def test_a_frame_without_a_body_is_all_missing_but_stays_in_the_table(tmp_path: Path) -> None:
    blank = np.zeros((240, 240, 3), np.uint8)
    path = write_video(tmp_path / "gap.mp4", [blank] * 3 + [portrait(240)] * 5)
    extraction = extract_video(path, tmp_path / "gap.parquet")
    frames = read_frame_table(tmp_path / "gap.parquet").frames
    assert len(frames) == 8
    measured = [name for name in frames.columns if name not in ("frame", "time_s", "cut")]
    assert frames.loc[:2, measured].isna().all(axis=None)
    assert frames.loc[7, [*ACTION_UNITS, *SIDES]].notna().all()
    assert extraction.body_frames == int(frames["nose_x"].notna().sum()) >= 4
    assert extraction.face_frames == int(frames["AU01_r"].notna().sum()) >= 4


def renumber(table: pa.Table, numbers: Iterable[int | None], kind: str = "int64") -> pa.Table:
    return table.set_column(0, "frame", pa.array(list(numbers), kind))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.drop_columns(["AU12_r", "nose_x"]), "missing columns nose_x, AU12_r"),
        (lambda t: t.append_column("AU45_r", t["AU01_r"]), "unknown columns AU45_r"),
        (
            lambda t: t.select(["time_s", *[n for n in t.column_names if n != "time_s"]]),
            "columns out of order",
        ),
        (lambda t: t.take([0, 2, 1, *range(3, FRAMES)]), "rise from row to row"),
        (lambda t: t.replace_schema_metadata({}), "not a frame table"),
        (lambda t: renumber(t, [None, *range(1, FRAMES)]), "frame must count"),
        (lambda t: renumber(t, [0] * FRAMES), "frame must count"),
        (lambda t: renumber(t, range(-1, FRAMES - 1)), "frame must count"),
        (lambda t: renumber(t, [*range(FRAMES - 1), 2**64 - 1], "uint64"), "frame must count"),
        (lambda t: renumber(t, range(FRAMES), "float64"), "frame holds double, not whole numbers"),
        (
            lambda t: t.set_column(2, COLUMNS[2], t["frame"].cast("string")),
            "column leftShoulder_x holds string, not numbers",
        ),
    ],
)
def test_a_table_that_breaks_the_contract_is_refused_with_all_that_is_wrong(
    video: Path, table: FrameTable, tmp_path: Path, spoil: object, words: str
) -> None:
    stored = pq.read_table(video.with_suffix(".parquet"))
    stored = stored.replace_schema_metadata(pq.read_metadata(video.with_suffix(".parquet")).metadata)
    pq.write_table(spoil(stored), tmp_path / "bad.parquet")  # type: ignore[operator]
    with pytest.raises(TableError, match=words):
        read_frame_table(tmp_path / "bad.parquet")


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(TableError, match="not a readable Parquet file"):
        read_frame_table(tmp_path / "t.parquet")


def test_a_second_reader_of_one_file_sees_the_same_frames(video: Path) -> None:
    with VideoReader(video) as first, VideoReader(video) as second:
        for ours, theirs in zip(first, second, strict=True):
            np.testing.assert_array_equal(ours.image, theirs.image)
