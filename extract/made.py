"""Whether a frame table is there already: the one place that decides what need not be made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from extract.frame_table import CUT, FACE_COLUMNS, Counts, FrameTableMetadata, read_metadata
from extract.mesh_table import find_mesh_table, read_mesh_metadata
from extract.reading import count_rows
from extract.recipe import Recipe
from extract.table_sides import lacks_sides
from extract.unpacked_size import check_unpacked_size
from ground.errors import TableError


def find_made(
    table: Path, recipe: Recipe, name: str, hash_source: Callable[[], str]
) -> FrameTableMetadata | None:
    """Return the metadata of the table at `table` when it is what the recipe makes of a video; else None.

    Its rows are not read, unless it is of 0.1.0, which does not record what was found. Which version of
    motionsig wrote it does not matter, and neither do columns that came after it: a table of 0.1.0 knows
    neither cuts nor further columns and stays as it is, unless the recipe demands one-sided measures and
    there is no mesh table to take them from. A table made without telling faces apart is made again where
    they can be told apart and the video has several shots. Tables that lack frames, which older versions left
    out because of their time stamps, are made again.

    Parameters
    ----------
    table
        The frame table, whether there is one or not.
    recipe
        How it would be made.
    name
        Of the video.
    hash_source
        Returns the SHA-256 of the video's bytes; called only when the rest agrees.

    Returns
    -------
    FrameTableMetadata or None
        Always with `counts`.
    """
    if not table.exists():
        return None
    try:
        metadata = read_metadata(table)
        if not _is_by(recipe, metadata) or metadata.source.name != name:
            return None
        if metadata.source.frames_discarded or metadata.source.sha256 != hash_source():
            return None
        if not _has_what_is_asked_for(table, metadata, recipe):
            return None
        if metadata.counts is None:
            metadata = metadata.model_copy(update={"counts": count_table(table)})
    except TableError:
        return None  # it will be written over
    return metadata


def _is_by(recipe: Recipe, metadata: FrameTableMetadata) -> bool:
    made = (metadata.reading, metadata.chunks, metadata.face_file)
    return made == (recipe.reading, recipe.chunks, None) and recipe.is_person(metadata.person)


def _has_what_is_asked_for(table: Path, metadata: FrameTableMetadata, recipe: Recipe) -> bool:
    if recipe.keep_mesh and read_mesh_metadata(find_mesh_table(table)) != metadata:
        return False
    if recipe.network is not None and metadata.person is None and _has_cuts(table):
        return False
    return not (recipe.sides and lacks_sides(table, metadata))


def _has_cuts(table: Path) -> bool:
    """Return whether a table notes that the video has several shots, so that it may hold several people."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        with table.open("rb") as stream:
            if CUT not in pq.read_schema(stream).names:
                return False
            check_unpacked_size(pq.read_metadata(stream), table)
            cuts = pq.read_table(stream, columns=[CUT])[CUT]
        return bool(pc.any(pc.greater(cuts, 0)).as_py())
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{table} is damaged. Extract the video again.") from error


def count_table(table: Path) -> Counts:
    """Count what a frame table holds, for tables of 0.1.0, which do not record it.

    Raises
    ------
    TableError
        When it cannot be read, or has no row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with table.open("rb") as stream:
            check_unpacked_size(pq.read_metadata(stream), table)
            stored = pq.read_table(stream, columns=["time_s", "nose_x", *FACE_COLUMNS])
        return count_rows(stored.replace_schema_metadata(None).to_pandas())
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableError(f"{table} is damaged. Extract the video again.") from error
