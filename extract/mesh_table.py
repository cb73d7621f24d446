"""The mesh table: every point of the face in every frame, for richer descriptions later.

One Parquet file a video, ``<stem>.mesh.parquet`` beside its frame table, one row a decoded frame. ``frame``
and ``time_s`` are those of the frame table. ``scale``, ``pitch``, ``yaw``, ``roll``, ``shift_x``, ``shift_y``
and ``shift_z`` are the rigid fit (`extract.mesh_geometry.RigidFit`) that maps the points into the picture.
``points`` are 1434 half-precision numbers, x, y and z of each of MediaPipe's 478 points in turn, in the axes
and unit of the reference face (`extract.reference_face`). Without a face all of them are NaN. The schema
metadata say what those of the frame table say, under a key of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.face import MESH_WIDTH
from extract.frame_table import FrameTableMetadata, decode_metadata
from extract.mesh_geometry import Points, RigidFit, rotate_by_euler
from extract.mesh_reader import restore_fits
from extract.reading import FrameReadings
from ground.errors import TableError
from ground.files import replace_when_complete

if TYPE_CHECKING:
    import pyarrow as pa

MESH_SUFFIX: Final = ".mesh.parquet"
_FIT: Final = ("scale", "pitch", "yaw", "roll", "shift_x", "shift_y", "shift_z")
_METADATA_KEY: Final = b"motionsig-mesh"
_ROW_GROUP: Final = 1024  # 3 MB, so that a part of a long video can be read


def _schema() -> pa.Schema:
    import pyarrow as pa

    fit = [(name, pa.float32()) for name in _FIT]
    points = ("points", pa.list_(pa.float16(), MESH_WIDTH))
    return pa.schema([("frame", pa.int64()), ("time_s", pa.float64()), *fit, points])


@dataclass(frozen=True)
class MeshTable:
    """A mesh table in memory.

    Attributes
    ----------
    frames
        int64, shape (frames,): 0-based index of each decoded frame.
    times_s
        float64, shape (frames,): seconds since the first decoded frame.
    points
        float16, shape (frames, 478, 3), aligned: the unit is the distance between the outer eye corners; NaN
        where no face was found.
    fits
        float32, shape (frames, 7): scale, pitch, yaw, roll and shift (x, y, z) of the rigid fit.
    metadata
        Of the frame table that was written with it.
    """

    frames: npt.NDArray[np.int64]
    times_s: npt.NDArray[np.float64]
    points: npt.NDArray[np.float16]
    fits: npt.NDArray[np.float32]
    metadata: FrameTableMetadata

    def points_in_pixels(self, row: int) -> Points | None:
        """Return the mesh of one row where it is in the upright picture, or None without a face.

        Returns
        -------
        ndarray or None
            float64, shape (478, 3): x, y and depth, pixels; precise to about 0.05 % of the face's width.
        """
        scale, pitch, yaw, roll, *shift = self.fits[row].astype(np.float64)
        if np.isnan(scale):
            return None
        fit = RigidFit(float(scale), rotate_by_euler(pitch, yaw, roll), np.array(shift))
        return fit.place(self.points[row].astype(np.float64))


def find_mesh_table(table: Path) -> Path:
    """Return where the mesh table of a frame table lies, whether there is one or not."""
    return table.with_name(table.stem + MESH_SUFFIX)


def write_mesh_table(
    path: Path, readings: FrameReadings, metadata: FrameTableMetadata, *, growing_in: Path | None = None
) -> None:
    """Write the mesh that was kept while a video was read.

    Parameters
    ----------
    path
        Where the file goes; it appears there only when complete.
    readings
        Of the whole video, by a mesh reader that kept the mesh.
    metadata
        Of the frame table of the same readings.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    points = pa.FixedSizeListArray.from_arrays(pa.array(readings.mesh.ravel()), MESH_WIDTH)
    fits = restore_fits(readings.face)
    # Pictures may have been made smaller for reading: scale and shift back to pixels of the video.
    fits[:, [0, 5, 6]] *= readings.scale[:, 1:]
    fits[:, [4]] *= readings.scale[:, :1]
    columns = [
        pa.array(readings.indices),
        pa.array(readings.times_s),
        *map(pa.array, fits.astype(np.float32).T),
        points,
    ]
    schema = _schema().with_metadata({_METADATA_KEY: metadata.model_dump_json()})
    rows = pa.Table.from_arrays(columns, schema=schema)
    with replace_when_complete(path, growing_in=growing_in) as partial, partial.open("wb") as stream:
        pq.write_table(
            rows,
            stream,
            row_group_size=_ROW_GROUP,
            compression="zstd",
            use_dictionary=False,
            use_byte_stream_split=["points.list.element"],  # takes a third off the size
            write_page_checksum=True,
        )


def read_mesh_table(path: Path) -> MeshTable:
    """Read a mesh table; an hour of video takes some 350 MB of memory.

    Raises
    ------
    TableError
        When the file is damaged or is no mesh table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as stream:
            table = pq.read_table(stream, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise TableError(
            f"{path} is not a readable Parquet file ({first_line}). Delete it, then extract the video again "
            "with `motionsig extract --keep-mesh`."
        ) from error
    stored = table.schema.metadata or {}
    if _METADATA_KEY not in stored or not table.schema.equals(_schema()):
        raise TableError(f"{path} is not a mesh table. Make one with `motionsig extract --keep-mesh`.")
    metadata = _decode_metadata(stored, path)
    points = table["points"].combine_chunks().flatten().to_numpy().reshape(table.num_rows, -1, 3)
    fits = np.column_stack([table[name].to_numpy() for name in _FIT])
    return MeshTable(table["frame"].to_numpy(), table["time_s"].to_numpy(), points, fits, metadata)


def read_mesh_metadata(path: Path) -> FrameTableMetadata:
    """Read the metadata of a mesh table without its rows.

    Raises
    ------
    TableError
        When the file is absent, damaged or no mesh table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as stream:
            contents = pq.read_metadata(stream)
        schema = contents.schema.to_arrow_schema()
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is not a readable Parquet file. Extract the video again.") from error
    metadata = _decode_metadata(contents.metadata or {}, path)
    is_whole = metadata.counts is None or metadata.counts.frames == contents.num_rows
    if not (is_whole and schema.equals(_schema())):
        raise TableError(f"{path} does not hold what its metadata says. Extract the video again.")
    return metadata


def _decode_metadata(stored: dict[bytes, bytes], path: Path) -> FrameTableMetadata:
    if _METADATA_KEY not in stored:
        raise TableError(f"{path} is not a mesh table. Make one with `motionsig extract --keep-mesh`.")
    return decode_metadata(stored[_METADATA_KEY], path)
