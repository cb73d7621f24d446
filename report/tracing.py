"""The signals of deviating pairs over a clip, as a report draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pydantic

from classify.deviations import NumberName
from classify.words.movements import is_spread
from extract.frame_table import CUT, FrameTable
from extract.sound.voice_table import VoiceTable
from features.clips import CorrelationOptions
from features.frame_signals import compute_frame_signals
from features.signals import compute_positions, compute_signal
from features.voice import lay_voice_over_frames
from ground.records import Record
from ground.time_span import TimeSpan

# By how many points a signal is drawn.
_POINTS: Final = 100


class PairTrace(Record):
    """The two signals of a pair over a clip, averaged over equal parts of it; None where nothing was seen."""

    pair: NumberName
    first: tuple[float | None, ...]
    second: tuple[float | None, ...]

    @pydantic.model_validator(mode="after")
    def _check_lengths(self) -> Self:
        if len(self.first) != len(self.second):
            raise ValueError("the two signals are of different lengths")
        return self

    @pydantic.field_validator("pair")
    @classmethod
    def _check_pair(cls, pair: str) -> str:
        if is_spread(pair):
            raise ValueError("how much one signal moves is no pair of signals")
        return pair


class Tracer:
    """Signals of a video, to be cut into clips.

    Parameters
    ----------
    names
        Of the signals.
    times
        float64, shape (frames,): seconds.
    signals
        float64, shape (frames, names): NaN where missing.
    """

    def __init__(
        self, names: Sequence[str], times: npt.NDArray[np.float64], signals: npt.NDArray[np.float64]
    ) -> None:
        self._times, self._signals = times, signals
        self._columns = {name: column for column, name in enumerate(names)}

    @classmethod
    def of_features(
        cls, table: FrameTable, options: CorrelationOptions, voice: VoiceTable | None = None
    ) -> Self:
        """Trace the features that a model's footage was correlated by; `voice` lies beside the table."""
        frames = table.frames.drop(columns="frame").astype("float64")
        times = frames["time_s"].to_numpy()
        laid = None
        if voice is not None and options.pairs.has_voice:
            laid = lay_voice_over_frames(voice, times)
        positions = compute_positions(frames, mouth=options.pairs.mouth, coordinates=options.body, voice=laid)
        signals = compute_signal(positions, times, options.signal, frames[CUT].to_numpy())
        return cls(options.pairs.features, times, signals)

    @classmethod
    def of_descriptors(cls, table: FrameTable) -> Self:
        """Trace the signals that descriptors look at."""
        signals = compute_frame_signals(table)
        return cls(signals.names, signals.time_s, signals.values)

    def trace(self, pair: str, span: TimeSpan) -> PairTrace:
        """Return the two signals of a pair over a clip."""
        first, second = pair.split("*")
        begin, end = np.searchsorted(self._times, [span.start_s, span.end_s])
        parts = ((self._times[begin:end] - span.start_s) / span.length_s * _POINTS).astype(np.intp)
        traces = (
            _average_parts(self._signals[begin:end, self._columns[name]], parts) for name in (first, second)
        )
        return PairTrace(pair=pair, first=next(traces), second=next(traces))


def _average_parts(signal: npt.NDArray[np.float64], parts: npt.NDArray[np.intp]) -> tuple[float | None, ...]:
    seen = np.isfinite(signal)
    parts = np.clip(parts[seen], 0, _POINTS - 1)
    counts = np.bincount(parts, minlength=_POINTS)
    sums = np.bincount(parts, signal[seen], minlength=_POINTS)
    return tuple(
        float(f"{total / count:.4g}") if count else None for total, count in zip(sums, counts, strict=True)
    )
