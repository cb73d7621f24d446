"""Sound to put into a video file, and its encoder."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from ground.errors import InputError

if TYPE_CHECKING:
    from av.container import OutputContainer

# What AAC knows, without the one that is no multiple of 100.
RATES_HZ: Final = (8000, 12000, 16000, 24000, 32000, 44100, 48000)
# Noise of the coding is then about 30 dB below the sound.
_BITS_A_SAMPLE: Final = 3
# The usual search takes several times as long, and leaves no less noise.
_ENCODER_OPTIONS: Final = {"aac_coder": "fast"}
_FRAME: Final = 1024  # samples that AAC encodes together


@dataclass(frozen=True, eq=False)
class Sound:
    """One audio track of a video.

    Attributes
    ----------
    samples
        Mono, float32, shape (samples,); full scale is 1.
    rate_hz
        Samples a second, one of `RATES_HZ`.
    start_s
        When the track begins, at least 0 s after the first frame. The container says so; no silence is put
        before the samples.
    language
        Three letters of ISO 639-2, such as ``eng``, that the container gives; None leaves it open.

    Raises
    ------
    InputError
        When there are no samples, they are not finite or of another type or shape, or a number lies outside
        its range.
    """

    samples: npt.NDArray[np.float32]
    rate_hz: int
    start_s: float = 0.0
    language: str | None = None

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise InputError("Samples of sound must be one row of float32.")
        if not (len(self.samples) and np.isfinite(self.samples).all()):
            raise InputError("There must be samples of sound, and all of them finite numbers.")
        if self.rate_hz not in RATES_HZ:
            raise InputError(f"{self.rate_hz} samples/s cannot be encoded. Give one of {RATES_HZ}.")
        if not (np.isfinite(self.start_s) and self.start_s >= 0):
            raise InputError(f"A sound cannot begin at {self.start_s:g} s. Give 0 s or more.")


class SoundEncoder:
    """Encodes a sound as AAC into a container, along with its pictures; the same samples give the same bytes.

    Parameters
    ----------
    container
        What is being written; nothing may have been muxed into it yet.
    sound
        What is heard.
    """

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        self._container = container
        self._sound = sound
        self._stream = container.add_stream("aac", rate=sound.rate_hz, options=dict(_ENCODER_OPTIONS))
        self._stream.layout = "mono"
        self._stream.bit_rate = _BITS_A_SAMPLE * sound.rate_hz
        if sound.language:
            self._stream.metadata["language"] = sound.language
        self._first = round(sound.start_s * sound.rate_hz)
        self._encoded = 0

    def encode_until(self, time_s: float) -> None:
        """Encode what is heard before a time, so that sound and pictures lie side by side in the file."""
        while self._encoded < len(self._sound.samples):
            if self._first + self._encoded >= time_s * self._sound.rate_hz:
                return
            self._encode_frame()

    def finish(self) -> None:
        """Encode the rest."""
        self.encode_until(np.inf)
        self._container.mux(self._stream.encode())

    def _encode_frame(self) -> None:
        import av

        samples = self._sound.samples[self._encoded : self._encoded + _FRAME]
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = self._sound.rate_hz
        frame.pts = self._first + self._encoded
        frame.time_base = Fraction(1, self._sound.rate_hz)
        self._container.mux(self._stream.encode(frame))
        self._encoded += len(samples)
