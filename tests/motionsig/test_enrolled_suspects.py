"""Whatever takes a model takes an enrolled person: classify, report, show, identify and stress."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from command_line import Run
from enrolments import READING, FakeEnrolment, enrol, make_background, make_card
from frame_tables import make_moving_frames, make_table, write_table
from population import make_correlations, write_correlations

from classify import judge_file
from classify.background.card import DescriptorIdentity
from classify.suspect_facts import SuspectFacts
from extract.description import Backend
from ground.errors import ModelError
from ground.files import hash_file
from motionsig.use_cases import classification, identification
from motionsig.use_cases.classification import classify
from motionsig.use_cases.report_files import report
from motionsig.use_cases.robustness import measure_version
from motionsig.use_cases.suspects import choose_readers, read_recording

SECONDS, CLIPS = 32.0, 7
LRS = (20.0, 20.0, 0.05, 0.05, 20.0, 20.0, np.nan)
FACE_PAIRS = (DescriptorIdentity(name="face-pairs", revision=1),)


@pytest.fixture
def person() -> FakeEnrolment:
    background = make_background(descriptors=FACE_PAIRS, fused=("face-pairs",))
    return enrol(LRS, 8.0, {"mouth": 0.05, "head": 12.0}, make_card(background=background))


@pytest.fixture
def model(person: FakeEnrolment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "models" / "ann.skops"
    path.parent.mkdir()
    path.write_bytes(b"ann")
    for module in (classification, identification, judge_file):
        monkeypatch.setattr(module, "load_judge", lambda _: person)
    return path


@pytest.fixture
def suspect(tmp_path: Path) -> Path:
    return write_suspect(tmp_path, "suspect.mp4")


def write_suspect(folder: Path, name: str, seconds: float = SECONDS, **more: object) -> Path:
    frames = make_moving_frames(np.arange(round(10 * seconds)) / 10)
    return write_table(make_table(frames, name, **{"reading": READING, **more}), folder)  # type: ignore[arg-type]


def test_a_verdict_of_an_enrolled_person_is_written_with_its_card(
    suspect: Path, model: Path, tmp_path: Path
) -> None:
    made = classify(suspect, model, tmp_path / "out")
    content = json.loads((tmp_path / "out" / "verdict.json").read_text())
    assert content["card"]["method"] == "enrolled"
    assert content["model_sha256"] == hash_file(model)
    (video,) = made.verdict.videos
    assert [clip.clip_name for clip in video.clips] == [f"suspect_clip_{k}" for k in range(CLIPS)]
    assert video.clips[1].span is not None
    assert (video.clips[1].span.start_s, video.clips[1].span.end_s) == (4.0, 12.0)
    assert [region.label for region in video.regions] == [
        "does not move like the person",
        "moves like the person",
    ]


def test_the_page_says_regions_recordings_and_background_and_nothing_of_classifiers(
    suspect: Path, model: Path, tmp_path: Path
) -> None:
    classify(suspect, model, tmp_path / "out", report=tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    for words in (
        "Region by region", '<th scope="row">mouth</th><td>moderate support that it does not move',
        "a lip-sync on authentic footage keeps", "ann-0.mp4", "30 people", "Nothing was trained on",
        "AUC, mean over people", "A lip-sync would look like this", "SHA-256 " + "c" * 64,
    ):  # fmt: skip
        assert words in page
    for words in ("Classifier", "How the movements go together", "Training table"):
        assert words not in page


def test_the_evidence_traces_the_deviating_signals(suspect: Path, model: Path, tmp_path: Path) -> None:
    classify(suspect, model, tmp_path / "out")
    evidence = json.loads((tmp_path / "out" / "evidence.json").read_text())
    assert (evidence["usual_mean"], evidence["videos"][0]["correlations"]) == ([], [])
    clips = evidence["videos"][0]["clips"]
    assert [bool(clip["traces"]) for clip in clips] == [False, False, True, True, False, False, False]
    assert clips[0]["face_share"] == 1.0
    page = report(tmp_path / "out" / "verdict.json").read_text()
    assert "This report is incomplete" not in page
    assert page.count('class="traces"') == 6, "three pairs of each of two clips"


def test_names_from_outside_are_escaped(
    person: FakeEnrolment, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "<script>alert(1)</script>"
    card = make_card(
        evil, background=make_background(descriptors=FACE_PAIRS, fused=("face-pairs",), notes=(evil,))
    )
    card = card.model_copy(update={"disagreeing": (evil,)})
    monkeypatch.setattr(classification, "load_judge", lambda _: enrol(LRS, 8.0, {"mouth": 0.05}, card))
    table = write_suspect(tmp_path, "suspect.mp4").rename(tmp_path / "x.parquet")
    classify(table, model, tmp_path / "out", report=tmp_path / "r.html")
    page = re.sub(r'href="data:[^"]*"', "", (tmp_path / "r.html").read_text())
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_correlations_table_is_refused_with_what_to_give_instead(model: Path, tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 1}))
    (failure,) = classify(table, model, tmp_path / "out").verdict.failed
    assert failure.error.endswith(
        "holds correlations. 'ann' is enrolled by more than those, so give the suspect video, or its frame "
        "table."
    )


def test_a_suspect_that_was_read_otherwise_or_is_too_short_is_refused(model: Path, tmp_path: Path) -> None:
    other = READING.model_copy(update={"face": Backend(name="mesh", version="9")})
    tables = [write_suspect(tmp_path, "a.mp4", reading=other), write_suspect(tmp_path, "b.mp4", seconds=5.0)]
    errors = [failure.error for failure in classify(tables, model, tmp_path / "out").verdict.failed]
    assert "a.mp4 was read in another way." in errors[0]
    assert "b.mp4 is 5.0 s long, shorter than one clip of 8 s" in errors[1]


def test_videos_are_read_as_the_background_was(person: FakeEnrolment) -> None:
    with pytest.raises(ModelError) as caught:
        choose_readers(person, lambda _: None)
    assert "The enrolment of 'ann' needs footage read by pose 1 and mesh 1." in str(caught.value)
    assert str(caught.value).endswith("Enrol the person with a background of footage that was read here.")


def test_the_command_says_regions_and_whose_figures_these_are(run: Run, suspect: Path, model: Path) -> None:
    result = run("classify", suspect, "-m", model, "-o", "out")
    assert result.code == 0, result.err
    assert "the mouth: moderate support that it does not move like the person (LR 0.05)" in result.out
    assert "ann: enrolled from 2 recordings of 2 sessions" in result.out
    assert "Score of the video: +2.079 (consistent above +1.386, inconsistent below -1.386" in result.out
    assert "A lip-sync would look like this" in result.out + result.err


def test_json_holds_the_regions(run: Run, suspect: Path, model: Path) -> None:
    content = json.loads(run("classify", suspect, "-m", model, "-o", "out", "--json").out)
    assert content["videos"][0]["regions"][0]["label"] == "does not move like the person"


def test_show_tells_the_card_and_the_figures(run: Run, model: Path) -> None:
    result = run("show", model)
    assert result.code == 0, result.err
    for words in ("enrolled from 2 recordings", "Verified on 30 people", "equal error rate", "held out"):
        assert words in result.out
    assert json.loads(run("show", model, "--json").out)["method"] == "enrolled"


def test_identify_takes_enrolled_people(run: Run, suspect: Path, model: Path) -> None:
    content = json.loads(run("identify", suspect, "--models", model.parent, "-o", "out", "--json").out)
    (candidate,) = content["videos"][0]["candidates"]
    assert (candidate["person"], candidate["label"]) == ("ann", "inconclusive")
    assert candidate["warnings"][0]["code"] == "regions-contradict"


def test_stress_lets_an_enrolled_person_judge_each_version(person: FakeEnrolment, suspect: Path) -> None:
    measured = measure_version(suspect, person)
    assert len(measured.correlations) == CLIPS, "over the clips of the background"
    assert measured.label == "inconclusive"
    assert measured.log10_lr == pytest.approx(np.log10(8.0))


def test_a_recording_is_described_by_all_that_the_background_compares(
    person: FakeEnrolment, suspect: Path
) -> None:
    recording, facts = read_recording(suspect, person)
    assert set(recording.numbers) == {"face-pairs"}
    assert len(recording.start_s) == CLIPS
    assert facts == SuspectFacts()
