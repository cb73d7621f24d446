"""Features and pairs of them in words."""

from __future__ import annotations

from typing import Final

# Correlations closer to zero than this are called independent.
_RELATED: Final = 0.2

_FACE_WORDS: Final = {
    "AU01_r": "inner brow raise",
    "AU02_r": "outer brow raise",
    "AU04_r": "brow lowering",
    "AU05_r": "upper lid raise",
    "AU06_r": "cheek raise",
    "AU07_r": "lid tightening",
    "AU09_r": "nose wrinkling",
    "AU10_r": "upper lip raise",
    "AU12_r": "smile",
    "AU14_r": "dimpling",
    "AU15_r": "mouth corner drop",
    "AU17_r": "chin raise",
    "AU20_r": "lip stretching",
    "AU23_r": "lip tightening",
    "AU25_r": "lip parting",
    "AU26_r": "jaw opening",
    "pose_Rx": "head nod",
    "pose_Rz": "head tilt",
    "mouthH": "mouth width",
    "mouthV": "mouth opening",
}
_JOINT_WORDS: Final = {"Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist"}
# y grows downwards in a picture.
_AXIS_WORDS: Final = {"X": "sideways", "Y": "lowering"}


def name_feature(feature: str) -> str:
    """Return a feature in words: ``AU01_r`` is "inner brow raise", ``leftWrist_X`` "left wrist sideways"."""
    if feature in _FACE_WORDS:
        return _FACE_WORDS[feature]
    joint, _, axis = feature.partition("_")
    side = "left" if joint.startswith("left") else "right"
    return f"{side} {_JOINT_WORDS[joint.removeprefix(side)]} {_AXIS_WORDS[axis]}"


def name_pair(pair: str) -> str:
    """Return a pair of features in words."""
    return " and ".join(name_feature(feature) for feature in pair.split("*"))


def describe_deviation(pair: str, here: float, usual: float, spread: float) -> str:
    """Return how a pair of movements goes together usually, and here.

    Parameters
    ----------
    pair
        Two features, parted by an asterisk.
    here, usual, spread
        Its correlation; mean and standard deviation over the person's training clips.
    """
    if usual >= _RELATED:
        relation = "usually rise together"
    elif usual <= -_RELATED:
        relation = "usually move in opposite directions"
    else:
        relation = "usually move independently"
    return f"{name_pair(pair)} {relation}: r = {_round(usual)} ± {_round(spread)}; here {_round(here)}"


def _round(value: float) -> str:
    """Return a correlation as papers print it: ``.62``, ``-.10``, ``1.00``."""
    text = f"{value:.2f}"
    return ".00" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1) if abs(value) < 0.995 else text
