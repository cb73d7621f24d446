"""Faces beside frame tables: suspects who are somebody else, wrong labels, and faces that are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import Run
from enrolments import READING, FakeEnrolment, enrol, make_background, make_card
from faces import choose, make_embedding, make_reference, make_track, write_measured
from frame_tables import make_moving_frames, make_table, write_table
from suspects import read_here, train_model

import motionsig
from classify.background.card import DescriptorIdentity
from classify.face_check import FaceCheck
from classify.reasons import ReasonCode, WarningCode
from extract.extraction import ExtractionOptions
from extract.frame_table import read_metadata
from extract.people.tracks_table import find_tracks_table
from features.labels import Label
from motionsig.use_cases import classification
from motionsig.use_cases import faces as use_of_faces
from motionsig.use_cases.classification import tabulate_suspects
from motionsig.use_cases.faces import check_face, read_faces, read_labelled_faces
from motionsig.use_cases.judging import judge_table, judge_with_evidence
from motionsig.use_cases.monitor import Monitor
from simulate.recordings import SIMULATED

FACE = make_reference(0)


@pytest.fixture
def person() -> FakeEnrolment:
    descriptors = (DescriptorIdentity(name="face-pairs", revision=1),)
    background = make_background(descriptors=descriptors, fused=("face-pairs",))
    known = enrol([20.0, 20.0], 8.0, {}, make_card(background=background))
    return replace(known, face=FACE)


def test_the_face_that_was_measured_is_compared_with_the_persons(tmp_path: Path) -> None:
    table = write_measured(tmp_path, "a.mp4", make_track(make_embedding(0, 0.3)))
    metadata = read_metadata(table)
    found = check_face(table, metadata, FACE)
    assert found is not None
    assert found.similarity == pytest.approx(0.3)
    assert check_face(table, metadata, None) == FaceCheck()
    assert check_face(table, metadata.model_copy(update={"person": None}), FACE) is None, "as in 0.2.0"
    find_tracks_table(table).unlink()
    assert check_face(table, metadata, FACE) == FaceCheck(), "nobody can tell"


def test_a_table_without_anybody_says_whom_it_was_searched_for(tmp_path: Path) -> None:
    moving = make_table(make_moving_frames(np.arange(20) / 10), "a.mp4")

    def missed(**chosen: object) -> str | None:
        check = check_face(tmp_path / "a.parquet", choose(moving, number=None, **chosen).metadata, FACE)
        assert check is not None
        return check.missed

    assert missed(choice="reference", reference=FACE.fingerprint) == "person"
    assert missed(choice="reference", reference=make_reference(3).fingerprint) == "other face"
    assert missed(choice="number", asked=4) == "number"
    assert missed() is None, "nobody was looked for, so whoever is there was measured"


def test_whoever_was_searched_by_this_very_face_needs_no_comparison(tmp_path: Path) -> None:
    moving = make_table(make_moving_frames(np.arange(20) / 10), "a.mp4")
    searched = choose(moving, choice="reference", reference=FACE.fingerprint)
    assert check_face(tmp_path / "a.parquet", searched.metadata, FACE) == FaceCheck()
    nobody = choose(moving, choice="reference", reference=FACE.fingerprint, number=None)
    assert check_face(tmp_path / "a.parquet", nobody.metadata, FACE) == FaceCheck(missed="person")


def test_a_suspect_table_of_somebody_else_is_said_and_changes_no_verdict(
    person: FakeEnrolment, tmp_path: Path
) -> None:
    table = write_measured(tmp_path, "a.mp4", make_track(make_embedding(3)), reading=READING)
    (verdict,), _ = judge_with_evidence(table, person, table)
    (warning,) = [one for one in verdict.warnings if one.code is WarningCode.FACE_UNLIKE]
    assert "unlike that of the person (similarity 0.00" in warning.words
    (unasked,) = judge_table(table, person)
    assert WarningCode.FACE_UNLIKE not in {one.code for one in unasked.warnings}
    assert (verdict.label, verdict.score) == (unasked.label, unasked.score)


def test_a_video_in_which_the_person_was_not_found_is_judged_inconclusive(
    person: FakeEnrolment, tmp_path: Path
) -> None:
    table = make_table(make_moving_frames(np.arange(120) / 10), "a.mp4", reading=READING)
    nobody = choose(table, choice="reference", reference=FACE.fingerprint, number=None)
    known = replace(person, clip_lrs=[np.nan, np.nan], lr=None)
    path = write_table(nobody, tmp_path)
    (verdict,), _ = judge_with_evidence(path, known, path)
    assert (verdict.label, verdict.reason.code) == ("inconclusive", ReasonCode.PERSON_NOT_FOUND)
    assert verdict.clips_scored == 0


def test_doubles_of_the_person_are_a_warning_of_the_verdict(person: FakeEnrolment, tmp_path: Path) -> None:
    moving = make_table(make_moving_frames(np.arange(120) / 10), "a.mp4", reading=READING)
    for double_s, codes in ((12.4, [WarningCode.DOUBLES]), (0.4, [])):
        path = write_table(choose(moving, double_s=double_s), tmp_path)
        (verdict,) = judge_table(path, person)
        warnings = [one for one in verdict.warnings if one.code is WarningCode.DOUBLES]
        assert [one.code for one in warnings] == codes
        assert [one.double_s for one in warnings] == [12.4] * len(codes)


def test_short_shots_of_a_suspect_are_told(person: FakeEnrolment, tmp_path: Path) -> None:
    """Shots of 8, 3 and 9 s, and clips of 8 s."""
    frames = make_moving_frames(np.arange(200) / 10)
    frames["cut"] = np.isin(np.arange(200), [80, 110]).astype(float)
    (verdict,) = judge_table(write_table(make_table(frames, "a.mp4", reading=READING), tmp_path), person)
    (warning,) = [one for one in verdict.warnings if one.code is WarningCode.SHOTS_TOO_SHORT]
    assert warning.words.startswith(
        "1 of the 3 shots of the video (3.0 s) is shorter than a clip of 8 s and was not judged."
    )
    assert [clip.span.start_s for clip in verdict.clips if clip.span] == [0.0, 11.0]


def test_videos_are_searched_for_the_person_of_the_model(
    person: FakeEnrolment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ExtractionOptions] = []
    monkeypatch.setattr(classification, "extract", lambda videos, out, options, **more: asked.append(options))
    monkeypatch.setattr(classification, "choose_readers", lambda judge, notice: ExtractionOptions())
    for face in (person.face, None):
        tabulate_suspects([tmp_path / "v.mp4"], person, tmp_path, person=face, monitor=Monitor())
    assert [options.person for options in asked] == [FACE, None]


def test_faces_of_fakes_and_of_videos_that_nobody_labelled_say_nothing_of_labels(tmp_path: Path) -> None:
    names = ("a.mp4", "fake.mp4", "unlisted.mp4", "damaged.mp4")
    tables = [write_measured(tmp_path, name, make_track(make_embedding(0))) for name in names]
    find_tracks_table(tables[-1]).write_bytes(b"no table")
    labels = {name[:-4]: Label("ann", "pristine", name) for name in (names[0], names[3])}
    labels["fake"] = Label("ann", "fake", "x")
    notices: list[str] = []
    (face,) = read_labelled_faces(tables, labels, notices.append)
    assert (face.video, face.subject) == ("a.mp4", "ann")
    assert ["damaged.tracks.parquet" in notice for notice in notices] == [True]


def test_of_tables_that_have_no_faces_it_is_said_once_how_many_they_are(tmp_path: Path) -> None:
    """As 0.2.0 made them, without their table of tracks, as they should be, and of simulated people."""
    moving = make_table(make_moving_frames(np.arange(20) / 10), "1_id0_pristine.mp4", reading=read_here())
    old = write_table(moving, tmp_path)
    bare, whole = (
        write_measured(tmp_path, f"{k}_id0_pristine.mp4", make_track(make_embedding(0)), reading=read_here())
        for k in (2, 3)
    )
    find_tracks_table(bare).unlink()
    simulated = write_table(make_table(moving.frames, "4_id0_pristine.mp4", reading=SIMULATED), tmp_path)
    tables = [old, bare, whole, simulated]
    for faces in (
        lambda note: read_faces(tables, note),
        lambda note: read_labelled_faces(tables, None, note),
    ):
        notices: list[str] = []
        assert [one.video for one in faces(notices.append)] == ["3_id0_pristine.mp4"]
        (notice,) = notices
        assert notice.startswith("Frame tables without faces: 2 of 4. So it was not checked whom they show.")
        assert notice.endswith("delete them and extract the videos again.")


def test_suspect_tables_whose_person_cannot_be_checked_are_counted_once_and_judged(
    person: FakeEnrolment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_of_faces, "_is_faceless", lambda table: True)
    moving = make_moving_frames(np.arange(120) / 10)
    tables = [write_table(make_table(moving, name, reading=READING), tmp_path) for name in ("a.mp4", "b.mp4")]
    for judge, times in ((person, 1), (replace(person, face=None), 0)):
        monkeypatch.setattr(classification, "load_judge", lambda _, judge=judge: judge)
        notices: list[str] = []
        monitor = Monitor(on_notice=notices.append)
        made = motionsig.classify(tables, tables[0], tmp_path / "out", monitor=monitor)
        assert len(made.verdict.videos) == 2
        said = "Frame tables without faces: 2 of 2. So it was not checked whether they measure "
        assert sum(notice.startswith(said + person.card.person) for notice in notices) == times


def test_a_reference_is_a_face_and_no_picture(tmp_path: Path) -> None:
    video, out = tmp_path / "v.mp4", tmp_path / "out"
    video.write_bytes(b"")
    for function, places in (
        (motionsig.classify, (tmp_path / "id0.skops", out)),
        (motionsig.identify, (tmp_path, out)),
        (motionsig.stress, (out,)),
    ):
        with pytest.raises(motionsig.InputError, match="The reference must be of the type PersonReference"):
            function(video, *places, reference="jane.jpg")  # type: ignore[operator]
    assert not out.exists()


def test_training_checks_the_labels_and_keeps_the_face_unless_told_not_to(run: Run, tmp_path: Path) -> None:
    """Sources 0 to 3 are id0's, 4 to 9 other people's; 4 shows the face of 8."""
    train_model(tmp_path / "id0.skops")
    folder = tmp_path / "tables"
    folder.mkdir()
    for source in range(10):
        face = make_embedding({4: 5}.get(source, max(source, 3) - 3), 0.9, source)
        write_measured(folder, f"{source}.mp4", make_track(face), sha256=str(source), seconds=1.0)
    words = ("train", tmp_path / "id0.csv", "--person", "id0", "--classifier", "linear", "--tables", folder)
    kept = run(*words, "-o", tmp_path / "kept.skops")
    assert kept.code == 0, kept.err
    assert "It holds the face of id0" in kept.out
    assert "other4 and other8 (0.81)" in kept.err, "their faces are one person's"
    face = motionsig.load_model(tmp_path / "kept.skops").face
    assert face is not None
    assert (face.name, face.vector[0]) == ("id0", pytest.approx(0.9 / (0.81 + 0.19 / 4) ** 0.5, abs=1e-5))
    assert "biometric" in run("show", tmp_path / "kept.skops").out
    shown = run("show", tmp_path / "kept.skops", "--json").out
    assert json.loads(shown)["holds_face"] is True
    assert "embedding" not in shown
    dropped = run(*words, "-o", tmp_path / "dropped.skops", "--no-face")
    assert "It holds no face of id0" in dropped.out
    assert motionsig.load_model(tmp_path / "dropped.skops").face is None
