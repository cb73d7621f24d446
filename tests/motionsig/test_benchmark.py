"""`motionsig benchmark`: from a downloaded folder to figures, resumed, with what cannot be measured said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from backgrounds import few_descriptors
from command_line import Run, assert_refused
from tracks import SILENT

import motionsig
from extract.extraction import Extraction
from extract.frame_table import FrameTable, read_metadata, write_frames
from ground.errors import InputError, TableError, TrainingError
from ground.files import hash_file
from motionsig import Benchmarked, BenchmarkRecord
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases import benchmark as module
from motionsig.use_cases import benchmark_parts as parts
from report.benchmark_page import render_benchmark
from simulate.recordings import SEPARABLE, RecordingPlan, SimulatedRecording, simulate_recordings
from simulate.signature import Signature
from simulate.video import render_session

PLAN = RecordingPlan(people=10, sessions=4, seconds=24, fps=12, spread=SEPARABLE)
AGAIN = 5
VIDEOS = 4 + 2 * (AGAIN - 1) + 5

Filmed = dict[str, SimulatedRecording]


@pytest.fixture(scope="module")
def filmed() -> Filmed:
    """Recordings as Celeb-DF names them: four of the first person, two of four others, one of five."""
    made = simulate_recordings(PLAN)
    known = {f"id{k // 4}_{k % 4:04d}": one for k, one in enumerate(made)}
    sessions = {0: 4, **dict.fromkeys(range(1, AGAIN), 2)}
    return {
        stem: one
        for stem, one in known.items()
        if int(stem[-4:]) < sessions.get(int(stem[2:].split("_")[0]), 1)
    }


def download(folder: Path, filmed: Filmed) -> Path:
    """Lay out files without content as Celeb-DF is downloaded."""
    for path in (*(f"Celeb-real/{stem}.mp4" for stem in filmed), "List_of_testing_videos.txt"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@contextmanager
def videos_read_in_no_time(
    filmed: Filmed, *, evaluated: bool = False, verified: bool = False
) -> Iterator[list[str]]:
    """Let videos be read without looking at them; yields the names of those that were."""
    names: list[str] = []

    def extract(
        videos: Path, out: Path, *_: object, on_outcome: Callable[[Outcome], None], **__: object
    ) -> list[Outcome]:
        outcomes = []
        for video in sorted(videos.glob("*.mp4")):
            table = out / f"{video.stem}.parquet"
            reused = table.exists()
            if not reused:
                names.append(video.stem)
                found = filmed[video.stem].table
                source = found.metadata.source.model_copy(
                    update={"name": video.name, "sha256": hash_file(video)}
                )
                metadata = found.metadata.model_copy(update={"source": source})
                write_frames(FrameTable(found.frames, metadata), table)
            outcomes.append(
                Outcome(video, Extraction(table, read_metadata(table), reused=reused, sound=SILENT), None)
            )
            on_outcome(outcomes[-1])
        return outcomes

    def refuse(*_: object, **__: object) -> None:
        raise TrainingError("Nobody is measured here.")

    with pytest.MonkeyPatch.context() as patch, few_descriptors():
        patch.setattr(module, "extract", extract)
        if not evaluated:
            patch.setattr(parts, "evaluate_by_both_protocols", refuse)
        if not verified:
            patch.setattr(parts, "verify", refuse)
        yield names


@pytest.fixture
def data(tmp_path: Path, filmed: Filmed) -> Path:
    return download(tmp_path / "Celeb-DF-v2", filmed)


@pytest.fixture
def read(filmed: Filmed) -> Iterator[list[str]]:
    with videos_read_in_no_time(filmed) as names:
        yield names


@pytest.fixture(scope="module")
def measured(filmed: Filmed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Benchmarked]:
    """A data set, and what came of it in full, with a list of pairs of people who come again."""
    folder = tmp_path_factory.mktemp("measured")
    data = download(folder / "Celeb-DF-v2", filmed)
    pairs, numbers = folder / "pairs.txt", range(2 * AGAIN)
    pairs.write_text(
        "".join(f"{int(a // 2 == b // 2)} {name(a)} {name(b)}\n" for a in numbers for b in range(a))
    )
    with videos_read_in_no_time(filmed, evaluated=True, verified=True):
        return data, motionsig.benchmark("celeb-df-v2", data, folder / "out", pairs=pairs, workers=1)


def test_the_record_holds_every_figure(measured: tuple[Path, Benchmarked]) -> None:
    record = measured[1].record
    assert list(record.evaluated) == ["id0"], "who has the most sessions"
    assert record.people_to_choose == AGAIN
    figures = record.evaluated["id0"].result
    assert figures is not None, record.evaluated["id0"].why_not
    assert set(figures.sets) == {"full", "face", "body"}
    assert figures.sets["full"].grouped.get("clip").figures.auc.value > 0.9, "these people clearly differ"
    verified = record.verification.result
    assert verified is not None
    assert verified.one_recording.auc.value > 0.9
    assert record.pairs is not None
    assert record.pairs.result is not None
    assert record.pairs.result.scored == 45
    data = record.data_set
    assert (data.videos, data.read, data.people, data.sessions, data.fakes) == (VIDEOS, VIDEOS, 10, VIDEOS, 0)
    assert record.reading_s > 0
    assert any("List_of_testing_videos.txt" in sentence for sentence in record.left_out)


def test_one_command_tells_what_came_of_it_and_a_second_run_does_nothing(
    run: Run, data: Path, read: list[str], tmp_path: Path
) -> None:
    before = sorted(data.rglob("*"))
    words = ("benchmark", "celeb-df-v2", data, "-o", tmp_path / "out", "--workers", 1)
    first = run(*words)
    assert first.code == 0, first.err
    assert f"Frame tables: {VIDEOS} new, 0 kept, 0 failed." in first.out
    assert "id0: not measured. Nobody is measured here." in first.out
    assert "Verification: not measured." in first.out
    assert "Pairs:" not in first.out
    assert sorted(data.rglob("*")) == before, "nothing is written into the data set"

    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.is_file()}
    again = run(*words)
    assert f"Frame tables: 0 new, {VIDEOS} kept, 0 failed." in again.out
    changed = {path for path, when in kept.items() if path.stat().st_mtime_ns != when}
    assert changed <= {tmp_path / "out" / "manifest.csv", tmp_path / "out" / "files.sha256"}
    assert len(read) == VIDEOS


def test_the_hashes_check_the_data_set(measured: tuple[Path, Benchmarked]) -> None:
    data, made = measured
    lines = made.files.hashes.read_text().splitlines()
    assert len(lines) == VIDEOS
    for line in lines:
        digest, path = line.split("  ")
        assert hashlib.sha256((data / path).read_bytes()).hexdigest() == digest
    assert made.record.data_set.files_sha256 == hash_file(made.files.hashes)


def test_a_name_makes_no_line_of_the_hashes() -> None:
    """As `sha256sum` writes it: escaped, and marked by a backslash in front."""
    assert module._make_hash_line("ab", "Ada/talk.mp4") == "ab  Ada/talk.mp4\n"
    assert module._make_hash_line("ab", "Ada/x\ncd  y\\z.mp4") == "\\ab  Ada/x\\ncd  y\\\\z.mp4\n"


def test_figures_by_another_version_are_measured_anew(
    data: Path, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record names one version for all of its figures."""
    motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1)
    measured: list[str] = []

    def refuse(*_: object, **__: object) -> None:
        measured.append("verification")
        raise TrainingError("Nobody is measured here.")

    monkeypatch.setattr(parts, "verify", refuse)
    motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1)
    assert measured == []
    for one in (module, parts):
        monkeypatch.setattr(one, "motionsig_version", lambda: "99.0")
    made = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1)
    assert measured == ["verification"]
    assert made.record.motionsig_version == "99.0"
    assert len(read) == VIDEOS, "videos are not read again"


