"""The revisions stand for numbers: whoever changes these raises those, and then notes both here.

Numbers are held coarsely, because other processors and encoders move them a little.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames, make_table
from media import portrait, write_video
from voice_tables import STEADY, make_voice

from extract.description import EXTRACTION_REVISION
from extract.extraction import extract_video
from extract.frame_table import FACE_COLUMNS, JOINT_COLUMNS, SIDES, FrameTable, read_frame_table
from extract.sound.voice_table import VoiceTable
from features.clips import CORRELATION_REVISION, CorrelationOptions, correlate_frame_table
from features.descriptors.registry import DESCRIPTORS
from features.recordings import describe_recording
from features.signature import PairSet
from features.tables import CLIP_COLUMNS

# Revision -> column -> in the first and in the last frame of the video below, and how far others may be.
EXTRACTED = {
    1: {
        "time_s": (0.0, 0.28, 1e-6),
        "nose_x": (103.8, 103.6, 1.0),
        "nose_y": (60.1, 60.1, 1.0),
        "leftShoulder_x": (141.3, 137.6, 2.0),
        "leftWrist_y": (227.0, 206.4, 10.0),
        "pose_Rx": (-0.038, -0.037, 0.01),
        "pose_Ry": (0.023, 0.025, 0.01),
        "pose_Rz": (0.039, 0.136, 0.01),
        "AU12_r": (0.009, 0.000, 0.01),
        "mouth_h": (0.734, 0.722, 0.01),
        "mouth_v": (0.128, 0.129, 0.01),
        "face_px": (108.0, 108.0, 2.0),
        "cut": (0.0, 0.0, 0.0),
    }
}
# Revision -> what is looked at -> in the first and in the second of the clips below.
CORRELATED = {
    4: {
        "leftShoulder_X*rightShoulder_X": (-1.0, -1.0),
        "leftWrist_X*rightElbow_Y": (0.224938, -0.064510),
        "AU01_r*AU12_r": (-0.188886, 0.112482),
        "leftElbow_Y*pose_Rx": (-0.106736, 0.018002),
        "mean size": (0.144047, 0.160752),
        "pose_Rx*voice_pitch": (-0.038818, 0.014328),
        "AU26_r*voice_loudness": (0.168515, 0.001313),
        "voice_tilt*voice_high": (0.369893, -0.175812),
        "mean size with voice": (0.169834, 0.168261),
        "columns of clips": ("da84739158f0", "da84739158f0"),
    }
}
# Descriptor -> revision -> number -> of the two clips of 8 s below; the mean of all sizes is among them.
DESCRIBED = {
    "face-pairs": {
        1: {
            "AU06_r*AU12_r": (0.426985, 0.140551),
            "AU01_r*pose_Rz": (0.124084, -0.086792),
            "mean size": (0.242351, 0.228798),
        }
    },
    "body-pairs": {1: {"leftWrist_X*rightElbow_Y": (0.604739, 0.763379), "mean size": (0.742223, 0.767522)}},
    "side-pairs": {
        1: {
            "right_inner_brow*left_inner_brow": (-0.054502, -0.029351),
            "lip_gap*pose_Ry": (0.175256, 0.013138),
            "mean size": (0.147390, 0.143100),
        }
    },
    "side-covariance": {
        1: {"covariance:right_cheek*chin_y": (0.080632, -0.011440), "mean size": (0.235293, 0.194381)}
    },
    "spreads": {
        1: {
            "spread:left_corner_x": (0.003189, -0.006236),
            "spread:lip_gap": (0.002543, 0.000831),
            "mean size": (0.225390, 0.223962),
        }
    },
    "kinematics": {
        1: {
            "speed:lip_gap": (-0.608961, -0.608833),
            "peakedness:lip_gap": (0.448671, 0.449349),
            "slow:left_cheek": (-2.780320, -2.476130),
            "medium:left_cheek": (-0.165750, -0.181049),
            "fast:left_cheek": (-2.367410, -2.470555),
            "mean size": (1.253523, 1.283982),
        }
    },
    "events": {
        1: {
            "rate:blink": (3.650658, 3.433987),
            "rate:nod": (3.440461, 3.655541),
            "rate:shake": (4.510860, 4.424847),
            "rate:brow flash": (4.110874, 4.510860),
            "mean size": (3.928213, 4.006309),
        }
    },
    "lags": {
        1: {
            "lag:AU06_r*AU12_r": (0.510622, -0.183303),
            "lag:AU12_r*AU06_r": (0.161363, 0.422947),
            "mean size": (0.277781, 0.262832),
        }
    },
    "region:mouth": {1: {"right_corner_x*chin_y": (-0.048363, -0.010860), "mean size": (0.149238, 0.152865)}},
    "region:brows and lids": {
        1: {
            "brows and lids spread:left_gaze_y": (0.013698, 0.007100),
            "mean size": (0.186915, 0.181549),
        }
    },
    "region:head": {1: {"fast:pose_Ry": (-6.443947, -6.429430), "mean size": (1.704759, 1.873071)}},
    "region:body": {1: {"leftWrist_X*leftWrist_Y": (0.719494, 0.760914), "mean size": (0.742223, 0.767522)}},
}


def test_raise_the_extraction_revision_when_what_is_extracted_changes(tmp_path: Path) -> None:
    """A head that turns clockwise by 5 degrees in 8 frames, too slowly to look like a cut."""
    video = write_video(tmp_path / "v.mp4", [portrait(240, turn_deg=0.7 * k) for k in range(8)], fps=25)
    frames = read_frame_table(extract_video(video, tmp_path / "v.parquet").table).frames
    assert frames[[*JOINT_COLUMNS, *FACE_COLUMNS]].notna().all(axis=None)
    noted = EXTRACTED.get(EXTRACTION_REVISION, {})
    found = {name: tuple(frames[name].iloc[[0, -1]]) for name in EXTRACTED[max(EXTRACTED)]}
    wrong = {
        name: pair
        for name, pair in found.items()
        if name not in noted or not np.allclose(pair, noted[name][:2], rtol=0, atol=noted[name][2])
    }
    assert not wrong, "numbers changed: raise the revision EXTRACTION_REVISION, then note the new ones here"


def moving() -> pd.DataFrame:
    """Sixteen seconds in which every measurement swings at a rate of its own, some missing for a while."""
    time_s = np.arange(160) / 10
    frames = make_frames(time_s)
    for k, name in enumerate((*JOINT_COLUMNS, *FACE_COLUMNS)):
        if not name.endswith("visibility"):
            frames[name] += np.sin((0.7 + 0.11 * k) * time_s + k)
    frames.loc[20:40, ["AU01_r", "pose_Rx"]] = np.nan
    return frames


def speaking(table: FrameTable) -> VoiceTable:
    """A voice in which everything swings at a rate of its own, silent for a while."""
    moment_s = np.arange(1600) / 100
    columns = {
        name: value * (1 + 0.1 * np.sin((3.1 + 0.17 * k) * moment_s + k))
        for k, (name, value) in enumerate(STEADY.items())
    }
    columns["pitch_hz"][300:700] = np.nan
    columns["loudness_db"][350:400] = -90.0
    return make_voice(table, 1600, **columns)


def test_raise_the_correlation_revision_when_what_is_correlated_changes() -> None:
    table = make_table(moving())
    block = correlate_frame_table(
        table, CorrelationOptions(pairs=PairSet("full+voice")), voice=speaking(table)
    ).block
    columns = hashlib.sha256(" ".join(CLIP_COLUMNS).encode()).hexdigest()[:12]
    found = block.correlations.assign(
        **{
            "mean size": block.correlations[[*PairSet().columns]].abs().mean(axis=1),
            "mean size with voice": block.correlations[[*PairSet("voice").columns]].abs().mean(axis=1),
            "columns of clips": columns,
        }
    )
    noted = CORRELATED.get(CORRELATION_REVISION, {})
    wrong = {
        name: tuple(found[name])
        for name in CORRELATED[max(CORRELATED)]
        if name not in noted or tuple(found[name]) != pytest.approx(noted[name], abs=1e-5)
    }
    assert not wrong, "numbers changed: raise the revision CORRELATION_REVISION, then note the new ones here"


def moving_sides() -> FrameTable:
    """The same with one-sided measures, at 40 frames a second, small enough for blinks and nods."""
    time_s = np.arange(480) / 40
    frames = moving().iloc[:1].iloc[np.zeros(480, dtype=int)].reset_index(drop=True)
    frames = frames.assign(frame=np.arange(480), time_s=time_s)
    columns = [name for name in (*JOINT_COLUMNS, *FACE_COLUMNS) if not name.endswith("visibility")]
    courses = {
        name: 0.1 * np.sin((0.7 + 0.11 * k) * time_s + k) ** 3 + 0.02 * np.sin((17 - 0.2 * k) * time_s)
        for k, name in enumerate((*columns, *SIDES))
    }
    scale = {name: 20 if name in JOINT_COLUMNS else 1 for name in columns}
    frames = frames.assign(
        **{name: frames[name] + scale[name] * courses[name] for name in columns},
        **{name: courses[name] for name in SIDES},
    )
    frames.loc[80:160, ["AU01_r", "pose_Rx", "lip_gap"]] = np.nan
    return FrameTable(frames, make_table(moving()).metadata)


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_raise_the_revision_of_a_descriptor_when_its_numbers_change(name: str) -> None:
    numbers = describe_recording(moving_sides(), [name]).numbers[name]
    found = dict(zip(DESCRIPTORS[name].numbers, numbers.T, strict=True))
    found["mean size"] = np.nanmean(np.abs(numbers), axis=1)
    noted = DESCRIBED[name].get(DESCRIPTORS[name].revision, {})
    wrong = {
        number: tuple(found[number])
        for number in DESCRIBED[name][max(DESCRIBED[name])]
        if number not in noted or tuple(found[number]) != pytest.approx(noted[number], abs=1e-5)
    }
    assert not wrong, f"numbers changed: raise the revision of {name}, then note the new ones here"
