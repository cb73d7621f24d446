"""The voice table: made once, made anew when something changes, and refused when it is not ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frame_tables import make_frames, make_table, write_table
from media import portrait
from old_tables import make_old
from sound_files import SoundTrack, play_voice, write_heard

from extract.description import Backend
from extract.extraction import extract_video, find_extraction
from extract.extraction_options import ExtractionOptions
from extract.frame_table import FrameTable, FrameTableMetadata, read_metadata
from extract.limits import Limits
from extract.sound import voice_table
from extract.sound.source import SoundSource
from extract.sound.voice import VOICE_COLUMNS
from extract.sound.voice_table import (
    VoiceMetadata,
    VoiceTable,
    find_made_voice,
    find_voice_table,
    make_voice_table,
    read_voice_of,
    write_voice_table,
)
from ground.errors import InputError, TableError
from ground.files import hash_file
from motionsig.use_cases.inputs import find_files
from simulate.sound import Sound
from simulate.video import write_video

_LIMITS = Limits()


def describe(video: Path, read_s: float = 1.0) -> FrameTableMetadata:
    """The metadata of a frame table of a video."""
    metadata = make_table(make_frames([0.0])).metadata
    assert metadata.counts is not None
    return metadata.model_copy(
        update={
            "source": metadata.source.model_copy(update={"name": video.name, "sha256": hash_file(video)}),
            "counts": metadata.counts.model_copy(update={"read_s": read_s}),
        }
    )


@pytest.fixture
def video(tmp_path: Path) -> Path:
    track = SoundTrack(play_voice(1.0, 16000), 16000)
    return write_heard(tmp_path / "v.mkv", track, picture_s=1.0)


@pytest.fixture
def table(video: Path) -> Path:
    """Where a frame table of the video would lie; its voice table is there."""
    path = video.with_suffix(".parquet")
    make_voice_table(video, path, describe(video), _LIMITS)
    return path


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the sound is read")

    monkeypatch.setattr(voice_table, "Sound", fail)


def test_a_voice_table_lies_beside_its_frame_table_and_reads_back(video: Path, table: Path) -> None:
    assert [path.name for path in table.parent.iterdir() if path != video] == ["v.voice.parquet"]
    voice = read_voice_of(table, describe(video))
    assert voice is not None
    assert voice.values.shape == (100, len(VOICE_COLUMNS))
    np.testing.assert_array_equal(voice.time_s, np.arange(100) / 100)
    stored = pq.read_table(find_voice_table(table))
    np.testing.assert_array_equal(stored["time_s"].to_numpy(), voice.time_s)
    np.testing.assert_allclose(voice.values[10:90, VOICE_COLUMNS.index("pitch_hz")], 200.0, rtol=0.01)
    assert voice.metadata.sound.track == "pcm_s16le, 16000 Hz, 1 channel"


def test_each_person_of_a_video_has_its_voice_beside_a_table_of_their_own(video: Path, table: Path) -> None:
    ones = [table.with_name(f"v.person{number}.parquet") for number in (1, 2)]
    for one in ones:
        make_voice_table(video, one, describe(video), _LIMITS)
    assert [find_voice_table(one).name for one in ones] == [
        "v.person1.voice.parquet",
        "v.person2.voice.parquet",
    ]
    assert len({find_voice_table(one).read_bytes() for one in (table, *ones)}) == 1


def test_the_same_video_gives_the_same_bytes(video: Path, table: Path) -> None:
    before = find_voice_table(table).read_bytes()
    find_voice_table(table).unlink()
    make_voice_table(video, table, describe(video), _LIMITS)
    assert find_voice_table(table).read_bytes() == before


def test_a_voice_table_that_would_be_the_same_is_left_as_it_is(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_reading(monkeypatch)
    source = make_voice_table(video, table, describe(video), _LIMITS)
    assert source == find_made_voice(table, describe(video))
    assert source.rate_hz == 16000


@pytest.mark.parametrize("changed", ["video", "start", "version", "weights"])
def test_a_voice_table_is_made_anew_when_what_it_was_made_of_changes(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    metadata = describe(video)
    reader = voice_table.describe_voice_reader()
    if changed == "video":
        write_heard(video, SoundTrack(play_voice(1.0, 16000, 300.0), 16000), picture_s=1.0)
        metadata = describe(video)
    elif changed == "start":
        source = metadata.source.model_copy(update={"start_s": 0.1})
        metadata = metadata.model_copy(update={"source": source})
    else:
        other = {"version": "0"} if changed == "version" else {"weights": {"model.onnx": "0"}}
        monkeypatch.setattr(
            voice_table, "describe_voice_reader", lambda: Backend(**{**reader.model_dump(), **other})
        )
    before = find_voice_table(table).read_bytes()
    assert find_made_voice(table, metadata) is None
    make_voice_table(video, table, metadata, _LIMITS)
    assert find_voice_table(table).read_bytes() != before
    assert find_made_voice(table, metadata) is not None


def test_the_voice_of_another_video_is_none(tmp_path: Path, table: Path) -> None:
    other = write_heard(tmp_path / "w.mkv", picture_s=0.1)
    assert read_voice_of(table, describe(other)) is None
    assert read_voice_of(tmp_path / "nothing.parquet", describe(other)) is None


def test_a_video_without_sound_has_a_voice_table_that_says_so(tmp_path: Path) -> None:
    silent = write_heard(tmp_path / "w.mkv", picture_s=1.0)
    table = tmp_path / "w.parquet"
    source = make_voice_table(silent, table, describe(silent), _LIMITS)
    voice = read_voice_of(table, describe(silent))
    assert voice is not None
    assert source.lack == voice.metadata.sound.lack == "no sound track"
    assert voice.values.shape == (0, len(VOICE_COLUMNS))


def test_a_voice_table_appears_only_when_complete(
    video: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = find_voice_table(table)
    path.unlink()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(RuntimeError, match="killed"):
        make_voice_table(video, table, describe(video), _LIMITS)
    assert list(table.parent.iterdir()) == [video]


def rewrite(path: Path, rows: pa.Table | None = None, **changes: object) -> None:
    """Write a voice table anew with other rows, or other metadata."""
    rows = rows or pq.read_table(path)
    stored = json.loads(pq.read_schema(path).metadata[b"motionsig-voice"])
    stored = {**stored, **changes}
    metadata = {b"motionsig-voice": json.dumps(stored).encode()}
    pq.write_table(rows.replace_schema_metadata(metadata), path)


def break_bytes(path: Path) -> None:
    path.write_bytes(b"no Parquet")


def break_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)


def drop_column(path: Path) -> None:
    rewrite(path, pq.read_table(path).drop_columns(["tilt_db"]))


def drop_metadata(path: Path) -> None:
    pq.write_table(pq.read_table(path).replace_schema_metadata(), path)


def claim_another_schema(path: Path) -> None:
    rewrite(path, schema_version=2)


def claim_to_begin_nowhere(path: Path) -> None:
    rewrite(path, start_s=float("nan"))


def claim_too_much(path: Path) -> None:
    sound = SoundSource(rate_hz=8000).model_dump()
    rewrite(path, sound={**sound, "clipped": 1e300})


def nest_deeply(path: Path) -> None:
    rows = pq.read_table(path)
    metadata = {b"motionsig-voice": b"[" * 100_000}
    pq.write_table(rows.replace_schema_metadata(metadata), path)


def fill_with(column: str, value: float) -> object:
    def fill(path: Path) -> None:
        rows = pq.read_table(path)
        place = rows.schema.get_field_index(column)
        values = pa.array(np.full(len(rows), value, np.float32))
        rewrite(path, rows.set_column(place, rows.schema.field(place), values))

    return fill


@pytest.mark.parametrize(
    "spoil",
    [
        break_bytes,
        break_middle,
        drop_column,
        drop_metadata,
        claim_another_schema,
        claim_to_begin_nowhere,
        claim_too_much,
        nest_deeply,
        fill_with("pitch_hz", 0.0),
        fill_with("pitch_hz", np.inf),
        fill_with("voicing", 2.0),
        fill_with("loudness_db", -1e30),
        fill_with("tilt_db", 1e38),
    ],
)
def test_what_is_no_voice_table_is_refused_and_the_advice_helps(
    video: Path, table: Path, spoil: object
) -> None:
    path = find_voice_table(table)
    whole = path.read_bytes()
    assert callable(spoil)
    spoil(path)
    with pytest.raises(TableError, match="Delete it, then extract the video again: only its sound is read"):
        read_voice_of(table, describe(video))
    path.unlink()
    make_voice_table(video, table, describe(video), _LIMITS)
    assert path.read_bytes() == whole


def test_a_voice_table_that_unpacks_to_gigabytes_is_refused(video: Path, table: Path) -> None:
    path = find_voice_table(table)
    rows = pq.read_table(path)
    nothing = pa.nulls(4_000_000, pa.float32())
    columns = [pa.nulls(len(nothing), pa.float64()), *[nothing] * len(VOICE_COLUMNS)]
    pq.write_table(pa.Table.from_arrays(columns, schema=rows.schema), path, compression="zstd")
    assert path.stat().st_size < 1e6
    with pytest.raises(TableError, match="far more than a table of measurements"):
        read_voice_of(table, describe(video))
    make_voice_table(video, table, describe(video), _LIMITS)
    assert read_voice_of(table, describe(video)) is not None


def test_a_folder_in_the_place_of_a_voice_table_is_said(video: Path, tmp_path: Path) -> None:
    table = tmp_path / "v.parquet"
    find_voice_table(table).mkdir()
    with pytest.raises(InputError, match="is a folder"):
        make_voice_table(video, table, describe(video), _LIMITS)
    with pytest.raises(TableError, match="not a regular file"):
        read_voice_of(table, describe(video))


def test_voice_tables_are_not_taken_for_frame_tables(tmp_path: Path) -> None:
    frames = make_table(make_frames([0.0, 0.04]), "v.mp4")
    path = write_table(frames, tmp_path)
    write_voice_table(make_voiceless(frames), find_voice_table(path))
    assert find_files([tmp_path], {".parquet"}, "frame table") == [path]


def make_voiceless(table: FrameTable) -> VoiceTable:
    metadata = VoiceMetadata(
        video_sha256=table.metadata.source.sha256,
        start_s=0.0,
        reader=voice_table.describe_voice_reader(),
        sound=SoundSource(lack="no sound track"),
    )
    return VoiceTable(np.empty((0, len(VOICE_COLUMNS))), metadata)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A video of half a second of a real face with a voice, and its frame table."""
    folder = tmp_path_factory.mktemp("extracted")
    video = folder / "v.mp4"
    sound = Sound(play_voice(0.5, 16000).astype(np.float32), 16000)
    write_video(video, [portrait(240)] * 6, 12, sounds=[sound])
    return video, extract_video(video, folder / "v.parquet").table


