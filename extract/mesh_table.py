"""The mesh table: every point of the face in every frame, for richer descriptions later.

One Parquet file a video, ``<stem>.mesh.parquet`` beside its frame table, one row a decoded frame: ``frame`` and
``time_s`` as in the frame table; ``scale``, ``pitch``, ``yaw``, ``roll``, ``shift_x``, ``shift_y`` and
``shift_z``, the rigid fit (`extract.mesh_geometry.RigidFit`) that maps the points into the picture; ``points``,
1434 half-precision numbers, x, y and z of each of MediaPipe's 478 points after the other, in the axes and unit
of the reference face (`extract.reference_face`). Without a face all of them are NaN. The schema metadata are
those of the frame table, under a key of their own, so that neither is taken for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.errors import TableError
from extract.face import MESH_WIDTH
from extract.files import replace_when_complete
from extract.frame_table import FrameTableMetadata, encode_metadata, read_metadata
from extract.mesh_geometry import Points, RigidFit, rotate_by_euler
from extract.mesh_reader import restore_fits
from extract.reading import FrameReadings

MESH_SUFFIX: Final = ".mesh.parquet"
_FIT: Final = ("scale", "pitch", "yaw", "roll", "shift_x", "shift_y", "shift_z")
_COLUMNS: Final = ("frame", "time_s", *_FIT, "points")
_ROW_GROUP: Final = 1024  # 3 MB, so that a part of a long video can be read


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


def write_mesh_table(path: Path, readings: FrameReadings, metadata: FrameTableMetadata) -> None:
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
    fits = restore_fits(readings.face).astype(np.float32)
    columns = [pa.array(readings.indices), pa.array(readings.times_s), *map(pa.array, fits.T), points]
    rows = pa.Table.from_arrays(columns, names=list(_COLUMNS), metadata=encode_metadata(metadata))
    with replace_when_complete(path) as partial:
        pq.write_table(rows, partial, row_group_size=_ROW_GROUP, compression="zstd", use_dictionary=False)


def read_mesh_table(path: Path) -> MeshTable:
    """Read a mesh table; an hour of video takes some 350 MB of memory.

    Raises
    ------
    TableError
        When the file is damaged or is no mesh table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    metadata = read_metadata(path)
    try:
        with path.open("rb") as stream:
            table = pq.read_table(stream)
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is damaged ({error}); extract the video again.") from error
    if tuple(table.column_names) != _COLUMNS or table.schema.field("points").type.list_size != MESH_WIDTH:
        raise TableError(f"{path} is no mesh table; make one with `motionsig extract --keep-mesh`.")
    points = table["points"].combine_chunks().flatten().to_numpy().reshape(table.num_rows, -1, 3)
    fits = np.column_stack([table[name].to_numpy() for name in _FIT])
    return MeshTable(table["frame"].to_numpy(), table["time_s"].to_numpy(), points, fits, metadata)
