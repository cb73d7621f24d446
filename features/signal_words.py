"""What is measured in a frame and of the voice, in words."""

from __future__ import annotations

from typing import Final

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
    "pose_Ry": "head turn",
    "pose_Rz": "head tilt",
    "mouthH": "mouth width",
    "mouthV": "mouth opening",
    "mid_upper_lip": "middle upper lip raise",
    "mid_lower_lip": "middle lower lip raise",
    "lip_gap": "lip gap",
    "chin_x": "chin shift to the left",
    "chin_y": "chin shift upwards",
    "chin_z": "chin shift backwards",
    "nose_front_x": "nose shift to the left",
    "chin_boss_z": "chin boss shift backwards",
    "lip_z": "lip shift backwards",
}
_VOICE_WORDS: Final = {
    "voice_pitch": "pitch of the voice",
    "voice_voicing": "voicing of the sound",
    "voice_loudness": "loudness of the voice",
    "voice_centroid": "brightness of the voice",
    "voice_tilt": "spectral tilt of the voice",
    "voice_low": "low frequencies of the voice",
    "voice_middle": "middle frequencies of the voice",
    "voice_high": "high frequencies of the voice",
}
# After the side, which is the person's own.
_SIDE_WORDS: Final = {
    "inner_brow": "inner brow raise",
    "mid_brow": "middle brow raise",
    "outer_brow": "outer brow raise",
    "brow_x": "brow shift outwards",
    "upper_lid": "upper lid raise",
    "lower_lid": "lower lid raise",
    "cheek": "cheek raise",
    "nose_wing": "nose wing raise",
    "corner_x": "mouth corner shift outwards",
    "corner_y": "mouth corner raise",
    "corner_z": "mouth corner shift backwards",
    "upper_lip": "upper lip raise",
    "lower_lip": "lower lip raise",
    "gaze_x": "eye gaze to the left",
    "gaze_y": "eye gaze upwards",
}
_JOINT_WORDS: Final = {"Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist"}
# y grows downwards in a picture.
_AXIS_WORDS: Final = {"X": "sideways", "Y": "lowering"}


def name_signal(signal: str) -> str:
    """Return a signal in words.

    ``AU01_r`` is "inner brow raise", ``right_inner_brow`` "right inner brow raise", ``leftWrist_X`` "left
    wrist sideways", ``voice_pitch`` "pitch of the voice". Left and right are the person's own, whichever way
    the picture shows them.
    """
    if known := _FACE_WORDS.get(signal) or _VOICE_WORDS.get(signal):
        return known
    side, _, measure = signal.partition("_")
    if measure in _SIDE_WORDS:
        return f"{side} {_SIDE_WORDS[measure]}"
    side = "left" if signal.startswith("left") else "right"
    joint, _, axis = signal.removeprefix(side).partition("_")
    return f"{side} {_JOINT_WORDS[joint]} {_AXIS_WORDS[axis]}"
