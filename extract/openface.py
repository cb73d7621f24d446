"""Faces measured by OpenFace 2.x, put into frame tables in the place of our own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.description import Backend
from extract.frame_table import COLUMNS, FACE_COLUMNS, FrameTable, ImportedFile
from extract.openface_csv import MEASURED, read_numbers
from extract.reading import count_rows
from extract.same_frames import Finding, compare_readings
from ground.errors import InputError, TableError
from ground.files import hash_file
from ground.provenance import motionsig_version
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

OPENFACE: Final = "openface"  # as a reader of faces
# As in the published work on OpenFace's output.
DEFAULT_CONFIDENCE: Final = 0.93
# Readers differ in how many of the last frames of a damaged file they decode.
_FRAME_COUNT_TOLERANCE: Final = 0.02
_LARGEST_FRAME: Final = 1e9  # a year of video
_FEWEST_STRETCHES: Final = 2  # one may be alike, or unlike, by chance
_TIMESTAMP_DIGIT_S: Final = 0.001  # OpenFace writes milliseconds


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
    times_s : ndarray of float64
        The time stamp of each of these rows, seconds from the first frame; NaN where the file has none.
    frames
        How many frames the video had: the number of the last row's frame.
    other_faces
        How many further faces the file holds.
    confidence
        Below which rows count as missing.
    sha256
        Of the file.
    """

    path: Path
    measured: pd.DataFrame
    times_s: NDArray[np.float64]
    frames: int
    other_faces: int
    confidence: float
    sha256: str


def read_openface(path: Path, confidence: float = DEFAULT_CONFIDENCE) -> OpenFaceReading:
    """Read the face that an OpenFace 2.x `FeatureExtraction` or `FaceLandmarkVidMulti` CSV is about.

    Also one that a spreadsheet saved (`extract.openface_csv`). Of several `face_id` the one that was read in
    most frames is taken, the lowest of equals. OpenFace counts frames from 1.

    Parameters
    ----------
    path
        The CSV file.
    confidence
        Rows below this confidence, 0..1, or with success = 0 become NaN.

    Raises
    ------
    InputError
        When the confidence lies outside 0 to 1.
    TableError
        When the file is no such CSV, lacks columns, holds something other than numbers, infinite ones or a
        confidence outside 0 to 1, holds no row, or has frames of one face that repeat or go backwards.
    """
    if not 0 <= confidence <= 1:
        raise InputError(
            f"OpenFace's confidence is between 0 and 1, but the limit is {confidence:g}. Give a number from "
            "0 to 1."
        )
    rows = read_numbers(path)
    faces = rows["face_id"].to_numpy() if "face_id" in rows.columns else np.zeros(len(rows))
    if not np.isfinite(faces).all():
        row = int(np.argmin(np.isfinite(faces))) + 2  # below the header, counted from 1
        raise TableError(f"{path} has no face_id in line {row}. Run OpenFace on the video again.")
    _check_values(rows, path)
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
        raise TableError(
            f"{path} does not count frames as OpenFace does, whose first frame is 1. Run OpenFace on the "
            "video again."
        )
    measured = rows.loc[ours, list(MEASURED)]
    measured.loc[~trusted[ours]] = np.nan
    measured.index = (frame - 1).astype(np.int64)
    times_s = (
        rows["timestamp"].to_numpy()[ours] if "timestamp" in rows.columns else np.full(len(frame), np.nan)
    )
    return OpenFaceReading(
        path,
        measured,
        times_s,
        frames=int(rows["frame"].max()),
        other_faces=len(ids) - 1,
        confidence=confidence,
        sha256=hash_file(path),
    )


def _check_values(rows: pd.DataFrame, path: Path) -> None:
    """Raise TableError where a confidence or a measurement is a number that OpenFace does not give."""
    measured, confidence = rows[list(MEASURED)].to_numpy(), rows["confidence"].to_numpy()
    wrong = np.isinf(measured).any(axis=1) | (confidence < 0) | (confidence > 1)
    if wrong.any():
        raise TableError(
            f"{path} holds an infinite measurement, or a confidence outside 0 to 1, in line "
            f"{int(np.argmax(wrong)) + 2}. Run OpenFace on the video again."
        )


