"""Files of backgrounds and of enrolled people: skops archives of a card and arrays, and nothing else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pydantic
import skops.io

from classify.archives import check_archive, list_parts
from classify.background.background import Background
from classify.background.calibration import PairCalibration
from classify.background.card import BACKGROUND_SCHEMA, ENROLMENT_SCHEMA, BackgroundCard, EnrolmentCard
from classify.background.enrolled import Enrolment
from classify.background.identities import Identities
from classify.background.projection import Projection
from classify.known_face import pack_face, unpack_face
from classify.trace_files import pack_traces, unpack_traces
from features.descriptors.registry import DESCRIPTORS, name_region
from features.recordings import SIGNATURE_CLIPS
from ground.errors import ModelError
from ground.files import refuse_special_file, replace_when_complete, to_path

Values = npt.NDArray[np.float64]
Card = TypeVar("Card", BackgroundCard, EnrolmentCard)
Loaded = TypeVar("Loaded", Background, Enrolment)

_ALLOWED_TYPES: Final = frozenset({"builtins.dict", "builtins.list", "builtins.str", "numpy.ndarray"})
# No number of ours is larger, nor a scale smaller than 1 by it; sums of products stay finite.
_LARGEST: Final = 1e20
_MOST_COMPONENTS: Final = 4096
_MOST_SESSIONS: Final = 1_000_000
_COUNTS: Final = ("most_sessions", "people_again", "people")
# What each kind of file of ours has that the others have not.
_PARTS: Final = {"pipeline": "model", "background": "enrolment", "projections": "background"}
_KINDS: Final = {"model": "a trained model", "enrolment": "an enrolment", "background": "a background"}


def save_background(background: Background, path: Path) -> None:
    """Write a background; the file appears under `path` only when complete."""
    _save({"card": background.card.model_dump_json(), **_pack(background)}, path)


def save_enrolment(enrolment: Enrolment, path: Path) -> None:
    """Write an enrolled person, with the background; the file appears under `path` only when complete."""
    content = {
        "card": enrolment.card.model_dump_json(),
        "background": _pack(enrolment.background),
        "usual_mean": dict(enrolment.usual_mean),
        "traces": pack_traces(enrolment.traces),
        "face": pack_face(enrolment.face),
    }
    _save(content, path)


def load_background(path: str | Path) -> Background:
    """Read a background and check all of it; nothing in the file is executed.

    Raises
    ------
    ModelError
        When the file is missing, damaged, no background, of another version, or holds anything that a
        background does not need.
    """
    return _load(to_path(path), "background", "motionsig background", _assemble_background)


def load_enrolment(path: str | Path) -> Enrolment:
    """Read an enrolled person and check all of it; nothing in the file is executed.

    Raises
    ------
    ModelError
        As of `load_background`.
    """
    return _load(to_path(path), "enrolment", "motionsig enrol", _assemble_enrolment)


def _pack(background: Background) -> dict[str, Any]:
    projections = {
        name: {part: getattr(projection, part) for part in Projection.__dataclass_fields__}
        for name, projection in background.projections.items()
    }
    identities = {name: getattr(background.identities, name) for name in Identities.__dataclass_fields__}
    return {
        "projections": projections,
        "spread": dict(background.spread),
        "identities": identities,
        "traces": pack_traces(background.traces),
    }


def _save(content: dict[str, Any], path: Path) -> None:
    with replace_when_complete(path) as partial:
        skops.io.dump(content, partial, compression=zipfile.ZIP_DEFLATED)


def _load(path: Path, kind: str, command: str, assemble: Callable[[Any, Path], Loaded]) -> Loaded:
    refuse_special_file(path, ModelError)
    try:
        _check_kind(path, kind, command)
        check_archive(path, _ALLOWED_TYPES, kind)
        return assemble(skops.io.load(path, trusted=[]), path)
    except ModelError:
        raise
    except FileNotFoundError:
        raise ModelError(f"There is no file {path}. Make one with `{command}`.") from None
    except PermissionError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:
        # skops meets a malformed archive with errors of many kinds; whatever the kind, the file is at fault.
        raise ModelError(
            f"{path} is no {kind} of motionsig, or it is damaged ({type(error).__name__}). Copy it again, or "
            f"make it again with `{command}`."
        ) from error


def _check_kind(path: Path, kind: str, command: str) -> None:
    """Raise ModelError when a file of ours is of another kind, of which all that follows would be no help."""
    parts = list_parts(path)
    found = next((held for part, held in _PARTS.items() if part in parts), kind)
    if found != kind:
        raise ModelError(
            f"{path} is {_KINDS[found]}, and this needs {_KINDS[kind]}. Make one with `{command}`."
        )


def _assemble_background(content: Any, path: Path) -> Background:
    card = _read_card(content["card"], BackgroundCard, BACKGROUND_SCHEMA, "motionsig background", path)
    return _unpack(card, content, path)


def _assemble_enrolment(content: Any, path: Path) -> Enrolment:
    card = _read_card(content["card"], EnrolmentCard, ENROLMENT_SCHEMA, "motionsig enrol", path)
    background = _unpack(card.background, content["background"], path)
    usual = content["usual_mean"]
    sizes = {name: len(DESCRIPTORS[name].numbers) for name in background.projections}
    if {*usual} != {*sizes} or not all(
        _fits(usual[name], (size,), missing=True) for name, size in sizes.items()
    ):
        raise _misfit(path)
    face = unpack_face(content.get("face"), card.person, path)
    return Enrolment(card, background, usual, unpack_traces(content.get("traces")), face)


def _read_card(text: str, kind: type[Card], schema: int, command: str, path: Path) -> Card:
    content = json.loads(text)
    version = content.get("schema_version")
    if isinstance(version, int) and version != schema:
        whose, remedy = (
            ("a newer", "Update motionsig")
            if version > schema
            else ("an older", f"Make it again with `{command}`")
        )
        raise ModelError(f"{path} was made by {whose} version of motionsig (schema {version}). {remedy}.")
    try:
        return kind.model_validate(content)
    except pydantic.ValidationError as error:
        raise ModelError(
            f"The card in {path} is damaged or was not made by motionsig. Make it again with `{command}`."
        ) from error


def _unpack(card: BackgroundCard, content: Mapping[str, Any], path: Path) -> Background:
    names = [descriptor.name for descriptor in card.descriptors]
    if (card.clip_s, card.step_s) != (SIGNATURE_CLIPS.length_s, SIGNATURE_CLIPS.step_s):
        raise ModelError(
            f"{path} was made with clips of {card.clip_s:g} s every {card.step_s:g} s, and this version of "
            f"motionsig describes recordings by clips of {SIGNATURE_CLIPS.length_s:g} s every "
            f"{SIGNATURE_CLIPS.step_s:g} s. Learn the background again."
        )
    for descriptor in card.descriptors:
        known = DESCRIPTORS.get(descriptor.name)
        if known is None or known.revision != descriptor.revision:
            raise ModelError(
                f"{path} was made with revision {descriptor.revision} of the descriptor '{descriptor.name}', "
                "which this version of motionsig does not have. Learn the background again."
            )
    needed = {*card.fused, *map(name_region, card.regions)}
    parts, spread = content["projections"], content["spread"]
    calibrations = [card.calibration, *(region.calibration for region in card.regions.values())]
    weights = [calibration.weights for calibration in calibrations]
    if not ({*names} == {*parts} == {*spread} == needed) or list(map(len, weights)) != [
        len(card.fused),
        *[1] * len(card.regions),
    ]:
        raise _misfit(path)
    if not all(map(_is_sane, calibrations)):
        raise _misfit(path)
    projections = {name: Projection(**parts[name]) for name in names}
    for name, projection in projections.items():
        numbers, components = len(DESCRIPTORS[name].numbers), len(projection.centre)
        shapes = {
            "mean": (numbers,),
            "scale": (numbers,),
            "whitening": (numbers, components),
            "centre": (components,),
            # A region that few people show has a smaller cohort.
            "cohort": (min(len(projection.cohort), card.footage.people), components),
        }
        arrays_fit = all(_fits(getattr(projection, part), shape) for part, shape in shapes.items())
        if not (
            arrays_fit
            and 0 < components <= _MOST_COMPONENTS
            and len(projection.cohort)
            and (projection.scale >= 1 / _LARGEST).all()
        ):
            raise _misfit(path)
        if not _fits(spread[name], (numbers,), missing=True):
            raise _misfit(path)
    identities = Identities(**content["identities"])
    if not all(_are_digests(getattr(identities, name)) for name in Identities.__dataclass_fields__):
        raise _misfit(path)
    return Background(card, projections, spread, identities, unpack_traces(content.get("traces")))


def _are_digests(array: Any) -> bool:
    return type(array) is np.ndarray and array.dtype == np.uint8 and array.ndim == 2 and array.shape[1] == 32


def _fits(array: Any, shape: tuple[int, ...], *, missing: bool = False) -> bool:
    """Return whether an array has a type, a shape and sizes that give finite scores."""
    if type(array) is not np.ndarray or array.dtype != np.float64 or array.shape != shape:
        return False
    known = array[~np.isnan(array)] if missing else array
    return bool((np.abs(known) <= _LARGEST).all())


def _is_sane(calibration: PairCalibration) -> bool:
    """Return whether a calibration gives finite ratios of finite scores."""
    numbers = np.hstack([value for name, value in calibration if name not in _COUNTS])
    return bool((np.abs(numbers) <= _LARGEST).all()) and calibration.most_sessions <= _MOST_SESSIONS


def _misfit(path: Path) -> ModelError:
    return ModelError(f"The parts of {path} do not fit each other. Make the file again.")
