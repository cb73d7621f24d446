"""Files that a suspect can be judged by: trained models and enrolled people, told apart by what they say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Final

from classify.background.enrolled import Enrolment
from classify.background.files import load_enrolment
from classify.model import Model
from classify.model_file import load_model
from ground.errors import ModelError
from ground.files import refuse_special_file, to_path

Judge = Model | Enrolment

# A card is looked for in no more than this. That of a background of 100,000 recordings has 15 MB.
_LARGEST_SCHEMA_BYTES: Final = 1 << 26


def load_judge(path: str | Path) -> Judge:
    """Read a trained model or an enrolled person, whichever the file says it holds, and check all of it.

    Raises
    ------
    ModelError
        As of `classify.model_file.load_model` and `classify.background.files.load_enrolment`, and for a
        background, which knows nobody by itself.
    """
    path = to_path(path)
    refuse_special_file(path, ModelError)
    card = _peek(path)
    if card.get("method") == "enrolled":
        return load_enrolment(path)
    if "verification" in card:
        raise ModelError(
            f"{path} is a background, which knows no person. Enrol one with it (`motionsig enrol PERSON "
            f"TABLES --background {path.name}`), and give the file that this writes."
        )
    return load_model(path)


def _peek(path: Path) -> dict[str, Any]:
    """Return what a file claims to be its card, without believing it; empty where there is none.

    Whoever reads the file in earnest says what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("schema.json").file_size > _LARGEST_SCHEMA_BYTES:
                return {}
            schema = json.loads(archive.read("schema.json"))
        # The archive holds a dictionary, and in it the card: JSON in a text, which skops keeps as JSON.
        card = json.loads(json.loads(schema["content"]["card"]["content"]))
    except Exception:  # skops archives that are malformed give errors of many kinds
        return {}
    return card if isinstance(card, dict) else {}
