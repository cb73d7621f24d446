"""Which tables are there already: by what decides their numbers, and by nothing else."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from media import marked_frames, portrait, write_video
from old_tables import make_old

import extract.extraction
from extract.body import BodyReader, find_body_reader
from extract.description import ReadingOptions
from extract.extraction import extract_video, find_extraction
from extract.extraction_options import ExtractionOptions
from extract.face import FaceReader, find_face_reader
from extract.frame_table import (
    COLUMNS,
    CUT,
    FACE_COLUMNS,
    SIDES,
    FrameTable,
    FrameTableMetadata,
    read_frame_table,
    read_metadata,
    write_frames,
)
from extract.mesh_reader import MeshReader
from extract.mesh_table import find_mesh_table, read_mesh_metadata
from extract.networks.weights import MEDIAPIPE, SHA256
from extract.recipe import Recipe
from extract.sound.voice_table import find_voice_table
from extract.table_sides import read_with_sides
from ground.errors import InputError, TableError
from ground.files import hash_file


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portrait, somewhere else after half a second, and back."""
    blank = np.zeros((240, 240, 3), np.uint8)
    scene = [portrait(240)] * 20 + [blank] * 2
    return write_video(tmp_path_factory.mktemp("video") / "v.mp4", scene, fps=25)


@pytest.fixture
def table(video: Path, tmp_path: Path, first: Path) -> Path:
    path = tmp_path / "v.parquet"
    path.write_bytes(first.read_bytes())
    find_voice_table(path).write_bytes(find_voice_table(first).read_bytes())
    return path


@pytest.fixture(scope="module")
def first(video: Path) -> Path:
    return extract_video(video, video.with_suffix(".parquet")).table


def forbid_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        pytest.fail("the rows were read")

    monkeypatch.setattr(pq, "read_table", read)


