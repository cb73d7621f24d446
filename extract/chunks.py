"""A video's chunks: stretches of fixed length that are read with detectors of their own.

Detectors follow a person from frame to frame, so what they read depends on the frames before. A chunk starts
with new detectors and a few frames of the chunk before it, whose readings are thrown away; then its readings
are the same whoever reads it, and whenever. Once all are read, those that began with somebody else than the
chunk before them ended with are read again. Chunks are reached by decoding up to them, which takes a fraction
of the time that reading takes, and never by seeking, which is not exact in every file. Where shots begin is
told by the pictures of a few seconds, so those before a chunk are compared too, but not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from typing import Final, NamedTuple

import numpy as np

from extract.body import BodyReader
from extract.checkpoints import Checkpoints
from extract.description import ReadingOptions
from extract.face import FaceReader
from extract.following import SeenHead
from extract.head import FaceSpot
from extract.people.cast import Cast
from extract.people.faces import load_networks
from extract.people.lookout import Lookout
from extract.people.sightings import Sightings
from extract.person_body import PersonBody
from extract.picture import Frame, Picture
from extract.read_ahead import read_ahead
from extract.reading import FrameReadings, read_frames
from extract.shots import MEMORY_S, ShotDetector
from extract.video import VideoReader

CHUNK_S: Final = 120.0
# What chunk borders cost with it, and with other numbers: docs/measurements/performance.md.
WARM_UP_FRAMES: Final = 10


@dataclass(frozen=True)
class ChunkRange:
    """Successive chunks of a video, `first` to before `stop`; to the end of the video where that is None."""

    first: int = 0
    stop: int | None = None

    def __contains__(self, chunk: int) -> bool:
        return self.first <= chunk and (self.stop is None or chunk < self.stop)


@dataclass(frozen=True)
class ChunkOptions:
    """How a video's frames become chunks of readings.

    Attributes
    ----------
    chunk_s
        Length of a chunk by presentation time, seconds.
    reading
        Which frames are read, and how large.
    keep_mesh
        Whether the face reader's trackers hand out the mesh.
    cast
        The people of the video, and which of them to read; None where faces are not told apart.
    """

    chunk_s: float
    reading: ReadingOptions
    keep_mesh: bool = False
    cast: Cast | None = None


def read_chunks(
    video: VideoReader,
    body: BodyReader,
    face: FaceReader,
    options: ChunkOptions,
    chunks: ChunkRange,
    checkpoints: Checkpoints,
    on_frame: Callable[[], None] | None = None,
) -> None:
    """Read those of a video's chunks that are not finished, and keep each as soon as it is.

    Parameters
    ----------
    video
        The video, opened and not yet read.
    body, face
        The readers.
    options
        How frames become chunks.
    chunks
        Which chunks to read. When they reach to the end of the video, what is known there is kept too.
    checkpoints
        Where finished chunks are kept.
    on_frame
        Called for each frame of these chunks that was decoded.

    Raises
    ------
    VideoError
        When the times of the video are broken, or it holds no picture.
    InputError
        When a checkpoint cannot be written.
    """
    numbers = []

    def count(number: int) -> None:
        if on_frame and number in chunks:
            on_frame()

    def is_read(number: int) -> bool:
        return number in chunks and not checkpoints.has(number)

    for chunk in _iter_chunks(video, options, is_read, count):
        if chunks.stop is not None and chunk.number >= chunks.stop:
            return
        numbers.append(chunk.number)
        if is_read(chunk.number):
            readings, seen = _read_with_new_detectors(chunk, body, face, options)
            checkpoints.save(chunk.number, readings, seen, len(chunk.warm_up))
    if chunks.stop is None:
        checkpoints.save_end(video.describe(), numbers)


def follow_across_borders(
    video: VideoReader,
    body: BodyReader,
    face: FaceReader,
    options: ChunkOptions,
    checkpoints: Checkpoints,
) -> None:
    """Read those chunks again that began with somebody else than the chunk before them ended with.

    With several people in view the body reader's choice is its own in every chunk. A chunk is read again with
    the person to follow given to it. Whether, and whom, depends on its first reading and on the chunk before
    it as it finally is, so what comes of it is the same however the work was divided or interrupted.

    Parameters
    ----------
    video
        The video, opened; it is read anew, and only where there is something to do.
    body, face, options, checkpoints
        As for `read_chunks`, which has finished all chunks; raises what it does.
    """
    borders = pairwise(checkpoints.demand_end().chunks)
    if all(_is_settled(checkpoints, *border) for border in borders):
        return
    before: int | None = None
    with video.reopened() as again:
        for chunk in _iter_chunks(again, options, lambda number: not checkpoints.is_followed(number)):
            if before is not None and not _is_settled(checkpoints, before, chunk.number):
                person = _find_lost(checkpoints, before, chunk.number)
                readings, seen = _read_with_new_detectors(chunk, body, face, options, person)
                checkpoints.save(chunk.number, readings, seen, len(chunk.warm_up), followed=True)
            before = chunk.number


def _is_settled(checkpoints: Checkpoints, before: int, number: int) -> bool:
    return checkpoints.is_followed(number) or _find_lost(checkpoints, before, number) is None


def _find_lost(checkpoints: Checkpoints, before: int, number: int) -> SeenHead | None:
    """Return whom chunk `before` followed at its end when chunk `number` found somebody else, else None."""
    _, earlier = checkpoints.read_chunk(before, followed=checkpoints.is_followed(before))
    warm_up, own = checkpoints.read_chunk(number, followed=False)
    chosen = _find_last_head(warm_up, np.inf) or _find_first_head(own)
    followed = None if chosen is None else _find_last_head(earlier, chosen.time_s)
    if chosen is None or followed is None or not followed.is_other(chosen):
        return None
    # A cut ends the following. The chunk before knows of those in the warm-up, being longer under way.
    cuts_s = np.concatenate((earlier.times_s[earlier.cuts], own.times_s[own.cuts]))
    if ((followed.time_s < cuts_s) & (cuts_s <= chosen.time_s)).any():
        return None
    begin_s = float(warm_up.times_s[0])
    begun = _find_last_head(earlier, begin_s)
    if begun is None or ((begun.time_s < cuts_s) & (cuts_s <= followed.time_s)).any():
        return followed._replace(time_s=begin_s)
    return begun


def _find_first_head(readings: FrameReadings) -> SeenHead | None:
    seen = np.flatnonzero((readings.labels >= 0) & np.isfinite(readings.heads[:, 0]))
    return _head_in(readings, seen[0]) if len(seen) else None


def _find_last_head(readings: FrameReadings, until_s: float) -> SeenHead | None:
    followed = (readings.labels >= 0) & np.isfinite(readings.heads[:, 0])
    seen = np.flatnonzero((readings.times_s <= until_s) & followed)
    return _head_in(readings, seen[-1]) if len(seen) else None


def _head_in(readings: FrameReadings, row: int) -> SeenHead:
    x, y, width = readings.heads[row]
    across, down = readings.scale[row]
    return SeenHead(float(readings.times_s[row]), np.array([x * across, y * down]), float(width * down))


class _Chunk(NamedTuple):
    """A chunk's number, the last pictures before it, its own, which need not be taken, and its shots so far.

    The detector of shots has seen the pictures of the last seconds before the warm-up.
    """

    number: int
    warm_up: list[Picture]
    own: Iterator[Picture]
    shots: ShotDetector


def _iter_chunks(
    video: VideoReader,
    options: ChunkOptions,
    is_read: Callable[[int], bool],
    on_picture: Callable[[int], None] | None = None,
) -> Iterator[_Chunk]:
    """Yield the chunks of a video, of which those are read for whose number `is_read` says so.

    `on_picture` is called with its chunk's number for each picture that was decoded.
    """

    def number_of(picture: Picture) -> int:
        return int(picture.time_s // options.chunk_s)

    def count(pictures: Iterable[Picture]) -> Iterator[Picture]:
        for picture in pictures:
            if on_picture:
                on_picture(number_of(picture))
            yield picture

    before: deque[Picture] = deque(maxlen=WARM_UP_FRAMES)
    shots: dict[int, ShotDetector] = {}

    def remember(pictures: Iterable[Picture]) -> Iterator[Picture]:
        for picture in pictures:
            if len(before) == WARM_UP_FRAMES:
                compare(before[0])
            before.append(picture)
            yield picture

    def compare(picture: Picture) -> None:
        """Show a picture to the detectors of those chunks that begin within the next seconds."""
        last = int((picture.time_s + MEMORY_S) // options.chunk_s)
        coming = [number for number in range(number_of(picture) + 1, last + 1) if is_read(number)]
        image = picture.to_frame(options.reading.max_height).image if coming else None
        for number in coming:
            if image is not None:
                shots.setdefault(number, ShotDetector(in_shot=True)).notice(image, picture.time_s)

    pictures = choose_pictures(count(video.iter_pictures()), options.reading.sample_fps)
    for number, own in groupby(pictures, key=number_of):
        remembered = remember(own)
        detector = shots.pop(number, None) or ShotDetector(in_shot=bool(before))
        yield _Chunk(number, list(before), remembered, detector)
        deque(remembered, maxlen=0)


def choose_pictures(pictures: Iterable[Picture], fps: float | None) -> Iterator[Picture]:
    """Yield the first picture at or after each multiple of 1 / `fps` seconds; all where that is None.

    Which pictures they are depends on their times alone, not on where reading began.
    """
    last = -1
    for picture in pictures:
        # Times are multiples of the container's clock, and 0.3 s * 10 frames/s is not quite 3.
        turn = picture.index if fps is None else int(picture.time_s * fps + 1e-6)
        if turn > last:
            yield picture
        last = turn


def _read_with_new_detectors(
    chunk: _Chunk,
    body: BodyReader,
    face: FaceReader,
    options: ChunkOptions,
    person: SeenHead | None = None,
) -> tuple[FrameReadings, Sightings]:
    last_seen = (
        None if person is None else FaceSpot(float(person.nose[0]), float(person.nose[1]), person.width)
    )
    lookout = None if options.cast is None else Lookout(load_networks(), options.cast, last_seen)
    with (
        closing(body.open_tracker()) as body_tracker,
        closing(face.open_tracker()) as face_tracker,
        closing(read_ahead(_convert(chunk, options.reading))) as frames,
    ):
        reader = PersonBody(body_tracker, lookout, person, chunk.shots)
        parts = list(read_frames(frames, reader, face_tracker, face.batch_size, keep_mesh=options.keep_mesh))
    readings = replace(FrameReadings.join(parts), labels=reader.label_rows()).without_transitions()
    return readings, Sightings.none() if lookout is None else lookout.sightings()


def _convert(chunk: _Chunk, reading: ReadingOptions) -> Iterator[Frame]:
    for picture in chain(chunk.warm_up, chunk.own):
        yield picture.to_frame(reading.max_height)
