"""The pitch of voices against Praat's, where that is installed (`praat-parselmouth`, GPL, so in no extra)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from extract.limits import Limits
from extract.sound.sound import RATE_HZ, Sound
from extract.sound.voice import measure_voice
from extract.source_video import SourceVideo
from simulate.signature import Signature, draw_session
from simulate.speech import speak

parselmouth = pytest.importorskip("parselmouth")


def compare_with_praat(samples: np.ndarray) -> tuple[float, float]:
    """Return the share of pitches within a fifth of Praat's, and the correlation of these, in semitones.

    The others are octaves that one of the two mistook.
    """
    ours = measure_voice([samples.astype(np.float32)])[:, 0]
    pitch = parselmouth.Sound(samples.astype(np.float64), RATE_HZ).to_pitch(0.01, 60, 500)
    theirs = np.array([pitch.get_value_at_time(k / 100) for k in range(len(ours))])
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.mean() > 0.25
    near = both & (np.abs(np.log2(ours / theirs)) < np.log2(1.2))
    correlation = np.corrcoef(np.log2(ours[near]), np.log2(theirs[near]))[0, 1]
    return float(near.sum() / both.sum()), float(correlation)


@pytest.mark.parametrize("person", range(4))
def test_rendered_voices_have_praats_pitch(person: int) -> None:
    signature = Signature(person)
    controls = draw_session(signature, 20.0, 24.0, 0)
    speech = speak(signature, controls, seed=0, rate_hz=RATE_HZ)
    near, correlation = compare_with_praat(speech.sound.samples)
    assert near > 0.98
    assert correlation > 0.995


@pytest.mark.skipif("MOTIONSIG_TEST_VIDEOS" not in os.environ, reason="MOTIONSIG_TEST_VIDEOS names no folder")
@pytest.mark.parametrize("name", ["speaker_a_podium", "speaker_c_reenacted"])
def test_real_voices_have_praats_pitch(name: str) -> None:
    video = Path(os.environ["MOTIONSIG_TEST_VIDEOS"]) / f"{name}.mp4"
    source = SourceVideo.model_construct(time_repairs=None, start_s=0.0)
    samples = np.nan_to_num(np.concatenate(list(Sound(video, source, 20.0, Limits()).iter_blocks())))
    near, correlation = compare_with_praat(samples)
    assert near > 0.95
    assert correlation > 0.99
