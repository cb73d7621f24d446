"""Steps that are left out when nothing that they depend on has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ground.files import hash_file, replace_when_complete

Result = TypeVar("Result")


def run_if_changed(
    stamp: Path,
    work: Callable[[], Result],
    *,
    revision: int,
    inputs: Sequence[Path],
    options: dict[str, Any],
    outputs: Sequence[Path],
) -> Result | None:
    """Do `work` unless its outputs are there and come from the same inputs and options.

    Parameters
    ----------
    stamp
        File that keeps what the outputs were made from.
    work
        Writes `outputs`; what it returns is not None.
    revision
        Of the code that does the work, which rises when what it writes changes; motionsig's own version would
        make everything anew with every release.
    inputs
        Files that it reads.
    options
        Everything else that decides the outputs, as JSON values.
    outputs
        Files that it writes; one that is missing or was changed makes it run again.

    Returns
    -------
    object or None
        What `work` returned; None when nothing had to be done.
    """
    wanted = {
        "revision": revision,
        "options": options,
        "inputs": _hash_files(inputs),
    }
    if _read(stamp) == {**wanted, "outputs": _hash_files(outputs)}:
        return None
    stamp.unlink(missing_ok=True)
    result = work()
    with replace_when_complete(stamp) as partial:
        content = json.dumps({**wanted, "outputs": _hash_files(outputs)}, indent=2)
        partial.write_text(content + "\n", encoding="utf-8")
    return result


def _hash_files(paths: Sequence[Path]) -> dict[str, str | None]:
    return {path.name: hash_file(path) if path.exists() else None for path in paths}


def _read(stamp: Path) -> Any:
    try:
        return json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        return None
