"""What holds for every descriptor."""

from __future__ import annotations

import re

import numpy as np
import pytest
from moving_signals import CLIP_TIMES, make_noise
from numpy.typing import NDArray

from features.descriptors.descriptor import Descriptor
from features.descriptors.events import EVENTS
from features.descriptors.regions import REGION_OF_SIGNAL, list_region
from features.descriptors.registry import DESCRIPTORS, find_descriptor, name_region
from features.descriptors.spreads import Spreads
from features.frame_signals import MOTION_SIGNALS, SIGNAL_NAMES
from features.signature import FEATURES
from ground.errors import InputError

TIMES = CLIP_TIMES["30 fps"]
every = pytest.mark.parametrize("name", DESCRIPTORS)


def clip_of(descriptor: Descriptor, seed: int = 0) -> NDArray[np.float64]:
    """A clip of 8 s of noise at 30 fps, the same for the same signal in every descriptor."""
    noise = make_noise(len(TIMES), len(SIGNAL_NAMES), seed)
    return noise[:, [SIGNAL_NAMES.index(signal) for signal in descriptor.signals]]


def describe(name: str, values: NDArray[np.float64]) -> dict[str, float]:
    descriptor = DESCRIPTORS[name]
    return dict(zip(descriptor.numbers, descriptor.describe(TIMES, values), strict=True))


def list_signals(number: str) -> set[str]:
    """Return the signals that a number is named after."""
    kind, _, rest = number.rpartition(":")
    return set(EVENTS[rest].weights) if kind == "rate" else set(rest.split("*"))


def test_how_many_numbers_there_are() -> None:
    assert {name: len(descriptor.numbers) for name, descriptor in DESCRIPTORS.items()} == {
        "face-pairs": 153,
        "body-pairs": 66,
        "side-pairs": 861,
        "side-covariance": 903,
        "spreads": 42,
        "kinematics": 210,
        "events": 4,
        "lags": 324,
        "region:mouth": 171,  # 18 signals
        "region:brows and lids": 136,  # 16
        "region:head": 21,
        "region:body": 66,
    }


def test_an_unknown_descriptor_is_refused_with_those_that_there_are() -> None:
    assert find_descriptor("spreads").name == "spreads"
    with pytest.raises(InputError, match=r"no descriptor 'spread'. Choose among: face-pairs, body-pairs"):
        find_descriptor("spread")


@every
def test_every_number_has_a_name_and_words_of_its_own(name: str) -> None:
    descriptor = DESCRIPTORS[name]
    assert descriptor.name == name
    assert set(descriptor.signals) <= set(SIGNAL_NAMES)
    words = {descriptor.explain(number) for number in descriptor.numbers}
    assert len(set(descriptor.numbers)) == len(descriptor.numbers) == len(words)
    assert not [sentence for sentence in words if re.search(r"[_*:]|AU\d", sentence)]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("AU01_r*pose_Rx", "whether the inner brow raise and the head nod go together"),
        ("lag:pose_Rx*AU12_r", "whether the smile follows the head nod 0.2 s later"),
        (
            "spread:left_corner_x",
            "how much the left mouth corner shift outwards varies, compared with the rest of the face",
        ),
        (
            "mouth spread:left_corner_x",
            "how much the left mouth corner shift outwards varies, compared with the rest of the mouth",
        ),
        ("spread:pose_Ry", "how much the head turn varies"),
        ("speed:pose_Ry", "how fast the head turn changes"),
        ("medium:lip_gap", "how much of the lip gap is of medium speed, 1 to 2.5 Hz"),
        ("rate:blink", "how many blinks there are in a minute"),
        ("covariance:lip_gap*lip_gap", "how far the lip gap goes its own way"),
    ],
)
def test_words_of_a_number(number: str, words: str) -> None:
    owner = next(one for one in DESCRIPTORS.values() if number in one.numbers)
    assert owner.explain(number) == words


def test_a_name_stands_for_the_same_number_in_every_descriptor() -> None:
    found: dict[str, float] = {}
    for name, descriptor in DESCRIPTORS.items():
        for number, value in describe(name, clip_of(descriptor)).items():
            assert found.setdefault(number, value) == pytest.approx(value, abs=1e-12), number
    shared = sum(len(descriptor.numbers) for descriptor in DESCRIPTORS.values()) - len(found)
    # One is a pair of the face and of the sides; the others are the regions', whose spreads are their own.
    assert shared == 1 + (171 - 18) + (136 - 16) + 21 + 66


@every
def test_where_a_signal_lies_does_not_matter(name: str) -> None:
    descriptor = DESCRIPTORS[name]
    values = clip_of(descriptor)
    moved = values + np.random.default_rng(1).uniform(-3, 3, size=values.shape[1])
    assert np.isfinite(descriptor.describe(TIMES, values)).all()
    assert descriptor.describe(TIMES, moved) == pytest.approx(descriptor.describe(TIMES, values), abs=1e-9)


@pytest.mark.parametrize("name", [name for name in DESCRIPTORS if name != "events"])
def test_how_large_all_signals_are_shows_in_speed_and_in_the_spread_of_the_head_alone(name: str) -> None:
    values = clip_of(DESCRIPTORS[name])
    before, after = describe(name, values), describe(name, values * 2)
    for number, value in before.items():
        grows = number.startswith(("speed:", "spread:pose"))
        assert after[number] - value == pytest.approx(np.log(2) if grows else 0, abs=2e-5), number


