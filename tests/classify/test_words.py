"""What a verdict says in words: features, deviations, likelihood ratios, and what footage lacks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from classify.deviations import find_deviations, name_feature
from classify.model import Model
from classify.sufficiency import TrainingFootage, describe_shortfalls
from classify.verbal_scale import describe_support, format_ratio, name_support
from features.signature import FEATURES, MOUTH_FEATURES


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (1, "no"), (1.9, "no"), (2, "weak"), (9.9, "weak"), (10, "moderate"), (100, "moderately strong"),
        (1_000, "strong"), (10_000, "very strong"), (1_000_000, "extremely strong"),
    ],
)  # fmt: skip
def test_words_are_those_of_the_scale_on_both_sides(ratio: float, word: str) -> None:
    assert name_support(math.log(ratio)) == name_support(-math.log(ratio)) == word


def test_support_names_both_propositions_and_the_side() -> None:
    assert describe_support(math.log(20), "id0") == (
        "The motion is about 20 times more probable if it is id0's than if it is somebody else's (LR 20): "
        "moderate support that it is id0's."
    )
    assert describe_support(math.log(1 / 20), "id0") == (
        "The motion is about 20 times more probable if it is somebody else's than if it is id0's (LR 0.05): "
        "moderate support that it is somebody else's."
    )
    assert "no support for either" in describe_support(math.log(1.5), "id0")


@pytest.mark.parametrize(
    ("ratio", "text"), [(1 / 120, "0.0083"), (0.5, "0.5"), (1.44, "1.4"), (119.7, "120"), (1234, "1,234")]
)
def test_ratios_read_without_powers_of_ten(ratio: float, text: str) -> None:
    assert format_ratio(math.log(ratio)) == text


def test_every_feature_has_words_of_its_own() -> None:
    words = [name_feature(feature) for feature in (*FEATURES, *MOUTH_FEATURES)]
    assert len(set(words)) == 32
    assert name_feature("leftWrist_Y") == "left wrist up and down"


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        (0.62, "inner brow raise and head tilt usually rise together: r = .62 ± .15; here -.10"),
        (-0.62, "inner brow raise and head tilt usually go opposite ways: r = -.62 ± .15; here -.10"),
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


def footage(**changed: int) -> TrainingFootage:
    enough = {"person_clips": 50, "person_sources": 5, "other_clips": 50, "other_sources": 10}
    return TrainingFootage(
        table="t.csv", table_sha256="0", person_minutes=None, other_minutes=None, clips_left_out=0,
            clips_unlabelled=0, video_sha256=(),
        **{**enough, **changed},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"person_sources": 3},
            "3 sources of the person, 5 are needed: add videos of other sessions (2 more)",
        ),
        ({"other_sources": 9}, "9 sources of others, 10 are needed"),
        ({"person_clips": 49}, "49 usable clips of the person, 50 are needed"),
        ({"other_clips": 49}, "49 usable clips of others, 50 are needed"),
    ],
)
def test_what_is_too_little_is_named_with_the_remedy(changed: dict[str, int], words: str) -> None:
    (shortfall,) = describe_shortfalls(footage(**changed))
    assert shortfall.startswith(words)


def test_the_least_that_is_enough_is_enough() -> None:
    assert describe_shortfalls(footage()) == ()
