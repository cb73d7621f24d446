"""The reference face reader: py-feat's multitask network on the face in the head box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.face import Readings
from extract.face_finder import FaceFinder
from extract.frame_table import ACTION_UNITS, FACE_COLUMNS, HEAD_ROTATION
from extract.head import HeadView
from extract.networks.weights import FACE_DETECTOR, SHA256, read_weights
from extract.pyfeat_network import MultitaskNetwork, check_weights, choose_device
from extract.pyfeat_weights import WEIGHTS_FILE, fetch_weights, hash_weights, pyfeat_version, require_weights

# Of what we measure with py-feat: to be raised with every change that changes numbers. The four action units
# beyond the contract changed none: tables with and without them are comparable.
_REVISION: Final = 3
_FURTHER: Final = ("AU11_r", "AU24_r", "AU28_r", "AU43_r")
_NETWORK: Final = (*ACTION_UNITS, *_FURTHER)
_MEASURED: Final = (*_NETWORK, *HEAD_ROTATION, "face_px")
_WIDTH: Final = len(_MEASURED)


class PyFeatTracker:
    """Reads the face in successive frames, each by itself (a `FaceTracker`)."""

    def __init__(self, device: str) -> None:
        self._network = MultitaskNetwork(require_weights(), device, _NETWORK)
        self._finder = FaceFinder()

    def read(self, views: Sequence[HeadView | None]) -> Readings:
        """Return action units, rotation and the head box's side, px; NaN rows where no face is found."""
        readings = np.full((len(views), _WIDTH), np.nan)
        rows, heads, boxes = [], [], []
        for row, view in enumerate(views):
            box = None if view is None else self._finder.find(view)
            if view is not None and box is not None:
                rows.append(row)
                heads.append(view)
                boxes.append(box)
        if not rows:
            return readings
        seen = self._network.read([head.image for head in heads], boxes)
        sides = [head.box.side for head in heads]
        # A network that breaks down on a picture says nothing of the face.
        sound = np.isfinite(seen).all(axis=1)
        readings[rows] = np.where(sound[:, None], np.column_stack((seen, sides)), np.nan)
        return readings

    def restart(self) -> None:
        """Do nothing: every frame is looked at by itself."""

    def close(self) -> None:
        """Do nothing: the networks go with the tracker."""


class PyFeatReader:
    """Reads 20 action units and the head's rotation with py-feat's multitask network (a `FaceReader`).

    Parameters
    ----------
    device
        Where the network runs: ``auto`` (CUDA where there is one), ``cpu`` or ``cuda``.
    """

    name = "py-feat"
    backend_name = "py-feat-multitask"
    batch_size = 16
    width = _WIDTH
    columns = (*FACE_COLUMNS, *_FURTHER)

    def __init__(self, device: str) -> None:
        self._device = device

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """Download the weights where they are missing, and see that they and the device can be used."""
        pyfeat_version()
        read_weights(FACE_DETECTOR)
        fetch_weights(on_notice)
        check_weights(require_weights())
        if self._device == "cuda":
            choose_device(self._device)

    def describe(self) -> Backend:
        """Return the identity of the reader; the version holds the first digits of the weights' SHA-256.

        Raises
        ------
        DependencyError
            When py-feat or its weights are missing.
        """
        version = pyfeat_version()
        sha256 = hash_weights(require_weights())
        return Backend(
            name=self.backend_name,
            version=f"{version}-{_REVISION}.{sha256[:8]}",
            weights={WEIGHTS_FILE: sha256, FACE_DETECTOR: SHA256[FACE_DETECTOR]},
        )

    def open_tracker(self) -> PyFeatTracker:
        """Return a new tracker.

        Raises
        ------
        DependencyError
            When py-feat or its weights are missing, or the weights cannot be used.
        InputError
            When CUDA is asked for and absent.
        """
        pyfeat_version()
        return PyFeatTracker(self._device)

    def measure(self, readings: Readings) -> npt.NDArray[np.float64]:
        """Return the readings in the order of `columns`; the mouth's distances are missing."""
        measured = np.full((len(readings), len(self.columns)), np.nan)
        measured[:, [self.columns.index(name) for name in _MEASURED]] = readings
        return measured
