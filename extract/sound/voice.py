"""Sound to voice tracks: eight numbers, a hundred times a second.

Pitch and voicing come from the network SwiftF0, all else from the spectrum of 25 ms of sound (Hann window).
The sound is read in blocks, with enough on both sides that the blocks do not show.

References
----------
L. Nieradzik, "SwiftF0: Fast and Accurate Monophonic Pitch Detection", 2025, arXiv 2508.18440.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.description import Backend
from extract.sound.sound import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from swift_f0 import SwiftF0

VOICE_RATE_HZ: Final = 100
# Absolute levels of parts of the spectrum, Hz: the first formant, which the jaw moves; the second, which lips
# and tongue move; and what hisses.
BANDS: Final = {"low_db": (300, 1000), "middle_db": (1000, 2500), "high_db": (2500, 8000)}
VOICE_COLUMNS: Final = ("pitch_hz", "voicing", "loudness_db", "centroid_hz", "tilt_db", *BANDS)

# To be raised when numbers change by our own code, and never otherwise.
_REVISION: Final = 1
_HOP: Final = RATE_HZ // VOICE_RATE_HZ
_WINDOW: Final = 400  # 25 ms
_SPECTRUM: Final = 512
_TILT_HZ: Final = (100, 5000)
_FLOOR: Final = 1e-10  # -100 dB of full scale, below the noise of 16 bits
# A multiple of both hops, 160 and SwiftF0's 256, which is longer than what its network looks at.
_MARGIN: Final = 20_480
_VOICED: Final = 0.5
# Values are missing where less than half of what they look at was recorded.
_LEAST_SHARE: Final = 0.5


@cache
def describe_voice_reader() -> Backend:
    """Return which network and which code measure the voice."""
    model = files("swift_f0").joinpath("model.onnx").read_bytes()
    weights = {"model.onnx": hashlib.sha256(model).hexdigest()}
    return Backend(name="swift-f0", version=f"{version('swift-f0')}-{_REVISION}", weights=weights)


def measure_voice(blocks: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Measure the voice of a sound.

    Parameters
    ----------
    blocks
        float32, shape (samples,), one after the other, at 16 kHz, NaN where nothing was recorded. All but the
        last are equally long, a multiple of 1.28 s.

    Returns
    -------
    ndarray of float64, shape (moments, 8)
        The columns `VOICE_COLUMNS`, row k for the time k / 100 s. `pitch_hz`, 47 to 2094, is missing where
        no voice is heard. `voicing` is how sure that is, 0 to 1. `loudness_db` and the levels of `BANDS` are
        in dB of a full-scale sine, -100 at least. `centroid_hz` is the mean frequency, weighted by power.
        `tilt_db` is the slope of the spectrum from 100 to 5,000 Hz, dB per octave. All is missing where
        nothing was recorded.
    """
    parts = [_measure_block(window, skip, size) for window, skip, size in _with_margins(blocks)]
    return np.concatenate(parts) if parts else np.empty((0, len(VOICE_COLUMNS)))


def _with_margins(
    blocks: Iterable[NDArray[np.float32]],
) -> Iterator[tuple[NDArray[np.float32], int, int]]:
    """Yield each block with what lies beside it, how much of that comes before, and the block's length."""
    before = np.empty(0, np.float32)
    block: NDArray[np.float32] | None = None
    for after in blocks:
        if block is not None:
            yield np.concatenate([before, block, after[:_MARGIN]]), len(before), len(block)
            before = block[-_MARGIN:]
        block = after
    if block is not None:
        yield np.concatenate([before, block]), len(before), len(block)


def _measure_block(window: NDArray[np.float32], skip: int, size: int) -> NDArray[np.float64]:
    recorded = np.isfinite(window)
    heard = np.where(recorded, window, np.float32(0))
    places = skip + np.arange(0, size, _HOP)
    measured = np.full((len(places), len(VOICE_COLUMNS)), np.nan)
    if recorded.any():
        measured[:, :2] = _read_pitch(heard, places)
        measured[:, 2:] = _read_spectrum(heard, places)
        measured[_share_around(recorded, places) < _LEAST_SHARE] = np.nan
    return measured


def _read_pitch(heard: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return pitch and voicing at places, by straight lines between the network's values, 16 ms apart."""
    found = _load_detector().detect(heard, RATE_HZ)
    # In whole samples, so that a value is the same in every bit wherever its block begins.
    measured = np.rint(found.timestamps * RATE_HZ)
    voicing = np.interp(places, measured, found.confidence)
    nearest = np.clip(np.searchsorted(measured, places), 1, max(len(measured) - 1, 1))
    beside = np.stack([nearest - 1, np.minimum(nearest, len(measured) - 1)])
    voiced = (found.confidence[beside] >= _VOICED).all(axis=0)
    # Halfway between two pitches lies their geometric mean, as ears hear it.
    pitch = np.exp(np.interp(places, measured, np.log(found.pitch_hz)))
    return np.column_stack([np.where(voiced, pitch, np.nan), voicing])


def _read_spectrum(heard: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return loudness, centroid, tilt and the levels of bands at places."""
    padded = np.pad(heard, _WINDOW // 2)
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[places]
    # What microphones add to all samples is no sound. Sums, not products of matrices, whose last bits depend
    # on how many rows there are.
    pieces = (pieces - (pieces * (window / window.sum())).sum(axis=1, keepdims=True)) * window
    # Scaled so that the powers of a full-scale sine sum to 1.
    power = np.abs(np.fft.rfft(pieces, _SPECTRUM)) ** 2 * (4 / (_SPECTRUM * np.square(window).sum()))
    frequency = np.fft.rfftfreq(_SPECTRUM, 1 / RATE_HZ)
    total = power.sum(axis=1)
    centroid = (power * frequency).sum(axis=1) / np.maximum(total, _FLOOR)
    inside = slice(*np.searchsorted(frequency, _TILT_HZ))
    octaves = np.log2(frequency[inside])
    octaves = (octaves - octaves.mean()) / np.square(octaves - octaves.mean()).sum()
    tilt = (_to_db(power[:, inside]) * octaves).sum(axis=1)
    bands = (slice(*np.searchsorted(frequency, limits)) for limits in BANDS.values())
    levels = [_to_db(power[:, band].sum(axis=1)) for band in bands]
    return np.column_stack([_to_db(total), centroid, tilt, *levels])


def _to_db(power: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(np.maximum(power, _FLOOR)), np.float64)


def _share_around(recorded: NDArray[np.bool_], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return which share of the window around each place was recorded; nothing was beyond the ends."""
    before = np.concatenate([[0], np.cumsum(recorded)])
    first = np.clip(places - _WINDOW // 2, 0, len(recorded))
    stop = np.clip(places + _WINDOW // 2, 0, len(recorded))
    return np.asarray((before[stop] - before[first]) / np.maximum(stop - first, 1))


@cache
def _load_detector() -> SwiftF0:
    """Return the network, on one thread, which sleeps between calls."""
    import onnxruntime
    import swift_f0

    onnxruntime.disable_telemetry_events()  # what its builds for Windows would tell the system
    return swift_f0.SwiftF0(threads=1, spin=False)
