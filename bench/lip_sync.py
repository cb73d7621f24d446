"""How well clips of 10 s with their own sound are told from the same clips with sound that is not theirs.

    python bench/lip_sync.py [FRAME_TABLE ...]

Frame tables with voice tables beside them are read; without any, six videos of three rendered people are
made (about ten minutes). Clips begin every second, so they overlap. Their scores are those that verdicts rest
on, at the lag of the rest of the video: of its pieces of 5 s outside the clip. Nothing else is learnt, and
neither the clip nor changed sound has a part in that. Sound that is not theirs is their own, moved, and that
of each other video, at several places. Brackets are 95 % of bootstrap draws over videos, or, of fewer than
five, over parts of 5 s of them; they say nothing where no clip is ranked wrongly. Targets for moved and
swapped sound: above 0.95 on real videos, above 0.99 on rendered ones.

Two things the figures do not hold out: how mouth and sound are compared was chosen on rendered people and on
two real videos, and parts that overlap with their neighbours make intervals too narrow.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from classify.lip_sync import is_usable, score_curves
from extract.extraction import extract_video
from extract.frame_table import CUT, read_frame_table
from extract.sound.voice_table import read_voice_of
from features.lip_sync import LAGS_S, MouthAndSound
from features.windows import ClipRule, Clips, lay_clips
from simulate.signature import Signature
from simulate.video import render_session

CLIP_S: Final = 10.0
STEP_S: Final = 1.0
PIECE_S: Final = 5.0
SHIFTS_S: Final = (-1.0, -0.5, -0.3, -0.2, 0.2, 0.3, 0.5, 1.0)
PLACES_S: Final = tuple(np.arange(-30.0, 31.0, 5.0).tolist())
LARGEST_LAG_S: Final = 0.2
PEOPLE, SESSIONS, SECONDS = 3, 2, 20
DRAWS: Final = 1000
FEW_VIDEOS: Final = 5


class Spoken(NamedTuple):
    """A video: its name, its mouth and sound, its clips, and the pieces that tell the usual lag."""

    name: str
    tracks: MouthAndSound
    clips: Clips
    pieces: Clips


class Trials(NamedTuple):
    """Scores of clips with one kind of sound; for each the video and the part of 5 s that it begins in."""

    scores: npt.NDArray[np.float64]
    videos: npt.NDArray[np.str_]
    parts: npt.NDArray[np.str_]


def render(folder: Path) -> list[Path]:
    """Return the frame tables of rendered people who speak."""
    tables = []
    for person in range(PEOPLE):
        for session in range(SESSIONS):
            video = folder / f"{person}_{session}.mp4"
            render_session(Signature(person), SECONDS, seed=session, path=video)
            tables.append(extract_video(video, video.with_suffix(".parquet")).table)
    return tables


def read(table: Path) -> Spoken:
    """Return mouth and sound of a frame table, which must have a voice table beside it."""
    frames = read_frame_table(table)
    voice = read_voice_of(table, frames.metadata)
    if voice is None or voice.metadata.sound.lack is not None:
        sys.exit(f"{table} has no voice. Extract its video again.")
    clips, pieces = (
        lay_clips(frames.frames["time_s"], ClipRule(length_s, STEP_S), frames.frames[CUT])
        for length_s in (CLIP_S, PIECE_S)
    )
    return Spoken(table.stem, MouthAndSound.of_video(frames.frames, voice), clips, pieces)


def find_lags(video: Spoken) -> npt.NDArray[np.float64]:
    """Return for each clip the lag at which mouth and sound go together best in the rest of the video."""
    found = video.tracks.compare(video.pieces)
    usable = is_usable(found, 0.0)
    near = np.abs(LAGS_S) <= LARGEST_LAG_S + 1e-9
    lags_s = np.full(len(video.clips), np.nan)
    for clip, (start_s, end_s) in enumerate(zip(video.clips.start_s, video.clips.end_s, strict=True)):
        outside = (video.pieces.end_s <= start_s + 1e-6) | (video.pieces.start_s >= end_s - 1e-6)
        if (outside & usable).any():
            mean = found.curves[outside & usable][:, near].mean(axis=0)
            lags_s[clip] = LAGS_S[near][mean.argmax()]
    return lags_s


def try_sound(video: Spoken, lags_s: npt.NDArray[np.float64], other: Spoken | None, later_s: float) -> Trials:
    """Return the trials of a video's clips with their own sound, or another's, moved to later."""
    found = video.tracks.compare(video.clips, None if other is None else other.tracks, later_s=later_s)
    usable = is_usable(found, 0.0) & np.isfinite(lags_s)
    scores = [
        float(score_curves(curve[None], lag_s)[0])
        for curve, lag_s in zip(found.curves[usable], lags_s[usable], strict=True)
    ]
    parts = (video.clips.start_s[usable] // PIECE_S).astype(int)
    return Trials(
        np.array(scores),
        np.full(len(scores), video.name),
        np.array([f"{video.name} {part}" for part in parts], dtype=np.str_),
    )


def join(trials: Sequence[Trials]) -> Trials:
    """Return several trials as one."""
    return Trials(*(np.concatenate(parts) for parts in zip(*trials, strict=True)))


def compare(own: Trials, changed: Trials, *, over_videos: bool) -> str:
    """Return the AUC of own against changed sound, with its interval."""
    both = join([own, changed])
    is_own = np.arange(len(both.scores)) < len(own.scores)
    units, unit = np.unique(both.videos if over_videos else both.parts, return_inverse=True)
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(DRAWS):
        often = rng.multinomial(len(units), np.full(len(units), 1 / len(units)))[unit]
        if (often * is_own).any() and (often * ~is_own).any():
            draws.append(roc_auc_score(is_own, both.scores, sample_weight=often))
    low, high = np.percentile(draws, (2.5, 97.5))
    value = roc_auc_score(is_own, both.scores)
    return f"{value:.3f} [{low:.3f}, {high:.3f}] ({len(own.scores)} against {len(changed.scores)})"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        given = [Path(word) for word in sys.argv[1:]]
        videos = [read(table) for table in given or render(Path(folder))]
    lags = [find_lags(video) for video in videos]
    own = join([try_sound(video, lag, None, 0.0) for video, lag in zip(videos, lags, strict=True)])
    moved = {
        shift_s: join([try_sound(video, lag, None, shift_s) for video, lag in zip(videos, lags, strict=True)])
        for shift_s in SHIFTS_S
    }
    swapped = [
        try_sound(video, lag, other, place_s)
        for video, lag in zip(videos, lags, strict=True)
        for other in videos
        if other is not video
        for place_s in PLACES_S
    ]
    over_videos = len(videos) >= FEW_VIDEOS
    for video, lag in zip(videos, lags, strict=True):
        known = lag[np.isfinite(lag)]
        said = f"lags of {known.min():+.2f} to {known.max():+.2f} s" if len(known) else "no lag"
        print(f"{video.name}: {len(video.clips)} clips, {said}")
    for shift_s, trials in moved.items():
        print(f"moved by {shift_s:+.1f} s: AUC {compare(own, trials, over_videos=over_videos)}")
    print(f"moved: AUC {compare(own, join(list(moved.values())), over_videos=over_videos)}")
    if len(videos) > 1:
        print(f"swapped: AUC {compare(own, join(swapped), over_videos=over_videos)}")


if __name__ == "__main__":
    main()
