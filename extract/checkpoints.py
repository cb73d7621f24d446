"""What is done of one video: its finished chunks, in a hidden folder beside its frame table.

Every file in it appears whole or not at all, and the folder's name says what the numbers were made from and
how, so nothing of another file, reader or version is ever mixed in.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pydantic

from extract.errors import InputError
from extract.files import replace_when_complete
from extract.frame_table import JOINT_COLUMNS, SourceVideo
from extract.reading import FrameReadings


class VideoEnd(pydantic.BaseModel):
    """What is known once a video was decoded to its end.

    Attributes
    ----------
    source
        The file, with all that was counted.
    chunks
        Numbers of the chunks that hold frames.
    """

    source: SourceVideo
    chunks: tuple[int, ...]


class Checkpoints:
    """The finished chunks of one video.

    Parameters
    ----------
    table
        The frame table that they will become.
    fingerprint
        Of the video's bytes and of everything that decides the numbers; 64 hexadecimal digits.
    """

    def __init__(self, table: Path, fingerprint: str) -> None:
        self._all = table.with_name(f".{table.stem}.parts")
        self.folder = self._all / fingerprint[:16]

    def has(self, chunk: int) -> bool:
        """Return whether a chunk is finished."""
        return self._chunk_path(chunk).exists()

    def save(self, chunk: int, readings: FrameReadings) -> None:
        """Keep a finished chunk.

        Raises
        ------
        InputError
            When it cannot be written.
        """
        arrays = {field.name: getattr(readings, field.name) for field in fields(FrameReadings)}
        with replace_when_complete(self._chunk_path(chunk)) as partial:
            np.savez(partial, **arrays)

    def save_end(self, source: SourceVideo, chunks: Sequence[int]) -> None:
        """Keep what is known at the video's end."""
        end = VideoEnd(source=source, chunks=tuple(chunks))
        with replace_when_complete(self._end_path) as partial:
            partial.write_text(end.model_dump_json(), encoding="utf-8")

    def read_end(self) -> VideoEnd | None:
        """Return what is known at the video's end; None before it was reached."""
        if not self._end_path.exists():
            return None
        try:
            return VideoEnd.model_validate_json(self._end_path.read_bytes())
        except ValueError:
            self._end_path.unlink()  # damaged on the disk; decoding the video once more tells it again
            return None

    def are_complete(self) -> bool:
        """Return whether the end of the video is known and all its chunks are finished."""
        end = self.read_end()
        return end is not None and all(self.has(chunk) for chunk in end.chunks)

    def read(self, chunks: Sequence[int]) -> FrameReadings:
        """Return the readings of chunks as one.

        Raises
        ------
        InputError
            When a checkpoint was damaged on the disk; it is removed.
        """
        return FrameReadings.join([self._read_chunk(chunk) for chunk in chunks])

    def discard(self) -> None:
        """Remove all that is kept of the video, by whatever fingerprint."""
        shutil.rmtree(self._all, ignore_errors=True)

    def _read_chunk(self, chunk: int) -> FrameReadings:
        path = self._chunk_path(chunk)
        try:
            with np.load(path, allow_pickle=False) as arrays:
                readings = FrameReadings(*(arrays[field.name] for field in fields(FrameReadings)))
            _check_shapes(readings)
            return readings
        except Exception as error:  # a damaged archive fails in many ways, and in some of them as an OSError
            path.unlink()
            raise InputError(
                f"The checkpoint {path} was damaged on the disk and is removed; run the same command again."
            ) from error

    def _chunk_path(self, chunk: int) -> Path:
        return self.folder / f"{chunk:06d}.npz"

    @property
    def _end_path(self) -> Path:
        return self.folder / "end.json"


def _check_shapes(readings: FrameReadings) -> None:
    rows = len(readings.indices)
    as_wide = ((rows, *array.shape[1:2]) for array in (readings.face, readings.mesh))
    shapes = [(rows,), (rows,), (rows, len(JOINT_COLUMNS)), (rows, 2), *as_wide]
    for field, shape in zip(fields(FrameReadings), shapes, strict=True):
        array = getattr(readings, field.name)
        if array.shape != shape or array.dtype.kind not in "if":
            raise ValueError(f"{field.name} is of another shape or type")
