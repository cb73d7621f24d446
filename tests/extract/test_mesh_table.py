"""The kept mesh: written beside the frame table, read back equal, and put back into the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from media import portrait, write_video

from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.face import MESH_WIDTH, find_face_reader
from extract.frame_table import read_frame_table
from extract.head import HeadTracker, locate_head
from extract.mesh_reader import FaceMesh
from extract.mesh_table import find_mesh_table, read_mesh_table
from extract.pose_reader import PoseTracker
from extract.tables_beside import is_beside
from ground.errors import InputError, TableError
from motionsig.use_cases.inputs import find_files

FRAMES = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two frames without anybody, then a person, extracted with and without the mesh."""
    folder = tmp_path_factory.mktemp("mesh")
    blank = np.zeros((480, 480, 3), np.uint8)
    video = write_video(folder / "video.mp4", [blank] * 2 + [portrait()] * FRAMES)
    for name in ("kept", "plain"):
        extract_video(video, folder / name / "video.parquet", ExtractionOptions(keep_mesh=name == "kept"))
    return folder


def test_the_mesh_is_written_only_where_it_is_asked_for(folder: Path) -> None:
    always = {"video.parquet", "video.tracks.parquet", "video.voice.parquet"}
    assert {p.name for p in (folder / "kept").iterdir()} == always | {"video.mesh.parquet"}
    assert {p.name for p in (folder / "plain").iterdir()} == always


def test_keeping_the_mesh_changes_nothing_in_the_frame_table(folder: Path) -> None:
    kept, plain = (read_frame_table(folder / name / "video.parquet") for name in ("kept", "plain"))
    np.testing.assert_array_equal(kept.frames.to_numpy(), plain.frames.to_numpy())
    assert kept.metadata == plain.metadata


def test_a_mesh_table_has_a_row_for_every_frame_of_the_frame_table(folder: Path) -> None:
    table = read_frame_table(folder / "kept" / "video.parquet")
    mesh = read_mesh_table(find_mesh_table(folder / "kept" / "video.parquet"))
    np.testing.assert_array_equal(mesh.frames, table.frames["frame"])
    np.testing.assert_array_equal(mesh.times_s, table.frames["time_s"])
    assert mesh.metadata == table.metadata
    assert mesh.points.shape == (FRAMES + 2, 478, 3)
    assert mesh.points.dtype == np.float16
    missing = table.frames["AU01_r"].isna().to_numpy()
    assert missing[:2].all()
    assert not missing[-1]
    np.testing.assert_array_equal(np.isnan(mesh.points).all(axis=(1, 2)), missing)
    assert mesh.points_in_pixels(0) is None


def test_points_go_back_to_where_the_face_is_in_the_picture(folder: Path) -> None:
    stored = read_mesh_table(folder / "kept" / "video.mesh.parquet").points_in_pixels(FRAMES + 1)
    image = portrait()
    place = locate_head(PoseTracker().read(image))
    box = HeadTracker().locate(place, image)
    assert box is not None
    seen = FaceMesh().find(box.cut_from(image, place))
    # The stored frame went through a video's compression and a tracker that had seen others.
    np.testing.assert_allclose(stored[:, :2], seen[:, :2], atol=6)  # the face is 120 px wide


def test_half_precision_costs_less_than_a_thousandth_of_the_face(folder: Path) -> None:
    mesh = read_mesh_table(folder / "kept" / "video.mesh.parquet")
    tracker = find_face_reader("mesh", keep_mesh=True).open_tracker()
    image = portrait()
    place = locate_head(PoseTracker().read(image))
    box = HeadTracker().locate(place, image)
    assert box is not None
    row = tracker.read([box.cut_from(image, place)])[0, -MESH_WIDTH:]
    assert np.abs(row - row.astype(np.float16)).max() < 1e-3
    assert np.abs(mesh.points[-1]).max() < 3


def test_a_folder_of_tables_is_searched_for_frame_tables_only(folder: Path) -> None:
    assert find_files([folder / "kept"], {".parquet"}, "frame table") == [folder / "kept" / "video.parquet"]


def test_the_frame_table_of_a_video_that_is_called_mesh_is_one(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "face.mesh.parquet"
    table.write_bytes((folder / "plain" / "video.parquet").read_bytes())
    assert not is_beside(table)
    assert find_files([tmp_path], {".parquet"}, "frame table") == [table]


@pytest.mark.parametrize("what", ["frame table", "other columns", "no parquet", "absent"])
def test_what_is_no_mesh_table_is_refused(folder: Path, tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.mesh.parquet"
    if what == "frame table":
        path.write_bytes((folder / "plain" / "video.parquet").read_bytes())
    elif what == "other columns":
        stored = pq.read_table(folder / "kept" / "video.mesh.parquet")
        pq.write_table(stored.drop_columns(["scale"]), path)
    elif what == "no parquet":
        path.write_bytes(b"PAR1 not really")
    with pytest.raises(TableError, match=r"x\.mesh\.parquet is (not a mesh table|not a readable)"):
        read_mesh_table(path)


def test_a_damaged_description_is_named(folder: Path, tmp_path: Path) -> None:
    stored = pq.read_table(folder / "kept" / "video.mesh.parquet")
    pq.write_table(stored.replace_schema_metadata({b"motionsig-mesh": b"{}"}), tmp_path / "m.mesh.parquet")
    with pytest.raises(TableError, match="metadata"):
        read_mesh_table(tmp_path / "m.mesh.parquet")
    assert pa.types.is_float16(stored.schema.field("points").type.value_type)


def test_a_reader_without_a_mesh_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.face.FACE_READERS", ("mesh", "other"))
    with pytest.raises(InputError, match="has no mesh to keep"):
        find_face_reader("other", keep_mesh=True)
