"""Small files that would take much: what they unpack to, how deep they are, how wide."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frame_tables import make_frames, make_table, write_moving, write_table

from extract.frame_table import Counts, frame_table_schema, read_frame_table, read_metadata
from extract.made import count_table
from extract.openface import read_openface
from features.manifest import read_manifest
from features.signature import PairSet
from features.tables import read_correlations
from ground.errors import InputError, TableError
from motionsig.use_cases.verdict_files import read_verdict

ROWS = 1_000_000
DEEP = b"[" * 100_000


def write_equal_rows(path: Path, schema: pa.Schema) -> Path:
    """A table of a million equal rows for each column, of which next to nothing is stored."""
    batch = [
        pa.array(np.zeros(ROWS), pa.float64()) if pa.types.is_floating(field.type) else
        pa.array(np.zeros(ROWS, np.int64)) if pa.types.is_integer(field.type) else
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(ROWS, np.int32)), ["x"]).cast(pa.string())
        for field in schema
    ]  # fmt: skip
    pq.write_table(pa.Table.from_arrays(batch, schema=schema), path, compression="zstd")
    return path


def test_a_frame_table_that_unpacks_to_far_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    counts = Counts(frames=ROWS, body_frames=ROWS, face_frames=ROWS, read_s=0.0)
    schema = frame_table_schema(
        make_table(make_frames([0, 0.1])).metadata.model_copy(update={"counts": counts})
    )
    path = write_equal_rows(tmp_path / "bomb.parquet", schema)
    assert path.stat().st_size < 400_000
    with pytest.raises(TableError, match=r"bomb\.parquet is refused\. Its .* bytes unpack to 416,000,000"):
        read_frame_table(path)


def test_a_frame_table_of_0_1_0_that_unpacks_to_far_more_is_not_counted(tmp_path: Path) -> None:
    """It does not record what was found, so a second run reads its rows."""
    schema = frame_table_schema(
        make_table(make_frames([0, 0.1])).metadata.model_copy(update={"counts": None})
    )
    path = write_equal_rows(tmp_path / "bomb.parquet", schema)
    with pytest.raises(TableError, match=r"bomb\.parquet is refused\. Its .* bytes unpack to"):
        count_table(path)


def test_a_correlations_table_that_unpacks_to_far_more_is_refused_before_unpacking(tmp_path: Path) -> None:
    names = ["clip_name", *PairSet().columns[:60]]
    schema = pa.schema([(name, pa.string() if name == "clip_name" else pa.float64()) for name in names])
    path = write_equal_rows(tmp_path / "bomb.parquet", schema)
    with pytest.raises(TableError, match="is refused"):
        read_correlations(path)


def test_a_still_person_for_a_day_is_no_bomb(tmp_path: Path) -> None:
    path = write_table(make_table(make_frames(np.arange(100_000) / 10)), tmp_path)
    assert len(read_frame_table(path).frames) == 100_000


def test_json_that_is_too_deep_is_refused(tmp_path: Path) -> None:
    path = write_moving(tmp_path, "t.mp4", seconds=1)
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"motionsig": DEEP}), path)
    with pytest.raises(TableError, match=r"metadata of .* damaged"):
        read_metadata(path)
    (tmp_path / "verdict.json").write_bytes(DEEP)
    with pytest.raises(InputError, match="is not a verdict"):
        read_verdict(tmp_path / "verdict.json")


def test_what_pandas_left_in_a_frame_table_is_not_read(tmp_path: Path) -> None:
    path = write_moving(tmp_path, "t.mp4", seconds=1)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, b"pandas": b"{forged"}), path)
    assert len(read_frame_table(path).frames) == 10


def test_a_million_columns_take_no_time(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("clip_name," + ",".join(["a*b"] * 1_000_000) + "\n")
    start = time.process_time()
    with pytest.raises(TableError, match=r"1 column more than once \(a\*b\)"):
        read_correlations(path)
    assert time.process_time() - start < 20, "work that grows with the square of the columns takes hours"


def test_packed_openface_files_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"frame,confidence\n" * 10_000))
    with pytest.raises(TableError, match=r"x\.csv\.gz cannot be read"):
        read_openface(path)


def test_a_path_in_a_manifest_that_is_too_long_for_a_path_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"path,subject,group,session\n{'9' * 5000},a,pristine,\n")
    with pytest.raises(TableError, match="does not exist"):
        read_manifest(path)
