"""The models of MediaPipe's networks: which they are, where they lie, and whether they are intact.

They come out of MediaPipe's own package (`extract.networks.fetch`), whose code is not needed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Final

from extract.description import Backend
from ground.errors import DependencyError

# Whose models and steps these are. It is the version in the identity of what is measured with them.
MEDIAPIPE: Final = "0.10.21"
FETCH: Final = "motionsig fetch-networks"
# Names another folder for the models than the environment's own.
FOLDER_VARIABLE: Final = "MOTIONSIG_NETWORKS"
# A file that is larger is none of them, so no more is read of it.
LARGEST_BYTES: Final = 20_000_000

POSE_DETECTOR: Final = "pose_detection.tflite"
POSE_LANDMARKS: Final = "pose_landmark_full.tflite"
FACE_DETECTOR: Final = "face_detection_short_range.tflite"
FACE_LANDMARKS: Final = "face_landmark_with_attention.tflite"
SHA256: Final = {
    POSE_DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    POSE_LANDMARKS: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    FACE_DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    FACE_LANDMARKS: "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
}


def locate_weights(name: str) -> Path:
    """Return where a model lies, or will lie.

    Its name holds the first digits of its SHA-256, so that versions of motionsig with different models can
    share a folder.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    folder = Path(chosen) if chosen else Path(sys.prefix) / "share" / "motion-signature"
    path = Path(name)
    return folder / f"{path.stem}-{SHA256[name][:12]}{path.suffix}"


def read_weights(name: str) -> bytes:
    """Return the bytes of a model, checked against the known ones.

    Raises
    ------
    DependencyError
        When it is missing, cannot be read, or is another one.
    """
    path = locate_weights(name)
    try:
        content = _read(path)
    except FileNotFoundError as error:
        raise DependencyError(
            f"The networks that find bodies and faces are not installed: there is no {path}. "
            f"Fetch them with `{FETCH}` (it downloads 36 MB)."
        ) from error
    except OSError as error:
        advice = (
            f", or correct {FOLDER_VARIABLE}, which names its folder" if FOLDER_VARIABLE in os.environ else ""
        )
        raise DependencyError(
            f"{path} cannot be read: {error.strerror}. See that you may read it{advice}."
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise DependencyError(
            f"{path} is damaged, or is not the network that motionsig knows. Fetch it again with `{FETCH}`."
        )
    return content


def _read(path: Path) -> bytes:
    """Return the first bytes of a file, one more than a model may have; a pipe would never end."""
    if path.exists() and not path.is_file():
        raise DependencyError(
            f"{path} is not a regular file. Remove it, and fetch the network again with `{FETCH}`."
        )
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def is_intact(name: str) -> bool:
    """Return whether a model is there and is the known one."""
    try:
        read_weights(name)
    except DependencyError:
        return False
    return True


def describe_backend(name: str, *weights: str, revision: int) -> Backend:
    """Return the identity of a reader that runs on some of the models; known without reading them.

    Parameters
    ----------
    name
        Our name of the reader, such as ``mediapipe-pose``.
    *weights
        The names of its models.
    revision
        Of what we measure with them: to be raised with every change that changes numbers, because a model
        refuses suspects of another version.
    """
    return Backend(
        name=name, version=f"{MEDIAPIPE}-{revision}", weights={model: SHA256[model] for model in weights}
    )