def test_a_second_run_takes_the_counts_from_the_metadata_and_reads_no_row(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_rows(monkeypatch)
    again = extract_video(video, table, on_frame=lambda: pytest.fail("a frame was decoded"))
    assert again.reused
    assert (again.frames, again.body_frames, again.face_frames) == (22, 20, 20)
    assert again.read_s == pytest.approx(22 / 25)


def test_which_version_wrote_a_table_does_not_matter(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: "99.0" if name == "motion-signature" else version(name)
    )
    before = table.read_bytes()
    assert extract_video(video, table).reused
    assert table.read_bytes() == before
    table.unlink()
    extract_video(video, table)
    assert read_metadata(table).motionsig_version == "99.0"


def test_a_raised_revision_makes_tables_anew(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.extraction_options.EXTRACTION_REVISION", 2)
    assert not extract_video(video, table).reused
    assert read_metadata(table).reading.revision == 2


def change_source(table: Path, **known: Any) -> None:
    """Let a table know its video as an older version did."""
    old = read_frame_table(table)
    source = old.metadata.source.model_copy(update=known)
    write_frames(FrameTable(old.frames, old.metadata.model_copy(update={"source": source})), table)


def test_a_table_that_lacks_frames_because_of_their_time_stamps_is_made_anew(
    video: Path, table: Path
) -> None:
    whole = table.read_bytes()
    change_source(table, frames_discarded=5)
    assert find_extraction(table, "v.mp4", hash_file(video), ExtractionOptions()) is None
    assert not extract_video(video, table).reused
    assert table.read_bytes() == whole


@pytest.mark.parametrize(
    "known",
    [{"height": 90}, {"track": "h264, 160 x 90 px", "other_tracks": ("h264, 96 x 64 px",)}],
    ids=["size", "tracks"],
)
def test_a_table_that_knows_another_picture_or_track_of_the_same_file_is_made_anew(
    video: Path, table: Path, known: dict[str, Any]
) -> None:
    whole = table.read_bytes()
    change_source(table, **known)
    assert not extract_video(video, table).reused
    assert table.read_bytes() == whole


# Another value for every choice about reading frames: whoever adds one adds its value here.
OTHER_READING = {"sample_fps": 10, "max_height": 120}


def test_every_choice_about_reading_frames_is_tried_below() -> None:
    assert set(OTHER_READING) == set(ReadingOptions.model_fields)


@pytest.mark.parametrize(
    "other",
    [*({name: value} for name, value in OTHER_READING.items()), {"chunk_s": 60.0}, {"keep_mesh": True}],
)
def test_every_option_that_decides_numbers_makes_tables_anew(
    video: Path, table: Path, other: dict[str, Any]
) -> None:
    options = ExtractionOptions(**other)
    assert find_extraction(table, "v.mp4", hash_file(video), ExtractionOptions()) is not None
    assert find_extraction(table, "v.mp4", hash_file(video), options) is None
    assert find_extraction(table, "w.mp4", hash_file(video), ExtractionOptions()) is None
    assert find_extraction(table, "v.mp4", "0" * 64, ExtractionOptions()) is None


def test_a_table_of_the_version_before_is_read_and_kept(video: Path, table: Path) -> None:
    new = read_frame_table(table)
    make_old(table)
    before = table.read_bytes()
    old = read_frame_table(table)
    assert tuple(old.frames.columns) == COLUMNS
    assert old.frames[CUT].isna().all()
    later = [CUT, *SIDES]
    assert old.frames.drop(columns=CUT).equals(new.frames.drop(columns=later))
    assert old.metadata.reading == new.metadata.reading
    assert (old.metadata.counts, old.metadata.motionsig_version) == (None, "0.1.0")

    again = extract_video(video, table, on_frame=lambda: pytest.fail("a frame was decoded"))
    assert again.reused
    assert (again.frames, again.body_frames, again.face_frames) == (22, 20, 20)
    assert table.read_bytes() == before
    assert not extract_video(video, table, ExtractionOptions(max_height=120)).reused


def test_a_mesh_of_the_version_before_is_kept_with_its_table(video: Path, tmp_path: Path) -> None:
    table, options = tmp_path / "v.parquet", ExtractionOptions(keep_mesh=True)
    extract_video(video, table, options)
    mesh = find_mesh_table(table)
    assert read_mesh_metadata(mesh) == read_metadata(table)
    make_old(table)
    assert not extract_video(video, table, options).reused, "the mesh is another run's"
    make_old(table)
    make_old(mesh)
    assert read_mesh_metadata(mesh) == read_metadata(table)
    assert extract_video(video, table, options).reused


def test_a_table_of_the_version_before_is_made_anew_for_who_needs_the_sides_only(
    video: Path, table: Path, first: Path
) -> None:
    make_old(table)
    name, sha256, needed = "v.mp4", hash_file(video), ExtractionOptions(sides=True)
    assert find_extraction(table, name, sha256, ExtractionOptions()) is not None
    assert find_extraction(table, name, sha256, needed) is None
    with pytest.raises(TableError, match=r"an earlier version.*Delete it, then extract the video again"):
        read_with_sides(table)
    table.unlink()
    extract_video(video, table)
    assert read_with_sides(table).frames.equals(read_frame_table(first).frames)
    assert find_extraction(table, name, sha256, needed) is not None


def test_a_table_of_the_version_before_with_its_mesh_serves_who_needs_the_sides(
    video: Path, tmp_path: Path
) -> None:
    table, needed = tmp_path / "v.parquet", ExtractionOptions(sides=True)
    extract_video(video, table, ExtractionOptions(keep_mesh=True))
    made = read_frame_table(table)
    for path in (table, find_mesh_table(table)):
        make_old(path)
    assert find_extraction(table, "v.mp4", hash_file(video), needed) is not None
    taken = read_with_sides(table).frames
    np.testing.assert_allclose(taken[[*SIDES]], made.frames[[*SIDES]], rtol=0, atol=1e-3)
    find_mesh_table(table).write_bytes(b"damaged")
    assert find_extraction(table, "v.mp4", hash_file(video), needed) is None


def test_a_reader_that_has_no_sides_is_refused_to_who_needs_them(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MeshReader, "columns", FACE_COLUMNS)
    with pytest.raises(InputError, match="does not measure the sides of the face"):
        extract_video(video, tmp_path / "v.parquet", ExtractionOptions(sides=True))


def test_chunks_that_were_kept_with_fewer_columns_are_not_read(first: Path) -> None:
    """What a tracker writes down for each frame depends on the columns that are made of it."""
    metadata = read_metadata(first)
    made_now = Recipe(metadata.reading, metadata.chunks, metadata.further_columns, keep_mesh=False)
    made_before = replace(made_now, further_columns=())
    assert made_now.fingerprint("0" * 64) != made_before.fingerprint("0" * 64)
    assert made_now.fingerprint("0" * 64) == replace(made_now, sides=True).fingerprint("0" * 64)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.replace(b'"frames":22', b'"frames":23'),
        lambda content: content.replace(b'"frames":22', b'"frames":00'),
        lambda content: content.replace(b'"body_frames":20', b'"body_frames":23'),
        lambda content: content.replace(b'"face_frames":20', b'"face_frames":-1'),
        lambda content: content.replace(b'"read_s":0.88', b'"read_s":1e30'),
        lambda content: content.replace(b'"schema_version":2', b'"schema_version":-3'),
        lambda content: content.replace(b'"schema_version":2', b'"schema_version":"3"'),
        lambda content: content.replace(b'"schema_version":2', b'"schema_version":99.0'),
        lambda content: content.replace(b'"chunk_s"', b'"chunk_x"'),
        lambda content: content.replace(b'"schema_version":2', b'"schema_version":1'),
    ],
)
def test_metadata_that_cannot_be_right_are_refused_and_the_table_is_made_anew(
    video: Path, table: Path, spoil: Any
) -> None:
    rows = pq.read_table(table)
    content = spoil(rows.schema.metadata[b"motionsig"])
    assert content != rows.schema.metadata[b"motionsig"]
    pq.write_table(rows.replace_schema_metadata({b"motionsig": content}), table)
    with pytest.raises(TableError, match="Extract the video again"):
        read_metadata(table)
    assert not extract_video(video, table).reused


