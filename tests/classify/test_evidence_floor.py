"""The evidence floor: clips with too few frames or too little movement say nothing of anybody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from enrolments import enrol as enrol_made_up
from enrolments import make_recording
from population import make_correlations, write_correlations
from recordings import make_recordings

from classify.background.footage import count_without_movement, find_usable, gather_footage, measure_seconds
from classify.background.judging import judge_recording
from classify.evidence_floor import doubt_movement, find_parts, is_above_floor, name_lacks
from classify.face_check import FaceCheck
from classify.model import Model
from classify.reasons import Reason, ReasonCode
from classify.scoring import judge_videos
from classify.sufficiency import count_footage
from classify.suspect_facts import SuspectFacts
from classify.training_set import is_usable, select_training_set
from features.movement import MOVEMENT_COLUMNS, Movement
from features.shots import ShortShots
from features.signature import PairSet
from features.tables import read_labelled_table
from ground.errors import TrainingError

FULL, FACE, BODY = (PairSet(name).columns for name in ("full", "face", "body"))  # type: ignore[arg-type]
FEW = Reason(code=ReasonCode.FRAMES_TOO_FEW, observed_share=0.25, observed_needed=0.5)
STILL = Reason(code=ReasonCode.TOO_STILL, face_motion=1.25, motion_needed=5.0)


def movement(observed: float = 1.0, face: float = 12.0, body: float = 4.0) -> dict[str, float]:
    return dict(zip(MOVEMENT_COLUMNS, (observed, face, body), strict=True))


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (movement(), None),
        (movement(observed=0.5, face=5.0, body=0.5), None),
        (movement(observed=0.25), FEW),
        (movement(face=1.25), STILL),
        (movement(body=0.25), Reason(code=ReasonCode.TOO_STILL, body_motion=0.25, motion_needed=0.5)),
        (movement(observed=0.25, face=1.25, body=0.25), STILL),
        (movement(np.nan, np.nan, np.nan), None),
        ({}, None),
    ],
)
def test_a_clip_is_doubted_by_the_first_limit_that_it_misses_and_not_for_what_is_unknown(
    clip: dict[str, float], reason: Reason | None
) -> None:
    assert doubt_movement(clip, ("face", "body")) == reason
    (above,) = is_above_floor(pd.DataFrame([clip]), FULL)
    assert above == (reason is None)


def test_only_parts_of_the_person_that_pairs_are_of_must_move() -> None:
    assert [find_parts(pairs) for pairs in (FULL, FACE, BODY)] == [{"face", "body"}, {"face"}, {"body"}]
    clips = pd.DataFrame([movement(face=0.1), movement(body=0.1)])
    assert is_above_floor(clips, FACE).tolist() == [False, True]
    assert is_above_floor(clips, BODY).tolist() == [True, False]
    assert is_above_floor(clips, FULL).tolist() == [False, False]


def test_pairs_with_the_voice_need_a_voice_and_others_do_not() -> None:
    voice = PairSet("voice").columns
    assert find_parts(voice) == {"face", "body", "voice"}
    clips = pd.DataFrame([{**movement(), "voiced_share": share} for share in (0.25, 0.24, 0.0, np.nan)])
    assert is_above_floor(clips, voice).tolist() == [True, False, False, True]
    assert is_above_floor(clips, FULL).all()
    assert name_lacks(voice) == "too few frames, too little movement or too little voice"
    reason = Reason(code=ReasonCode.TOO_LITTLE_VOICE, voiced_share=0.24, voiced_needed=0.25)
    assert doubt_movement(clips.iloc[1].to_dict(), find_parts(voice)) == reason
    assert doubt_movement({**movement(face=1.25), "voiced_share": 0.0}, find_parts(voice)) == STILL


def test_clips_below_the_floor_are_not_scored_and_say_why(model: Model) -> None:
    suspect = make_correlations({"id4": 1}, clips=6)
    clips = pd.DataFrame(
        [movement(observed=0.25), movement(face=1.25), *[movement()] * 4], index=suspect.index
    ).assign(video="suspect.mp4")
    (video,) = judge_videos(model, suspect, clips)
    assert [clip.reason for clip in video.clips[:2]] == [FEW, STILL]
    assert {clip.label for clip in video.clips[:2]} == {"insufficient evidence"}
    assert [clip.score is None for clip in video.clips] == [True, True, False, False, False, False]
    assert "2 not scored: too few frames in 1, too little movement in 1" in video.sentence


def test_a_still_photograph_is_nobodys_motion(model: Model) -> None:
    suspect = make_correlations({"id4": 1})
    unmoved = clip_table(suspect)
    (judged,) = judge_videos(model, suspect, unmoved)
    assert judged.label == "inconsistent", "its correlations are those of somebody else"
    (judged,) = judge_videos(model, suspect, unmoved.assign(**movement(face=1.25)))
    assert (judged.label, judged.reason.code) == ("inconclusive", ReasonCode.NO_CLIP_SCORED)


def test_still_clips_are_not_learnt_from_and_are_counted(tmp_path: Path) -> None:
    correlations, clips = read_labelled_table(
        write_correlations(tmp_path, make_correlations({"id0": 3, "id1": 2, "id2": 2}))
    )
    clips = clips.assign(**movement())
    clips.iloc[[0, 1], clips.columns.get_loc("face_motion")] = 1.25
    clips.iloc[2, clips.columns.get_loc("observed_share")] = 0.25
    correlations.iloc[[2, 3]] = np.nan
    chosen = select_training_set(correlations, clips, "id0")
    footage = count_footage(chosen)
    assert (footage.clips_without_movement, footage.clips_left_out) == (3, 1)
    assert len(chosen.values) == len(clips) - 4 == is_usable(correlations, clips).sum()


def test_footage_without_movement_teaches_nothing(tmp_path: Path) -> None:
    correlations, clips = read_labelled_table(
        write_correlations(tmp_path, make_correlations({"id0": 3, "id1": 2, "id2": 2}))
    )
    with pytest.raises(
        TrainingError, match=r"no usable clip of 'id0', .* too few frames or too little movement"
    ):
        select_training_set(correlations, clips.assign(**movement(face=1.25)), "id0")


def test_an_enrolled_persons_suspect_is_not_judged_by_still_clips() -> None:
    recording = make_recording(
        4, movement=Movement(*np.array([[0.25, 1, 1, 1], [9, 1.25, 9, 9], [9, 9, 9, 0]]))
    )
    assert find_usable(recording, ["face-pairs"]).tolist() == [False, False, True, True], "hands may rest"
    assert count_without_movement(recording) == 2
    assert measure_seconds(recording, find_usable(recording, ["face-pairs"])) == recording.seconds / 2
    person = enrol_made_up([np.nan, np.nan, 20.0, 20.0], 20.0)
    clips = judge_recording(person, recording).clips
    assert [clip.reason for clip in clips[:2]] == [FEW, STILL]


def test_a_background_learns_nothing_from_still_clips() -> None:
    first, second = make_recordings(2, 1, clips=6)
    first.movement.face_motion[:] = 9.0
    first.movement.face_motion[:2] = 1.25
    footage = gather_footage([first, second], ["face-pairs"])
    assert [len(clips) for clips in footage.clips["face-pairs"]] == [4, 6]
    assert footage.seconds.tolist() == pytest.approx([first.seconds * 4 / 6, second.seconds])


def clip_table(correlations: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"video": "suspect.mp4"}, index=correlations.index)


def test_a_clip_without_the_person_says_that_it_lacks_face_and_body_and_not_that_frames_are_few(
    model: Model,
) -> None:
    """Somebody else is in view: every frame was read, and the person is in none of them."""
    suspect = make_correlations({"id0": 1}, seed=9) * np.nan
    clips = pd.DataFrame(
        {"video": "v.mp4", "frames": 250, "face_frames": 10, "body_frames": 5, **movement(observed=0.04)},
        index=suspect.index,
    )
    (video,) = judge_videos(model, suspect, clips)
    assert {clip.reason.code for clip in video.clips} == {ReasonCode.PAIRS_MISSING}
    assert video.clips[0].words.endswith("(face found in 4% of the frames, body in 2%)")
    (slow,) = judge_videos(model, suspect, clips.assign(face_frames=250))
    assert {clip.reason.code for clip in slow.clips} == {ReasonCode.FRAMES_TOO_FEW}
    (nobody,) = judge_videos(model, suspect, clips, SuspectFacts(face=FaceCheck(missed="person")))
    assert (nobody.label, nobody.reason.code) == ("inconclusive", ReasonCode.PERSON_NOT_FOUND)
    assert "no face of id0 was found in this video" in nobody.sentence
    assert not {"unlike", "no match"} & {nobody.label, *(clip.label for clip in nobody.clips)}


def test_what_is_known_of_a_video_is_warned_of(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, seed=9)
    clips = pd.DataFrame({"video": "v.mp4"}, index=suspect.index)
    short = ShortShots(shots=2, of_shots=5, seconds=9.0, clip_s=10.0)
    facts = SuspectFacts(short_shots=short, face=FaceCheck(similarity=0.1))
    (video,) = judge_videos(model, suspect, clips, facts)
    assert [str(one.code) for one in video.warnings][:2] == ["shots-too-short", "face-unlike"]
    assert video.label == "consistent", "faces and shots change no verdict"
