"""Model files: skops archives that hold a fixed few types and are trusted for nothing else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pydantic
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from classify.archives import check_archive
from classify.estimators import UnitOneClassSVM
from classify.known_face import pack_face, unpack_face
from classify.model import MODEL_SCHEMA, Model, ModelCard
from classify.trace_files import pack_traces, unpack_traces
from ground.errors import ModelError
from ground.files import refuse_special_file, replace_when_complete, to_path

# skops trusts the whole of scikit-learn, NumPy and SciPy by default; a model of ours needs these alone.
_ALLOWED_TYPES: Final = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.str",
        "builtins.tuple",
        "classify.estimators.UnitOneClassSVM",
        "numpy.dtype",
        "numpy.float64",
        "numpy.int64",
        "numpy.ndarray",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.svm._classes.SVC",
    }
)
_TRUSTED_BEYOND_DEFAULT: Final = ["numpy.dtype", "classify.estimators.UnitOneClassSVM"]
_KERNELS: Final = ("linear", "poly", "rbf")
_PREPARATION: Final = (SimpleImputer, StandardScaler)
# Fitted to correlations, no number is larger, nor a scale smaller than 1 by it; sums of products stay finite.
_LARGEST: Final = 1e20


def save_model(model: Model, path: Path) -> None:
    """Write a model; the file appears under `path` only when complete."""
    content = {
        "card": model.card.model_dump_json(),
        "pipeline": model.pipeline,
        "usual_mean": model.usual_mean,
        "usual_std": model.usual_std,
        "traces": pack_traces(model.traces),
        "face": pack_face(model.face),
    }
    with replace_when_complete(path) as partial:
        skops.io.dump(content, partial, compression=zipfile.ZIP_DEFLATED)


def load_model(path: str | Path) -> Model:
    """Read a model and check all of it; nothing in the file is executed.

    Raises
    ------
    ModelError
        When the file is missing, no skops archive, damaged, holds a type that a model of ours does not need,
        or was written by a newer version, or by one so old that the card's schema was another.
    """
    path = to_path(path)
    refuse_special_file(path, ModelError)
    try:
        check_archive(path, _ALLOWED_TYPES, "model")
        content = skops.io.load(path, trusted=_TRUSTED_BEYOND_DEFAULT)
        return _assemble(content, path)
    except ModelError:
        raise
    except FileNotFoundError:
        raise ModelError(
            f"There is no model file {path}. Make one with `motionsig train` or `motionsig enrol`."
        ) from None
    except PermissionError as error:
        raise ModelError(f"The model {path} cannot be read: {error.strerror}.") from error
    except Exception as error:
        # skops meets a malformed archive with errors of many kinds; whatever the kind, the file is at fault.
        raise ModelError(
            f"{path} is not a model of motionsig, or it is damaged ({type(error).__name__}). Copy it again, "
            "or train it again."
        ) from error


def _assemble(content: Any, path: Path) -> Model:
    card_json = json.loads(content["card"])
    if card_json.get("method") == "enrolled":
        raise ModelError(f"{path} holds an enrolled person, not a trained model. This needs a trained model.")
    version = card_json.get("schema_version")
    if isinstance(version, int) and version > MODEL_SCHEMA:
        raise ModelError(
            f"{path} was made by a newer version of motionsig (model schema {version}). Update motionsig."
        )
    if isinstance(version, int) and version < MODEL_SCHEMA:
        raise ModelError(
            f"{path} was made by an older version of motionsig (model schema {version}; this version uses "
            f"{MODEL_SCHEMA}). Train the model again with `motionsig train`."
        )
    try:
        card = ModelCard.model_validate(card_json)
    except pydantic.ValidationError as error:
        raise ModelError(
            f"The card in {path} is damaged or was not made by motionsig. Train the model again."
        ) from error
    pipeline = content["pipeline"]
    steps = (*_PREPARATION, UnitOneClassSVM if card.classifier == "oneclass" else SVC)
    if type(pipeline) is not Pipeline or tuple(type(step) for _, step in pipeline.steps) != steps:
        raise ModelError(f"{path} holds a pipeline that motionsig did not make. Train the model again.")
    arrays = [np.asarray(content[name], dtype=np.float64) for name in ("usual_mean", "usual_std")]
    if any(array.shape != (len(card.pairs),) for array in arrays) or not _fits(pipeline, len(card.pairs)):
        raise ModelError(f"The parts of {path} do not fit each other. Train the model again.")
    usual_mean, usual_std = arrays
    if any((np.abs(array) > _LARGEST).any() for array in arrays) or (usual_std < 0).any():
        raise ModelError(f"The usual range in {path} holds impossible numbers. Train the model again.")
    # What else is wrong with it must come out here, not when a suspect is scored.
    trial = np.zeros((1, len(card.pairs)))
    trial[0, 0] = np.nan
    score = pipeline.decision_function(trial)
    if score.shape != (1,) or not np.isfinite(score).all():
        raise ModelError(f"The classifier in {path} gives no score. Train the model again.")
    face = unpack_face(content.get("face"), card.person, path)
    return Model(card, pipeline, usual_mean, usual_std, unpack_traces(content.get("traces")), face)


def _fits(pipeline: Pipeline, pairs: int) -> bool:
    """Return whether the arrays of a fitted pipeline have types, shapes and sizes that give finite scores.

    libsvm trusts them: with other shapes it would read memory that is not the model's.
    """
    impute, scale, machine = (step for _, step in pipeline.steps)
    vectors = len(machine.support_vectors_)
    classes = 1 if isinstance(machine, UnitOneClassSVM) else 2
    expected = [
        (impute.statistics_, np.float64, (pairs,)),
        (scale.mean_, np.float64, (pairs,)),
        (scale.scale_, np.float64, (pairs,)),
        (machine.support_vectors_, np.float64, (vectors, pairs)),
        (machine.support_, np.int32, (vectors,)),
        (machine._n_support, np.int32, (2,)),
        *((a, np.float64, (1, vectors)) for a in (machine.dual_coef_, machine._dual_coef_)),
        *((a, np.float64, (1,)) for a in (machine.intercept_, machine._intercept_)),
    ]
    shapes_fit = all(
        type(array) is np.ndarray
        and array.dtype == dtype
        and array.shape == shape
        and (np.abs(array) <= _LARGEST).all()
        for array, dtype, shape in expected
    )
    counts = machine._n_support[:classes]
    return bool(
        shapes_fit
        and (scale.scale_ >= 1 / _LARGEST).all()
        and machine.kernel in _KERNELS
        and machine._sparse is False
        and (machine._n_support >= 0).all()
        and counts.sum() == vectors
        and abs(machine._gamma) <= _LARGEST
        and (machine.degree, machine.coef0) == (3, 0)  # scikit-learn's own; others' powers could overflow
    )
