"""A suspect's table and what judges it, a trained model or an enrolled person, to verdicts and evidence."""

from __future__ import annotations

from pathlib import Path

from classify.background.enrolled import Enrolment
from classify.background.judging import judge_recording
from classify.judge_file import Judge
from classify.mirrored import warn_if_mirrored_matches
from classify.scoring import judge_videos
from classify.verdict import VideoVerdict
from extract.frame_table import is_frame_table, read_frame_table
from extract.people.tracks_table import find_tracks_table
from extract.sound.voice_table import read_voice_of
from motionsig.use_cases.lip_sync import state_lip_sync
from motionsig.use_cases.suspects import read_recording, read_suspect
from report.evidence import VideoEvidence, gather_recording, gather_videos
from report.people_evidence import gather_people


def judge_table(table: Path, judge: Judge) -> tuple[VideoVerdict, ...]:
    """Return what is said of each video of a table, whosever face it measures.

    Parameters
    ----------
    table
        A frame table, or, for a trained model, a correlations table.
    judge
        Who judges it.

    Raises
    ------
    InputError, TableError
        When the table cannot be used, or its video is shorter than a clip.
    ModelError
        When it was measured in another way than the judge's footage.
    """
    if isinstance(judge, Enrolment):
        verdict = judge_recording(judge, *read_recording(table, judge))
        return _add_what_tables_tell((verdict,), table, judge)
    return _add_what_tables_tell(judge_videos(judge, *read_suspect(table, judge)), table, judge)


def _add_what_tables_tell(
    verdicts: tuple[VideoVerdict, ...], table: Path, judge: Judge
) -> tuple[VideoVerdict, ...]:
    """Return the verdicts with what only a frame table tells.

    That is whether the mouth fits the sound, and a warning where the mirrored video would be consistent.
    """
    if not is_frame_table(table):
        return verdicts

    def judge_mirrored() -> VideoVerdict:
        if isinstance(judge, Enrolment):
            return judge_recording(judge, *read_recording(table, judge, mirrored=True))
        (verdict,) = judge_videos(judge, *read_suspect(table, judge, mirrored=True))
        return verdict

    lip_sync = state_lip_sync(table, judge)
    return tuple(
        warn_if_mirrored_matches(verdict, judge_mirrored).model_copy(update={"lip_sync": lip_sync})
        for verdict in verdicts
    )


def judge_with_evidence(
    table: Path, judge: Judge, suspect: Path
) -> tuple[tuple[VideoVerdict, ...], tuple[VideoEvidence, ...]]:
    """Return what is said of each video of a table, and what a report needs; errors as by `judge_table`.

    The face that the table measures is compared with that of the judge's person.

    Parameters
    ----------
    table, judge
        As of `judge_table`.
    suspect
        As the caller named it: the table itself, or the video that the table was made of.
    """
    video = suspect if suspect != table else None
    if isinstance(judge, Enrolment):
        suspect_recording = read_recording(table, judge, face=judge.face)
        (verdict,) = _add_what_tables_tell((judge_recording(judge, *suspect_recording),), table, judge)
        frames = read_frame_table(table)
        people = gather_people(frames, find_tracks_table(table), judge.face)
        return (verdict,), (gather_recording(judge, verdict, frames, video, people),)
    clips = read_suspect(table, judge, face=judge.face)
    verdicts = _add_what_tables_tell(judge_videos(judge, *clips), table, judge)
    if not is_frame_table(table):
        return verdicts, gather_videos(judge, verdicts, clips.correlations, clips.clips, None, video)
    frames = read_frame_table(table)
    people = gather_people(frames, find_tracks_table(table), judge.face)
    voice = read_voice_of(table, frames.metadata)
    return verdicts, gather_videos(
        judge, verdicts, clips.correlations, clips.clips, frames, video, people, voice
    )