def test_a_table_with_other_columns_than_it_says_is_made_anew(video: Path, table: Path) -> None:
    pq.write_table(pq.read_table(table).drop_columns(["nose_x"]), table)
    with pytest.raises(TableError, match="missing columns nose_x"):
        read_metadata(table)
    assert not extract_video(video, table).reused


def test_a_mesh_with_other_rows_than_it_says_is_made_anew(video: Path, tmp_path: Path) -> None:
    table, options = tmp_path / "v.parquet", ExtractionOptions(keep_mesh=True)
    mesh = find_mesh_table(extract_video(video, table, options).table)
    whole = mesh.read_bytes()
    pq.write_table(pq.read_table(mesh).slice(0, 21), mesh)
    with pytest.raises(TableError, match="does not hold what its metadata says"):
        read_mesh_metadata(mesh)
    assert not extract_video(video, table, options).reused
    assert mesh.read_bytes() == whole


@pytest.mark.parametrize("column", ["time_s", "AU12_r", "cut"])
def test_a_bit_that_flips_on_the_disk_is_noticed_and_what_helps_is_said(table: Path, column: str) -> None:
    """A second run reads no row, so it cannot notice: the table must be deleted."""
    group = pq.read_metadata(table).row_group(0)
    (chunk,) = (c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == column)
    content = bytearray(table.read_bytes())
    content[chunk.data_page_offset + chunk.total_compressed_size - 1] ^= 1
    table.write_bytes(content)
    with pytest.raises(TableError, match=r"damaged.*Delete it, then extract the video again"):
        read_frame_table(table)


