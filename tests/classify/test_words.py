"""What a verdict says in words: reasons, warnings, features, deviations, ratios, and what footage lacks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from classify.deviations import find_deviations
from classify.model import Model
from classify.sufficiency import TrainingFootage, find_shortfalls
from classify.words.judgements import describe_support, name_support
from classify.words.models import describe_others, describe_shortfall, list_card
from classify.words.numbers import format_ratio


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (1, "no"), (1.9, "no"), (2, "weak"), (9.9, "weak"), (10, "moderate"), (100, "moderately strong"),
        (1_000, "strong"), (10_000, "very strong"), (1_000_000, "extremely strong"),
    ],
)  # fmt: skip
def test_words_are_those_of_the_scale_on_both_sides(ratio: float, word: str) -> None:
    assert name_support(math.log10(ratio)) == name_support(-math.log10(ratio)) == word


def test_support_names_both_propositions_and_the_side() -> None:
    others = describe_others(footage(other_people=12))
    assert describe_support(math.log10(20), "id0", others) == (
        "The motion is about 20 times more probable if it is id0's than if it is that of somebody like the "
        "12 other people in the training footage (LR 20): moderate support that it is id0's."
    )
    assert describe_support(math.log10(1 / 20), "id0", others) == (
        "The motion is about 20 times more probable if it is that of somebody like the 12 other people "
        "in the training footage than if it is id0's (LR 0.05): moderate support that it is not id0's."
    )
    assert "This supports neither side." in describe_support(math.log10(1.5), "id0", others)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "somebody like the 10 other people"),
        ({"fake_methods": 2}, "somebody like the 10 other people, or of a fake like those by 2 methods,"),
        ({"other_people": 0, "fakes_of_unknown_method": True}, "a fake like those by unknown methods"),
        (
            {"other_people": 1, "fake_methods": 1, "fakes_of_unknown_method": True},
            "somebody like the 1 other person, or of a fake like those by 1 method and by unknown methods,",
        ),
    ],
)
def test_the_other_proposition_names_whom_the_model_learnt_from(changed: dict[str, Any], words: str) -> None:
    assert describe_others(footage(**changed)) == f"{words} in the training footage"


@pytest.mark.parametrize(
    ("ratio", "text"), [(1 / 120, "0.0083"), (0.5, "0.5"), (1.44, "1.4"), (119.7, "120"), (1234, "1,234")]
)
def test_ratios_read_without_powers_of_ten(ratio: float, text: str) -> None:
    assert format_ratio(math.log10(ratio)) == text


def test_a_logarithm_that_no_model_gives_is_worded_all_the_same() -> None:
    for log10_lr in (-5e5, 5e5):
        assert name_support(log10_lr) == "extremely strong"
        assert "extremely strong support" in describe_support(log10_lr, "id0", "others")


@pytest.mark.parametrize(("highest", "decides"), [(1.9, False), (2.0, True)])
def test_a_model_whose_bounds_rule_out_any_decision_says_so(
    calibrated_model: Model, highest: float, decides: bool
) -> None:
    bounds = {"lowest": -math.log(1.5), "highest": math.log(highest)}
    calibration = calibrated_model.card.video_calibration.model_copy(update=bounds)
    card = calibrated_model.card.model_copy(update={"video_calibration": calibration})
    text = " ".join(list_card(card))
    assert f"Held-out ones support likelihood ratios between 0.67 and {highest:.2g}." in text
    assert ("this model decides on none" in text) is not decides


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        (0.62, "inner brow raise and head tilt usually rise together: r = .62 ± .15; here -.10"),
        (
            -0.62,
            "inner brow raise and head tilt usually move in opposite directions: r = -.62 ± .15; here -.10",
        ),
        (0.05, "inner brow raise and head tilt usually move independently: r = .05 ± .15; here -.10"),
    ],
)
def test_a_deviation_reads_as_a_sentence(model: Model, usual: float, words: str) -> None:
    place = model.card.pairs.index("AU01_r*pose_Rz")
    mean, std = model.usual_mean.copy(), model.usual_std.copy()
    mean[place], std[place] = usual, 0.15
    values = np.full(len(mean), np.nan)
    values[place] = -0.10
    (deviation,) = find_deviations(Model(model.card, model.pipeline, mean, std), values)
    assert deviation.words == words


def test_pairs_that_mirror_each_other_are_named_once(model: Model) -> None:
    """In signing space the shoulders' sideways motions are exact opposites: r differs in its sign alone."""
    mean, values = np.zeros(len(model.usual_mean)), np.zeros(len(model.usual_mean))
    std = np.full(len(mean), 0.1)
    for feature, r in (("AU01_r", 0.9), ("AU02_r", 0.8), ("rightWrist_Y", 0.7)):
        for shoulder, sign in (("leftShoulder_X", 1), ("rightShoulder_X", -1)):
            place = model.card.pairs.index(f"{shoulder}*{feature}")
            values[place], mean[place] = sign * r, sign * 0.1
    place = model.card.pairs.index("leftElbow_X*AU01_r")  # as far, but no mirror of anything
    values[place], mean[place] = 0.9, 0.1
    found = find_deviations(Model(model.card, model.pipeline, mean, std), values)
    assert [deviation.pair for deviation in found][:4] == [
        "leftShoulder_X*AU01_r", "leftElbow_X*AU01_r", "leftShoulder_X*AU02_r", "leftShoulder_X*rightWrist_Y",
    ]  # fmt: skip
    assert len(found) == 10


def footage(**changed: Any) -> TrainingFootage:
    enough = {
        "target_clips": 50, "target_sources": 5, "target_minutes": None, "non_target_clips": 50,
        "non_target_sources": 10, "non_target_minutes": None, "other_people": 10, "fake_methods": 0,
        "fakes_of_unknown_method": False, "clips_left_out": 0,
        "clips_without_movement": 0, "clips_unlabelled": 0, "video_sha256": (),
    }  # fmt: skip
    return TrainingFootage(**{**enough, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"target_sources": 3},
            "2 more sources of the person (3 of 5; add videos of other sessions)",
        ),
        (
            {"other_people": 9, "non_target_sources": 40, "fake_methods": 31},
            "1 more other person (9 of 10; add authentic videos of others, not fakes)",
        ),
        ({"target_clips": 49}, "1 more usable clip of the person (49 of 50; add longer or more videos)"),
        ({"non_target_clips": 49}, "1 more usable clip of others (49 of 50; add longer or more videos)"),
    ],
)
def test_what_is_too_little_is_named_with_the_remedy(changed: dict[str, Any], words: str) -> None:
    (shortfall,) = find_shortfalls(footage(**changed))
    assert describe_shortfall(shortfall).startswith(words)


def test_the_least_that_is_enough_is_enough() -> None:
    assert find_shortfalls(footage()) == ()
