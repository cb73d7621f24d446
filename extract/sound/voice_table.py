"""The voice table: how the voice goes, a hundred times a second.

One Parquet file a video, ``<stem>.voice.parquet`` beside its frame table, on the same clock. It has an
identity of its own: it is made anew when the video or what measures the voice changes, and no frame is read
for that. Nobody can hear from it what was said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from extract.description import Backend
from extract.frame_table import FrameTableMetadata
from extract.limits import Limits
from extract.sound.sound import RATE_HZ, Sound
from extract.sound.source import SoundSource
from extract.sound.voice import VOICE_COLUMNS, VOICE_RATE_HZ, describe_voice_reader, measure_voice
from extract.unpacked_size import check_unpacked_size
from ground.errors import TableError
from ground.files import refuse_special_file, replace_when_complete
from ground.records import Record

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

VOICE_SUFFIX: Final = ".voice.parquet"
_METADATA_KEY: Final = b"motionsig-voice"
_SCHEMA: Final = 1
# What can be measured, of each of `VOICE_COLUMNS`; no other numbers are ours.
_LEAST: Final = (1.0, 0.0, -200.0, 0.0, -1000.0, -200.0, -200.0, -200.0)
_MOST: Final = (RATE_HZ / 2, 1.0, 200.0, RATE_HZ / 2 + 1, 1000.0, 200.0, 200.0, 200.0)


class VoiceMetadata(Record):
    """The JSON in the schema metadata of a voice table.

    Attributes
    ----------
    schema_version
        Of the table.
    video_sha256
        Of the video file.
    start_s
        Of the video's first picture, on the container's clock: the table's time 0.
    reader
        What measured the voice.
    sound
        What is known of the sound.
    """

    schema_version: Literal[1] = _SCHEMA
    video_sha256: str
    start_s: float
    reader: Backend
    sound: SoundSource


@dataclass(frozen=True)
class VoiceTable:
    """A voice table in memory.

    Attributes
    ----------
    values
        float64, shape (moments, 8): the columns `VOICE_COLUMNS` as `extract.sound.voice.measure_voice` gives
        them, row k for the time k / 100 s after the first picture; none where there is no sound.
    metadata
        Where they come from.
    """

    values: NDArray[np.float64]
    metadata: VoiceMetadata

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Time of each row, seconds, on the clock of the frame table."""
        return np.arange(len(self.values)) / VOICE_RATE_HZ


def find_voice_table(table: Path) -> Path:
    """Return where the voice table of a frame table lies, whether there is one or not."""
    return table.with_name(table.stem + VOICE_SUFFIX)


def make_voice_table(
    video: Path,
    table: Path,
    metadata: FrameTableMetadata,
    limits: Limits,
    *,
    growing_in: Path | None = None,
) -> SoundSource:
    """Measure the voice of a video, unless its voice table is there already.

    Parameters
    ----------
    video
        The video file.
    table
        Its frame table, which is there.
    metadata
        Of the frame table, with `counts`.
    limits
        What reading may cost.
    growing_in
        As of `ground.files.replace_when_complete`.

    Returns
    -------
    SoundSource
        What is known of the sound.

    Raises
    ------
    VideoError
        When the file cannot be opened any more, or reading takes longer than the limits allow.
    InputError
        When the table cannot be written.
    """
    made = find_made_voice(table, metadata)
    if made is not None:
        return made
    counts = metadata.counts
    assert counts is not None
    sound = Sound(video, metadata.source, counts.read_s, limits)
    values = measure_voice(sound.iter_blocks())
    source = sound.describe()
    if source.lack is not None:
        values = values[:0]
    made_now = VoiceTable(values, _describe(metadata, source))
    write_voice_table(made_now, find_voice_table(table), growing_in=growing_in)
    return source


def find_made_voice(table: Path, metadata: FrameTableMetadata) -> SoundSource | None:
    """Return what is known of the sound where the voice table of a frame table is what would be made."""
    path = find_voice_table(table)
    if not path.exists():
        return None
    try:
        made = _read_metadata(path)
    except TableError:
        return None  # it will be written over
    return made.sound if made == _describe(metadata, made.sound) else None


def write_voice_table(table: VoiceTable, path: Path, *, growing_in: Path | None = None) -> None:
    """Write a voice table; it appears only when complete.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema().with_metadata({_METADATA_KEY: table.metadata.model_dump_json()})
    columns = [pa.array(table.time_s), *(pa.array(column.astype(np.float32)) for column in table.values.T)]
    rows = pa.Table.from_arrays(columns, schema=schema)
    with replace_when_complete(path, growing_in=growing_in) as partial, partial.open("wb") as stream:
        pq.write_table(rows, stream, compression="zstd", use_dictionary=False, write_page_checksum=True)


def read_voice_of(table: Path, metadata: FrameTableMetadata) -> VoiceTable | None:
    """Read the voice table beside a frame table.

    Parameters
    ----------
    table
        The frame table.
    metadata
        Of the frame table.

    Returns
    -------
    VoiceTable or None
        None where there is none, as beside tables of older versions, or where it is of another video.

    Raises
    ------
    TableError
        When it is there and damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = find_voice_table(table)
    if not path.exists():
        return None
    found = _read_metadata(path)
    if found.video_sha256 != metadata.source.sha256:
        return None
    try:
        with path.open("rb") as stream:
            rows = pq.read_table(stream, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise _refuse(path) from error
    values = np.column_stack([rows[name].to_numpy() for name in VOICE_COLUMNS]).astype(np.float64)
    if (values < _LEAST).any() or (values > _MOST).any():
        raise _refuse(path)
    return VoiceTable(values, found)


def _describe(metadata: FrameTableMetadata, sound: SoundSource) -> VoiceMetadata:
    source = metadata.source
    return VoiceMetadata(
        video_sha256=source.sha256, start_s=source.start_s, reader=describe_voice_reader(), sound=sound
    )


def _read_metadata(path: Path) -> VoiceMetadata:
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_special_file(path, TableError)
    try:
        with path.open("rb") as stream:
            contents = pq.read_metadata(stream)
        check_unpacked_size(contents, path)
        if not contents.schema.to_arrow_schema().equals(_schema()):
            raise _refuse(path)
        return VoiceMetadata.model_validate(json.loads((contents.metadata or {})[_METADATA_KEY]))
    except (pa.ArrowException, OSError, ValueError, KeyError, RecursionError) as error:
        raise _refuse(path) from error


def _refuse(path: Path) -> TableError:
    return TableError(
        f"{path} is no voice table of this version, or it is damaged. Delete it, then extract the video "
        "again: only its sound is read."
    )


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("time_s", pa.float64()), *((name, pa.float32()) for name in VOICE_COLUMNS)])
