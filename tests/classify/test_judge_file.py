"""One way to load what can judge a suspect: its parts say what it is, and its own reader checks it."""

from __future__ import annotations

from pathlib import Path

import pytest
import skops.io
from enrolments import make_background, make_card

from classify import judge_file
from classify.judge_file import load_judge
from classify.model import Model
from classify.model_file import load_model, save_model
from ground.errors import ModelError


def test_a_trained_model_is_loaded_as_one(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path / "id0.skops")
    assert load_judge(tmp_path / "id0.skops").card == model.card


def test_an_enrolled_person_is_read_by_the_reader_of_enrolments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ann.skops"
    skops.io.dump({"card": make_card().model_dump_json(), "background": {}, "usual_mean": {}}, path)
    monkeypatch.setattr(judge_file, "load_enrolment", lambda found: ("enrolled", found))
    assert load_judge(path) == ("enrolled", path)


def test_what_calls_itself_enrolled_is_checked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ann.skops"
    skops.io.dump({"card": make_card().model_dump_json(), "background": {}, "usual_mean": {}}, path)
    with pytest.raises(ModelError, match=r"ann\.skops"):
        load_judge(path)


def test_a_background_knows_nobody_and_says_how_to_enrol(tmp_path: Path) -> None:
    path = tmp_path / "others.skops"
    skops.io.dump({"card": make_background().model_dump_json(), "projections": {}, "spread": {}}, path)
    with pytest.raises(
        ModelError, match=r"knows no person.*motionsig enrol PERSON TABLES --background others"
    ):
        load_judge(path)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no archive"])
def test_what_is_no_archive_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.skops"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"is not a model of motionsig, or it is damaged"):
        load_judge(path)
    with pytest.raises(ModelError, match="There is no model file"):
        load_judge(tmp_path / "gone.skops")


def test_where_a_trained_model_is_needed_an_enrolled_person_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ann.skops"
    skops.io.dump({"card": make_card().model_dump_json(), "background": {}, "usual_mean": {}}, path)
    with pytest.raises(ModelError, match="holds an enrolled person, not a trained model"):
        load_model(path)
