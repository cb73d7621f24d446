"""Faces measured by OpenFace 2.x, joined to bodies measured by us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import ACTION_UNITS, FACE_COLUMNS, HEAD_ROTATION, Backend, FrameTable
from ground.errors import InputError, TableError
from ground.files import refuse_special_file

if TYPE_CHECKING:
    import pandas as pd

# As in the published work on OpenFace's output.
DEFAULT_CONFIDENCE: Final = 0.93
# Readers differ in how many of the last frames of a damaged file they decode.
_FRAME_COUNT_TOLERANCE: Final = 0.02
_LARGEST_FRAME: Final = 1e9  # a year of video
_MEASURED: Final = (*ACTION_UNITS, *HEAD_ROTATION)
_REQUIRED: Final = ("frame", "confidence", "success", *_MEASURED)
_BACKEND: Final = Backend(name="openface", version="2.x", weights={})  # its files do not say more


@dataclass(frozen=True)
class OpenFaceReading:
    """One face of an OpenFace file.

    Attributes
    ----------
    path
        The file.
    measured : DataFrame
        Indexed by the 0-based frame, rising; the 16 action units (intensity 0..5) and `pose_Rx`, `pose_Ry`,
        `pose_Rz` (rad); NaN where OpenFace was not successful or not confident enough.
    frames
        How many frames the video had: the number of the last row's frame.
    other_faces
        How many further faces the file holds.
    """

    path: Path
    measured: pd.DataFrame
    frames: int
    other_faces: int


def read_openface(path: Path, confidence: float = DEFAULT_CONFIDENCE) -> OpenFaceReading:
    """Read the face that an OpenFace 2.x `FeatureExtraction` or `FaceLandmarkVidMulti` CSV is about.

    Column names may have leading blanks. Of several `face_id` the one that was read in most frames is taken,
    the lowest of equals. OpenFace counts frames from 1.

    Parameters
    ----------
    path
        The CSV file.
    confidence
        Rows below this confidence, 0..1, or with success = 0 become NaN.

    Raises
    ------
    TableError
        When the file is no such CSV, lacks columns, holds something other than numbers, holds no row, or has
        frames of one face that repeat or go backwards.
    """
    rows = _read_numbers(path)
    faces = rows["face_id"].to_numpy() if "face_id" in rows.columns else np.zeros(len(rows))
    if not np.isfinite(faces).all():
        row = int(np.argmin(np.isfinite(faces))) + 2  # below the header, counted from 1
        raise TableError(f"{path} has no face_id in line {row}; run OpenFace on the video again.")
    trusted = ((rows["success"] == 1) & (rows["confidence"] >= confidence)).to_numpy()
    ids, places = np.unique(faces, return_inverse=True)
    chosen = ids[np.argmax(np.bincount(places, weights=trusted))]

    ours = faces == chosen
    frame = rows["frame"].to_numpy()[ours]
    if not (np.diff(frame) > 0).all():
        row = int(np.argmin(np.diff(frame) > 0)) + 1
        raise TableError(
            f"{path} is not in the order of a video: after frame {frame[row - 1]:g} of face {chosen:g}"
            f" comes frame {frame[row]:g}. Run OpenFace on the video again."
        )
    if frame[0] < 1 or (frame % 1 != 0).any() or rows["frame"].max() > _LARGEST_FRAME:
        raise TableError(f"{path} counts frames otherwise than OpenFace, whose first frame is 1.")
    measured = rows.loc[ours, list(_MEASURED)]
    measured.loc[~trusted[ours]] = np.nan
    measured.index = (frame - 1).astype(np.int64)
    return OpenFaceReading(path, measured, frames=int(rows["frame"].max()), other_faces=len(ids) - 1)


def join_openface(table: FrameTable, reading: OpenFaceReading) -> FrameTable:
    """Put OpenFace's action units and head rotation in the place of a frame table's own.

    Frames are joined by number. Mouth distances and `face_px`, which OpenFace does not give, become NaN.

    Raises
    ------
    TableError
        When the number of frames differs by more than 2 %: the file is of another video.
    """
    import pandas as pd

    n_frames = len(table.frames)
    if abs(reading.frames - n_frames) > _FRAME_COUNT_TOLERANCE * n_frames:
        raise TableError(
            f"{reading.path} is of another video than {table.metadata.source.name}: it has {reading.frames}"
            f" frames, the frame table {n_frames}; more than {_FRAME_COUNT_TOLERANCE:.0%} apart."
        )
    face = reading.measured.reindex(index=table.frames["frame"], columns=list(FACE_COLUMNS)).astype("float64")
    body = table.frames.drop(columns=list(FACE_COLUMNS))
    frames = pd.concat([body, face.set_axis(body.index)], axis=1)
    return FrameTable(frames, table.metadata.model_copy(update={"face": _BACKEND}))


def match_openface(tables: Sequence[Path], openface: Path) -> dict[Path, Path]:
    """Find the OpenFace file of each frame table.

    Parameters
    ----------
    tables
        Frame tables, ``<video stem>.parquet``.
    openface
        The file of the only table, or a folder with ``<video stem>.csv`` for each.

    Raises
    ------
    InputError
        When files are missing, which lists them all, or one file is given for several tables.
    """
    if not openface.is_dir():
        if len(tables) > 1:
            raise InputError(
                f"{openface} is one OpenFace file for {len(tables)} frame tables; give the folder that holds"
                " a file for each."
            )
        return dict.fromkeys(tables, openface)
    files = {table: openface / f"{table.stem}.csv" for table in tables}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise InputError(f"{len(missing)} OpenFace file(s) are missing: {', '.join(missing)}.")
    return files


def _read_numbers(path: Path) -> pd.DataFrame:
    """Read the columns that are needed (of up to 700) as float64."""
    import pandas as pd

    refuse_special_file(path, TableError)
    try:
        rows = pd.read_csv(
            path,
            skipinitialspace=True,
            usecols=lambda name: name in (*_REQUIRED, "face_id"),
            compression=None,  # not by the name: a few bytes can unpack to a full disk
        )
    except FileNotFoundError:
        raise TableError(f"There is no OpenFace file {path}.") from None
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise TableError(f"{path} cannot be read as a CSV file ({error}).") from error
    missing = [name for name in _REQUIRED if name not in rows.columns]
    if missing:
        raise TableError(
            f"{path} is not the output of OpenFace 2.x with action units and head pose;"
            f" it lacks the column(s) {', '.join(missing)}."
        )
    if rows.empty:
        raise TableError(f"{path} holds no frame.")
    try:
        return rows.astype("float64")
    except ValueError as error:
        raise TableError(f"{path} holds something other than numbers ({error}).") from error
