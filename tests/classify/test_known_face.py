"""The face that models and enrolments keep: the person's mean, checked when it is read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faces import NETWORK, make_face, make_reference

from classify.known_face import describe_face, learn_face, pack_face, unpack_face
from classify.label_check import LabelledFace
from classify.model import Model
from classify.model_file import load_model, save_model
from extract.description import Backend
from extract.people.measured_faces import MeasuredFace
from ground.errors import ModelError

OWN = [LabelledFace(f"{k}.mp4", "id0", make_face(0, 0.9, k)) for k in range(3)]
OTHER = LabelledFace("other.mp4", "id1", make_face(1))


def test_the_face_is_the_mean_direction_of_the_persons_videos() -> None:
    warnings: list[str] = []
    face = learn_face([*OWN, OTHER], "ID0", warnings.append)
    assert face is not None
    assert (face.origin, face.name, face.network, warnings) == ("model", "ID0", NETWORK, [])
    # .9 of the person, and a third of what is left, sqrt(.19), of each picture: .81 + .19 / 3 squared.
    assert face.vector[0] == pytest.approx(0.9 / (0.81 + 0.19 / 3) ** 0.5, abs=1e-6)
    assert np.linalg.norm(face.vector) == pytest.approx(1.0, abs=1e-6)
    assert learn_face([OTHER], "id0", warnings.append) is None


def test_no_face_is_kept_of_videos_that_show_several() -> None:
    """A mean of two people's faces would find either."""
    warnings: list[str] = []
    wrong = LabelledFace("wrong.mp4", "id0", make_face(5))
    assert learn_face([*OWN, wrong], "id0", warnings.append) is None
    assert "wrong.mp4 (similarity 0.00)" in warnings[0]
    assert warnings[1] == "So no face of id0 is kept: it would be a mean of several people's."
    assert learn_face([*OWN, replace(wrong, subject="id1")], "id0", warnings.append) is not None


def test_no_face_is_kept_of_different_networks() -> None:
    warnings: list[str] = []
    other = MeasuredFace(Backend(name="other", version="1"), OWN[0].face.embedding)
    assert learn_face([*OWN, LabelledFace("x.mp4", "id0", other)], "id0", warnings.append) is None
    assert "different networks" in warnings[0]


@pytest.mark.parametrize("face", [None, make_reference()])
def test_a_model_reads_back_with_its_face_and_no_card_holds_it(
    model: Model, tmp_path: Path, face: object
) -> None:
    path = tmp_path / "id0.skops"
    save_model(replace(model, face=face), path)
    loaded = load_model(path)
    assert loaded.face == face
    assert "embedding" not in loaded.card.model_dump_json()


@pytest.mark.parametrize(
    "changed",
    [
        {"embedding": [0.5] * 128},
        {"embedding": [0.0] * 128},
        {"embedding": [1.0]},
        {"embedding": [float("nan")] + [0.0] * 127},
        {"embedding": [1e999] + [0.0] * 127},
        {"name": "id1"},
        {"name": None},
        {"origin": "pictures"},
        {"network": 1},
    ],
)
def test_a_face_that_is_damaged_or_somebody_elses_is_refused(
    model: Model, tmp_path: Path, changed: dict[str, object]
) -> None:
    assert unpack_face(pack_face(make_reference()), "id0", tmp_path) == make_reference()
    stored = json.dumps({**json.loads(pack_face(make_reference())), **changed})
    with pytest.raises(ModelError, match=r"The face in .* is damaged"):
        unpack_face(stored, "id0", tmp_path)


def test_whoever_reads_the_card_learns_what_a_face_means() -> None:
    assert describe_face(None, "id0").startswith("It holds no face of id0.")
    said = describe_face(make_reference(), "id0")
    assert "biometric data: whoever has the file can search for this face" in said
    assert "0.0" not in said
