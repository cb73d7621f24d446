"""Video file to its sound: mono, at one rate, on the clock of the picture.

PyAV (FFmpeg) decodes the sound as it does the picture: presentation times count, so a track that begins
later, an edit list, and a gap in between are where they belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.container import OpenVideo, open_video
from extract.limits import Clock, Limits
from extract.sound.source import SoundLack, SoundSource
from extract.source_video import SourceVideo
from ground.text import count, printable

if TYPE_CHECKING:
    from pathlib import Path

    import av
    from av.audio.stream import AudioStream
    from numpy.typing import NDArray

RATE_HZ: Final = 16_000
# Frames that lie nearer to where they belong than this follow each other: time stamps are rounded, and
# encoders let them wander by a few milliseconds.
_SLACK: Final = RATE_HZ // 50
# Of 8 bits, the highest value is 0.992.
_FULL_SCALE: Final = 0.99
_LOUDEST: Final = 100.0
# A multiple of 1.28 s, as `measure_voice` asks for; measuring it takes 130 MB.
_ALL_AT_ONCE: Final = round(25.6 * RATE_HZ)
# A file that claims to be longer would take more memory than its pictures; one that claims a lower rate would
# grow by as much as it likes.
_LONGEST_S: Final = 24 * 3600.0
_LEAST_RATE_HZ: Final = 1000


class Sound:
    """Reads the sound of one video, once, from beginning to end.

    Parameters
    ----------
    path
        The video file.
    video
        What is known of its picture, whose first frame is time 0.
    picture_s
        How long the picture lasts, seconds; sound beyond it is not read, and none at all of a picture that
        lasts longer than a day.
    limits
        What reading may cost.
    """

    def __init__(self, path: Path, video: SourceVideo, picture_s: float, limits: Limits) -> None:
        self._path = path
        self._video = video
        self._is_too_long = picture_s > _LONGEST_S
        self._length = 0 if self._is_too_long else round(picture_s * RATE_HZ)
        self._limits = limits
        self._facts = _Facts()

    def iter_blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound from time 0 to the end of the picture, in blocks of 25.6 s and a shorter last one.

        Yields
        ------
        ndarray of float32, shape (samples,)
            At `RATE_HZ`, full scale 1, the mean of all channels; NaN where the file has no sound.

        Raises
        ------
        VideoError
            When the file cannot be opened any more, or reading takes longer than the limits allow.
        """
        block, begin = self._make_block(0), 0
        for place, samples in self._iter_placed():
            stop = place + len(samples)
            while stop > begin + len(block) and len(block):
                _fill(block, begin, place, samples)
                yield block
                begin += len(block)
                block = self._make_block(begin)
            _fill(block, begin, place, samples)
        while len(block):
            yield block
            begin += len(block)
            block = self._make_block(begin)

    def describe(self) -> SoundSource:
        """Return what is known of the sound once all blocks were read."""
        return self._facts.describe()

    def _iter_placed(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield samples in order, each with the place of the first one, in samples after time 0."""
        clock = Clock(str(self._path), self._limits.time_s)
        repairs = self._video.time_repairs
        if repairs is not None and not repairs.keep_the_clock:
            self._facts.lack = "times repaired"
            return
        if self._is_too_long:
            self._facts.lack = "too long"
            return
        with open_video(self._path, self._limits) as video:
            stream = self._choose(video)
            if stream is None:
                return
            expected: int | None = None
            for place, parts in _join(self._place(self._decode(video, stream, clock))):
                # A row in memory each, over which means are quick.
                channels = np.ascontiguousarray(np.concatenate(parts, axis=1))
                if not (np.abs(channels) <= _LOUDEST).all():  # a damaged stream of floating-point numbers
                    channels = np.clip(np.nan_to_num(channels), -_LOUDEST, _LOUDEST)
                self._facts.note(place, channels, expected)
                # FFmpeg's own mix of several channels is louder than each.
                yield place, channels.mean(axis=0)
                expected = place + channels.shape[1]

    def _choose(self, video: OpenVideo) -> AudioStream | None:
        """Return the track that players play: the one marked as default, or else the first."""
        from av.stream import Disposition

        tracks = list(video.container.streams.audio)
        if not tracks:
            self._facts.lack = "no sound track"
            return None
        chosen = max(tracks, key=lambda track: bool(track.disposition & Disposition.default))
        self._facts.track = _describe(chosen)
        self._facts.other_tracks = tuple(_describe(track) for track in tracks if track is not chosen)
        if chosen.codec_context is None:
            self._facts.lack = "not decodable"
            return None
        chosen.codec_context.thread_count = 1
        return chosen

    def _decode(self, video: OpenVideo, stream: AudioStream, clock: Clock) -> Iterator[av.AudioFrame]:
        """Yield decoded sound, resampled; packets that cannot be decoded are counted and passed over."""
        import av

        resampler = _Resampler()
        for packet in _iter_packets(video, stream):
            clock.check()
            try:
                for frame in stream.decode(packet):
                    yield from resampler.resample(frame)
                    self._facts.rate_hz = frame.sample_rate
            except (av.error.FFmpegError, ValueError):
                self._facts.decode_errors += 1
        yield from resampler.resample(None)

    def _place(self, frames: Iterable[av.AudioFrame]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield samples with their place: right after the last ones, unless their time stamp contradicts.

        What lies after the picture is passed over, so that one damaged time stamp costs only its own frame.
        """
        expected: int | None = None
        for frame in frames:
            interleaved = frame.to_ndarray().astype(np.float32, copy=False)
            samples = interleaved.reshape(-1, frame.layout.nb_channels).T
            place = expected or 0
            if frame.pts is not None and frame.time_base is not None:
                stated = round((float(frame.pts * frame.time_base) - self._video.start_s) * RATE_HZ)
                if expected is None or abs(stated - expected) > _SLACK:
                    place = stated
            if expected is not None and place < expected:  # it overlaps what was there already
                samples, place = samples[:, expected - place :], expected
            if place >= self._length:
                self._facts.beyond = min(place, self._facts.beyond or place)
            elif samples.shape[1]:
                yield place, samples
                expected = place + samples.shape[1]

    def _make_block(self, begin: int) -> NDArray[np.float32]:
        return np.full(min(_ALL_AT_ONCE, self._length - begin), np.nan, np.float32)


class _Resampler:
    """Brings frames to `RATE_HZ`, channel by channel, also where a broadcast changes from stereo to mono.

    Channels are interleaved: of eight and more that are not, PyAV reads beyond the last.
    """

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None

    def resample(self, frame: av.AudioFrame | None) -> list[av.AudioFrame]:
        """Return what comes out for a frame; None asks for the rest."""
        import av

        kind = None if frame is None else (frame.format.name, frame.layout.name, frame.sample_rate)
        ready: list[av.AudioFrame] = []
        if kind != self._kind:
            ready = [] if self._resampler is None else self._resampler.resample(None)
            self._kind = self._resampler = None
            if frame is not None and frame.sample_rate < _LEAST_RATE_HZ:
                raise ValueError(f"{frame.sample_rate} Hz are no sound")
            self._resampler = None if frame is None else av.AudioResampler("flt", frame.layout, RATE_HZ)
            self._kind = kind
        return ready if self._resampler is None else [*ready, *self._resampler.resample(frame)]


@dataclass
class _Facts:
    """What is noted while sound is read."""

    lack: SoundLack | None = None
    track: str | None = None
    other_tracks: tuple[str, ...] = ()
    rate_hz: int = 0
    first: int | None = None
    stop: int = 0
    beyond: int | None = None
    missing: int = 0
    clipped: int = 0
    samples: int = 0
    decode_errors: int = 0

    def note(self, place: int, channels: NDArray[np.float32], expected: int | None) -> None:
        self.first = place if self.first is None else self.first
        self.missing += 0 if expected is None else max(place, 0) - max(expected, 0)
        self.stop = place + channels.shape[1]
        self.samples += channels.shape[1]
        self.clipped += int((np.abs(channels) >= _FULL_SCALE).any(axis=0).sum())

    def describe(self) -> SoundSource:
        lack, first, stop = self.lack, self.first, self.stop
        if lack is None and first is None:
            first = stop = self.beyond or 0
            lack = "not decodable" if self.beyond is None else None
        return SoundSource(
            lack=lack,
            track=self.track,
            other_tracks=self.other_tracks,
            rate_hz=self.rate_hz,
            start_s=(first or 0) / RATE_HZ,
            end_s=stop / RATE_HZ,
            gap_s=self.missing / RATE_HZ,
            clipped=self.clipped / max(self.samples, 1),
            decode_errors=self.decode_errors,
        )


def _join(
    placed: Iterable[tuple[int, NDArray[np.float32]]],
) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
    """Yield samples that follow each other together, about a second at a time, because frames are short."""
    begin, stop = 0, 0
    parts: list[NDArray[np.float32]] = []
    for place, samples in placed:
        if parts and (place != stop or stop - begin >= RATE_HZ or len(samples) != len(parts[0])):
            yield begin, parts
            parts = []
        if not parts:
            begin = place
        parts.append(samples)
        stop = place + samples.shape[1]
    if parts:
        yield begin, parts


def _iter_packets(video: OpenVideo, stream: AudioStream) -> Iterator[av.Packet[AudioStream]]:
    """Yield the packets of a track, as far as the file can be read."""
    import av

    with suppress(av.error.FFmpegError):  # a file that is cut off; the picture's reader says so
        yield from video.container.demux(stream)


def _fill(block: NDArray[np.float32], begin: int, place: int, samples: NDArray[np.float32]) -> None:
    """Write what lies in a block, which begins at `begin`, of samples that begin at `place`."""
    first, stop = max(place, begin), min(place + len(samples), begin + len(block))
    if first < stop:
        block[first - begin : stop - begin] = samples[first - place : stop - place]


def _describe(track: AudioStream) -> str:
    """Return a track in words, such as "aac, 48000 Hz, 2 channels, eng"."""
    context = track.codec_context
    if context is None:
        return "unknown codec"
    parts = [context.name, f"{context.sample_rate} Hz", count(context.channels, "channel")]
    language = printable(track.metadata.get("language", ""))[:20]
    return ", ".join([*parts, *([language] if language not in ("", "und") else [])])
