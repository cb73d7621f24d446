"""The table of tracks: who is where in each shot of a video.

One Parquet file a video, ``<stem>.tracks.parquet`` beside its frame table, one row a track: one person's face
from the time that it is found in a shot to the time that it is lost, looked at about once a second. It holds
embeddings and small pictures of faces, which are personal data: whoever hands out frame tables may leave it
out, and loses the strip of the report, the check of labels and the face that a model keeps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import FrameTableMetadata, decode_metadata
from extract.people.person import EMBEDDING_WIDTH, Embedding
from extract.unpacked_size import check_unpacked_size
from ground.errors import TableError
from ground.files import refuse_special_file, replace_when_complete

if TYPE_CHECKING:
    import pyarrow as pa

TRACKS_SUFFIX: Final = ".tracks.parquet"
_METADATA_KEY: Final = b"motionsig-tracks"
_MOST_BYTES: Final = 64 * 1024  # of one picture
_MOST_PICTURES: Final = 2**29  # bytes of all pictures
_MOST_ROWS: Final = 200_000
_LARGEST_COSINE: Final = 1.01  # 1, rounded


@dataclass(frozen=True)
class Track:
    """One face through one shot.

    Attributes
    ----------
    shot
        Number of the shot, from 0.
    start_s, end_s
        When it was found, and when it was seen last or the shot ended, seconds as `time_s` of the frame
        table.
    person
        Whose face it is, from 1; of those whom the first look through the video found, 1 is seen most. 0
        where it cannot be told.
    chosen
        Whether it is the person whom the frame table measures.
    similarity
        Cosine of the track's mean embedding and the chosen person's in this video, or the reference's where
        the person was not found, -1 to 1; NaN without one.
    looks
        In how many of the pictures that were looked at the face was found.
    left, top, width, height
        Where it was, median, px of the video's first upright picture.
    embedding
        float32, shape (128,), of length 1: the mean direction of the track; NaN where it is too small.
    picture
        The face as a JPEG of 96 x 96 px; empty where there is none.
    """

    shot: int
    start_s: float
    end_s: float
    person: int
    chosen: bool
    similarity: float
    looks: int
    left: float
    top: float
    width: float
    height: float
    embedding: Embedding
    picture: bytes


@dataclass(frozen=True)
class TracksTable:
    """The tracks of one video in order of time, and the shots that they lie in.

    Attributes
    ----------
    tracks
        In order of `start_s`.
    metadata
        Of the frame table that was written with it.
    """

    tracks: tuple[Track, ...]
    metadata: FrameTableMetadata


def find_tracks_table(table: Path) -> Path:
    """Return where the table of tracks of a frame table lies, whether there is one or not."""
    return table.with_name(table.stem + TRACKS_SUFFIX)


def _schema() -> pa.Schema:
    import pyarrow as pa

    place = [(name, pa.float64()) for name in ("left", "top", "width", "height")]
    return pa.schema(
        [
            ("shot", pa.int64()),
            ("start_s", pa.float64()),
            ("end_s", pa.float64()),
            ("person", pa.int64()),
            ("chosen", pa.bool_()),
            ("similarity", pa.float64()),
            ("looks", pa.int64()),
            *place,
            ("embedding", pa.list_(pa.float32(), EMBEDDING_WIDTH)),
            ("picture", pa.binary()),
        ]
    )


def write_tracks_table(
    path: Path, tracks: Sequence[Track], metadata: FrameTableMetadata, *, growing_in: Path | None = None
) -> None:
    """Write the tracks of a video; the file appears only when complete.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema().with_metadata({_METADATA_KEY: metadata.model_dump_json().encode()})
    columns = {
        name: [getattr(track, name) for track in tracks] for name in schema.names if name != "embedding"
    }
    columns["embedding"] = [track.embedding.tolist() for track in tracks]
    with replace_when_complete(path, growing_in=growing_in) as partial, partial.open("wb") as stream:
        pq.write_table(pa.Table.from_pydict(columns, schema=schema), stream, compression="zstd")


def read_tracks_table(path: Path) -> TracksTable:
    """Read a table of tracks.

    Raises
    ------
    TableError
        When the file is missing, damaged, or no table of tracks.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_special_file(path, TableError)
    try:
        with path.open("rb") as stream:
            contents = pq.read_metadata(stream)
            check_unpacked_size(contents, path)
            if contents.num_rows > _MOST_ROWS:
                raise TableError(f"{path} holds more than {_MOST_ROWS:,} tracks. Extract the video again.")
            # One picture in many rows is stored once, and must not be unpacked before it is measured.
            table = _unpack_pictures(pq.read_table(stream, read_dictionary=["picture"]))
    except (pa.ArrowException, OSError, LookupError, ValueError) as error:
        raise TableError(f"{path} is not a readable table of tracks. Extract the video again.") from error
    stored = table.schema.metadata or {}
    if _METADATA_KEY not in stored or not table.schema.remove_metadata().equals(_schema()):
        raise TableError(f"{path} is not a table of tracks. Extract the video again.")
    metadata = decode_metadata(stored[_METADATA_KEY], path)
    try:
        tracks = tuple(_check(_make_track(row)) for row in table.to_pylist())
    except (ValueError, TypeError) as error:
        raise TableError(f"{path} is damaged. Extract the video again.") from error
    return TracksTable(tracks, metadata)


def _unpack_pictures(table: pa.Table) -> pa.Table:
    """Return a table with its pictures as bytes, unless they are more than a video's can be."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = table.schema.get_field_index("picture")
    total = 0
    for chunk in table.column(place).chunks:
        if pa.types.is_dictionary(chunk.type):
            total += pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
        else:
            total += chunk.nbytes
    if total > _MOST_PICTURES:
        raise ValueError("the pictures are too large")
    return table.set_column(place, "picture", table.column(place).cast(pa.binary()))


def _make_track(row: dict[str, object]) -> Track:
    embedding = np.array(row.pop("embedding"), np.float32)
    return Track(embedding=embedding, **row)  # type: ignore[arg-type]


def _check(track: Track) -> Track:
    numbers = (track.start_s, track.end_s, track.left, track.top, track.width, track.height)
    if not all(map(math.isfinite, numbers)) or track.shot < 0 or track.person < 0 or track.looks < 0:
        raise ValueError("a number lies outside its range")
    if not (math.isnan(track.similarity) or abs(track.similarity) <= _LARGEST_COSINE):
        raise ValueError("a similarity is no cosine")
    if track.embedding.shape != (EMBEDDING_WIDTH,) or not isinstance(track.chosen, bool):
        raise ValueError("an embedding or a mark is missing")
    if track.end_s < track.start_s or len(track.picture) > _MOST_BYTES:
        raise ValueError("a track ends before it starts, or its picture is too large")
    return track
