"""The rows of one video in a correlations table and in its clip table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from extract.frame_table import CUT, MOUTH, FrameTable
from features.correlation import LEAST_SHARE, correlate_clips
from features.formats import INDEX, TEXT
from features.labels import Label, label_from_name, name_clip
from features.motion_trace import TRACE_COLUMN, trace_motion, write_traces
from features.movement import LONGEST_GAP_S, MovementMeter
from features.quality import VOICED_COLUMN, describe_footage, measure_voiced_share
from features.signals import compute_positions, compute_signal
from features.signature import FEATURES, PairSet
from features.tables import CLIP_COLUMNS
from features.voice import LEAST_VOICED, PITCH, lay_voice_over_frames, tell_no_voice_table
from features.windows import Clips
from ground.descriptions import flatten
from ground.errors import TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from extract.sound.voice_table import VoiceTable
    from features.clips import CorrelationOptions

# Clips that are correlated at once: at 435 pairs they take 4 MB.
_CLIPS_AT_ONCE: Final = 1024


@dataclass(frozen=True)
class ClipRows:
    """Consecutive clips of one video as arrays, which are cheap to make for a few rows.

    Attributes
    ----------
    names
        Of the clips.
    correlations : ndarray of float64, shape (clips, pairs)
        NaN by the rules of `features.correlation.correlate_clips`.
    clips : dict of ndarray, shape (clips,)
        The columns `features.tables.CLIP_COLUMNS` but the name; texts as objects, None where missing.
    """

    names: list[str]
    correlations: NDArray[np.float64]
    clips: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class ClipBlock:
    """Clips as tables.

    Attributes
    ----------
    correlations : DataFrame
        Indexed by clip name, the columns of the chosen `PairSet`; float64, NaN where missing.
    clips : DataFrame
        The same index, the columns `features.tables.CLIP_COLUMNS`.
    """

    correlations: pd.DataFrame
    clips: pd.DataFrame


def iter_clip_rows(
    table: FrameTable,
    clips: Clips,
    options: CorrelationOptions,
    label: Label | None = None,
    voice: VoiceTable | None = None,
) -> Iterator[ClipRows]:
    """Yield the rows of a video, in order, a part at a time; one part without rows when there is no clip.

    So memory does not grow with the number of clips, which dense stepping makes large. Parameters as for
    `features.clips.correlate_frame_table`, and so are errors; `clips` were laid over the table's times by
    `options.clips`.
    """
    _check_measured(table, options.pairs, voice)
    # All of one type, pandas need not copy the table to hand out columns.
    frames = table.frames.drop(columns="frame").astype("float64")
    times = frames["time_s"].to_numpy()
    laid_voice = None if voice is None else lay_voice_over_frames(voice, times)
    positions = compute_positions(
        frames,
        mouth=options.pairs.mouth,
        coordinates=options.body,
        voice=laid_voice if options.pairs.has_voice else None,
    )
    signals = compute_signal(positions, times, options.signal, frames[CUT].to_numpy())
    stem = Path(table.metadata.source.name).stem
    facts = _describe_video(table, options, label or label_from_name(stem), voice)
    footage = {**describe_footage(frames, clips), VOICED_COLUMN: measure_voiced_share(laid_voice, clips)}
    trace = trace_motion(frames)
    # Noise is known in signing space, whichever coordinates are correlated.
    signing = positions if options.body == "signing" else compute_positions(frames)
    meter = MovementMeter(
        times,
        signing[:, : len(FEATURES)],
        frames["face_px"].to_numpy(),
        table.metadata.reading,
        LONGEST_GAP_S[options.signal],
    )
    for begin in range(0, max(len(clips), 1), _CLIPS_AT_ONCE):
        part = slice(begin, begin + _CLIPS_AT_ONCE)
        laid = clips.select(part)
        correlations, constant = _correlate(signals, laid, options.pairs)
        columns = {
            **{name: _repeat(name, value, len(laid)) for name, value in facts.items()},
            **{name: values[part] for name, values in footage.items()},
            **vars(meter.measure(laid)),
            "start_s": laid.start_s,
            "end_s": laid.end_s,
            "pairs_missing": np.isnan(correlations).mean(axis=1),
            "constant_features": constant,
            TRACE_COLUMN: np.array(write_traces(trace, clips, begin, begin + len(laid)), dtype=object),
        }
        names = [name_clip(stem, begin + k) for k in range(len(laid))]
        yield ClipRows(names, correlations, columns)


def join_rows(parts: Sequence[ClipRows], pair_set: PairSet) -> ClipBlock:
    """Put rows, of one or of several videos, into tables."""
    import pandas as pd

    names = pd.Index([name for rows in parts for name in rows.names], name=INDEX, dtype=object)
    correlations = np.concatenate([rows.correlations for rows in parts])
    clips = {
        name: np.concatenate([rows.clips[name] for rows in parts]) for name in CLIP_COLUMNS if name != INDEX
    }
    return ClipBlock(
        pd.DataFrame(correlations, index=names, columns=pair_set.columns), pd.DataFrame(clips, index=names)
    )


def _check_measured(table: FrameTable, pairs: PairSet, voice: VoiceTable | None) -> None:
    """Raise TableError when a set needs what was not measured."""
    name = table.metadata.source.name
    if pairs.mouth and table.frames[list(MOUTH)].isna().all(axis=None):
        raise TableError(
            f"The frame table of {name} has no mouth distances, because {table.metadata.reading.face.name} "
            "does not measure them. Leave out --mouth."
        )
    if pairs.has_voice and voice is None:
        raise TableError(tell_no_voice_table(name))


def _correlate(
    signals: NDArray[np.float64], clips: Clips, pair_set: PairSet
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return the correlations of each clip, and the names of the features that are constant in it."""
    # A feature correlates with itself unless it is constant or mostly missing: that tells the reason.
    used = sorted({column for pair in pair_set.places for column in pair})
    with_itself = [(column, column) for column in used]
    least = np.full(len(pair_set.features), LEAST_SHARE)
    if pair_set.has_voice:  # only a voice has a pitch, which is no lack of the measurement
        least[pair_set.features.index(PITCH)] *= LEAST_VOICED
    values = correlate_clips(signals, clips.first, clips.stop, [*pair_set.places, *with_itself], least)
    n_pairs = len(pair_set.places)
    undefined = np.isnan(values[:, n_pairs:])
    constant = np.full(len(clips), None, dtype=object)
    for clip in np.flatnonzero(undefined.any(axis=1)):
        suspects = np.array(used)[undefined[clip]]
        part = signals[clips.first[clip] : clips.stop[clip], suspects]
        often = np.isfinite(part).sum(axis=0) >= least[suspects] * max(len(part), 1)
        constant[clip] = " ".join(pair_set.features[column] for column in suspects[often]) or None
    return values[:, :n_pairs], constant


def _describe_video(
    table: FrameTable, options: CorrelationOptions, label: Label | None, voice: VoiceTable | None
) -> dict[str, Any]:
    source = table.metadata.source
    return {
        "video": source.name,
        "sha256": source.sha256,
        "subject": label.subject if label else None,
        "group": label.group if label else None,
        "session": label.session if label else Path(source.name).stem,
        "driver": label.driver if label else None,
        **flatten(options.describe(table.metadata.reading, voice)),
    }


def _repeat(name: str, value: str | float | None, times: int) -> NDArray[Any]:
    """Return a column of the clip table with one value throughout."""
    if CLIP_COLUMNS[name] == TEXT:
        return np.full(times, value, dtype=object)
    return np.full(times, np.nan if value is None else value, dtype=np.float64)
