"""The command line as people meet it: results, sentences for bad input, exit codes, and what lies on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from command_line import Run, assert_refused, files_below, tables_of
from media import cut_off, marked_frames, portrait, rotate_mp4, write_sound, write_video
from old_tables import make_old
from population import make_correlations, write_correlations

import motionsig.command_line.cli
from classify.verdict import Verdict
from features.signature import PairSet
from features.tables import clip_table_path, open_tables, read_labelled_table
from ground.errors import InputError
from motionsig.command_line.cli import main
from motionsig.use_cases.inputs import check_mesh_names

FPS = 6


def moving_frames(seconds: float, fps: int = FPS, width: int = 400) -> list[np.ndarray]:
    """The portrait turning to and fro in its plane, at two rates, while its face gets longer and shorter.

    A photograph that only turns shows nothing of a person, and would not be judged. It is pale, so that no
    turn looks like a cut.
    """
    times = np.arange(round(seconds * fps)) / fps
    turned = [portrait(width, turn_deg=8 * np.sin(2.1 * t) + 4 * np.sin(5.3 * t)) for t in times]
    heights = np.round(width * (1.06 + 0.05 * np.sin(4.1 * times))).astype(int)
    return [
        (91 + 0.3 * cv2.resize(image, (width, int(height)))[:width]).astype(np.uint8)
        for image, height in zip(turned, heights, strict=True)
    ]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    return write_video(folder / "16_id0_pristine.mp4", moving_frames(16), fps=FPS)


@pytest.fixture(scope="module")
def tables(video: Path) -> Path:
    """Folder with the frame table of `video`, made by the command in a process of its own."""
    folder = video.parent / "tables"
    call = [sys.executable, "-m", "motionsig", "extract", str(video), "-o", str(folder)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert done.stderr == "", "no chatter of the libraries below, and no bar where there is no terminal"
    assert done.stdout.startswith(
        "16_id0_pristine.mp4: 96 frames, 16.0 s; body found in 100.0%, face in 100.0% of the frames"
    )
    assert done.stdout.count("\n") == 1
    return folder


@pytest.fixture(scope="module")
def model(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of made-up clips around those of `video`, measured (so the table says) in the same way."""
    folder = tmp_path_factory.mktemp("model")
    correlate_here = [sys.executable, "-m", "motionsig", "correlate", str(tables), "-o", "correlations.csv"]
    subprocess.run(correlate_here, cwd=folder, check=True, capture_output=True)
    correlations, clips = read_labelled_table(folder / "correlations.csv")
    rng = np.random.default_rng(0)
    with open_tables(folder / "training.csv", PairSet()) as write:
        for person in range(4):
            centre = correlations.iloc[0].fillna(0) * (1 if person == 0 else -1)
            for number in range(3):
                stem = f"{number}_id{person}_{'pristine' if person == 0 else 'celeb'}"
                names = pd.Index([f"{stem}_clip_{k}" for k in range(5)], name="clip_name")
                values = np.clip(centre.to_numpy() + rng.normal(0, 0.2, (5, 435)), -1, 1)
                facts = pd.concat([clips.iloc[:1]] * 5).set_index(names)
                facts = facts.assign(
                    sha256=f"{person}{number}".rjust(64, "0"),
                    video=f"{stem}.mp4",
                    subject=f"id{person}",
                    group="pristine",
                    session=stem,
                )
                write(pd.DataFrame(values, names, correlations.columns), facts)
    train_here = [sys.executable, "-m", "motionsig", "train", "training.csv", "--person", "id0"]
    done = subprocess.run(train_here, cwd=folder, check=True, capture_output=True, text=True)
    assert (
        "id0: 15 clips (0.5 minutes) from 3 sources, compared with 45 clips (1.5 minutes) of 3" in done.stdout
    )
    return folder / "id0.skops"


def write_text(path: Path) -> Path:
    path.write_text("just words\n" * 100)
    return path


def write_empty(path: Path) -> Path:
    path.touch()
    return path


BAD_VIDEOS = {
    "not a video": (write_text, "is not a video"),
    "empty": (write_empty, "is empty"),
    "audio only": (write_sound, "only audio"),
    "no person": (lambda p: write_video(p, marked_frames(8, 320, 240)), "No person was found"),
    "index cut off": (lambda p: cut_off(write_video(p, marked_frames(50)), 0.7), "cut off"),
}


@pytest.mark.parametrize("what", BAD_VIDEOS)
def test_extract_refuses_what_gives_no_table(run: Run, tmp_path: Path, what: str) -> None:
    make, words = BAD_VIDEOS[what]
    path = make(tmp_path / ("x.wav" if what == "audio only" else "x.mp4"))
    result = run("extract", path, "-o", tmp_path / "tables")
    assert_refused(result, str(path), words, nothing_in=tmp_path / "tables")


