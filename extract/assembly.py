"""The readings of a whole video to its tables: whose rows they are, and what they measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.checkpoints import Checkpoints
from extract.face import FaceReader
from extract.frame_table import FACE_COLUMNS, FrameTableMetadata, frame_table_schema, write_frame_table
from extract.mesh_table import find_mesh_table, write_mesh_table
from extract.people.presence import measures_nobody
from extract.people.tracks import People, find_strange_rows
from extract.people.tracks_table import find_tracks_table, write_tracks_table
from extract.reading import FrameReadings
from extract.recipe import Recipe
from extract.video import VideoReader
from ground.errors import VideoError

if TYPE_CHECKING:
    import pyarrow as pa


class VideoReadings(NamedTuple):
    """What was read of a whole video.

    Attributes
    ----------
    readings
        Of its frames.
    people
        Who was seen in it; None where faces cannot be told apart.
    """

    readings: FrameReadings
    people: People | None


def assemble_table(
    read: VideoReadings,
    video: VideoReader,
    table: Path,
    recipe: Recipe,
    face: FaceReader,
    checkpoints: Checkpoints,
) -> FrameTableMetadata:
    """Write the tables of a video; what was kept for them is for the caller to remove.

    Parameters
    ----------
    read
        What was read of the video.
    video
        The video.
    table
        Where the frame table goes.
    recipe
        How it is made.
    face
        Measures what was read of faces.
    checkpoints
        What was kept.

    Returns
    -------
    FrameTableMetadata
        That of the frame table.

    Raises
    ------
    VideoError
        When no frame shows a person, or no frame shows a face.
    InputError
        When the table cannot be written.
    """
    end, readings, people = checkpoints.demand_end(), read.readings, read.people
    if people is None:
        readings, person = readings.without(readings.labels < 0), None
    else:
        readings = readings.without(find_strange_rows(readings, people))
        person = people.describe(readings)
        if measures_nobody(person):
            readings = readings.without(np.ones(len(readings.indices), np.bool_))
    if person is None or not measures_nobody(person):
        _check_found(readings, video.path)
    # The file may have had another name when its end was reached.
    source = end.source.model_copy(update={"name": video.name})
    metadata = recipe.describe(source, readings.count(), person)
    rows = _to_arrow(readings, face, metadata)
    with checkpoints.noticing_removal():
        if recipe.keep_mesh:
            write_mesh_table(find_mesh_table(table), readings, metadata, growing_in=checkpoints.folder)
        if people is not None:
            write_tracks_table(
                find_tracks_table(table), people.tracks, metadata, growing_in=checkpoints.folder
            )
        else:
            find_tracks_table(table).unlink(missing_ok=True)  # of an earlier table
        write_frame_table(rows, table, growing_in=checkpoints.folder)
    return metadata


def _to_arrow(readings: FrameReadings, face: FaceReader, metadata: FrameTableMetadata) -> pa.Table:
    import pyarrow as pa

    joints, faces = _in_pixels_of_the_video(readings, face.measure(readings.face))
    columns = [
        readings.indices,
        readings.times_s,
        *joints.T,
        *faces.T[: len(FACE_COLUMNS)],
        readings.cuts.astype(np.float64),
        *faces.T[len(FACE_COLUMNS) :],
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=frame_table_schema(metadata))


def _in_pixels_of_the_video(
    readings: FrameReadings, faces: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    across, down = readings.scale[:, :1], readings.scale[:, 1:]
    joints, faces = readings.joints.copy(), faces.copy()
    joints[:, 0::3] *= across
    joints[:, 1::3] *= down
    faces[:, FACE_COLUMNS.index("face_px")] *= down[:, 0]
    return joints, faces


def _check_found(readings: FrameReadings, video: Path) -> None:
    frames, bodies = len(readings.indices), readings.count_bodies()
    if bodies == 0:
        raise VideoError(
            f"No person was found in any of the {frames} frames of {video}. Use a video of one person with "
            "head and shoulders in view."
        )
    if readings.count_faces() == 0:
        raise VideoError(
            f"A person was found in {bodies} of the {frames} frames of {video}, but a face in none. Use a "
            "video in which the face looks roughly towards the camera."
        )
