"""A person's way of moving: which controls move together, and sessions in which they do.

A signature mixes a few latent signals linearly into all controls. What the latent signals do is new in every
session; how they are mixed is the person's own, and it alone decides how the controls correlate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

BAND_HZ: Final = (0.15, 2.5)  # from slow shifts of posture to the syllables of speech
# Share of a signal's variance that is its own and not of the latent signals.
NOISE_SHARE: Final = 0.2
# Standard deviation of a control: 2.8 of them reach its natural extreme, and hardly a frame folds the face.
AMPLITUDE: Final = 0.36

_LATENTS: Final = 3
# Amplitudes fall with the root of the frequency, as power does with frequency in natural motion.
_SPECTRAL_SLOPE: Final = -0.5
_LEAST_FPS: Final = 2 * BAND_HZ[1]
# Keep the random streams of signatures and of sessions apart.
_SIGNATURE_STREAM, _SESSION_STREAM = 1, 2


@dataclass(frozen=True)
class Signature:
    """One person's mixing: each control follows a random direction in the space of the latent signals.

    Attributes
    ----------
    seed
        Which person, at least 0.

    Raises
    ------
    InputError
        When the seed is below 0.
    """

    seed: int

    def __post_init__(self) -> None:
        check_seed(self.seed)

    @cached_property
    def mixing(self) -> npt.NDArray[np.float64]:
        """Weights, shape (controls, latent signals), one row for each of `CONTROL_NAMES`.

        The squares of a row sum to the share of the control's variance that the latent signals explain.
        """
        rng = np.random.default_rng((_SIGNATURE_STREAM, self.seed))
        return weigh_latents(rng.normal(size=(len(CONTROL_NAMES), _LATENTS)))

    def compute_correlations(self) -> pd.DataFrame:
        """Return the correlations between all controls that a session of endless length would show."""
        import pandas as pd

        correlations = self.mixing @ self.mixing.T
        np.fill_diagonal(correlations, 1.0)
        return pd.DataFrame(correlations, index=CONTROL_NAMES, columns=CONTROL_NAMES)


def draw_session(signature: Signature, seconds: float, fps: float, seed: int) -> pd.DataFrame:
    """Draw the controls of one session: new latent signals, and noise, through the person's mixing.

    Parameters
    ----------
    signature
        Who moves.
    seconds
        Length, at least 1 s.
    fps
        Frames per second, above twice the highest frequency in `BAND_HZ`.
    seed
        Which session, at least 0. Sessions of other signatures are independent even with the same seed.

    Returns
    -------
    DataFrame
        One row a frame: ``time_s``, k / fps for frame k, and one column for each of `CONTROL_NAMES`, without
        unit, of mean 0 and with all power inside `BAND_HZ`; values beyond 1 and -1 are rare.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """
    if not (np.isfinite(seconds) and seconds >= 1):
        raise InputError(f"A session must be at least 1 s long, not {seconds:g} s.")
    if not (np.isfinite(fps) and fps > _LEAST_FPS):
        raise InputError(
            f"{fps:g} frames/s cannot show motion of {BAND_HZ[1]:g} Hz. Give more than {_LEAST_FPS:g}."
        )
    check_seed(seed)
    n_frames = round(seconds * fps)
    rng = np.random.default_rng((_SESSION_STREAM, signature.seed, seed))
    latents = draw_band_limited(rng, n_frames, fps, _LATENTS)
    noise = draw_band_limited(rng, n_frames, fps, len(CONTROL_NAMES))
    values = AMPLITUDE * (latents @ signature.mixing.T + np.sqrt(NOISE_SHARE) * noise)
    return tabulate_controls(values, fps)


def tabulate_controls(values: npt.NDArray[np.float64], fps: float) -> pd.DataFrame:
    """Return control values, shape (frames, controls), as a session's table.

    Zeros give a portrait at rest, from which single columns can be set.
    """
    import pandas as pd

    controls = pd.DataFrame(values, columns=list(CONTROL_NAMES))
    controls.insert(0, "time_s", np.arange(len(values)) / fps)
    return controls


def weigh_latents(directions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the directions of signals, (signals, latents), as weights.

    The squares of a row sum to 1 - `NOISE_SHARE`.
    """
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.asarray(np.sqrt(1 - NOISE_SHARE) * directions / length)


def draw_band_limited(
    rng: np.random.Generator,
    n_samples: int,
    rate_hz: float,
    n_signals: int,
    band_hz: tuple[float, float] = BAND_HZ,
) -> npt.NDArray[np.float64]:
    """Return Gaussian signals, (samples, signals), of mean 0 and variance 1, with power in a band only.

    The band must hold a multiple above 0 of ``rate_hz / n_samples``, the lowest frequency that there is.
    """
    frequency = np.fft.rfftfreq(n_samples, 1 / rate_hz)
    in_band = (frequency > 0) & (frequency >= band_hz[0]) & (frequency <= band_hz[1])
    amplitude = np.zeros_like(frequency)
    amplitude[in_band] = frequency[in_band] ** _SPECTRAL_SLOPE
    shape = (n_signals, len(frequency))
    spectrum = amplitude * (rng.normal(size=shape) + 1j * rng.normal(size=shape))
    signals = np.fft.irfft(spectrum, n_samples).T
    return np.asarray(signals / signals.std(axis=0))


def check_seed(seed: int) -> None:
    """Raise InputError unless a seed is a whole number of 0 or more."""
    if seed < 0:
        raise InputError(f"{seed} is not a seed. Give a whole number of 0 or more.")
