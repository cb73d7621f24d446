"""Reasons and warnings: stable codes, with the numbers that belong to each, and words for all of them."""

from __future__ import annotations

import json

import pydantic
import pytest

from classify.background.regions import RegionConflict
from classify.copies import FootageCopy
from classify.face_check import FaceCheck, Sought
from classify.reasons import MirroredMatch, Reason, ReasonCode, VerdictWarning, WarningCode
from classify.verdict import ClipVerdict
from classify.words.judgements import describe_reason, describe_video, describe_warning, make_warning
from extract.damage import Damage
from extract.time_repairs import TimeRepairs
from extract.track_choice import TrackChoice
from features.shots import ShortShots
from ground.time_span import TimeSpan

REASONS = (
    Reason(code=ReasonCode.LIKE_PERSON),
    Reason(code=ReasonCode.UNLIKE_PERSON),
    Reason(code=ReasonCode.BETWEEN_THRESHOLDS),
    Reason(code=ReasonCode.RATIO_TOO_WEAK, ratio_needed=2),
    Reason(code=ReasonCode.RATIO_CONTRADICTS_SCORE),
    Reason(code=ReasonCode.PAIRS_MISSING, missing_share=0.23, missing_limit=0.07, face_share=0.2),
    Reason(code=ReasonCode.NO_CLIP_SCORED),
    Reason(code=ReasonCode.FRAMES_TOO_FEW, observed_share=0.03, observed_needed=0.5),
    Reason(code=ReasonCode.TOO_STILL, face_motion=0.91, motion_needed=5.0),
    Reason(code=ReasonCode.TOO_FEW_CLIPS, clips_needed=6, clips_scored=4),
    Reason(code=ReasonCode.MOST_CLIPS_UNSCORED, clips=11, clips_scored=5),
    Reason(code=ReasonCode.CLIPS_CONTRADICT, clips_against=2, clips_scored=22),
    Reason(code=ReasonCode.IN_TRAINING_FOOTAGE),
    Reason(code=ReasonCode.IN_TRAINING_TABLE),
    Reason(code=ReasonCode.TOO_LITTLE_MEASURED, missing_share=0.6, face_share=0.3),
    Reason(code=ReasonCode.IN_BACKGROUND_FOOTAGE),
    Reason(code=ReasonCode.PERSON_NOT_FOUND, sought="other face"),
    Reason(code=ReasonCode.TOO_LITTLE_VOICE, voiced_share=0.12, voiced_needed=0.25),
)
TRACKS = TrackChoice(name="x.mkv", read="h264, 640 x 360 px", others=("vp9, 96 x 64 px",))
DAMAGE = Damage(name="x.mp4", read_s=3.2, promised_s=10.0, decode_errors=1)
LEFT_OUT = Damage(name="x.avi", frames_discarded=2)
JUMP = Damage(name="x.ts", time_repairs=TimeRepairs(jumps=1, jumps_s=(8.0,)))


def test_codes_do_not_change_because_they_stand_in_files() -> None:
    assert [str(code) for code in ReasonCode] == [
        "like-person", "unlike-person", "between-thresholds", "ratio-too-weak", "ratio-contradicts-score",
        "pairs-missing", "too-little-measured", "frames-too-few", "too-still",
        "too-little-voice", "person-not-found", "no-clip-scored", "too-few-clips", "most-clips-unscored",
        "clips-contradict",
        "in-training-footage", "in-training-table", "in-background-footage",
    ]  # fmt: skip
    assert [str(code) for code in WarningCode] == [
        "damaged", "measurement-unknown", "footage-unknown", "copies-unknown", "other-tracks",
        "regions-contradict", "mirrored-matches", "shots-too-short", "face-unlike", "doubles",
    ]  # fmt: skip


