"""What is done of one video: its finished chunks, in a hidden folder beside its frame table.

Every file in it appears whole or not at all, and the folder's name says what the numbers were made from and
how, so nothing of another file, reader or version is ever mixed in.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
import pydantic

from extract.frame_table import JOINT_COLUMNS
from extract.people.cast import Cast
from extract.people.sightings import Sightings
from extract.reading import FrameReadings
from extract.source_video import SourceVideo
from ground.errors import InputError
from ground.files import replace_when_complete

# Nobody works on a video for so long without finishing a chunk.
_ABANDONED_AFTER_S: Final = 7 * 24 * 3600.0
_SEEN: Final = "seen_"  # before the names of the arrays of sightings


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
        self._prefix = ""

    def again(self) -> Checkpoints:
        """Return those of a second reading, for another person of the video, beside these."""
        second = copy(self)
        second._prefix = "again-"
        return second

    @property
    def is_second(self) -> bool:
        """Whether they are those of a second reading."""
        return bool(self._prefix)

    def in_force(self) -> Checkpoints:
        """Return those of the second reading once it is known for whom that is, else these."""
        second = self.again()
        return self if second.read_cast() is None else second

    def has(self, chunk: int) -> bool:
        """Return whether a chunk is finished."""
        return self._chunk_path(chunk).exists()

    def is_followed(self, chunk: int) -> bool:
        """Return whether a chunk was read again, to follow the person of the chunk before it."""
        return self._chunk_path(chunk, followed=True).exists()

    def save(
        self,
        chunk: int,
        readings: FrameReadings,
        sightings: Sightings,
        warm_up: int = 0,
        *,
        followed: bool = False,
    ) -> None:
        """Keep a finished chunk; the first `warm_up` readings are of frames of the chunk before it.

        What was read to follow somebody is kept beside the first reading, which stays.

        Raises
        ------
        InputError
            When it cannot be written, or another run removes it meanwhile.
        """
        arrays = {field.name: getattr(readings, field.name) for field in fields(FrameReadings)}
        arrays |= {_SEEN + field.name: getattr(sightings, field.name) for field in fields(Sightings)}
        arrays["warm_up"] = np.array(warm_up)
        with (
            self.noticing_removal(),
            replace_when_complete(self._chunk_path(chunk, followed=followed)) as partial,
        ):
            np.savez(partial, **arrays)

    def save_end(self, source: SourceVideo, chunks: Sequence[int]) -> None:
        """Keep what is known at the video's end; raises what `save` does."""
        end = VideoEnd(source=source, chunks=tuple(chunks))
        with self.noticing_removal(), replace_when_complete(self._end_path) as partial:
            partial.write_text(end.model_dump_json(), encoding="utf-8")

    def read_end(self) -> VideoEnd | None:
        """Return what is known at the video's end; None before it was reached."""
        try:
            return VideoEnd.model_validate_json(self._end_path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            # Damaged on the disk; decoding the video once more tells it again.
            self._end_path.unlink(missing_ok=True)
            return None

    def are_complete(self) -> bool:
        """Return whether the end of the video is known and all its chunks are finished."""
        end = self.read_end()
        return end is not None and all(self.has(chunk) for chunk in end.chunks)

    def demand_end(self) -> VideoEnd:
        """Return what is known at the video's end; raises InputError when nothing is, as `read` does."""
        with self.noticing_removal():
            end = self.read_end()
            if end is None:
                raise FileNotFoundError(self._end_path)
        return end

    def read(self, chunks: Sequence[int]) -> FrameReadings:
        """Return the readings of chunks as one, each without its warm-up.

        A transition between shots may begin in the chunk before the one in which it ends.

        Raises
        ------
        InputError
            When a checkpoint was damaged on the disk, which removes it, or another run has removed one.
        """
        return FrameReadings.join(
            [self.read_chunk(chunk, followed=self.is_followed(chunk))[1] for chunk in chunks]
        ).without_transitions()

    def read_chunk(self, chunk: int, *, followed: bool) -> tuple[FrameReadings, FrameReadings]:
        """Return the readings of a chunk's warm-up, and its own; raises what `read` does."""
        with self.noticing_removal():
            readings, _, warm_up = self._read_file(self._chunk_path(chunk, followed=followed))
        return readings.take(slice(warm_up)), readings.take(slice(warm_up, None))

    def read_sightings(self, chunks: Sequence[int]) -> Sightings:
        """Return the faces that were seen in chunks, each without its warm-up; raises what `read` does."""
        parts = []
        for chunk in chunks:
            with self.noticing_removal():
                path = self._chunk_path(chunk, followed=self.is_followed(chunk))
                readings, sightings, warm_up = self._read_file(path)
            parts.append(sightings.since(float(readings.times_s[warm_up])))
        return Sightings.join(parts)

    def save_cast(self, cast: Cast) -> None:
        """Keep who is in the video; raises what `save` does."""
        with self.noticing_removal(), replace_when_complete(self._cast_path) as partial:
            partial.write_text(cast.model_dump_json(), encoding="utf-8")

    def read_cast(self) -> Cast | None:
        """Return who is in the video; None before it was looked through."""
        try:
            return Cast.model_validate_json(self._cast_path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            self._cast_path.unlink(missing_ok=True)  # damaged on the disk
            return None

    def make_folder(self) -> Path:
        """Return `folder`, which is there then; raise InputError where it cannot be made."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"Cannot write into {self._all.parent}: {error.strerror}. Choose another folder."
            ) from error
        return self.folder

    def discard(self) -> None:
        """Remove what is kept by this fingerprint, and by others when nobody has touched it for a week.

        Another run may be reading the same video in another way at this moment.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):  # another run removes the same
            for other in list(self._all.iterdir()):
                if other.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                    shutil.rmtree(other, ignore_errors=True)
            self._all.rmdir()

    @contextmanager
    def noticing_removal(self) -> Iterator[None]:
        """Raise InputError when files of this folder vanish while the block works with them."""
        try:
            yield
        except FileNotFoundError as error:
            raise InputError(
                f"Files in {self.folder} were removed while they were in use, perhaps by another run into "
                "the same folder. Run the same command again, and use one folder for each run."
            ) from error

    def _read_file(self, path: Path) -> tuple[FrameReadings, Sightings, int]:
        try:
            with np.load(path, allow_pickle=False) as arrays:
                readings = FrameReadings(*(arrays[field.name] for field in fields(FrameReadings)))
                sightings = Sightings(*(arrays[_SEEN + field.name] for field in fields(Sightings)))
                warm_up = int(arrays["warm_up"])
            _check_shapes(readings, warm_up)
            sightings.check()
            return readings, sightings, warm_up
        except FileNotFoundError:
            raise
        except Exception as error:  # a damaged archive fails in many ways, and in some of them as an OSError
            path.unlink(missing_ok=True)
            raise InputError(
                f"The checkpoint {path} was damaged and has been removed. Run the same command again."
            ) from error

    def _chunk_path(self, chunk: int, *, followed: bool = False) -> Path:
        return self.folder / f"{self._prefix}{chunk:06d}{'.followed' if followed else ''}.npz"

    @property
    def _end_path(self) -> Path:
        return self.folder / f"{self._prefix}end.json"

    @property
    def _cast_path(self) -> Path:
        return self.folder / f"{self._prefix}cast.json"


def _check_shapes(readings: FrameReadings, warm_up: int) -> None:
    rows = len(readings.indices)
    if not 0 <= warm_up < rows:
        raise ValueError(f"{warm_up} of {rows} frames cannot be a warm-up")
    as_wide = ((rows, *array.shape[1:2]) for array in (readings.face, readings.mesh))
    shapes = [(rows,), (rows,), (rows, len(JOINT_COLUMNS)), (rows, 2), (rows,), (rows, 3), (rows,), *as_wide]
    for field, shape in zip(fields(FrameReadings), shapes, strict=True):
        array = getattr(readings, field.name)
        if array.shape != shape or array.dtype.kind not in "bif":
            raise ValueError(f"{field.name} is of another shape or type")
