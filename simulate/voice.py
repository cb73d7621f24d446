"""A person's own voice: how high it is, how it moves, and how long their vocal tract is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simulate.controls import CONTROL_NAMES
from simulate.signature import AMPLITUDE, Signature

# From low voices of men to high ones of women: they mostly have 120 and 210 Hz (Traunmüller and Eriksson
# 1995).
MEAN_PITCH_HZ: Final = (100.0, 220.0)
# Standard deviation of the pitch within a session, in semitones.
PITCH_SPREAD_ST: Final = (1.5, 2.5)
# High voices mostly come with short vocal tracts, whose resonances are higher.
_FORMANT_SCALE: Final = (0.95, 1.15)
_FORMANT_SCATTER: Final = 0.03
# What the pitch moves with: heads and brows do in real speech (Yehia et al. 2002, Cavé et al. 1996).
_MOVING_WITH_PITCH: Final = ("head_pitch", "head_roll", "inner_brow_raise", "outer_brow_raise")
# Apart from the random streams of signatures and of sessions.
_VOICE_STREAM: Final = 3


@dataclass(frozen=True)
class Voice:
    """A person's voice.

    Attributes
    ----------
    mean_pitch_hz
        Mean of the fundamental frequency, on a scale of semitones.
    pitch_spread_st
        Its standard deviation in a session, semitones.
    formant_scale
        What the resonances of a vocal tract of usual length are multiplied by.
    pitch_weights
        By control: what its value adds to the pitch. In sessions of the person's own the sum has variance 1.
    """

    mean_pitch_hz: float
    pitch_spread_st: float
    formant_scale: float
    pitch_weights: Mapping[str, float]

    def weigh(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return the part of the pitch that comes with the controls, shape (moments,), without unit.

        Parameters
        ----------
        values
            Control values, shape (moments, controls), in the order of `CONTROL_NAMES`.
        """
        places = [CONTROL_NAMES.index(name) for name in self.pitch_weights]
        return np.asarray(values[:, places] @ np.array(list(self.pitch_weights.values())))


def draw_voice(signature: Signature) -> Voice:
    """Draw the voice of a person, which follows from their seed."""
    rng = np.random.default_rng((_VOICE_STREAM, signature.seed))
    height = rng.uniform()
    low_hz, high_hz = MEAN_PITCH_HZ
    weights = rng.normal(size=len(_MOVING_WITH_PITCH))
    together = signature.compute_correlations().loc[list(_MOVING_WITH_PITCH), list(_MOVING_WITH_PITCH)]
    weights /= AMPLITUDE * np.sqrt(weights @ together.to_numpy() @ weights)
    return Voice(
        mean_pitch_hz=float(low_hz * (high_hz / low_hz) ** height),
        pitch_spread_st=float(rng.uniform(*PITCH_SPREAD_ST)),
        formant_scale=float(np.interp(height, (0, 1), _FORMANT_SCALE) + rng.normal(0, _FORMANT_SCATTER)),
        pitch_weights=dict(zip(_MOVING_WITH_PITCH, map(float, weights), strict=True)),
    )
