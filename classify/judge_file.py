"""Files that a suspect can be judged by: trained models and enrolled people, told apart by what they hold."""

from __future__ import annotations

from pathlib import Path

from classify.archives import list_parts
from classify.background.enrolled import Enrolment
from classify.background.files import load_enrolment
from classify.model import Model
from classify.model_file import load_model
from ground.errors import ModelError
from ground.files import refuse_special_file, to_path

Judge = Model | Enrolment


def load_judge(path: str | Path) -> Judge:
    """Read a trained model or an enrolled person, whichever the file holds, and check all of it.

    Raises
    ------
    ModelError
        As by `classify.model_file.load_model` and `classify.background.files.load_enrolment`, and for a
        background, which knows nobody by itself.
    """
    path = to_path(path)
    refuse_special_file(path, ModelError)
    parts = _list_parts(path)
    if "background" in parts:
        return load_enrolment(path)
    if "projections" in parts:
        raise ModelError(
            f"{path} is a background, which knows no person. Enrol one with it (`motionsig enrol PERSON "
            f"TABLES --background {path.name}`), and give the file that this writes."
        )
    return load_model(path)


def _list_parts(path: Path) -> frozenset[str]:
    try:
        return list_parts(path)
    except ModelError:
        raise
    except Exception:
        # zipfile and json meet damage with errors of many kinds; whoever reads the file in earnest says it.
        return frozenset()
