"""A recording compared with an enrolled person: labels, reasons, regions, deviations and their words."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pydantic
import pytest
from enrolments import enrol, make_background, make_card, make_recording

from classify.background.judging import judge_recording
from classify.background.regions import RegionStatement
from classify.face_check import FaceCheck
from classify.reasons import ReasonCode, WarningCode
from classify.suspect_facts import SuspectFacts
from classify.verdict import Verdict, VideoVerdict
from extract.damage import Damage
from features.descriptors.registry import DESCRIPTORS
from features.movement import Movement

FACE_PAIRS, SPREADS = (DESCRIPTORS[name].numbers for name in ("face-pairs", "spreads"))
ALL_LIKE = [20.0] * 6


def judge(
    clip_lrs: list[float], lr: float | None, regions: dict[Any, float | None] | None = None
) -> VideoVerdict:
    return judge_recording(enrol(clip_lrs, lr, regions), make_recording(len(clip_lrs)))


def make_verdict(video: VideoVerdict) -> Verdict:
    card = make_card()
    return Verdict(
        motionsig_version="0", created_utc="2026", person=card.person, model_sha256="a", card=card,
        calibrated=True, videos=(video,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lr", "label", "code"),
    [
        (20.0, "consistent", ReasonCode.LIKE_PERSON),
        (1 / 8, "inconsistent", ReasonCode.UNLIKE_PERSON),
        (3.9, "inconclusive", ReasonCode.BETWEEN_THRESHOLDS),
        (1 / 3.9, "inconclusive", ReasonCode.BETWEEN_THRESHOLDS),
    ],
)
def test_the_ratio_of_the_whole_decides_by_the_thresholds_of_the_background(
    lr: float, label: str, code: ReasonCode
) -> None:
    verdict = judge([lr] * 6, lr)
    assert (verdict.label, verdict.reason.code) == (label, code)
    assert {clip.reason.code for clip in verdict.clips} == {code}
    assert verdict.score == pytest.approx(math.log(lr)), "scores are natural logarithms of the ratio"
    assert verdict.log10_lr == pytest.approx(math.log10(lr))
    assert verdict.clips[0].log10_lr == pytest.approx(math.log10(lr))


def test_a_ratio_is_said_within_the_bounds_that_the_background_supports() -> None:
    verdict = judge([1000.0, 0.001], 1000.0)
    assert verdict.score == pytest.approx(math.log(1000.0))
    assert [clip.log10_lr for clip in verdict.clips] == pytest.approx([math.log10(40), -math.log10(40)])


def test_the_ratio_is_not_that_of_the_clips_multiplied_or_averaged() -> None:
    verdict = judge([20.0, 20.0, 3.0], 8.0)
    assert verdict.log10_lr == pytest.approx(math.log10(8.0))
    assert [clip.label for clip in verdict.clips] == ["match", "match", "insufficient evidence"]


def test_a_video_without_the_person_is_inconclusive_and_says_so() -> None:
    nobody = make_recording(
        3,
        face_share=np.zeros(3),
        body_share=np.zeros(3),
        movement=Movement(np.zeros(3), np.full(3, np.nan), np.full(3, np.nan)),
    )
    nobody.numbers["face-pairs"][:] = np.nan
    facts = SuspectFacts(face=FaceCheck(missed="person"))
    verdict = judge_recording(enrol([np.nan] * 3, None), nobody, facts)
    assert (verdict.label, verdict.reason.code) == ("inconclusive", ReasonCode.PERSON_NOT_FOUND)
    assert "no face of ann was found in this video (3 clips; 3 not scored)" in verdict.sentence
    assert {clip.reason.code for clip in verdict.clips} == {ReasonCode.TOO_LITTLE_MEASURED}
    assert verdict.clips[0].words == "neither the face nor the body of the person was found in it"


def test_clips_of_which_too_little_was_measured_say_so_and_count_for_nothing() -> None:
    recording = make_recording(4)
    recording.face_share[1] = 0.25
    recording.numbers["face-pairs"][1] = np.nan
    clip = judge_recording(enrol([20.0, np.nan, 20.0, 20.0], 20.0), recording).clips[1]
    missing = len(FACE_PAIRS) / (len(FACE_PAIRS) + len(SPREADS))
    assert (clip.score, clip.log10_lr, clip.deviations) == (None, None, ())
    assert clip.missing_share == pytest.approx(missing)
    assert clip.words == (
        f"too little was measured in it: {missing:.0%} of the numbers that describe a clip are missing (face "
        "found in 25% of the frames, body in 100%)"
    )


def test_where_no_clip_can_be_compared_nothing_is_claimed() -> None:
    verdict = judge([np.nan] * 3, None, {"mouth": None})
    assert (verdict.label, verdict.score, verdict.log10_lr, verdict.support) == (
        "inconclusive",
        None,
        None,
        None,
    )
    assert verdict.reason.code is ReasonCode.NO_CLIP_SCORED
    assert (verdict.clips_scored, verdict.deviations) == (0, ())


def test_two_people_in_one_suspect_are_not_averaged_away() -> None:
    verdict = judge([20.0] * 8 + [0.05] * 4, 6.0)
    assert verdict.label == "inconclusive"
    assert verdict.reason.code is ReasonCode.CLIPS_CONTRADICT
    assert "4 of them speak against the video as a whole" in verdict.sentence
    assert "no match at 0:32-0:40" in verdict.sentence


@pytest.mark.parametrize(
    ("sha256", "code", "words"),
    [
        ("1" * 64, ReasonCode.IN_TRAINING_FOOTAGE, "part of the footage that the model learnt from"),
        (
            "b" * 64,
            ReasonCode.IN_BACKGROUND_FOOTAGE,
            "part of the footage that the background was learnt from",
        ),
    ],
)
def test_what_was_learnt_from_is_not_judged(sha256: str, code: ReasonCode, words: str) -> None:
    person = enrol(ALL_LIKE, 20.0, {"mouth": 0.01, "head": 20.0})
    verdict = judge_recording(person, make_recording(6, sha256=sha256))
    assert (verdict.label, verdict.reason.code) == ("inconclusive", code)
    assert (verdict.log10_lr, verdict.regions, verdict.warnings) == (None, (), ())
    assert words in verdict.sentence


@pytest.mark.parametrize(
    ("lr", "label", "words"),
    [
        (3.0, "moves like the person", "the mouth: weak support that it moves like the person (LR 3)"),
        (
            1 / 3,
            "does not move like the person",
            "the mouth: weak support that it does not move like the person (LR 0.33)",
        ),
        (20.0, "moves like the person", "the mouth: moderate support that it moves like the person (LR 20)"),
        (2.9, "cannot be said", "the likelihood ratio (2.9) is neither at least 3 nor at most 1/3"),
        (0.34, "cannot be said", "the mouth: cannot be said, because the likelihood ratio (0.34)"),
        (None, "cannot be said", "the mouth: cannot be said, because too little was measured"),
    ],
)
def test_a_region_is_said_to_move_like_the_person_from_a_ratio_of_three_on(
    lr: float | None, label: str, words: str
) -> None:
    (region,) = judge(ALL_LIKE, 20.0, {"mouth": lr}).regions
    assert (region.region, region.label) == ("mouth", label)
    assert words in region.words


def test_several_lids_move_and_do_not_moves() -> None:
    (region,) = judge(ALL_LIKE, 20.0, {"brows and lids": 0.05}).regions
    assert region.words == (
        "the brows and lids: moderate support that they do not move like the person (LR 0.05)"
    )


def test_a_mouth_that_does_not_fit_the_head_is_warned_of_and_decides_nothing() -> None:
    verdict = judge(ALL_LIKE, 20.0, {"mouth": 0.05, "brows and lids": 2.0, "head": 12.0})
    (warning,) = verdict.warnings
    assert warning.code is WarningCode.REGIONS_CONTRADICT
    assert warning.words == (
        "There is support that the mouth does not move like the person (likelihood ratio at most 1/3), and "
        "that the head does (at least 3). A lip-sync would look like this: where it was tried, half of the "
        "lip-syncs did, and so did one in a hundred genuine recordings. This does not change the verdict, "
        "which takes all regions together."
    )
    assert verdict.label == "consistent"


@pytest.mark.parametrize(
    "regions", [{"mouth": 0.05, "head": 2.9}, {"mouth": 0.4, "head": 12.0}, {"mouth": 0.05}]
)
def test_regions_that_do_not_clearly_contradict_each_other_are_not_warned_of(
    regions: dict[str, float],
) -> None:
    assert judge(ALL_LIKE, 20.0, dict(regions)).warnings == ()


def test_only_a_mouth_alone_is_called_a_lip_sync() -> None:
    (warning,) = judge(ALL_LIKE, 20.0, {"mouth": 20.0, "brows and lids": 0.05, "head": 0.05}).warnings
    assert "support that the brows and lids and the head do not move like the person (" in warning.words
    assert "and that the mouth does (at least 3)." in warning.words
    assert "lip-sync" not in warning.words


def test_damage_is_warned_of() -> None:
    damage = Damage(name="suspect.mp4", decode_errors=3)
    verdict = judge_recording(enrol(ALL_LIKE, 20.0), make_recording(6), SuspectFacts(damage))
    assert [warning.code for warning in verdict.warnings] == [WarningCode.DAMAGED]


def test_deviations_are_the_furthest_numbers_told_as_correlations_and_as_times() -> None:
    recording = make_recording(2)
    for number, z in (("AU01_r*pose_Rz", 0.9), ("AU12_r*AU25_r", -0.6)):
        recording.numbers["face-pairs"][:, FACE_PAIRS.index(number)] = z
    recording.numbers["spreads"][:, SPREADS.index("spread:pose_Rx")] = math.log(2.5)
    found = judge_recording(enrol([20.0, 20.0], 20.0), recording).deviations
    assert [deviation.pair for deviation in found[:3]] == [
        "spread:pose_Rx",
        "AU01_r*pose_Rz",
        "AU12_r*AU25_r",
    ]
    assert len(found) == 10
    assert (
        found[0].words
        == "how much the head nod varies: here 2.5 times as much as usual (usually 0.82 to 1.2 times)"
    )
    assert found[1].here == pytest.approx(math.tanh(0.9))
    assert found[1].spread == pytest.approx(math.tanh(0.2))
    assert (
        found[1].words == "inner brow raise and head tilt usually move independently: r = .00 ± .20; here .72"
    )


def test_numbers_that_were_never_usual_or_are_missing_do_not_deviate() -> None:
    person, recording = enrol([20.0], 20.0), make_recording(1)
    recording.numbers["face-pairs"][:, :3] = 2.0
    recording.numbers["face-pairs"][:, 1] = np.nan
    person.usual_mean["face-pairs"][0] = np.nan
    assert judge_recording(person, recording).deviations[0].pair == FACE_PAIRS[2]
    assert not {FACE_PAIRS[0], FACE_PAIRS[1]} & {
        d.pair for d in judge_recording(person, recording).deviations
    }


def test_only_fused_descriptors_are_looked_at() -> None:
    person = enrol([20.0], 20.0, card=make_card(background=make_background(fused=("face-pairs",))))
    recording = make_recording(1)
    recording.numbers["spreads"][:] = 5.0
    assert not any(
        found.pair.startswith("spread:") for found in judge_recording(person, recording).deviations
    )


def test_a_verdict_reads_back_with_the_card_that_judged() -> None:
    verdict = make_verdict(judge(ALL_LIKE, 20.0, {"mouth": 0.05, "head": 12.0}))
    read = Verdict.model_validate_json(verdict.model_dump_json())
    assert read == verdict
    assert read.card.method == "enrolled"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content["card"].update(method="trained"), "card.trained"),
        (lambda content: content.update(calibrated=False), "calibrated when its model is"),
        (
            lambda content: content["videos"][0]["regions"][0].update(label="moves like the person"),
            "a region with this ratio",
        ),
        (
            lambda content: content["videos"][0]["deviations"][0].update(pair="spread:nobody"),
            "there is no pair and no number",
        ),
        (
            lambda content: content["videos"][0]["warnings"][0].update(regions=None),
            "and no other, names them",
        ),
    ],
)
def test_a_verdict_that_contradicts_itself_is_refused(change: Any, words: str) -> None:
    content = json.loads(make_verdict(judge(ALL_LIKE, 20.0, {"mouth": 0.05, "head": 12.0})).model_dump_json())
    change(content)
    with pytest.raises(pydantic.ValidationError, match=words):
        Verdict.model_validate(content)


def test_a_region_statement_and_its_ratio_agree() -> None:
    with pytest.raises(pydantic.ValidationError, match="a region with this ratio"):
        RegionStatement(region="head", log10_lr=0.3, label="moves like the person", words="")


@pytest.mark.parametrize(("lr", "said"), [(1e6, 40.0), (1e-6, 1 / 40)])
def test_no_ratio_is_stronger_than_the_background_supports_however_far_the_score_is(
    lr: float, said: float
) -> None:
    verdict = judge([lr] * 4, lr)
    assert verdict.score == pytest.approx(math.log(lr))
    assert verdict.log10_lr == pytest.approx(math.log10(said))
    assert {clip.log10_lr for clip in verdict.clips} == {verdict.log10_lr}
