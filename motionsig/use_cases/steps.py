"""Steps that are left out when nothing that they depend on has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ground.files import hash_file, replace_when_complete
from ground.provenance import motionsig_version


def run_if_changed(
    stamp: Path,
    work: Callable[[], None],
    *,
    inputs: Sequence[Path],
    options: dict[str, Any],
    outputs: Sequence[Path],
) -> bool:
    """Do `work` unless its outputs are there and come from the same inputs and options; return whether.

    Parameters
    ----------
    stamp
        File that keeps what the outputs were made from.
    work
        Writes `outputs`.
    inputs
        Files that it reads.
    options
        Everything else that decides the outputs, as JSON values.
    outputs
        Files that it writes; one that is missing or was changed makes it run again.
    """
    wanted = {
        "motionsig_version": motionsig_version(),
        "options": options,
        "inputs": _hash_files(inputs),
    }
    if _read(stamp) == {**wanted, "outputs": _hash_files(outputs)}:
        return False
    stamp.unlink(missing_ok=True)
    work()
    with replace_when_complete(stamp) as partial:
        content = json.dumps({**wanted, "outputs": _hash_files(outputs)}, indent=2)
        partial.write_text(content + "\n", encoding="utf-8")
    return True


def _hash_files(paths: Sequence[Path]) -> dict[str, str | None]:
    return {path.name: hash_file(path) if path.exists() else None for path in paths}


def _read(stamp: Path) -> Any:
    try:
        return json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        return None
