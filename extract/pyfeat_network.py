"""py-feat's multitask network on boxes that are known: crop, forward pass, and the numbers that we keep."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extract.face_finder import FaceBox
from extract.orientation import RgbImage
from extract.pyfeat_weights import WEIGHTS_FILE, WEIGHTS_REPOSITORY
from ground.errors import DependencyError, InputError

# What a file of weights says of itself. py-feat builds what the file asks for, so it is checked first: timm
# would go to the network for a backbone of another kind of name.
_EXPECTED_CONFIG: Final = {"backbone": "convnextv2_tiny.fcmae_ft_in22k_in1k", "n_au": 20}

# The first three numbers of the pose head are a rotation in the axes of our tables (x right, y down, z away):
# positive looks down, turns to the person's right, tilts clockwise in the picture. `Detectorv2.forward` of
# py-feat says so and turns pitch and roll round for its own columns, Pitch and Roll.
_PITCH, _YAW, _ROLL = range(3)


class MultitaskNetwork:
    """The network, loaded.

    Parameters
    ----------
    weights
        A safetensors file in py-feat's format.
    device
        ``auto`` (CUDA where there is one), ``cpu`` or ``cuda``.
    action_units
        Which of the network's action units are read, named as in frame tables.

    Raises
    ------
    InputError
        When CUDA is asked for and absent, its memory is full, or it fails.
    DependencyError
        When the weights are damaged or of another version.
    """

    def __init__(self, weights: Path, device: str, action_units: Sequence[str]) -> None:
        threads = _count_threads()
        import torch
        from feat.multitask.inference import MultitaskModel

        torch.set_num_threads(threads)
        self._device = choose_device(device)
        check_weights(weights)
        with _refusing(weights):
            # Full precision on both devices: half of it is faster on CUDA, but there the body's reader, on
            # the processor, takes longer anyway, and numbers should not depend on the device.
            self._model = MultitaskModel(device="cpu", weights_path=str(weights), amp=False)
        if self._device != "cpu":
            # The weights are known to be sound now: what goes wrong from here on is the device's.
            with _working_device(self._device):
                self._model = MultitaskModel(device=self._device, weights_path=str(weights), amp=False)
        names = [name.removesuffix("_r") for name in action_units]
        self._action_units = [self._model.au_names.index(name) for name in names]

    def read(self, images: Sequence[RgbImage], boxes: Sequence[FaceBox]) -> npt.NDArray[np.float32]:
        """Return what the network sees in a box of each image.

        Parameters
        ----------
        images
            RGB, uint8, of any sizes, at least one.
        boxes
            The face in each, in its pixels; it may reach over the border, where the image is mirrored.

        Returns
        -------
        ndarray
            float32, shape (images, action units + 3): the action units as probabilities from 0 to 1, then
            pitch, yaw and roll in radians, as the columns `HEAD_ROTATION`.

        Raises
        ------
        InputError
            When the memory of the CUDA device is full, or it fails.
        """
        import torch

        with torch.inference_mode(), _working_device(self._device):
            chips = torch.cat([self._crop(*pair) for pair in zip(images, boxes, strict=True)])
            seen = self._model(chips)
        rotation = seen.pose[:, [_PITCH, _YAW, _ROLL]]
        numbers: npt.NDArray[np.float32] = np.concatenate((seen.au[:, self._action_units], rotation), axis=1)
        return numbers

    def _crop(self, image: RgbImage, box: FaceBox) -> Any:
        # What `Detectorv2.crop_faces_from_boxes` does with a frame and its boxes.
        import torch
        from feat.multitask.inference import CHIP_SIZE, EXPAND_BBOX
        from feat.utils.image_operations import extract_face_square_pad_torch

        frame = torch.from_numpy(image).to(self._device).permute(2, 0, 1)[None].float() / 255.0
        boxes = torch.tensor([box], dtype=torch.float32, device=self._device)
        chips, _ = extract_face_square_pad_torch(frame, boxes, face_size=CHIP_SIZE, expand_bbox=EXPAND_BBOX)
        return chips


def choose_device(device: str) -> str:
    """Return ``cpu`` or ``cuda`` for ``auto``, ``cpu`` or ``cuda``.

    Raises
    ------
    InputError
        When CUDA is asked for and absent.
    """
    if device == "cpu":
        return device
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if device == "cuda":
        raise InputError(
            "PyTorch finds no CUDA device. Use `--device cpu`, or install a driver and a version of PyTorch "
            "that fit each other."
        )
    return "cpu"


def check_weights(weights: Path) -> None:
    """Look at what a file of weights says of itself, without loading it.

    Raises
    ------
    DependencyError
        When it is damaged or of another version.
    """
    from safetensors import safe_open

    with _refusing(weights):
        with safe_open(weights, framework="pt", device="cpu") as stored:
            config = json.loads((stored.metadata() or {}).get("config", "{}"))
        for name, expected in _EXPECTED_CONFIG.items():
            found = config.get(name) if isinstance(config, dict) else None
            if found != expected:
                raise ValueError(f"its configuration says {name} {found!r}, not {expected!r}")


@contextmanager
def _refusing(weights: Path) -> Iterator[None]:
    """Say of an error of the block that it is the weights'."""
    from safetensors import SafetensorError

    try:
        yield
    except (SafetensorError, OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise DependencyError(
            f"{weights} does not hold the weights of py-feat's multitask network ({reason}). It is damaged "
            f"or of another version. Use {WEIGHTS_FILE} from huggingface.co/{WEIGHTS_REPOSITORY}."
        ) from error


@contextmanager
def _working_device(device: str) -> Iterator[None]:
    """Say of an error of the CUDA device that it is the device's."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise InputError(
            "The GPU's memory is full. Read fewer videos at once (--workers), or use `motionsig extract "
            "--device cpu`."
        ) from error
    except RuntimeError as error:
        if device == "cpu":
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InputError(
            f"The device {device} failed ({reason}). Use `motionsig extract --device cpu`, or install a "
            "driver and a version of PyTorch that fit it."
        ) from error


@functools.cache
def _count_threads() -> int:
    """Return how many threads the network may use: joblib divides the processors among its workers.

    Only the first answer counts, because py-feat's import sets the variable to 1 where it is not set.
    """
    import joblib

    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) > 0 else int(joblib.cpu_count())
