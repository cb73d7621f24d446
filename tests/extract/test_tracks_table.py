"""The table of tracks reads back as it was written, and refuses what is no such table."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frame_tables import make_frames, make_table

from extract.people.person import EMBEDDING_WIDTH
from extract.people.tracks_table import Track, find_tracks_table, read_tracks_table, write_tracks_table
from ground.errors import TableError

_EMBEDDING = np.full(EMBEDDING_WIDTH, EMBEDDING_WIDTH**-0.5, np.float32)
_METADATA = make_table(make_frames([0.0, 0.04])).metadata
_TRACK = Track(0, 0.0, 9.5, 1, True, 0.9, 10, 100.0, 50.0, 80.0, 90.0, _EMBEDDING, b"\xff\xd8")


def test_tracks_read_back_as_they_were_written(tmp_path: Path) -> None:
    path = find_tracks_table(tmp_path / "interview.parquet")
    metadata = _METADATA
    nobody = np.full(EMBEDDING_WIDTH, np.nan, np.float32)
    tracks = (_TRACK, replace(_TRACK, shot=1, start_s=9.5, end_s=12.0, person=0, embedding=nobody))
    write_tracks_table(path, tracks, metadata)
    read = read_tracks_table(path)
    assert path.name == "interview.tracks.parquet"
    assert read.metadata == metadata
    for before, after in zip(tracks, read.tracks, strict=True):
        assert {**asdict(before), "embedding": None} == {**asdict(after), "embedding": None}
        assert before.embedding.tobytes() == after.embedding.tobytes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"similarity": np.inf},
        {"similarity": 1e300},
        {"start_s": 10.0},
        {"left": np.inf},
        {"shot": -1},
        {"picture": b"x" * 100_000},
    ],
)
def test_impossible_tracks_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    path = tmp_path / "x.tracks.parquet"
    write_tracks_table(path, [replace(_TRACK, **wrong)], _METADATA)
    with pytest.raises(TableError, match="damaged"):
        read_tracks_table(path)


def test_another_file_is_no_table_of_tracks(tmp_path: Path) -> None:
    path = tmp_path / "x.tracks.parquet"
    path.write_bytes(b"no Parquet")
    with pytest.raises(TableError, match="Extract the video again"):
        read_tracks_table(path)


@pytest.mark.parametrize("column", ["similarity", "chosen", "embedding", "picture", "person"])
def test_a_value_that_is_missing_is_refused(tmp_path: Path, column: str) -> None:
    path = tmp_path / "x.tracks.parquet"
    write_tracks_table(path, [_TRACK], _METADATA)
    table = pq.read_table(path)
    place = table.schema.get_field_index(column)
    nothing = pa.nulls(1, table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), nothing), path)
    with pytest.raises(TableError, match="Extract the video again"):
        read_tracks_table(path)


def test_one_picture_in_very_many_rows_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.tracks.parquet"
    large = replace(_TRACK, picture=b"x" * 60_000)
    write_tracks_table(path, [large] * 10, _METADATA)
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table] * 1000), path, compression="zstd")
    assert path.stat().st_size < 2e6
    with pytest.raises(TableError, match="Extract the video again"):
        read_tracks_table(path)