def test_every_reason_has_words_of_its_own_with_its_numbers_in_them() -> None:
    assert {reason.code for reason in REASONS} == set(ReasonCode)
    for level in ("clip", "video"):
        words = [describe_reason(reason, level) for reason in REASONS]
        assert len(set(words)) == len(ReasonCode)
        assert not any(mark in text for text in words for mark in ("None", "{", "/", "\\"))
    said = {reason.code: describe_reason(reason, "video") for reason in REASONS}
    assert said[ReasonCode.TOO_FEW_CLIPS].endswith("at least 6 scored clips, and the video has 4")
    assert said[ReasonCode.PAIRS_MISSING] == (
        "23% of the pairs are missing, and at most 7% may be (face found in 20% of the frames)"
    )
    unseen = {"missing_share": 1.0, "missing_limit": 0.07, "face_share": 0.0, "body_share": 0.0}
    assert describe_reason(Reason(code=ReasonCode.PAIRS_MISSING, **unseen), "clip") == (
        "neither the face nor the body of the person was found in it"
    )
    unheard = {"missing_share": 0.14, "missing_limit": 0.07, "face_share": 1.0, "voiced_share": 0.26}
    assert describe_reason(Reason(code=ReasonCode.PAIRS_MISSING, **unheard), "clip") == (
        "14% of the pairs are missing, and at most 7% may be (face found in 100% of the frames, voice in 26%)"
    )
    assert said[ReasonCode.TOO_LITTLE_VOICE] == (
        "it has too little voice, which at least 25% of its frames need (voice found in 12% of the frames)"
    )
    assert said[ReasonCode.TOO_STILL].endswith("nearer is needed, and the face shows 0.91")
    assert said[ReasonCode.RATIO_TOO_WEAK].endswith("neither it nor its inverse reaches 2)")


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: str(reason.code))
def test_a_reason_is_stored_with_its_own_numbers_and_no_others(reason: Reason) -> None:
    stored = json.loads(reason.model_dump_json())
    assert Reason.model_validate(stored) == reason
    assert None not in stored.values()
    with pytest.raises(pydantic.ValidationError, match="comes with"):
        Reason.model_validate({**stored, "clips_needed" if "clips" in stored else "clips": 1})
    for name in stored.keys() - {"code", "face_share", "body_share", "face_motion"}:
        with pytest.raises(pydantic.ValidationError, match="comes with"):
            Reason.model_validate({key: value for key, value in stored.items() if key != name})


@pytest.mark.parametrize(
    ("code", "parts", "words"),
    [
        ("damaged", {"damage": DAMAGE}, "x.mp4 is damaged or cut off: only 3.2 s of 10.0 s could be read; 1"),
        (
            "damaged",
            {"damage": LEFT_OUT},
            "An older version of motionsig left out 2 frames of x.avi because of the time stamps. Extract",
        ),
        (
            "damaged",
            {"damage": JUMP},
            "The time stamps of x.ts were repaired: the clock jumps at 8.0 s, where the parts were joined.",
        ),
        (
            "measurement-unknown",
            {"unrecorded": ("signal", "clip step")},
            "does not record signal, clip step.",
        ),
        ("footage-unknown", {}, "does not record the SHA-256 of its videos."),
        ("copies-unknown", {}, "is a copy of footage that the model learnt from, encoded again or cut"),
        ("other-tracks", {"tracks": TRACKS}, "x.mkv holds 2 video tracks. Only the one that players show"),
        (
            "regions-contradict",
            {"regions": RegionConflict(like=("head",), unlike=("mouth",))},
            "A lip-sync would look like this: where it was tried, half of the lip-syncs did",
        ),
        (
            "mirrored-matches",
            {"mirrored": MirroredMatch(consistent=True, clips=3, log10_lr=1.0)},
            "Mirrored, left for right, this video would be consistent with the person (likelihood ratio 10).",
        ),
        (
            "mirrored-matches",
            {"mirrored": MirroredMatch(consistent=False, clips=3, log10_lr=None)},
            "would match the person in all its 3 clips, and as it is it does in none. Selfie cameras",
        ),
        (
            "shots-too-short",
            {"shots": ShortShots(shots=12, of_shots=40, seconds=48.2, clip_s=10.0)},
            "12 of the 40 shots of the video (48 s) are shorter than a clip of 10 s and were not judged.",
        ),
        (
            "shots-too-short",
            {"shots": ShortShots(shots=2, of_shots=2, seconds=9.0, clip_s=8.0)},
            "All 2 shots of the video (9.0 s) are shorter than a clip of 8 s and were not judged.",
        ),
        (
            "face-unlike",
            {"face": FaceCheck(similarity=0.12)},
            "The face that was measured in this video is unlike that of the person (similarity 0.12; the",
        ),
        (
            "face-unlike",
            {"face": FaceCheck(similarity=0.4)},
            "It is uncertain whether the face that was measured in this video is that of the person",
        ),
        (
            "doubles",
            {"double_s": 12.4},
            "For 12 s two faces at once are like the person's: a twin or double, a picture of the person",
        ),
    ],
)
def test_every_warning_has_words_and_the_parts_that_belong_to_it(
    code: str, parts: dict[str, object], words: str
) -> None:
    warning = make_warning(WarningCode(code), **parts)
    said = warning.words
    assert words in said
    assert describe_warning(warning.model_copy(update={"words": "forged"})) == said
    assert VerdictWarning.model_validate_json(warning.model_dump_json()) == warning
    silent = {"footage-unknown", "copies-unknown"}  # neither has parts
    for other in set(WarningCode) - {code} - (silent if code in silent else set()):
        with pytest.raises(pydantic.ValidationError):
            VerdictWarning(code=other, words=said, **(parts or {"unrecorded": ()}))