def test_an_extracted_video_has_a_voice_and_it_belongs_to_all_of_the_picture(
    extracted: tuple[Path, Path],
) -> None:
    _, table = extracted
    metadata = read_metadata(table)
    voice = read_voice_of(table, metadata)
    assert voice is not None
    assert metadata.counts is not None
    assert len(voice.values) == round(100 * metadata.counts.read_s)
    np.testing.assert_allclose(np.nanmedian(voice.values[:, 0]), 200.0, rtol=0.01)


def test_a_table_without_a_voice_gains_one_and_no_frame_is_read(
    extracted: tuple[Path, Path],
) -> None:
    video, table = extracted
    before, voice = table.read_bytes(), find_voice_table(table).read_bytes()
    find_voice_table(table).unlink()
    options = ExtractionOptions()
    assert find_extraction(table, video.name, hash_file(video), options) is None, "its sound is still to read"

    assert extract_video(video, table, options, on_frame=lambda: pytest.fail("a frame was decoded")).reused
    assert table.read_bytes() == before
    assert find_voice_table(table).read_bytes() == voice
    found = find_extraction(table, video.name, hash_file(video), options)
    assert found is not None
    assert found.sound.rate_hz == 16000


def test_a_table_of_an_older_version_gains_its_voice_and_keeps_its_bytes(
    extracted: tuple[Path, Path], tmp_path: Path
) -> None:
    video, table = extracted
    old = tmp_path / "v.parquet"
    old.write_bytes(table.read_bytes())
    make_old(old)
    before = old.read_bytes()
    assert read_voice_of(old, read_metadata(old)) is None
    assert extract_video(video, old, on_frame=lambda: pytest.fail("a frame was decoded")).reused
    assert old.read_bytes() == before
    assert find_voice_table(old).read_bytes() == find_voice_table(table).read_bytes()
