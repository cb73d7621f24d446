"""Frame tables and the voice tables beside them: what is learnt, and said, of mouth and sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from classify.background.card import EnrolledRecording
from classify.background.enrolled import Enrolment
from classify.judge_file import Judge
from classify.lip_sync import LipSyncDoubt, LipSyncRange, LipSyncStatement, judge_lip_sync
from classify.lip_sync_learning import LipSyncRecording, SpokenVideo, learn_lip_sync
from classify.thresholds import ERROR_RATE
from classify.words.lip_sync import describe_lip_sync
from extract.frame_table import CUT, MOUTH, FrameTable, read_frame_table, read_metadata
from extract.sound.voice_table import read_voice_of
from features.formats import list_some
from features.lip_sync import MouthAndSound
from features.recordings import SIGNATURE_CLIPS
from features.windows import ClipRule, Clips, lay_clips
from ground.text import count
from motionsig.use_cases.recordings import is_read_from_video
from motionsig.use_cases.suspects import correlation_options


def list_spoken(tables: Sequence[Path], on_notice: Callable[[str], None]) -> list[SpokenVideo]:
    """Return the videos of frame tables, with what reads mouth and sound of each when it is needed.

    Parameters
    ----------
    tables
        The frame tables.
    on_notice
        Called with a sentence that names those without a voice table beside them.

    Raises
    ------
    TableError
        When one is no frame table.
    """
    read = [(table, read_metadata(table)) for table in tables]
    of_videos = [(table, metadata) for table, metadata in read if is_read_from_video(metadata)]
    if without := [str(table) for table, metadata in of_videos if read_voice_of(table, metadata) is None]:
        on_notice(
            f"No voice table lies beside {len(without)} of {count(len(read), 'frame table')} "
            f"({list_some(without)}). From the person's own among them it is not learnt how mouth and voice "
            "go together. Extract these again with the same command: only their sound is read."
        )
    sources = [(table, metadata.source) for table, metadata in read]
    return [SpokenVideo(source.name, source.sha256, partial(_read, table)) for table, source in sources]


def learn_of_enrolled(
    tables: Sequence[Path], recordings: Sequence[EnrolledRecording], on_notice: Callable[[str], None]
) -> LipSyncRange | None:
    """Learn from the recordings of an enrolled person how mouth and sound go together.

    Parameters
    ----------
    tables
        Their frame tables.
    recordings
        What the enrolment says of them: copies of one recording are one session there. With the sound of a
        copy a mouth would go as well as with its own.
    on_notice
        As of `classify.lip_sync_learning.learn_lip_sync`.

    Raises
    ------
    TableError
        When one of the tables is damaged.
    """
    session_of = {one.sha256: one.session for one in recordings}
    spoken = [
        LipSyncRecording(one.video, session_of[one.sha256], *read)
        for one in list_spoken(tables, on_notice)
        if (read := one.read(SIGNATURE_CLIPS)) is not None
    ]
    return learn_lip_sync(spoken, ERROR_RATE, on_notice)


def state_lip_sync(table: Path, judge: Judge) -> LipSyncStatement:
    """Say whether the mouth fits the sound in the video of a frame table.

    Parameters
    ----------
    table
        The frame table, beside which its voice table lies.
    judge
        The trained model or enrolled person whose own range counts.

    Raises
    ------
    TableError
        When one of the tables is damaged.
    """
    known, person = judge.card.lip_sync, judge.card.person
    statement = _state(table, known, _find_rule(judge))
    return statement.model_copy(update={"sentence": describe_lip_sync(statement, person)})


def _state(table: Path, known: LipSyncRange | None, rule: ClipRule) -> LipSyncStatement:
    frames = read_frame_table(table)
    read = _read_tracks(table, frames)
    if isinstance(read, LipSyncDoubt):
        return LipSyncStatement(label="cannot be said", doubt=read)
    if known is None:
        return LipSyncStatement(label="cannot be said", doubt=LipSyncDoubt.NO_RANGE)
    return judge_lip_sync(known, read, _lay_clips(frames, rule))


def _find_rule(judge: Judge) -> ClipRule:
    if isinstance(judge, Enrolment):
        return ClipRule(judge.card.background.clip_s, judge.card.background.step_s)
    return correlation_options(judge).clips


def _read(table: Path, rule: ClipRule) -> tuple[MouthAndSound, Clips] | None:
    """Return mouth, sound and clips of a frame table; None where it has no sound or no mouth."""
    frames = read_frame_table(table)
    read = _read_tracks(table, frames)
    clips = _lay_clips(frames, rule)
    return None if isinstance(read, LipSyncDoubt) or not len(clips) else (read, clips)


def _read_tracks(table: Path, frames: FrameTable) -> MouthAndSound | LipSyncDoubt:
    voice = read_voice_of(table, frames.metadata)
    if voice is None:
        return LipSyncDoubt.NO_VOICE_TABLE
    if voice.metadata.sound.lack is not None:
        return LipSyncDoubt.NO_SOUND
    if not np.isfinite(frames.frames[list(MOUTH)].to_numpy(dtype=np.float64)).any():
        return LipSyncDoubt.NO_MOUTH
    return MouthAndSound.of_video(frames.frames, voice)


def _lay_clips(frames: FrameTable, rule: ClipRule) -> Clips:
    return lay_clips(frames.frames["time_s"], rule, frames.frames[CUT])
