"""Files of backgrounds and enrolled people: they come back whole, and what was tampered with is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from backgrounds import learn, make_few, make_people
from population import make_correlations, write_correlations

from classify import archives
from classify.background.background import Background
from classify.background.enrolled import Enrolment, enrol
from classify.background.files import load_background, load_enrolment, save_background, save_enrolment
from classify.background.identities import Identities
from classify.background.judging import judge_recording
from classify.judge_file import load_judge
from classify.model_file import load_model, save_model
from classify.person_model import train_person
from ground.errors import ModelError

Content = dict[str, Any]


@pytest.fixture(scope="module")
def background() -> Background:
    recordings = make_few(again=5, people=10)
    recordings[-1].numbers["region:body"][:] = np.nan  # a person fewer shows the body
    return learn(recordings)


@pytest.fixture(scope="module")
def person(background: Background) -> Enrolment:
    return enrol(background, "0" * 64, "ann", make_people(1, 2, seed=7)[:1], sessions_said=True)


@pytest.fixture
def file(background: Background, tmp_path: Path) -> Path:
    save_background(background, tmp_path / "b.skops")
    return tmp_path / "b.skops"


@pytest.fixture
def enrolled(person: Enrolment, tmp_path: Path) -> Path:
    save_enrolment(person, tmp_path / "ann.skops")
    return tmp_path / "ann.skops"


def assert_same(one: Background, other: Background) -> None:
    assert one.card == other.card
    assert list(one.projections) == list(other.projections)
    for name, projection in one.projections.items():
        for part in ("mean", "scale", "whitening", "centre", "cohort"):
            np.testing.assert_array_equal(getattr(projection, part), getattr(other.projections[name], part))
        np.testing.assert_array_equal(one.spread[name], other.spread[name])


def test_a_background_comes_back_as_it_was(background: Background, file: Path) -> None:
    assert background.projections["region:body"].cohort.shape[0] == 9
    assert_same(load_background(file), background)


def test_an_enrolled_person_comes_back_as_it_was_and_judges_alike(person: Enrolment, enrolled: Path) -> None:
    again = load_enrolment(enrolled)
    assert again.card == person.card
    assert_same(again.background, person.background)
    suspect = make_people(1, 2, seed=7)[1]
    assert judge_recording(again, suspect) == judge_recording(person, suspect)
    assert isinstance(load_judge(enrolled), Enrolment)


def test_a_background_that_was_read_back_enrols_alike(person: Enrolment, file: Path) -> None:
    again = enrol(load_background(file), "0" * 64, "ann", make_people(1, 2, seed=7)[:1], sessions_said=True)
    assert again.card.model_copy(update={"created_utc": ""}) == person.card.model_copy(
        update={"created_utc": ""}
    )
    for name, usual in person.usual_mean.items():
        np.testing.assert_array_equal(again.usual_mean[name], usual)


def edit(path: Path, change: Callable[[Content], object]) -> Path:
    """Rewrite a file after an edit of what it holds."""
    content = skops.io.load(path, trusted=[])
    change(content)
    skops.io.dump(content, path)
    return path


def edit_card(**changed: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        content["card"] = json.dumps({**json.loads(content["card"]), **changed})

    return change


def edit_array(part: str, change: Callable[[np.ndarray], object]) -> Callable[[Content], None]:
    def replace_array(content: Content) -> None:
        parts = content["projections"]["spreads"]
        parts[part] = change(parts[part].copy())

    return replace_array


def put(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array.flat[0] = value
        return array

    return change


def rename(content: Content) -> None:
    content["projections"]["events"] = content["projections"].pop("spreads")


def calibrate(part: str, value: float | list[float]) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        card = json.loads(content["card"])
        card["calibration"][part] = value
        content["card"] = json.dumps(card)

    return change


def add_weight(content: Content) -> None:
    card = json.loads(content["card"])
    card["regions"]["head"]["calibration"]["weights"] = [1.0, 1.0]
    content["card"] = json.dumps(card)


def describe_otherwise(revision: int | None, name: str = "spreads") -> Callable[[Content], None]:
    def change(content: Content) -> None:
        card = json.loads(content["card"])
        for descriptor in card["descriptors"]:
            if descriptor["name"] == "spreads":
                descriptor.update({"name": name, "revision": revision or descriptor["revision"]})
        content["card"] = json.dumps(card)

    return change


DO_NOT_FIT = "do not fit each other"
TAMPERED: dict[str, tuple[Callable[[Content], object], str]] = {
    "a number too few": (edit_array("mean", lambda a: a[1:]), DO_NOT_FIT),
    "a component too many": (edit_array("centre", lambda a: np.append(a, 0.0)), DO_NOT_FIT),
    "a table for a row": (edit_array("mean", lambda a: a[None]), DO_NOT_FIT),
    "more people than there are": (edit_array("cohort", lambda a: np.vstack([a, a])), DO_NOT_FIT),
    "nobody": (edit_array("cohort", lambda a: a[:0]), DO_NOT_FIT),
    "no components": (edit_array("whitening", lambda a: a[:, :0]), DO_NOT_FIT),
    "half precision": (edit_array("mean", lambda a: a.astype(np.float16)), DO_NOT_FIT),
    "whole numbers": (edit_array("cohort", lambda a: a.astype(np.int64)), DO_NOT_FIT),
    "texts": (edit_array("mean", lambda a: a.astype(str)), DO_NOT_FIT),
    "lists": (edit_array("mean", lambda a: a.tolist()), DO_NOT_FIT),
    "a missing mean": (edit_array("mean", put(np.nan)), DO_NOT_FIT),
    "a missing scale": (edit_array("scale", put(np.nan)), DO_NOT_FIT),
    "a scale of 0": (edit_array("scale", put(0.0)), DO_NOT_FIT),
    "a negative scale": (edit_array("scale", put(-1.0)), DO_NOT_FIT),
    "an infinite whitening": (edit_array("whitening", put(np.inf)), DO_NOT_FIT),
    "a huge whitening": (edit_array("whitening", put(1e300)), DO_NOT_FIT),
    "a number for an array": (edit_array("centre", lambda a: 5), "is no background of motionsig"),
    "a part too many": (lambda c: c["projections"]["spreads"].update(more=np.zeros(2)), "is no background"),
    "a part too few": (lambda c: c["projections"]["spreads"].pop("centre"), "is no background"),
    "a descriptor too few": (lambda c: c["projections"].pop("spreads"), DO_NOT_FIT),
    "a spread too few": (lambda c: c["spread"].pop("spreads"), DO_NOT_FIT),
    "a spread of another size": (lambda c: c["spread"].update(spreads=np.zeros(3)), DO_NOT_FIT),
    "another descriptor's name": (rename, DO_NOT_FIT),
    "no spreads": (lambda c: c.pop("spread"), "is no background of motionsig"),
    "no card": (lambda c: c.pop("card"), "is no background of motionsig"),
    "a card that is no JSON": (lambda c: c.update(card="{"), "is no background of motionsig"),
    "a card that is a list": (lambda c: c.update(card="[]"), "is no background of motionsig"),
    "another revision": (describe_otherwise(99), "revision 99 of the descriptor 'spreads'"),
    "an unknown descriptor": (describe_otherwise(None, "wobbles"), "of the descriptor 'wobbles'"),
    "a newer schema": (edit_card(schema_version=99), "a newer version of motionsig (schema 99). Update"),
    "an older schema": (edit_card(schema_version=0), "an older version of motionsig (schema 0). Make it"),
    "an unknown field": (edit_card(colour="red"), "The card in"),
    "a field too few": (edit_card(fused=None), "The card in"),
    "nothing fused": (edit_card(fused=[]), "The card in"),
    "a fused one too few": (edit_card(fused=["face-pairs"]), DO_NOT_FIT),
    "a region too few": (edit_card(regions={}), DO_NOT_FIT),
    "a region of two weights": (add_weight, DO_NOT_FIT),
    "a huge offset": (calibrate("offset", 1e308), DO_NOT_FIT),
    "huge weights": (calibrate("weights", [1e300, 1e300]), DO_NOT_FIT),
    "more sessions than anybody has": (calibrate("most_sessions", 10**30), DO_NOT_FIT),
    "an offset that is no number": (calibrate("offset", float("nan")), "The card in"),
    "a negative weight": (calibrate("weights", [-1.0, 1.0]), "The card in"),
    "bounds that so few people do not support": (calibrate("highest", 9.0), "The card in"),
    "clips of another length": (edit_card(clip_s=4.0), "was made with clips of 4 s every 4 s"),
    "clips of no length": (edit_card(clip_s=-1.0), "was made with clips of -1 s"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_background_that_was_tampered_with_is_refused_with_a_sentence(file: Path, what: str) -> None:
    change, words = TAMPERED[what]
    edit(file, change)
    with pytest.raises(ModelError) as caught:
        load_background(file)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)


def test_missing_spreads_and_usual_means_are_read(file: Path, enrolled: Path) -> None:
    edit(file, lambda c: put(np.nan)(c["spread"]["spreads"]))
    assert np.isnan(load_background(file).spread["spreads"][0])
    edit(enrolled, lambda c: put(np.nan)(c["usual_mean"]["spreads"]))
    assert np.isnan(load_enrolment(enrolled).usual_mean["spreads"][0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["usual_mean"].update(spreads=np.zeros(3)), DO_NOT_FIT),
        (lambda c: c["usual_mean"].pop("spreads"), DO_NOT_FIT),
        (lambda c: put(np.inf)(c["usual_mean"]["spreads"]), DO_NOT_FIT),
        (lambda c: c["background"]["projections"].pop("spreads"), DO_NOT_FIT),
        (edit_card(schema_version=99), "made by a newer version"),
        (edit_card(recordings=None), "The card in"),
        (edit_card(recordings=[]), "The card in"),
        (edit_card(method="trained"), "The card in"),
    ],
)
def test_an_enrolment_that_was_tampered_with_is_refused(
    enrolled: Path, change: Callable[[Content], object], words: str
) -> None:
    edit(enrolled, change)
    with pytest.raises(ModelError) as caught:
        load_enrolment(enrolled)
    assert words in str(caught.value)


class Hostile:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("ran",)


@pytest.mark.parametrize(
    "part",
    [os.system, replace, {"a": {1, 2}}, np.float64(3), np.array([Hostile()], dtype=object)],
    ids=["function", "other function", "set", "scalar", "objects"],
)
def test_nothing_but_texts_and_arrays_is_loaded(
    file: Path, part: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = skops.io.load(file, trusted=[])
    content["more"] = part
    skops.io.dump(content, file)
    with pytest.raises(ModelError) as caught:
        load_background(file)
    assert "which no background of motionsig does. It was not loaded." in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_what_is_no_archive_or_cut_short_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    for content in (b"", b"PK", whole[: len(whole) // 2], b"nonsense" * 100):
        file.write_bytes(content)
        for load, kind in ((load_background, "background"), (load_enrolment, "enrolment")):
            with pytest.raises(ModelError, match=f"is no {kind} of motionsig, or it is damaged"):
                load(file)


def test_a_missing_file_says_how_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"There is no file .*b.skops. Make one with `motionsig background`"):
        load_background(tmp_path / "b.skops")
    with pytest.raises(ModelError, match="Make one with `motionsig enrol`"):
        load_enrolment(tmp_path / "b.skops")
    with pytest.raises(ModelError, match="Make one with `motionsig train` or `motionsig enrol`"):
        load_judge(tmp_path / "b.skops")


def test_models_backgrounds_and_enrolments_are_not_taken_for_each_other(
    file: Path, enrolled: Path, tmp_path: Path
) -> None:
    people = make_correlations({"id0": 2, "id1": 1, "id2": 1, "id3": 1}, clips=2)
    model = tmp_path / "m.skops"
    save_model(
        train_person(write_correlations(tmp_path, people), "id0", classifier="linear", workers=1), model
    )
    for load, wrong, words in (
        (load_background, model, "is a trained model, and this needs a background."),
        (load_background, enrolled, "is an enrolment, and this needs a background."),
        (load_enrolment, model, "is a trained model, and this needs an enrolment."),
        (load_enrolment, file, "is a background, and this needs an enrolment."),
        (load_model, file, "model"),
        (load_model, enrolled, "holds an enrolled person, not a trained model."),
        (load_judge, file, "is a background, which knows no person."),
    ):
        with pytest.raises(ModelError) as caught:
            load(wrong)  # type: ignore[operator]
        assert f"{wrong} " in str(caught.value)
        assert words in str(caught.value)


def test_a_background_of_a_hundred_thousand_recordings_is_read(
    background: Background, tmp_path: Path
) -> None:
    """Their hashes are most of what such a file describes."""
    hashes = tuple(f"{number:064x}" for number in range(100_000))
    identities = Identities.of(["somebody"], hashes)
    save_background(replace(background, identities=identities), tmp_path / "large.skops")
    found = load_background(tmp_path / "large.skops").identities
    assert np.array_equal(found.videos, identities.videos)
    assert len(found.videos) == len(hashes)
    assert all(map(found.has_video, hashes[:3]))


def test_an_archive_that_unpacks_to_too_much_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST_UNPACKED_BYTES", 10_000)
    with pytest.raises(ModelError, match="unpacks to more than 1 GiB, which no background of motionsig does"):
        load_background(file)


def test_nothing_half_written_is_left(
    background: Background, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(skops.io, "dump", fail)
    with pytest.raises(KeyboardInterrupt):
        save_background(background, tmp_path / "new" / "b.skops")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
