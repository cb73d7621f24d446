"""Whether the mouth fits the sound, from frame tables and voice tables to models, verdicts and pages."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Run
from frame_tables import make_moving_frames, make_table, write_table
from mouths import FPS, draw_opening, show, voice
from voice_tables import write_voice

from classify.background.card import EnrolledRecording
from classify.lip_sync import LipSyncDoubt, LipSyncStatement
from classify.model_file import load_model
from extract.body import find_body_reader
from extract.frame_table import read_frame_table, read_metadata, write_frames
from extract.sound.voice_table import find_voice_table
from motionsig.use_cases.correlation import correlate
from motionsig.use_cases.judging import judge_table
from motionsig.use_cases.lip_sync import learn_of_enrolled, list_spoken, state_lip_sync
from motionsig.use_cases.training import train
from motionsig.use_cases.verdict_files import read_verdict
from report.lip_sync import view_lip_sync

SECONDS = 20.0
PERSON = "id0"


def write_speaker(folder: Path, name: str, seed: int, *, heard: int | None = None) -> Path:
    """Somebody who moves at random and speaks; `heard` is whose sound it is, the same person's by default."""
    opening = draw_opening(SECONDS, seed)
    mouth = show(opening)
    frames = make_moving_frames(mouth["time_s"], seed)
    frames[["mouth_h", "mouth_v"]] = mouth[["mouth_h", "mouth_v"]]
    table = make_table(frames, name)
    path = write_table(table, folder)
    sound = voice(opening if heard is None else draw_opening(SECONDS, heard))
    hash_of_video = table.metadata.source.sha256
    metadata = sound.metadata.model_copy(update={"video_sha256": hash_of_video})
    write_voice(replace(sound, metadata=metadata), path)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Learnt from three videos of a person and two of others."""
    folder = tmp_path_factory.mktemp("tables")
    names = [f"{k}_{PERSON}_pristine.mp4" for k in range(3)] + [f"{k}_id{k}_celeb.mp4" for k in (3, 4)]
    for seed, name in enumerate(names):
        write_speaker(folder, name, seed)
    out = tmp_path_factory.mktemp("out")
    correlate(folder, out / "c.csv")
    train(out / "c.csv", PERSON, out / "m.skops", classifier="linear", tables=[folder])
    return out / "m.skops"


def test_training_with_frame_tables_learns_from_the_persons_own_videos_alone(trained: Path) -> None:
    known = load_model(trained).card.lip_sync
    assert known is not None
    assert (known.recordings, known.sessions) == (3, 3)


@pytest.mark.parametrize(("heard", "label"), [(None, "fits"), (32, "does not fit")])
def test_the_statement_stands_in_every_output_and_changes_no_verdict(
    tmp_path: Path, trained: Path, run: Run, heard: int | None, label: str
) -> None:
    suspect = write_speaker(tmp_path, "suspect.mp4", 31, heard=heard)
    out, page = tmp_path / "v", tmp_path / "r.html"
    said = run("classify", suspect, "--model", trained, "--out", out, "--report", page)
    assert said.code == 0, said.err
    (video,) = read_verdict(out / "verdict.json").videos
    assert video.lip_sync is not None
    assert video.lip_sync.label == label
    assert video.lip_sync.sentence in said.out
    with (out / "verdict.csv").open(newline="") as file:
        cells = [row["lip_sync"] for row in csv.DictReader(file)]
    assert cells == [clip.label for clip in video.lip_sync.clips]
    assert cells[0] == label
    written = page.read_text()
    heading = "The mouth fits the sound" if heard is None else "The mouth does not fit the sound"
    assert f"<h2>{heading}</h2>" in written
    assert ('<p class="warning"><strong>The mouth' in written) == (label == "does not fit")
    find_voice_table(suspect).unlink()
    (silent,) = judge_table(suspect, load_model(trained))
    assert silent.lip_sync is not None
    assert silent.lip_sync.doubt is LipSyncDoubt.NO_VOICE_TABLE
    assert (silent.label, silent.score) == (video.label, video.score)


def test_the_voice_table_of_another_video_is_none(tmp_path: Path, trained: Path) -> None:
    suspect, other = (write_speaker(tmp_path, f"{k}.mp4", 40 + k) for k in (0, 1))
    shutil.copy(find_voice_table(other), find_voice_table(suspect))
    (verdict,) = judge_table(suspect, load_model(trained))
    assert verdict.lip_sync is not None
    assert verdict.lip_sync.doubt is LipSyncDoubt.NO_VOICE_TABLE


def test_a_table_of_correlations_has_no_statement(tmp_path: Path, trained: Path) -> None:
    suspect = write_speaker(tmp_path, "suspect.mp4", 50)
    correlate([suspect], tmp_path / "s.csv")
    (verdict,) = judge_table(tmp_path / "s.csv", load_model(trained))
    assert verdict.lip_sync is None


def test_frame_tables_without_a_voice_table_are_named_where_it_is_learnt(tmp_path: Path) -> None:
    paths = [write_speaker(tmp_path, f"{k}.mp4", k) for k in (0, 1, 2)]
    for path in paths[:2]:  # as read from videos; the third is of a simulated person, who has no voice
        table = read_frame_table(path)
        reading = table.metadata.reading.model_copy(update={"body": find_body_reader("pose").describe()})
        write_frames(replace(table, metadata=table.metadata.model_copy(update={"reading": reading})), path)
    for path in paths[1:]:
        find_voice_table(path).unlink()
    notices: list[str] = []
    assert len(list_spoken(paths, notices.append)) == 3
    (notice,) = notices
    assert "beside 1 of 3 frame tables (" in notice
    assert "1.parquet" in notice


@pytest.mark.parametrize(("last", "learns"), [("c", True), ("b", False)])
def test_copies_in_an_enrolment_are_one_session_of_mouth_and_sound(
    tmp_path: Path, last: str, learns: bool
) -> None:
    paths = [write_speaker(tmp_path, f"{name}.mp4", seed) for seed, name in enumerate("bc")]
    enrolled = [
        EnrolledRecording(
            video=f"{name}.mp4", sha256=read_metadata(path).source.sha256, session=session, seconds=20,
            clips=3, face_share=1.0, log10_lr=None,
        )
        for path, name, session in zip(paths, "bc", ("b", last), strict=True)
    ]  # fmt: skip
    notices: list[str] = []
    known = learn_of_enrolled(paths, enrolled, notices.append)
    assert (known is not None) == learns
    assert ["at least 2 sessions" in one for one in notices] == ([] if learns else [True])


def test_a_video_without_clips_is_too_short_to_say(tmp_path: Path, trained: Path) -> None:
    suspect = write_speaker(tmp_path, "suspect.mp4", 51)
    table = read_frame_table(suspect)
    short = make_table(table.frames.iloc[: 3 * FPS].copy(), "suspect.mp4")
    write_table(short, tmp_path)
    said = state_lip_sync(suspect, load_model(trained))
    assert (said.label, said.doubt) == ("cannot be said", LipSyncDoubt.TOO_FEW_CLIPS)


def test_a_page_shows_what_is_said_without_clips() -> None:
    statement = LipSyncStatement(label="cannot be said", doubt=LipSyncDoubt.NO_RANGE)
    view = view_lip_sync(statement, "Ada", 60.0)
    assert view.heading == "Whether the mouth fits the sound cannot be said"
    assert "learnt from frame tables of at least two sessions with sound" in view.sentence
    assert (view.picture, view.rows) == (None, [])
