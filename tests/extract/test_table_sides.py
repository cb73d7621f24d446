"""One-sided measures of frame tables: those in the table, those of its mesh, and when there are neither."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_frames, make_table, write_table

from extract.description import Backend, ReadingOptions
from extract.frame_table import JOINT_COLUMNS, SIDES, FrameTable, read_frame_table
from extract.mesh_reader import MEASURED_POINTS, MeshReader
from extract.mesh_table import find_mesh_table, write_mesh_table
from extract.reading import FrameReadings
from extract.table_sides import lacks_sides, read_with_sides
from ground.errors import TableError

FRAMES = 6
RAISED = 0.125  # how far the right brow is raised in frame 4; no face is found in frame 1


def old_table(frames: int = FRAMES, face: str = MeshReader.backend_name, **more: object) -> FrameTable:
    return make_table(make_frames(np.arange(frames) / 25), face=face, **more)  # type: ignore[arg-type]


def write_mesh(path: Path, of: FrameTable) -> None:
    n_frames = len(of.frames)
    points = np.repeat(np.random.default_rng(0).uniform(-0.5, 0.5, (1, 478, 3)), n_frames, axis=0)
    points[4, [55, 107], 1] -= RAISED
    points[1] = np.nan
    measured = points[:, list(MEASURED_POINTS)].reshape(n_frames, -1)
    fit = np.where(np.isnan(points[:, :1, 0]), np.nan, np.ones((n_frames, 8)))
    readings = FrameReadings(
        of.frames["frame"].to_numpy(),
        of.frames["time_s"].to_numpy(),
        np.zeros((n_frames, len(JOINT_COLUMNS))),
        np.ones((n_frames, 2)),
        np.full(n_frames, np.nan),
        np.zeros((n_frames, 3)),
        np.zeros(n_frames, np.int8),
        np.column_stack([measured, fit]).astype(np.float32),
        points.reshape(n_frames, -1).astype(np.float16),
    )
    write_mesh_table(path, readings, of.metadata)


def test_a_table_without_them_gets_them_from_the_mesh_beside_it(tmp_path: Path) -> None:
    old = old_table()
    path = write_table(old, tmp_path)
    write_mesh(find_mesh_table(path), old)
    assert not lacks_sides(path, old.metadata)
    read = read_with_sides(path)
    expected = np.zeros((FRAMES, len(SIDES)))
    expected[4, SIDES.index("right_inner_brow")] = RAISED
    expected[1] = np.nan
    np.testing.assert_allclose(read.frames[[*SIDES]], expected, rtol=0, atol=5e-4)
    assert read.frames.drop(columns=[*SIDES]).equals(read_frame_table(path).frames)
    assert read.metadata.further_columns == SIDES
    assert tuple(read.frames.columns) == read.metadata.columns


def test_a_table_that_has_them_is_read_as_it_is(tmp_path: Path) -> None:
    frames = make_frames(np.arange(FRAMES) / 25).assign(**dict.fromkeys(SIDES, 0.25), AU11_r=0.5)
    path = write_table(make_table(frames, face=MeshReader.backend_name), tmp_path)
    write_mesh(find_mesh_table(path), old_table())
    read = read_with_sides(str(path))
    assert not lacks_sides(path, read.metadata)
    assert read.frames.equals(frames)


def test_a_table_with_a_part_of_them_gets_all_from_the_mesh(tmp_path: Path) -> None:
    frames = make_frames(np.arange(FRAMES) / 25).assign(chin_x=0.25, AU11_r=0.5)
    partial = make_table(frames, face=MeshReader.backend_name)
    path = write_table(partial, tmp_path)
    assert lacks_sides(path, partial.metadata)
    write_mesh(find_mesh_table(path), partial)
    read = read_with_sides(path)
    assert read.metadata.further_columns == ("AU11_r", *SIDES)
    assert tuple(read.frames.columns) == read.metadata.columns
    assert read.frames["chin_x"].iloc[0] == 0


def test_without_a_mesh_the_error_says_what_to_do(tmp_path: Path) -> None:
    """tests/extract/test_made.py does what it says."""
    path = write_table(old_table(), tmp_path)
    assert lacks_sides(path, old_table().metadata)
    with pytest.raises(TableError, match=r"16_id0_fake\.parquet lacks.*Delete it, then extract the video"):
        read_with_sides(path)


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "0" * 64},
        {"options": ReadingOptions(sample_fps=10)},
        {"frames": FRAMES + 1},
    ],
    ids=["file", "reading", "rows"],
)
def test_a_mesh_of_another_extraction_is_not_taken(tmp_path: Path, other: dict[str, object]) -> None:
    path = write_table(old_table(), tmp_path)
    write_mesh(find_mesh_table(path), old_table(**other))  # type: ignore[arg-type]
    with pytest.raises(
        TableError, match=r"fake\.mesh\.parquet beside it is of another extraction\. Delete both"
    ):
        read_with_sides(path)
    assert lacks_sides(path, old_table().metadata) == ("frames" not in other), "no row is looked at"


def test_a_mesh_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = write_table(old_table(), tmp_path)
    find_mesh_table(path).write_bytes(b"PAR1")
    assert lacks_sides(path, old_table().metadata)
    with pytest.raises(TableError, match=r"fake\.mesh\.parquet is not a readable Parquet file"):
        read_with_sides(path)


def test_a_face_that_another_reader_measured_has_none_even_beside_a_mesh(tmp_path: Path) -> None:
    other = old_table(face="openface")
    path = write_table(other, tmp_path)
    write_mesh(find_mesh_table(path), other)
    with pytest.raises(
        TableError, match=r"measured by openface 2, which gives no one-sided measures.*--face mesh"
    ):
        read_with_sides(path)
    assert not lacks_sides(path, other.metadata), "making it anew would not help"


def test_the_mesh_reader_is_known_by_its_name_in_tables() -> None:
    assert (
        MeshReader().describe().name == MeshReader.backend_name != Backend(name="openface", version="").name
    )