def test_people_can_be_chosen(data: Path, read: list[str], tmp_path: Path) -> None:
    made = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", people=["id1", " ID2"], workers=1)
    assert list(made.record.evaluated) == ["id1", " ID2"]


def test_the_page_says_what_the_record_says_and_loads_nothing(measured: tuple[Path, Benchmarked]) -> None:
    data, made = measured
    page = made.files.page.read_text()
    record = made.record
    title = "The pairs of a list"
    for words in (record.data_set.citation.split(":")[0], record.data_set.files_sha256, title):
        assert words in page
    assert "<script" not in page
    assert "src=" not in page
    assert str(data.parent) not in page
    assert str(data.parent) not in made.files.record.read_text(), "a record names no place of this computer"


def test_a_name_is_no_markup_on_the_page(measured: tuple[Path, Benchmarked]) -> None:
    record = measured[1].record
    name = '<img src=x onerror="alert(1)">'
    hostile = record.model_copy(update={"evaluated": {name: record.evaluated["id0"]}, "left_out": (name,)})
    page = render_benchmark(hostile)
    assert "<img" not in page
    assert page.count("&lt;img src=x") >= 2


def test_what_the_footage_does_not_allow_is_a_result(data: Path, filmed: Filmed, tmp_path: Path) -> None:
    for path in data.glob("Celeb-real/id[3-9]_*.mp4"):
        path.unlink()
    with videos_read_in_no_time(filmed, verified=True):
        made = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1)
    verified = made.record.verification
    assert verified.result is None
    assert verified.why_not is not None
    assert "at least 10 people" in verified.why_not
    assert f"Not measured. {verified.why_not[:30]}" in made.files.page.read_text()


def test_where_nobody_comes_again_nobody_is_evaluated_and_that_is_said(
    data: Path, read: list[str], tmp_path: Path
) -> None:
    for path in (data / "Celeb-real").iterdir():
        if path.name not in ("id0_0000.mp4", "id1_0000.mp4"):
            path.unlink()
    record = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1).record
    assert record.evaluated == {}
    assert "Nobody was told from others by clips, because nobody has two sessions." in record.left_out