def test_cuts_of_the_picture_are_written_down(tmp_path: Path) -> None:
    here, there = portrait(240), np.ascontiguousarray(portrait(240, turn_deg=15)[:, ::-1] // 3)
    path = write_video(tmp_path / "cut.mp4", [here] * 20 + marked_frames(4, 240, 240) + [there] * 20, fps=25)
    table = read_frame_table(extract_video(path, tmp_path / "cut.parquet").table)
    assert set(table.frames[CUT]) == {0.0, 1.0}
    assert 20 in np.flatnonzero(table.frames[CUT])
    assert table.frames[CUT].iloc[:20].sum() == 0, "the first frame begins no other scene"


class GenerousReader(MeshReader):
    """Measures two action units more: a constant, and one that is missing."""

    columns = (*MeshReader.columns, "AU11_r", "AU43_r")

    def measure(self, readings: Any) -> Any:
        known = super().measure(readings)
        more = np.full((len(known), 2), np.nan)
        more[:, 0] = 0.5
        return np.column_stack([known, more])


def test_what_a_reader_measures_beyond_the_contract_follows_it(
    video: Path, first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract.extraction, "find_face_reader", lambda *_, **__: GenerousReader())
    made = extract_video(video, tmp_path / "v.parquet")
    assert made.metadata.further_columns == (*SIDES, "AU11_r", "AU43_r")
    read = read_frame_table(made.table)
    assert tuple(read.frames.columns) == (*COLUMNS, *SIDES, "AU11_r", "AU43_r")
    assert (read.frames["AU11_r"] == 0.5).all()
    assert read.frames["AU43_r"].isna().all()
    assert read.frames.drop(columns=["AU11_r", "AU43_r"]).equals(read_frame_table(first).frames)
    assert extract_video(video, made.table).reused


@pytest.mark.parametrize(
    "names",
    [
        ("AU1_r",),
        ("AU12_r",),
        ("AU\u0661\u0661_r",),
        ("cut",),
        ("nose_x",),
        ("smile",),
        ("right_smile",),
        ("AU11_r", "AU11_r"),
        ("chin_x", "chin_x"),
    ],
)
def test_further_columns_are_known_measures_or_named_as_action_units_each_once(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setattr(GenerousReader, "columns", (*FACE_COLUMNS, *names))
    monkeypatch.setattr(extract.extraction, "find_face_reader", lambda *_, **__: GenerousReader())
    with pytest.raises(ValueError, match="an action unit that is not among the 16, named like AU11_r"):
        extract_video(video, tmp_path / "v.parquet", on_frame=lambda: pytest.fail("a frame was decoded"))


@pytest.mark.parametrize("name", ["mesh", "py-feat"])
def test_every_reader_begins_with_the_contracts_columns(name: str) -> None:
    assert find_face_reader(name).columns[: len(FACE_COLUMNS)] == FACE_COLUMNS


@pytest.mark.parametrize("reader", [find_body_reader("pose"), find_face_reader("mesh")])
def test_the_version_of_a_reader_names_the_mediapipe_whose_networks_it_runs(
    reader: BodyReader | FaceReader,
) -> None:
    """Versions alone decide what is compared; `test_pyfeat` holds py-feat to it."""
    identity = reader.describe()
    assert identity.version.startswith(f"{MEDIAPIPE}-")
    assert identity.weights.items() <= SHA256.items()


def test_a_table_of_a_newer_schema_is_refused(table: Path) -> None:
    rows = pq.read_table(table)
    newer = FrameTableMetadata.model_validate_json(rows.schema.metadata[b"motionsig"]).model_copy(
        update={"schema_version": 3}
    )
    pq.write_table(rows.replace_schema_metadata({b"motionsig": newer.model_dump_json()}), table)
    with pytest.raises(TableError, match=r"newer version of motionsig \(frame table schema 3\)"):
        read_metadata(table)
