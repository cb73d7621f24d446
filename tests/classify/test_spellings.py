"""One person is one person in training however the name is spelt, and so are sessions and methods."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from population import make_correlations, write_correlations

from classify.person_model import read_training_set
from classify.training_set import PER_CLIP, TrainingSet, name_sources, select_training_set
from features.labels import label_from_name, video_of_clip
from features.tables import read_labelled_table

ZOE = "Zoë Bell"
SPELLINGS = [ZOE, unicodedata.normalize("NFD", ZOE), "ZOË\u00a0BELL", " zoë  bell "]


@pytest.fixture(scope="module")
def correlations() -> pd.DataFrame:
    fakes = make_correlations({"id0": 2}, clips=2, group="fake", seed=1)
    return pd.concat([make_correlations({"id0": 4, "id1": 1, "id2": 1}, clips=2), fakes])


def read_set(folder: Path, correlations: pd.DataFrame, spellings: list[str], person: str) -> TrainingSet:
    """The training set of a table whose manifest spells the names of id0 in turn in these ways."""
    folder.mkdir()
    table = write_correlations(folder, correlations)
    videos = dict.fromkeys(str(video_of_clip(name)) for name in correlations.index)
    lines, seen = ["path,subject,group,session"], 0
    for video in videos:
        (folder / f"{video}.mp4").touch()
        label = label_from_name(video)
        assert label is not None
        subject = label.subject
        if subject == "id0":
            subject, seen = spellings[seen % len(spellings)], seen + 1
        session = ("Face Swap", "face\u00a0swap")[seen % 2] if label.group == "fake" else ""
        lines.append(f"{video}.mp4,{subject},{label.group},{session}")
    (folder / "people.csv").write_text("\n".join(lines), encoding="utf-8")
    return read_training_set(table, person, folder / "people.csv")[0]


@pytest.mark.parametrize("person", SPELLINGS)
def test_a_person_in_four_spellings_teaches_what_one_in_one_does(
    tmp_path: Path, correlations: pd.DataFrame, person: str
) -> None:
    one = read_set(tmp_path / "one", correlations, [ZOE], ZOE)
    several = read_set(tmp_path / "several", correlations, SPELLINGS, person)
    for name in ("values", *PER_CLIP):
        np.testing.assert_array_equal(getattr(several, name), getattr(one, name))
    assert several.person == ZOE
    assert several.is_target.sum() == 8
    assert set(several.sources[several.kinds == "fakes of the person"]) == {"fakes by face swap"}


def test_another_name_that_is_nearly_the_same_stays_another_person(
    tmp_path: Path, correlations: pd.DataFrame
) -> None:
    found = read_set(tmp_path / "near", correlations, [ZOE, "Zoe Bell"], ZOE)
    assert found.is_target.sum() == 4
    assert set(found.subjects[found.kinds == "other people"]) == {"Zoe Bell", "celeb_id1", "celeb_id2"}


def test_a_person_is_found_in_a_table_whose_spellings_nobody_united(
    tmp_path: Path, correlations: pd.DataFrame
) -> None:
    _, clips = read_labelled_table(write_correlations(tmp_path, correlations))
    own = (clips["subject"] == "id0").to_numpy()
    spelt = clips.assign(subject=np.where(own, np.resize(["ID0", "id0 "], len(own)), clips["subject"]))
    expected = select_training_set(correlations, clips, "id0")
    assert select_training_set(correlations, spelt, "id0").kinds.tolist() == expected.kinds.tolist()


def test_a_session_that_only_repeats_the_name_of_its_video_says_nothing() -> None:
    """However the two are spelt: else each fake would be by a method of its own."""
    composed, decomposed = "Zoë", "Zoe\u0308"
    clips = pd.DataFrame(
        {
            "video": [f"{decomposed}.mp4", f"{composed}.mp4", "Talk.mp4"],
            "subject": "id0",
            "group": "fake",
            "session": [composed, decomposed, "talk"],
        }
    )
    assert set(name_sources(clips, "id0")) == {"fakes, method unknown"}
