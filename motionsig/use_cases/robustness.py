"""How far the numbers of a video move when it is encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from classify.judge_file import Judge
from classify.model import Model
from classify.verdict import VideoLabel
from extract.frame_table import FrameTable, read_frame_table
from extract.sound.voice_table import VoiceTable, read_voice_of
from features.clips import CorrelationOptions, correlate_frame_table
from features.shots import describe_too_short
from features.signals import compute_positions
from features.voice import lay_voice_over_frames
from features.windows import ClipRule
from ground.errors import InputError, MotionsigError
from ground.records import Record
from ground.rows import write_rows
from motionsig.use_cases.judging import judge_table
from motionsig.use_cases.suspects import correlation_options

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Clips of two versions are the same where they start so close together: some frames, by which a cut may be
# found elsewhere in a picture that was encoded again.
_SAME_START_S: Final = 0.2


class Agreement(Record):
    """One version of a video, against the original.

    `body_share` and `face_share` are the shares of its frames in which a body, and a face, was read.
    `feature_r` is the median over the features of the Pearson correlation, over frames, of the feature in
    this version with the same feature at the same times in the original. `correlation_r` is the Pearson
    correlation of all clips' correlations with the original's, and `correlation_change` their mean absolute
    difference, over `cells` clips x pairs that both have; the original has `cells_lost` more. Score, log10
    likelihood ratio and label are of the verdict, None without a model, where the model is not calibrated, or
    where no clip could be judged; `score_shift` is the score minus the original's. What could not be computed
    is None, and `error` says why where it is a whole version.
    """

    video: str
    version: str
    frames: int | None = None
    body_share: float | None = None
    face_share: float | None = None
    feature_r: float | None = None
    correlation_r: float | None = None
    correlation_change: float | None = None
    clips: int | None = None
    cells: int | None = None
    cells_lost: int | None = None
    score: float | None = None
    score_shift: float | None = None
    log10_lr: float | None = None
    label: VideoLabel | None = None
    error: str | None = None


@dataclass(frozen=True)
class Measured:
    """One version of a video, measured, correlated in clips that start then, and, with a model, judged."""

    table: FrameTable
    voice: VoiceTable | None
    correlations: pd.DataFrame
    start_s: NDArray[np.float64]
    score: float | None
    log10_lr: float | None
    label: VideoLabel | None


def measure_version(table: Path, judge: Judge | None) -> Measured:
    """Correlate a frame table as the judge's footage was, and let the judge, if there is one, judge it.

    For an enrolled person, and without a judge, the published pairs are correlated.

    Raises
    ------
    TableError, InputError, ModelError
        When the table cannot be used, is shorter than a clip, or does not fit the judge.
    """
    frames = read_frame_table(table)
    voice = read_voice_of(table, frames.metadata)
    measured = correlate_frame_table(frames, _options_of(judge), voice=voice)
    correlations = measured.block.correlations
    start_s = measured.block.clips["start_s"].to_numpy()
    if correlations.empty:
        name, clip_s = frames.metadata.source.name, _options_of(judge).clips.length_s
        why = describe_too_short(name, measured.duration_s, measured.short_shots, clip_s)
        raise InputError(f"{why}. So there is nothing to compare.")
    if judge is None:
        return Measured(frames, voice, correlations, start_s, None, None, None)
    (verdict,) = judge_table(table, judge)
    return Measured(frames, voice, correlations, start_s, verdict.score, verdict.log10_lr, verdict.label)


def _options_of(judge: Judge | None) -> CorrelationOptions:
    """Return how a model's footage was correlated, or the published pairs, over a person's clips."""
    if isinstance(judge, Model):
        return correlation_options(judge)
    if judge is None:
        return CorrelationOptions()
    background = judge.card.background
    return CorrelationOptions(ClipRule(background.clip_s, background.step_s))


def compare_versions(
    video: str, original: Path, versions: dict[str, Path], judge: Judge | None
) -> list[Agreement]:
    """Compare versions of a video with the original, which stands first in the list.

    Parameters
    ----------
    video
        The name under which it is listed.
    original
        Frame table of the original.
    versions
        Name of each version -> its frame table.
    judge
        The model or the enrolled person that judges them all; None for none.

    Raises
    ------
    TableError, InputError, ModelError
        When the original cannot be used. A version that cannot be used says so in its row.
    """
    options = _options_of(judge)
    before = measure_version(original, judge)
    rows = [_compare(video, "original", before, before, options)]
    for name, table in versions.items():
        try:
            rows.append(_compare(video, name, before, measure_version(table, judge), options))
        except MotionsigError as error:
            rows.append(Agreement(video=video, version=name, error=str(error)))
    return rows


def write_agreements(rows: Sequence[Agreement], path: Path) -> None:
    """Write agreements as CSV, a row a version; what is None is an empty cell."""
    write_rows(path, list(Agreement.model_fields), (tuple(row.model_dump().values()) for row in rows))


def _compare(
    video: str, version: str, before: Measured, after: Measured, options: CorrelationOptions
) -> Agreement:
    frames = after.table.frames
    # A cut may be found in one version and not in the other.
    starts_s = np.abs(before.start_s[:, None] - after.start_s)
    same = np.flatnonzero(starts_s.min(axis=1) <= _SAME_START_S)
    ours = before.correlations.to_numpy(dtype=np.float64)[same]
    theirs = after.correlations.to_numpy(dtype=np.float64)[starts_s.argmin(axis=1)[same]]
    both = np.isfinite(ours) & np.isfinite(theirs)
    change = np.abs(ours - theirs)[both]
    shift = None if before.score is None or after.score is None else after.score - before.score
    return Agreement(
        video=video,
        version=version,
        frames=len(frames),
        body_share=float(frames["nose_x"].notna().mean()),
        face_share=float(frames["AU01_r"].notna().mean()),
        feature_r=_agree_over_time(before, after, options),
        correlation_r=_correlate(ours[both], theirs[both]),
        correlation_change=float(change.mean()) if change.size else None,
        clips=len(same),
        cells=int(both.sum()),
        cells_lost=int((np.isfinite(ours) & ~both).sum()),
        score=after.score,
        score_shift=shift,
        log10_lr=after.log10_lr,
        label=after.label,
    )


def _agree_over_time(before: Measured, after: Measured, options: CorrelationOptions) -> float | None:
    """Return the median over features of the correlation of both versions, frame by frame."""
    times, wanted = (one.table.frames["time_s"].to_numpy() for one in (before, after))
    nearest = np.searchsorted((times[1:] + times[:-1]) / 2, wanted)
    ours, theirs = (_compute_positions(one, options) for one in (before, after))
    found = [
        _correlate(a[both], b[both])
        for a, b in zip(ours[nearest].T, theirs.T, strict=True)
        if (both := np.isfinite(a) & np.isfinite(b)).any()
    ]
    known = [r for r in found if r is not None]
    return float(np.median(known)) if known else None


def _compute_positions(measured: Measured, options: CorrelationOptions) -> NDArray[np.float64]:
    frames, voice = measured.table.frames, measured.voice
    laid = None
    if voice is not None and options.pairs.has_voice:
        laid = lay_voice_over_frames(voice, frames["time_s"].to_numpy())
    return compute_positions(frames, mouth=options.pairs.mouth, coordinates=options.body, voice=laid)


def _correlate(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Return Pearson's correlation; None where one of both does not vary."""
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
