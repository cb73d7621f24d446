"""Options that have another name now: whoever uses the old one is told the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ground.errors import InputError

_CLASSIFIER: Final = (
    "`--model` now always names a model file. Choose the kind of classifier with `--classifier`."
)
_OPENFACE: Final = (
    "First write frame tables with OpenFace's faces: `motionsig import-openface TABLES --openface CSV -o "
    "FOLDER`. Then correlate those."
)
_RENAMED: Final = {
    ("train", "--model"): _CLASSIFIER,
    ("evaluate", "--model"): _CLASSIFIER,
    ("run", "--model"): _CLASSIFIER,
    ("compare", "--models"): "`--models` now always names a folder of model files. Choose the kinds of "
    "classifiers with `--classifiers`.",
    ("correlate", "--openface"): _OPENFACE,
    ("correlate", "--confidence"): _OPENFACE,
    ("correlate", "--frames"): "Give frame tables without an option: `motionsig correlate TABLES`.",
}


def refuse_old_spellings(words: Sequence[str]) -> None:
    """Raise InputError with the new name when a command is given an option of an earlier version.

    Parameters
    ----------
    words
        The command line without the name of the program.
    """
    command = next((word for word in words if not word.startswith("-")), None)
    for word in words:
        new = _RENAMED.get((command or "", word.partition("=")[0]))
        if new is not None:
            raise InputError(f"`motionsig {command}` has no option {word.partition('=')[0]} any more. {new}")