def join_openface(table: FrameTable, reading: OpenFaceReading) -> FrameTable:
    """Put OpenFace's action units and head rotation in the place of a frame table's own.

    Frames are joined by number. Their times must agree where the file gives them, and so must the movements
    where the table has a face: a program that misses frames goes on counting. Mouth distances and
    `face_px`, which OpenFace does not give, become NaN. The confidence limit is part of the reader's version,
    so faces that were chosen by different limits are not compared.

    Returns
    -------
    FrameTable
        With the body of `table`.

    Raises
    ------
    TableError
        When the number of frames differs by more than 2 %, the times by more than half a frame, or the
        movements come at other moments: the file is of another video, or of other frames of it. Also when the
        number differs, and too little moves to tell which frames are missing.
    """
    import pandas as pd

    _check_frames(table, reading)
    _check_movements(table, reading)
    frames = table.frames[list(COLUMNS)].copy()
    face = reading.measured.reindex(index=frames["frame"], columns=list(FACE_COLUMNS)).astype("float64")
    frames[list(FACE_COLUMNS)] = face.set_axis(frames.index)
    if table.metadata.person is not None:
        # OpenFace knows nobody: in rows without the person its face is somebody else's, or may be.
        nobody = table.frames[["nose_x", *FACE_COLUMNS]].isna().all(axis=1)
        frames.loc[nobody, list(FACE_COLUMNS)] = np.nan
    backend = Backend(name=OPENFACE, version=f"2.x (confidence {reading.confidence:g})")
    metadata = table.metadata.model_copy(
        update={
            "motionsig_version": motionsig_version(),
            "reading": table.metadata.reading.model_copy(update={"face": backend}),
            "face_file": ImportedFile(name=reading.path.name, sha256=reading.sha256),
            "further_columns": (),
            "counts": count_rows(frames),
        }
    )
    return FrameTable(pd.DataFrame(frames), metadata)


def _check_frames(table: FrameTable, reading: OpenFaceReading) -> None:
    """Raise TableError unless the numbers of the file's frames are those of the table's."""
    source = table.metadata.source
    n_frames = source.frames_decoded
    if abs(reading.frames - n_frames) > _FRAME_COUNT_TOLERANCE * n_frames:
        raise TableError(
            f"{reading.path} belongs to another video than {source.name}. It has {reading.frames} frames, "
            f"and the frame table has {n_frames}. They may differ by at most {_FRAME_COUNT_TOLERANCE:.0%}."
        )
    if reading.frames == n_frames and _are_counted(reading):
        return  # such times say no more than the numbers, and drift where the video's rate varies
    theirs = dict(zip(reading.measured.index.tolist(), reading.times_s.tolist(), strict=True))
    ours = dict(zip(table.frames["frame"].tolist(), table.frames["time_s"].tolist(), strict=True))
    common = [frame for frame in ours if math.isfinite(theirs.get(frame, math.nan))]
    if len(common) < 2:
        return
    frame_s = (ours[common[-1]] - ours[common[0]]) / (common[-1] - common[0])
    apart = next((f for f in common if abs(ours[f] - theirs[f]) > frame_s / 2 + _TIMESTAMP_DIGIT_S), None)
    if apart is not None:
        raise TableError(
            f"{reading.path} and the frame table of {source.name} do not fit. Frame {apart + 1} is at "
            f"{theirs[apart]:.3f} s in the CSV file and at {ours[apart]:.3f} s in the frame table, so one "
            "of them lacks frames before it. Run OpenFace on the same file that the frame table was made "
            "from."
        )


def _check_movements(table: FrameTable, reading: OpenFaceReading) -> None:
    """Raise TableError unless the face moves in the file as it does in the table, at the same frames."""
    source = table.metadata.source
    stretches = [s for s in compare_readings(table.frames, reading.measured) if s.finding != Finding.SILENT]
    files = f"{reading.path} and the frame table of {source.name}"
    advice = "Run OpenFace on the same file that the frame table was made from."
    displaced = [stretch for stretch in stretches if stretch.finding == Finding.DISPLACED]
    if len(displaced) >= min(_FEWEST_STRETCHES, len(stretches)) > 0:
        first = displaced[0]
        time_s = float(table.frames["time_s"].iloc[first.row])
        raise TableError(
            f"{files} do not fit. At {time_s:.1f} s the face moves {count(abs(first.lag), 'frame')} "
            f"{'later' if first.lag > 0 else 'earlier'} in the CSV file than in the frame table, so one of "
            f"them lacks frames before it. {advice}"
        )
    alike = [stretch.finding == Finding.ALIKE for stretch in stretches]
    if len(alike) >= _FEWEST_STRETCHES and not any(alike):
        raise TableError(
            f"{files} do not fit. The face in the CSV file moves otherwise than the face in the frame table, "
            f"so it is that of another video or of another person in it. {advice}"
        )
    if reading.frames != source.frames_decoded and not (alike and alike[-1]):
        raise TableError(
            f"{reading.path} has {reading.frames} frames, and the frame table of {source.name} has "
            f"{source.frames_decoded}. The face moves too little, or is missing too often, to tell which "
            f"frames are missing. {advice}"
        )


def _are_counted(reading: OpenFaceReading) -> bool:
    """Return whether time stamps are just frame numbers over a rate, as OpenFace makes them of videos."""
    numbers, times_s = reading.measured.index.to_numpy(), reading.times_s
    if not np.isfinite(times_s).all() or numbers[-1] == 0:
        return False
    return bool((np.abs(times_s - numbers * times_s[-1] / numbers[-1]) <= 2 * _TIMESTAMP_DIGIT_S).all())


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
                f"{openface} is one OpenFace file for {len(tables)} frame tables. Give the folder that "
                "holds a file for each."
            )
        return dict.fromkeys(tables, openface)
    files = {table: openface / f"{table.stem}.csv" for table in tables}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if missing:
        raise InputError(f"Cannot find {count(len(missing), 'OpenFace file')}: {', '.join(missing)}.")
    return files
