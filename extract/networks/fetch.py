"""Getting the models of MediaPipe's networks: one pinned download of its package, which holds them.

The package itself cannot be installed on newer versions of Python, and is not needed: only the models are
taken, each checked against its known SHA-256.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from extract.networks.weights import (
    FACE_DETECTOR,
    FACE_LANDMARKS,
    FETCH,
    FOLDER_VARIABLE,
    LARGEST_BYTES,
    MEDIAPIPE,
    POSE_DETECTOR,
    POSE_LANDMARKS,
    SHA256,
    is_intact,
    locate_weights,
)
from ground.errors import DependencyError, InputError
from ground.files import growing_folder, is_readable_file, refuse_special_file, replace_when_complete

# One of its wheels; all hold the same models. pip refuses any other file.
WHEEL_SHA256: Final = "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"
_WHEEL_FOR: Final = ("--python-version=3.12", "--platform=manylinux_2_28_x86_64", "--only-binary=:all:")
_DOWNLOAD_S: Final = 1800
# What Python raises of damaged archives.
_UNREADABLE: Final = (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
_INSIDE: Final = {
    POSE_DETECTOR: "mediapipe/modules/pose_detection/pose_detection.tflite",
    POSE_LANDMARKS: "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
    FACE_DETECTOR: "mediapipe/modules/face_detection/face_detection_short_range.tflite",
    FACE_LANDMARKS: "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite",
}


def fetch_networks(wheel: Path | None, on_notice: Callable[[str], None]) -> None:
    """See that all models are there, intact; take those that are not out of MediaPipe's wheel.

    Several processes may do so at once.

    Parameters
    ----------
    wheel
        The wheel, where it is at hand; otherwise pip downloads it, from wherever pip is set up to.
    on_notice
        Called with a sentence that the user must see, before anything is downloaded.

    Raises
    ------
    DependencyError
        When there is no pip, or it cannot download the wheel.
    InputError
        When the wheel that is given is not MediaPipe's, or the models cannot be written.
    """
    missing = [name for name in SHA256 if not is_intact(name)]
    if wheel is not None:
        _take_out(missing, wheel)
        return
    if not missing:
        return
    if importlib.util.find_spec("pip") is None:  # as in environments of uv
        raise DependencyError(
            f"The networks cannot be downloaded: {sys.executable} has no pip. Install it with "
            f"`{sys.executable} -m ensurepip` or `uv pip install --python {sys.executable} pip`, and try "
            f"again; {_say_by_hand()}"
        )
    # Before anything is downloaded in vain.
    with _naming_other_folder(), growing_folder(locate_weights(missing[0]).parent):
        pass
    on_notice(f"Downloading MediaPipe {MEDIAPIPE} (36 MB, Apache 2.0), to take its networks out of it.")
    with tempfile.TemporaryDirectory() as folder:
        _take_out(missing, _download(Path(folder)))


def _download(folder: Path) -> Path:
    requirement = folder / "requirements.txt"
    requirement.write_text(f"mediapipe=={MEDIAPIPE} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    quietly = ("--quiet", "--disable-pip-version-check", "--no-input")
    pip = (sys.executable, "-m", "pip", "download", *quietly, "--no-deps")
    to_download = ("--require-hashes", "--requirement", str(requirement), "--dest", str(folder), *_WHEEL_FOR)
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours, without a shell
            (*pip, *to_download),
            check=False,
            stdin=subprocess.DEVNULL,  # nobody would see what it asks
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_DOWNLOAD_S,
        )
    except subprocess.TimeoutExpired as error:
        raise _refuse_download("pip did not finish in half an hour") from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise _refuse_download(_find_reason(done.stderr))
    return wheels[0]


def _find_reason(said: str) -> str:
    """Return the sentence of what pip said that names its reason."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    if errors and errors[-1] == "Exception:":
        errors = []  # a traceback follows, and its last line names the reason
    reason, *_ = (*errors[-1:], *lines[-1:], "pip gave no reason")
    return reason.rstrip(".")


def _refuse_download(reason: str) -> DependencyError:
    return DependencyError(
        f"MediaPipe {MEDIAPIPE}, which holds the networks, cannot be downloaded ({reason}). See that this "
        "computer reaches the package index that pip uses, without being asked for a password, and has room "
        f"in its folder for temporary files, and try again; {_say_by_hand()}"
    )


def _say_by_hand() -> str:
    command = f"pip download mediapipe=={MEDIAPIPE} --no-deps {' '.join(_WHEEL_FOR)}"
    return (
        f"or run `{command}` on another computer, and then here `{FETCH} FILE` with the file that it brings."
    )


def _take_out(names: list[str], wheel: Path) -> None:
    refuse_special_file(wheel, InputError)
    try:
        with zipfile.ZipFile(wheel) as archive:
            models = {name: _read_member(archive, _INSIDE[name]) for name in names}
    except _UNREADABLE as error:
        raise InputError(
            f"{wheel} cannot be read as the wheel of MediaPipe {MEDIAPIPE} ({error}). Give another file, or "
            "none."
        ) from error
    for name, model in models.items():
        if hashlib.sha256(model).hexdigest() != SHA256[name]:
            raise InputError(
                f"{wheel} holds another {name} than that of MediaPipe {MEDIAPIPE}. Give the wheel of that "
                "version, or none."
            )
    for name, model in models.items():
        _store(locate_weights(name), model)


def _read_member(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as file:
        return file.read(LARGEST_BYTES)


def _store(path: Path, model: bytes) -> None:
    if os.path.lexists(path) and not is_readable_file(path):
        raise InputError(f"{path} is not a regular file, but a network belongs there. Remove it.")
    with _naming_other_folder(), replace_when_complete(path) as partial:
        partial.write_bytes(model)


@contextmanager
def _naming_other_folder() -> Iterator[None]:
    """Add to an error of writing how the networks can be kept elsewhere."""
    try:
        yield
    except InputError as error:
        raise InputError(
            f"{error.message} The networks are kept there. To keep them elsewhere, set the environment "
            f"variable {FOLDER_VARIABLE} to a folder of yours, now and whenever you run motionsig."
        ) from error