def test_a_copy_is_said_with_the_video_and_the_places_where_anybody_can_see_it() -> None:
    alike = {"start_s": 12.4, "other_start_s": 65.2, "mirrored": False, "correlation": 0.97}
    copied = FootageCopy(video="a.mp4", sha256=None, **alike)
    learnt = Reason(code=ReasonCode.IN_TRAINING_FOOTAGE, copy_of=copied)
    assert describe_reason(learnt, "video") == (
        "from 0:12 on it makes the same movements as a.mp4 from 1:05 on, and the model learnt from that. So "
        "it is a copy or an excerpt, or a fake that was made from it"
    )
    unnamed = FootageCopy(video=None, sha256="ab" * 32, **{**alike, "mirrored": True})
    said = describe_reason(Reason(code=ReasonCode.IN_BACKGROUND_FOOTAGE, copy_of=unnamed), "video")
    assert (
        "a video (SHA-256 beginning with abababababab) from 1:05 on, as in a mirror, and the background was"
        in said
    )
    assert Reason.model_validate_json(learnt.model_dump_json()) == learnt
    with pytest.raises(pydantic.ValidationError, match="comes with no numbers"):
        Reason(code=ReasonCode.IN_TRAINING_TABLE, copy_of=copied)


def test_the_sentence_on_a_video_names_when_the_rarer_clips_are() -> None:
    labels = ["match"] * 9 + ["no match"] * 7
    clips = [
        ClipVerdict(
            clip_name=f"v_clip_{k}", span=TimeSpan(start_s=5.0 * k, end_s=5.0 * k + 10), score=1.0,
            log10_lr=None, label=label, reason=REASONS[label == "no match"], words="", missing_share=0.0,
            deviations=(),
        )
        for k, label in enumerate(labels)
    ]  # fmt: skip
    sentence = describe_video("v.mp4", "id0", "inconclusive", REASONS[11], clips, calibrated=False)
    assert sentence == (
        "The verdict on v.mp4 is inconclusive for id0: its clips contradict each other, because 2 of them "
        "speak against the video as a whole (16 clips: 9 match, 7 no match; no match at 0:45-0:55, "
        "0:50-1:00, 0:55-1:05, 1:00-1:10, 1:05-1:15 and 2 more). There is no likelihood ratio, because "
        "the model learnt from too little footage."
    )


@pytest.mark.parametrize(
    ("sought", "why"),
    [
        ("person", "no face of id0 was found in this video"),
        ("other face", "no face like the one that it was searched for was found in it"),
        ("number", "it shows nobody of the number that was asked for"),
    ],
)
def test_whoever_was_not_found_is_named_only_where_it_was_the_models_person(sought: Sought, why: str) -> None:
    not_found = Reason(code=ReasonCode.PERSON_NOT_FOUND, sought=sought)
    sentence = describe_video("v.mp4", "id0", "inconclusive", not_found, [], calibrated=True)
    assert sentence == f"The verdict on v.mp4 is inconclusive for id0: {why} (0 clips)."


def test_a_face_that_is_like_the_persons_is_nothing_to_warn_of() -> None:
    for face in (FaceCheck(), FaceCheck(similarity=0.45), FaceCheck(missed="person")):
        assert not face.is_unlike
        with pytest.raises(pydantic.ValidationError, match="unlike"):
            make_warning(WarningCode.FACE_UNLIKE, face=face)
    for wrong in ({"missed": "number", "similarity": 0.1}, {"similarity": float("nan")}):
        with pytest.raises(pydantic.ValidationError):
            FaceCheck(**wrong)
