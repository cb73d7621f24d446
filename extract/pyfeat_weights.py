"""The weights of py-feat's multitask network: where they lie, how they come here, and which they are."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ground.errors import DependencyError
from ground.files import hash_file

WEIGHTS_VARIABLE: Final = "FEAT_MULTITASK_WEIGHTS"  # py-feat's own name for it
WEIGHTS_REPOSITORY: Final = "py-feat/face_multitask_v2"
WEIGHTS_FILE: Final = "face_multitask_v28.safetensors"
# The only version that our signs and units were held against; the same stands in pyproject.toml.
TESTED_VERSION: Final = "2.1.5"
_TIMEOUT_S: Final = 15.0


def pyfeat_version() -> str:
    """Return the version of the installed py-feat.

    Raises
    ------
    DependencyError
        When it is not installed, or in another version than `TESTED_VERSION`.
    """
    try:
        version = importlib.metadata.version("py-feat")
    except importlib.metadata.PackageNotFoundError as error:
        raise DependencyError(
            "The face reader py-feat is not installed. Install it with `pip install '.[py-feat]'` in the "
            "folder of motionsig (about 6 GB, with PyTorch), or read with `--face mesh`, which needs nothing "
            "more."
        ) from error
    if version != TESTED_VERSION:
        raise DependencyError(
            f"py-feat {version} is installed, but motionsig needs {TESTED_VERSION}: other versions may give "
            "other signs of angles and other action units. Install it with `pip install '.[py-feat]'` in "
            "the folder of motionsig, or read with `--face mesh`."
        )
    return version


def find_weights() -> Path | None:
    """Return the weights that lie on this computer: named by the environment, or in a cache; else None.

    Both caches are looked at that fill themselves: that of the Hugging Face hub, and py-feat's own.

    Raises
    ------
    DependencyError
        When the environment variable names no safetensors file.
    """
    named = os.environ.get(WEIGHTS_VARIABLE)
    if named:
        return _check_named(Path(named))
    from huggingface_hub import try_to_load_from_cache

    for cache in (None, _pyfeat_cache()):
        found = try_to_load_from_cache(WEIGHTS_REPOSITORY, WEIGHTS_FILE, cache_dir=cache)
        if isinstance(found, str):
            return Path(found)
    return None


def fetch_weights(on_notice: Callable[[str], None]) -> None:
    """Download the weights into the hub's cache where none are at hand.

    Parameters
    ----------
    on_notice
        Called before the download with a sentence on what comes, how large it is and under which licence.

    Raises
    ------
    DependencyError
        When they cannot be downloaded.
    """
    if find_weights() is not None:
        return
    import huggingface_hub
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()  # what is shown is the caller's business
    try:
        offered = huggingface_hub.get_hf_file_metadata(
            huggingface_hub.hf_hub_url(WEIGHTS_REPOSITORY, WEIGHTS_FILE), timeout=_TIMEOUT_S
        )
        size = "unknown size" if offered.size is None else f"{offered.size / 1e6:.0f} MB"
        on_notice(
            f"Downloading the weights of py-feat: {WEIGHTS_FILE} ({size}) from "
            f"huggingface.co/{WEIGHTS_REPOSITORY}. This happens once. They are licensed for non-commercial "
            "research only."
        )
        # Not by the revision's hash: the cache is asked for the main branch, as py-feat itself does.
        huggingface_hub.hf_hub_download(WEIGHTS_REPOSITORY, WEIGHTS_FILE)
    except Exception as error:  # the hub's client lets errors of several libraries through
        reason = (str(error).splitlines() or [""])[0].rstrip(".:")
        raise _missing_weights(f"could not be downloaded ({type(error).__name__}: {reason})") from error


def require_weights() -> Path:
    """Return the weights that lie on this computer, without downloading any.

    Raises
    ------
    DependencyError
        When there are none.
    """
    found = find_weights()
    if found is None:
        raise _missing_weights("are not on this computer")
    return found


def hash_weights(path: Path) -> str:
    """Return the SHA-256 of a file of weights, computed once for each state of the file."""
    state = path.stat()
    return _hash(path, state.st_size, state.st_mtime_ns)


@functools.lru_cache(maxsize=8)
def _hash(path: Path, size: int, mtime_ns: int) -> str:
    return hash_file(path)


def _check_named(path: Path) -> Path:
    if path.suffix != ".safetensors":
        # py-feat would unpickle anything else, and a pickle can run code.
        raise DependencyError(
            f"{WEIGHTS_VARIABLE} names {path}, which is not a .safetensors file. Other formats can carry "
            f"code and are not read. Give {WEIGHTS_FILE} from huggingface.co/{WEIGHTS_REPOSITORY}."
        )
    if not path.is_file():
        raise DependencyError(
            f"{WEIGHTS_VARIABLE} names {path}, but there is no such file. Correct or unset it."
        )
    return path


def _pyfeat_cache() -> str | None:
    spec = importlib.util.find_spec("feat")
    places = spec.submodule_search_locations if spec else None
    return str(Path(places[0]) / "resources") if places else None


def _missing_weights(what: str) -> DependencyError:
    return DependencyError(
        f"The weights of py-feat {what}. There are three ways. Set {WEIGHTS_VARIABLE} to a copy of "
        f"{WEIGHTS_FILE}. Or run `hf download {WEIGHTS_REPOSITORY} {WEIGHTS_FILE}` where there is a "
        "network, and bring the hub's cache here. Or use `--face mesh`, which needs no download."
    )
