"""The 30 features and 435 pairs, against the published table, and the sets with the voice."""

from __future__ import annotations

import pytest

from features.signature import FEATURES, SET_NAMES, PairSet, find_pair_set
from features.voice import VOICE_FEATURES
from ground.errors import InputError

# As `df.head()` of the published notebook shows them.
PUBLISHED_FIRST = [
    "leftShoulder_X*rightShoulder_X", "leftShoulder_X*leftElbow_X", "leftShoulder_X*rightElbow_X",
    "leftShoulder_X*leftWrist_X", "leftShoulder_X*rightWrist_X", "leftShoulder_X*leftShoulder_Y",
    "leftShoulder_X*rightShoulder_Y", "leftShoulder_X*leftElbow_Y", "leftShoulder_X*rightElbow_Y",
    "leftShoulder_X*leftWrist_Y",
]  # fmt: skip
PUBLISHED_LAST = [
    "AU23_r*AU25_r", "AU23_r*AU26_r", "AU23_r*pose_Rx", "AU23_r*pose_Rz", "AU25_r*AU26_r",
    "AU25_r*pose_Rx", "AU25_r*pose_Rz", "AU26_r*pose_Rx", "AU26_r*pose_Rz", "pose_Rx*pose_Rz",
]  # fmt: skip


def test_the_full_set_is_the_published_table() -> None:
    columns = PairSet().columns
    assert len(FEATURES) == 30
    assert len(columns) == len(set(columns)) == 435
    assert list(columns[:10]) == PUBLISHED_FIRST
    assert list(columns[-10:]) == PUBLISHED_LAST


@pytest.mark.parametrize(
    ("name", "size", "with_mouth"),
    [
        ("full", 435, 496),
        ("body", 66, 66),
        ("face", 153, 190),
        ("cross", 216, 240),
        ("published-face", 369, 430),
        ("voice", 268, 284),
        ("full+voice", 703, 780),
    ],
)
def test_the_sets_have_their_sizes(name: str, size: int, with_mouth: int) -> None:
    assert len(PairSet(name).columns) == size  # type: ignore[arg-type]
    assert len(PairSet(name, mouth=True).columns) == with_mouth  # type: ignore[arg-type]


@pytest.mark.parametrize("mouth", [False, True])
def test_body_face_and_cross_share_out_the_full_set_in_its_order(mouth: bool) -> None:
    full = PairSet("full", mouth).columns
    parts = [PairSet(name, mouth).columns for name in ("body", "face", "cross")]  # type: ignore[arg-type]
    assert sorted(sum(parts, ())) == sorted(full)
    for part in parts:
        assert part == tuple(name for name in full if name in set(part))


def test_the_published_face_is_what_the_notebook_calls_face() -> None:
    """It keeps every column that does not end in _X or _Y, and so the cross pairs."""
    columns = PairSet().columns
    body = [name for name in columns if name.endswith(("_X", "_Y"))]
    assert PairSet("body").columns == tuple(body)
    assert PairSet("published-face").columns == tuple(name for name in columns if name not in body)


def test_the_mouth_comes_after_the_published_features() -> None:
    pair_set = PairSet(mouth=True)
    assert pair_set.features == (*FEATURES, "mouthH", "mouthV")
    assert pair_set.columns[-1] == "mouthH*mouthV"
    assert tuple(name for name in pair_set.columns if "mouth" not in name) == PairSet().columns


@pytest.mark.parametrize("mouth", [False, True])
def test_the_voice_comes_last_and_shares_out_its_full_set_with_the_published_one(mouth: bool) -> None:
    full, voice = PairSet("full+voice", mouth), PairSet("voice", mouth)
    assert full.features == voice.features == (*PairSet(mouth=mouth).features, *VOICE_FEATURES)
    members = [sum(feature in VOICE_FEATURES for feature in pair) for pair in full.pairs]
    assert members.count(2) == 28  # C(8, 2)
    assert members.count(1) == 8 * (32 if mouth else 30)
    columns = [c for c, voices in zip(full.columns, members, strict=True) if voices]
    assert list(voice.columns) == columns
    assert PairSet(mouth=mouth).columns == tuple(c for c in full.columns if "voice_" not in c)
    assert "AU01_r*voice_pitch" in columns
    assert columns[-1] == "voice_middle*voice_high"


@pytest.mark.parametrize("mouth", [False, True])
@pytest.mark.parametrize("name", SET_NAMES)
def test_a_set_is_known_by_its_label_and_by_its_columns(name: str, mouth: bool) -> None:
    pair_set = PairSet(name, mouth)  # type: ignore[arg-type]
    assert PairSet.from_label(pair_set.label) == pair_set
    assert find_pair_set(pair_set.columns).columns == pair_set.columns
    assert find_pair_set(pair_set.columns[1:]).columns == pair_set.columns, "although one is missing"


@pytest.mark.parametrize("label", ["faces", "", "+mouth", "mouth+full", "voice+full", "full+mouth+voice"])
def test_an_unknown_set_is_refused_with_the_known_ones(label: str) -> None:
    with pytest.raises(InputError, match="Choose one of full, body, face, cross, published-face, voice"):
        PairSet.from_label(label)