def test_one_more_video_costs_one_video_and_is_in_the_record(
    data: Path, read: list[str], tmp_path: Path
) -> None:
    late = data / "Celeb-real" / "id9_0000.mp4"
    content = late.read_text()
    late.unlink()
    first = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1).record
    assert first.data_set.people == 9
    late.write_text(content)
    second = motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", workers=1).record
    assert read.count("id9_0000") == 1
    assert len(read) == VIDEOS
    assert second.data_set.people == 10
    assert second.data_set.files_sha256 != first.data_set.files_sha256


def test_records_are_rows_of_one_table(measured: tuple[Path, Benchmarked]) -> None:
    made = measured[1]
    empty = made.record.model_copy(
        update={
            "evaluated": {},
            "pairs": None,
            "verification": made.record.verification.model_copy(update={"result": None, "why_not": "few"}),
        }
    )
    table = motionsig.tabulate_records([made.files.record, empty])
    assert table["data set"].tolist() == ["Celeb-DF v2"] * 2
    assert table.loc[0, "verification AUC"] != "-"
    assert table.loc[1, ["grouped AUC", "verification AUC", "pairs AUC"]].tolist() == ["-"] * 3


def test_a_record_reads_back_equal_and_another_file_is_refused(
    measured: tuple[Path, Benchmarked], tmp_path: Path
) -> None:
    made = measured[1]
    assert motionsig.read_record(made.files.record) == made.record
    content = json.loads(made.files.record.read_text())
    content["format"] = "motionsig benchmark 99"
    (tmp_path / "later.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="no record of `motionsig benchmark`"):
        motionsig.read_record(tmp_path / "later.json")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--person", "nobody"), "no authentic video of nobody"),
        (("--background", "b"), "--background and --window need --pairs"),
        (("--classifier", "forest"), "forest"),
    ],
)
def test_wrong_choices_are_refused_before_hours_of_reading(
    run: Run, data: Path, read: list[str], tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    (data / "List_of_testing_videos.txt").unlink()  # of which a notice tells
    result = run("benchmark", "celeb-df-v2", data, "-o", tmp_path / "out", *more)
    assert_refused(result, words, nothing_in=tmp_path / "out" / "tables")
    assert not read


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("1 one\n", {}, "line 1: two recordings are needed"),
        ("1 a b\n0 a c\n", {"window": "2/1,4/2"}, "clips of one length"),
        ("1 a b\n0 a c\n", {"background": "none.skops"}, "none.skops"),
        (None, {"window": "2/1"}, "need --pairs"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_before_hours_of_reading(
    data: Path, read: list[str], tmp_path: Path, text: str | None, more: dict[str, str], words: str
) -> None:
    pairs = None if text is None else tmp_path / "pairs.txt"
    if pairs is not None and text is not None:
        pairs.write_text(text)
    with pytest.raises(motionsig.MotionsigError) as caught:
        motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", pairs=pairs, workers=1, **more)
    assert words in str(caught.value)
    assert not read


def test_a_bad_list_of_pairs_ends_it_with_its_lines(data: Path, read: list[str], tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text("1 gone.mp4 lost.mp4\n0 gone.mp4 lost.mp4\n")
    with pytest.raises(TableError, match=r"line 1: no frame table of gone\.mp4 and lost\.mp4"):
        motionsig.benchmark("celeb-df-v2", data, tmp_path / "out", pairs=tmp_path / "pairs.txt", workers=1)


def name(number: int) -> str:
    return f"Celeb-real/id{number // 2}_{number % 2:04d}.mp4"


@pytest.mark.slow
def test_rendered_videos_laid_out_as_celeb_df_are_measured(tmp_path: Path) -> None:
    """Id0 twice, and a face of id0 on a film of id1; one clip each, too few for figures."""
    folder = tmp_path / "Celeb-DF-v2"
    for path, person, session in (
        ("Celeb-real/id0_0000.mp4", 0, 0),
        ("Celeb-real/id0_0001.mp4", 0, 1),
        ("Celeb-synthesis/id1_id0_0000.mp4", 1, 0),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        render_session(Signature(person), 11, seed=session, path=folder / path, fps=6)
    (folder / "Celeb-real" / "id1_0001.mp4").write_text("no video")
    made = motionsig.benchmark("celeb-df-v2", folder, tmp_path / "out")
    record = made.record
    assert (record.data_set.videos, record.data_set.fakes, record.data_set.read) == (4, 1, 3)
    assert any(sentence.startswith("1 video could not be read") for sentence in record.left_out)
    assert len(pd.read_csv(made.files.correlations)) == 3
    assert list(record.evaluated) == ["id0"], "the only one with two sessions"
    assert record.evaluated["id0"].why_not
    assert record.verification.why_not
    assert record.reading.face.name == "mediapipe-face-mesh"
    assert BenchmarkRecord.model_validate_json(made.files.record.read_text()) == record
    again = motionsig.benchmark("celeb-df-v2", folder, tmp_path / "out")
    assert again.record == record, "nothing was measured anew"
    assert [one.extraction.reused for one in again.outcomes if one.extraction] == [True] * 3
