"""One-sided measures for whoever needs them: from the frame table, or from the mesh table of an older one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from extract.frame_table import SIDES, FrameTable, FrameTableMetadata, read_frame_table
from extract.mesh_face import Face
from extract.mesh_reader import MeshReader
from extract.mesh_sides import SIDE_POINTS, measure_sides
from extract.mesh_table import MeshTable, find_mesh_table, read_mesh_metadata, read_mesh_table
from ground.errors import TableError
from ground.files import to_path

_POINTS: Final = sorted(SIDE_POINTS)


def lacks_sides(table: Path, metadata: FrameTableMetadata) -> bool:
    """Return whether a frame table would have one-sided measures if it were made today, and has none.

    Those that can be taken from a mesh table count as there, and other readers give none. No rows are read.
    """
    if _are_in(metadata) or metadata.reading.face.name != MeshReader.backend_name:
        return False
    try:
        return not _is_same_reading(metadata, read_mesh_metadata(find_mesh_table(table)))
    except TableError:
        return True


def read_with_sides(path: str | Path) -> FrameTable:
    """Read a frame table that has the columns `SIDES`.

    A table that was made before they existed gets them from its mesh table, by the same formulas. Points are
    in half precision there, so such values differ by up to 0.0007 from those of a table that is made today.

    Parameters
    ----------
    path
        A frame table, of the mesh reader.

    Raises
    ------
    TableError
        When it has no such columns and no mesh table of the same reading lies beside it, or one of the two
        cannot be read.
    """
    path = to_path(path)
    table = read_frame_table(path)
    if _are_in(table.metadata):
        return table
    _check_reader(table.metadata, path)
    mesh_path = find_mesh_table(path)
    if not mesh_path.exists():
        raise TableError(
            f"{path} lacks the one-sided measures of the face, because an earlier version of motionsig made "
            "it. Delete it, then extract the video again."
        )
    mesh = read_mesh_table(mesh_path)
    same_rows = np.array_equal(mesh.frames, table.frames["frame"])
    if not (same_rows and _is_same_reading(table.metadata, mesh.metadata)):
        raise TableError(
            f"{path} lacks the one-sided measures of the face, because an earlier version of motionsig made "
            f"it, and {mesh_path.name} beside it is of another extraction. Delete both, then extract the "
            "video again."
        )
    return _add_sides(table, mesh)


def _are_in(metadata: FrameTableMetadata) -> bool:
    return set(SIDES) <= set(metadata.further_columns)


def _check_reader(metadata: FrameTableMetadata, path: Path) -> None:
    face = metadata.reading.face
    if face.name != MeshReader.backend_name:
        raise TableError(
            f"The face in {path} was measured by {face.label}, which gives no one-sided measures. Extract "
            "the video with `--face mesh`, into another folder."
        )


def _is_same_reading(metadata: FrameTableMetadata, mesh: FrameTableMetadata) -> bool:
    """Return whether the tables of these metadata were made from the same file in the same way."""

    def tell(of: FrameTableMetadata) -> tuple[object, ...]:
        return of.source.sha256, of.reading, of.chunks, of.face_file

    return tell(metadata) == tell(mesh)


def _add_sides(table: FrameTable, mesh: MeshTable) -> FrameTable:
    import pandas as pd

    sides = measure_sides(Face(mesh.points[:, _POINTS].astype(np.float64), _POINTS))
    others = tuple(name for name in table.metadata.further_columns if name not in SIDES)
    kept = table.frames.drop(columns=list(SIDES), errors="ignore")
    added = pd.DataFrame(sides, index=kept.index, columns=list(SIDES))
    metadata = table.metadata.model_copy(update={"further_columns": (*others, *SIDES)})
    return FrameTable(pd.concat([kept, added], axis=1), metadata)