def test_extract_refuses_a_folder_without_videos_and_a_missing_path(run: Run, tmp_path: Path) -> None:
    write_text(tmp_path / "notes.txt")
    assert_refused(run("extract", tmp_path), str(tmp_path), "no video", nothing_in=tmp_path / "tables")
    missing = tmp_path / "missing.mp4"
    assert_refused(run("extract", missing), str(missing), "does not exist", nothing_in=tmp_path / "tables")


def test_extract_refuses_two_videos_of_one_name(run: Run, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_empty(tmp_path / folder / "x.mp4")
    result = run("extract", tmp_path, "-o", tmp_path / "tables")
    assert_refused(result, "a/x.mp4", "b/x.mp4", "its own file name", nothing_in=tmp_path / "tables")


def test_a_failing_video_is_named_and_the_others_are_done(run: Run, tmp_path: Path) -> None:
    write_video(tmp_path / "good.mp4", [portrait(300)] * 5)
    write_text(tmp_path / "bad.mp4")
    result = run("extract", tmp_path, "-o", tmp_path / "tables", "--json", "--workers", 1)
    assert result.code == 1
    assert "bad.mp4 as a video (" in result.err
    assert "It is not a video, or it is damaged" in result.err
    assert "1 of 2 videos gave no frame table" in result.err
    assert files_below(tmp_path / "tables") == tables_of("good") | {"failures.csv"}
    failures = pd.read_csv(tmp_path / "tables" / "failures.csv")
    assert failures["video"].tolist() == [str(tmp_path / "bad.mp4")]
    assert "bad.mp4 as a video (" in failures["error"][0]
    videos = {Path(entry["video"]).name: entry for entry in json.loads(result.out)["videos"]}
    assert videos["good.mp4"]["face_frames"] == videos["good.mp4"]["frames"] == 5
    assert videos["bad.mp4"]["table"] is None


def test_several_workers_give_the_same_bytes_as_one(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_video(tmp_path / f"{name}.mp4", [portrait(300)] * 5)
    for workers in (1, 2):
        assert run("extract", tmp_path, "-o", tmp_path / f"t{workers}", "--workers", workers).code == 0
    for name in ("a.parquet", "b.parquet"):
        assert (tmp_path / "t1" / name).read_bytes() == (tmp_path / "t2" / name).read_bytes()


def test_kept_tables_without_one_sided_measures_are_counted(
    run: Run, video: Path, tables: Path, tmp_path: Path
) -> None:
    """tests/extract/test_made.py does what the notice advises."""
    folder = shutil.copytree(tables, tmp_path / "tables")
    make_old(folder / "16_id0_pristine.parquet")
    result = run("extract", video, "-o", folder, "--workers", 1)
    assert result.code == 0
    assert "(kept)" in result.out
    assert "1 kept table of an earlier version lacks the one-sided measures of the face" in result.err
    assert "delete the table and run the same command again" in result.err


def test_a_truncated_video_warns_and_gives_what_was_readable(run: Run, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 12, (60, 240, 240, 3))
    frames = np.clip(portrait(240) + noise, 0, 255).astype(np.uint8)
    cut_off(write_video(tmp_path / "cut.mkv", frames, fps=25), 0.5)
    result = run("extract", tmp_path / "cut.mkv", "-o", tmp_path / "tables", "--json")
    assert result.code == 0
    (video,) = json.loads(result.out)["videos"]
    assert "cut off" in video["warning"]
    assert f"Warning: {video['warning']}" in result.err
    assert 0.5 < video["seconds"] < 2.0


def test_a_rotated_phone_video_and_a_variable_rate_one_are_read(run: Run, tmp_path: Path) -> None:
    rotate_mp4(write_video(tmp_path / "phone.mp4", [np.rot90(portrait(300))] * 4), 90)
    write_video(tmp_path / "screen.mkv", [portrait(300)] * 4, times_ms=[0, 40, 400, 420])
    result = run("extract", tmp_path, "-o", tmp_path / "tables")
    assert result.code == 0
    assert result.out.count("face in 100.0%") == 2
    times = pd.read_parquet(tmp_path / "tables" / "screen.parquet")["time_s"]
    np.testing.assert_allclose(times, [0, 0.04, 0.4, 0.42], atol=1e-6)


def test_names_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    path = write_text(tmp_path / "x\x1b[2J\n.mp4")
    result = run("extract", path, "-o", tmp_path / "tables")
    assert result.code == 1
    assert "\x1b" not in result.err
    assert "\\x1b[2J" in result.err


# --- correlate


def test_correlate_gives_a_row_a_clip(run: Run, tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "correlations.csv"
    result = run("correlate", tables, "-o", out)
    assert result.code == 0
    table = pd.read_csv(out, index_col="clip_name")
    assert table.shape == (2, 435)
    assert table.index.tolist() == ["16_id0_pristine_clip_0", "16_id0_pristine_clip_1"]
    clips = pd.read_csv(clip_table_path(out), index_col="clip_name")
    assert clips["start_s"].tolist() == [0, 5]
    assert clips["end_s"].tolist() == [10, 15]
    assert clips[["subject", "group"]].iloc[0].tolist() == ["id0", "pristine"]


def test_correlate_and_classify_refuse_a_video_shorter_than_one_clip(
    run: Run, model: Path, tmp_path: Path
) -> None:
    write_video(tmp_path / "short.mp4", moving_frames(2), fps=FPS)
    assert run("extract", tmp_path, "-o", tmp_path / "tables").code == 0
    out = tmp_path / "out"
    words = "short.mp4 is 2.0 s long, shorter than one clip of 10 s"
    assert_refused(run("correlate", tmp_path / "tables", "-o", out / "c.csv"), words, nothing_in=out)
    table = tmp_path / "tables" / "short.parquet"
    assert_refused(run("classify", table, "-m", model, "-o", out), words, nothing_in=out)


# --- train and classify


def drop_columns(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["AU01_r*AU02_r", "AU25_r*pose_Rz"])


def add_column(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(surprise=0.5)


def reorder_columns(table: pd.DataFrame) -> pd.DataFrame:
    return table[[*table.columns[1:], table.columns[0]]]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (drop_columns, "2 of the 435 pairs missing (AU01_r*AU02_r, AU25_r*pose_Rz)"),
        (add_column, "1 unknown column (surprise)"),
        (reorder_columns, "another order"),
    ],
)
def test_train_and_classify_refuse_a_table_with_other_columns(
    run: Run, model: Path, tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    table = write_correlations(tmp_path, spoil(make_correlations({"id0": 2, "id1": 2, "id2": 2})))
    out = tmp_path / "out"
    assert_refused(
        run("train", table, "--person", "id0", "-o", out / "m.skops"), str(table), words, nothing_in=out
    )
    assert_refused(run("classify", table, "-m", model, "-o", out), str(table), words, nothing_in=out)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({"id0": 3}, "All labelled clips of the table show 'id0'"),
        ({"id0": 1, "id1": 3, "id2": 3}, "only one source of 'id0'"),
        ({"id1": 3, "id2": 3}, "no authentic clip of 'id0'"),
    ],
)
def test_train_refuses_one_class_and_one_source(
    run: Run, tmp_path: Path, people: dict[str, int], words: str
) -> None:
    table = write_correlations(tmp_path, make_correlations(people))
    result = run("train", table, "--person", "id0", "-o", tmp_path / "out" / "m.skops")
    assert_refused(result, words, nothing_in=tmp_path / "out")


def test_the_video_its_frame_table_and_its_correlations_get_the_same_verdict(
    run: Run, video: Path, tables: Path, model: Path, tmp_path: Path
) -> None:
    run("correlate", tables, "-o", tmp_path / "correlations.csv")
    scores, sentences = {}, set()
    for suspect in (video, tables / "16_id0_pristine.parquet", tmp_path / "correlations.csv"):
        out = tmp_path / suspect.suffix[1:]
        result = run("classify", suspect, "--model", model, "-o", out)
        assert result.code == 0
        verdict = Verdict.model_validate_json((out / "verdict.json").read_text())
        sentences.add(verdict.videos[0].sentence)
        assert verdict.videos[0].sentence in result.out
        scores[suspect.suffix] = [clip.score for clip in verdict.videos[0].clips]
        rows = pd.read_csv(out / "verdict.csv")
        assert rows["clip_name"].tolist() == ["16_id0_pristine_clip_0", "16_id0_pristine_clip_1"]
        np.testing.assert_allclose(rows["score"], scores[suspect.suffix])
        assert set(rows["label"]) <= {"match", "no match", "insufficient evidence"}
        clips = verdict.videos[0].clips
        assert rows["start_s"].tolist() == [clip.span.start_s for clip in clips] == [0, 5]
        assert rows["reason"].tolist() == [clip.reason.code for clip in clips]
        assert rows["words"].tolist() == [clip.words for clip in clips]
    assert scores[".mp4"] == scores[".parquet"] == scores[".csv"], "the CSV keeps every digit"
    assert len(sentences) == 1
    assert sentences.pop().startswith("The verdict on 16_id0_pristine.mp4 is inconclusive for id0: ")


def test_classify_prints_json_for_scripts(run: Run, tables: Path, model: Path, tmp_path: Path) -> None:
    result = run("classify", tables / "16_id0_pristine.parquet", "-m", model, "-o", tmp_path, "--json")
    verdict = Verdict.model_validate_json(result.out)
    assert verdict == Verdict.model_validate_json((tmp_path / "verdict.json").read_text())
    assert verdict.person == "id0"


def test_classify_judges_a_folder_of_tables_and_names_what_it_could_not(
    run: Run, tables: Path, model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "suspects"
    folder.mkdir()
    (folder / "good.parquet").write_bytes((tables / "16_id0_pristine.parquet").read_bytes())
    write_text(folder / "bad.parquet")
    result = run("classify", folder, "-m", model, "-o", tmp_path / "out", "--json")
    assert result.code == 1
    verdict = Verdict.model_validate_json(result.out)
    assert [video.video for video in verdict.videos] == ["16_id0_pristine.mp4"]
    (failed,) = verdict.failed
    assert failed.suspect.endswith("bad.parquet")
    assert failed.error in result.err


def test_classify_refuses_a_suspect_that_was_measured_otherwise(
    run: Run, tables: Path, model: Path, tmp_path: Path
) -> None:
    suspect, out = tmp_path / "velocity.csv", tmp_path / "out"
    assert run("correlate", tables, "--signal", "velocity", "--clip", 5, "-o", suspect).code == 0
    result = run("classify", suspect, "-m", model, "-o", out)
    assert_refused(result, "were measured differently", "velocity", "clip length", nothing_in=out)


def test_classify_refuses_a_video_when_its_reader_is_not_the_models(
    run: Run, video: Path, tmp_path: Path
) -> None:
    people = {"id0": 2, "id1": 2, "id2": 2}
    table = write_correlations(tmp_path, make_correlations(people))
    assert run("train", table, "--person", "id0", "-o", tmp_path / "m.skops").code == 0
    result = run("classify", video, "-m", tmp_path / "m.skops", "-o", tmp_path / "out")
    assert_refused(result, "does not record how its clips were made", nothing_in=tmp_path / "out")


def test_classify_refuses_what_is_no_model(run: Run, tables: Path, tmp_path: Path) -> None:
    path = write_text(tmp_path / "m.skops")
    result = run("classify", tables / "16_id0_pristine.parquet", "-m", path, "-o", tmp_path / "out")
    assert_refused(result, "m.skops is not a model of motionsig", nothing_in=tmp_path / "out")


# --- the command itself


def test_the_list_of_commands_cuts_no_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    listed = run("--help").out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(listed) == len(motionsig.command_line.cli.app.registered_commands)
    for line in listed:
        _, words = line.split(maxsplit=1)
        assert words.endswith(".")
        assert not words.endswith("...")
        assert len(words) <= 60


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['motionsig', '--help']\n"
        "from motionsig.command_line.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'ai_edge_litert', 'cv2', 'av', 'pandas', 'numpy', 'sklearn', 'pyarrow', 'scipy',"
        " 'matplotlib'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in (
        "extract",
        "correlate",
        "train",
        "evaluate",
        "compare",
        "show",
        "classify",
        "identify",
        "demo",
    ):
        assert command in done.stdout


def test_a_missing_system_library_is_one_sentence_with_the_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(motionsig.command_line.cli, "app", fail)
    result = run()
    assert result.code == 1
    assert result.err.startswith("Error: The system library libGL.so.1 is missing.")
    assert "apt-get install libgl1" in result.err
    assert result.err.count("\n") == 1


def test_an_unexpected_error_keeps_its_traceback_and_what_libraries_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_down() -> None:
        os.write(2, b"a word from C++\n")
        raise RuntimeError("a defect")

    monkeypatch.setattr(motionsig.command_line.cli, "app", break_down)
    with pytest.raises(RuntimeError, match="a defect"):
        main()
    err = capfd.readouterr().err
    assert "Warning: This is a defect of motionsig. Please report it, with the lines below." in err
    assert "a word from C++" in err


def test_a_video_named_like_anothers_mesh_table_is_refused() -> None:
    names = [Path("x.mp4"), Path("x.mesh.mp4")]
    with pytest.raises(InputError, match=r"same file, x\.mesh\.parquet\. Rename"):
        check_mesh_names(names)
    check_mesh_names([Path("x.mp4"), Path("y.mesh.mp4")])