def test_a_spread_is_compared_with_the_mean_of_the_others_of_the_face() -> None:
    """Three signals of 1, 1 and 4 times a sine: their logarithms are less than their mean, log(4) / 3."""
    spreads = Spreads("three", ("lip_gap", "chin_y", "right_cheek", "pose_Rx"))
    sine = np.sin(TIMES)[:, None]
    found = dict(zip(spreads.numbers, spreads.describe(TIMES, sine * [1, 1, 4, 0.5]), strict=True))
    third = np.log(4) / 3
    assert [found[f"spread:{name}"] for name in ("lip_gap", "chin_y", "right_cheek")] == pytest.approx(
        [-third, -third, 2 * third], abs=1e-5
    )
    assert found["spread:pose_Rx"] == pytest.approx(np.log(0.5 * np.sin(TIMES).std()), abs=1e-5)


@every
def test_what_is_missing_in_more_than_half_of_the_frames_leaves_its_numbers_missing(name: str) -> None:
    descriptor = DESCRIPTORS[name]
    values = clip_of(descriptor)
    lost = descriptor.signals[0]
    values[::2, 0] = np.nan  # half of the frames, with no gap that would not be bridged
    assert np.isfinite(descriptor.describe(TIMES, values)).all()
    values[1, 0] = np.nan
    for number, value in describe(name, values).items():
        affected = name == "side-covariance" or lost in list_signals(number)
        assert np.isnan(value) == affected, number


@every
@pytest.mark.parametrize("frames", [0, 1, 2, 5, 20])
def test_clips_of_a_few_frames_are_described_or_missing(name: str, frames: int) -> None:
    descriptor = DESCRIPTORS[name]
    numbers = descriptor.describe(TIMES[:frames], clip_of(descriptor)[:frames])
    assert numbers.shape == (len(descriptor.numbers),)
    assert not np.isinf(numbers).any()
    if frames < 2 and name != "events":
        assert np.isnan(numbers).all()


@every
def test_a_still_face_has_no_infinite_numbers(name: str) -> None:
    descriptor = DESCRIPTORS[name]
    numbers = descriptor.describe(TIMES, np.full((len(TIMES), len(descriptor.signals)), 0.1))
    named = dict(zip(descriptor.numbers, numbers, strict=True))
    for number, value in named.items():
        kind = "still head" if number.startswith("spread:pose") else number.partition(":")[0].split(" ")[-1]
        still = np.log(1e-6)
        expected = {"still head": still, "spread": 0.0, "speed": still, "rate": 0.0}.get(kind, np.nan)
        assert value == pytest.approx(expected, abs=1e-9, nan_ok=True), number


@pytest.mark.parametrize("name", [name for name in DESCRIPTORS if name != "events"])
def test_frame_rates_do_not_show(name: str) -> None:
    """A face whose signals are sums of sines below 2.4 Hz; events have known answers of their own."""
    descriptor = DESCRIPTORS[name]
    generator = np.random.default_rng(3)
    shape = (4, 1, len(descriptor.signals))
    hertz, phase = generator.uniform(0.2, 2.4, shape), generator.uniform(0, 2 * np.pi, shape)
    numbers = {
        rate: descriptor.describe(
            time_s, 0.1 * np.sin(2 * np.pi * hertz * time_s[:, None] + phase).sum(axis=0)
        )
        for rate, time_s in CLIP_TIMES.items()
    }
    for rate, found in numbers.items():
        assert found == pytest.approx(numbers["60 fps"], abs=0.15), rate


def test_every_signal_is_in_one_region_but_cheeks_and_nose() -> None:
    nowhere = [signal for signal in SIGNAL_NAMES if signal not in REGION_OF_SIGNAL]
    assert nowhere == [
        "AU06_r",
        "AU09_r",
        "right_cheek",
        "right_nose_wing",
        "left_cheek",
        "left_nose_wing",
        "nose_front_x",
    ]
    regions = ("mouth", "brows and lids", "head", "body")
    counts = {region: len(list_region(region, SIGNAL_NAMES)) for region in regions}
    assert counts == {"mouth": 18 + 9, "brows and lids": 16 + 5, "head": 3, "body": 12}
    assert len(FEATURES) + len(MOTION_SIGNALS) - 2 == sum(counts.values()) + len(nowhere)


@pytest.mark.parametrize(
    ("region", "parts"),
    [
        ("mouth", ("side-pairs", "spreads")),
        ("brows and lids", ("side-pairs", "spreads")),
        ("head", ("side-pairs", "spreads", "kinematics")),
        ("body", ("body-pairs",)),
    ],
)
def test_a_region_holds_what_others_see_in_it_alone(region: str, parts: tuple[str, ...]) -> None:
    expected = [
        f"{region} {number}" if part == "spreads" and region != "head" else number
        for part in parts
        for number in DESCRIPTORS[part].numbers
        if DESCRIPTORS[part].region(number) == region
    ]
    found = DESCRIPTORS[name_region(region)]  # type: ignore[arg-type]
    assert found.numbers == tuple(expected)
    assert {found.region(number) for number in found.numbers} == {region}


@pytest.mark.parametrize(
    ("name", "number", "region"),
    [
        ("side-pairs", "right_corner_x*chin_y", "mouth"),
        ("side-pairs", "right_corner_x*right_gaze_y", None),
        ("side-pairs", "right_cheek*left_cheek", None),
        ("side-covariance", "covariance:right_corner_x*chin_y", None),
        ("face-pairs", "AU01_r*AU07_r", "brows and lids"),
        ("lags", "lag:pose_Rx*pose_Rz", "head"),
        ("body-pairs", "leftWrist_X*leftWrist_Y", "body"),
        ("spreads", "spread:nose_front_x", None),
        ("events", "rate:blink", "brows and lids"),
        ("events", "rate:nod", "head"),
        ("kinematics", "fast:lip_gap", "mouth"),
    ],
)
def test_where_a_number_is_seen(name: str, number: str, region: str | None) -> None:
    assert number in DESCRIPTORS[name].numbers
    assert DESCRIPTORS[name].region(number) == region
