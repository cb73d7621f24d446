"""Shots are the same however a video is divided into chunks: a dissolve may lie across their border."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_shots import dissolve, speak
from media import write_video

from extract.checkpoints import Checkpoints
from extract.chunks import ChunkOptions, ChunkRange, read_chunks
from extract.extraction_options import ExtractionOptions
from extract.reading import FrameReadings
from extract.video import VideoReader

FPS = 20
# The first shot dissolves into the second from 4.0 to 5.0 s; there is a hard cut at 8.0 s.
DISSOLVE = range(80, 100)
CUT = 160


class Nobody:
    """Reads no body and no face in any frame."""

    batch_size = 64

    def open_tracker(self) -> Nobody:
        return self

    def read(self, shown: object, wanted: object = None) -> object:
        return np.full((len(shown), 5), np.nan) if isinstance(shown, list) else None

    def restart(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first, second = speak(0, 5, FPS), speak(1, 4, FPS)
    frames = dissolve(first, second, len(DISSOLVE)) + speak(2, 2, FPS)
    return write_video(tmp_path_factory.mktemp("shots") / "v.mp4", frames, fps=FPS)


def read(video: Path, folder: Path, chunk_s: float, *parts: ChunkRange) -> FrameReadings:
    checkpoints = Checkpoints(folder / "v.parquet", f"{round(1000 * chunk_s):064d}")
    for part in parts or (ChunkRange(),):
        with VideoReader(video) as reader:
            options = ChunkOptions(chunk_s, ExtractionOptions())
            read_chunks(reader, Nobody(), Nobody(), options, part, checkpoints)  # type: ignore[arg-type]
    return checkpoints.read(checkpoints.demand_end().chunks)


def assert_same_shots(one: FrameReadings, other: FrameReadings) -> None:
    np.testing.assert_array_equal(one.since_s, other.since_s)
    np.testing.assert_array_equal(one.labels, other.labels)


@pytest.fixture(scope="module")
def whole(video: Path, tmp_path_factory: pytest.TempPathFactory) -> FrameReadings:
    return read(video, tmp_path_factory.mktemp("whole"), 1000)


def test_the_frames_of_a_dissolve_belong_to_neither_shot(whole: FrameReadings) -> None:
    ends, cut = np.flatnonzero(whole.cuts)
    assert cut == CUT
    assert DISSOLVE.stop <= ends <= DISSOLVE.stop + 6
    (without,) = np.nonzero(whole.labels < 0)
    assert set(without) == set(range(without[0], ends)), "from its beginning, about, to where it is known"
    assert DISSOLVE.start - 4 <= without[0] <= DISSOLVE.start + 8


@pytest.mark.parametrize("chunk_s", [0.7, 4.1, 4.9, 5.1, 8.0])
def test_shots_do_not_depend_on_where_chunks_begin(
    video: Path, whole: FrameReadings, tmp_path: Path, chunk_s: float
) -> None:
    assert_same_shots(read(video, tmp_path, chunk_s), whole)


def test_a_chunk_that_another_worker_reads_has_the_same_shots(
    video: Path, whole: FrameReadings, tmp_path: Path
) -> None:
    parts = (ChunkRange(1, None), ChunkRange(0, 1))
    assert_same_shots(read(video, tmp_path, 4.5, *parts), whole)
