"""classify --report and --overlay, report and explore: what they write, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Run, assert_refused
from frame_tables import make_frames, make_table, write_table
from population import make_correlations, write_correlations
from suspects import classify_suspect, train_model, write_suspect

from features.tables import clip_table_path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_model(tmp_path_factory.mktemp("model") / "id0.skops")


@pytest.fixture(scope="module")
def verdict(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suspect")
    return classify_suspect(*write_suspect(folder), model, folder / "verdict")


def test_report_writes_the_page_beside_the_verdict(run: Run, verdict: Path) -> None:
    result = run("report", verdict)
    assert result.code == 0, result.err
    page = verdict.with_name("report.html").read_text()
    assert "Inconclusive about" in page
    assert page.count("data:image/jpeg;base64,") >= 5


def test_the_page_names_file_model_weights_versions_command_and_time(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    run("report", verdict, "-o", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    content = json.loads(verdict.read_text())
    for words in (
        content["videos"][0]["sha256"], content["model_sha256"], content["card"]["table_sha256"],
        content["created_utc"], "motionsig 0.", "scikit-learn 1.", "Python 3.", "<code><bdi>motionsig",
    ):  # fmt: skip
        assert words in page


def test_a_verdict_of_an_older_schema_is_refused_in_a_sentence(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    old = tmp_path / "verdict.json"
    old.write_text(json.dumps(json.loads(verdict.read_text()) | {"schema_version": 1}))
    result = run("report", old, "-o", tmp_path / "out" / "r.html")
    assert_refused(
        result, "older motionsig", "schema 1", "classify the suspect again", nothing_in=tmp_path / "out"
    )


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "nonsense", '{"schema_version": "x"}', '{"schema_version": 99}']
)
def test_what_is_no_verdict_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "verdict.json").write_text(content)
    result = run("report", tmp_path / "verdict.json", "-o", tmp_path / "out" / "r.html")
    assert_refused(result, "verdict", nothing_in=tmp_path / "out")


def test_a_suspect_without_a_usable_clip_gets_a_page(run: Run, model: Path, tmp_path: Path) -> None:
    frames = make_frames(np.arange(300) / 10)  # nothing moves, so no correlation is defined
    table = write_table(make_table(frames, "still.mp4"), tmp_path)
    page = tmp_path / "r.html"
    result = run("classify", table, "--model", model, "-o", tmp_path / "out", "--report", page)
    assert result.code == 0, result.err
    text = page.read_text()
    assert "no clip has enough of its features measured" in text
    assert "No clip is flagged, because none could be scored." in text
    assert text.count('class="clip unscored"') == 5
    assert "because a table was judged and not a video" in text


def test_a_table_that_does_not_say_when_its_clips_are_gets_a_page(run: Run, tmp_path: Path) -> None:
    people = {"id0": 3, "id1": 1, "id2": 1, "id3": 1}
    table = write_correlations(tmp_path, make_correlations(people))
    run("train", table, "--person", "id0", "-o", tmp_path / "m.skops")
    suspect = write_correlations(tmp_path, make_correlations({"id1": 1}, seed=5), "suspect.csv")
    assert not clip_table_path(suspect).exists()
    page = tmp_path / "r.html"
    result = run(
        "classify", suspect, "--model", tmp_path / "m.skops", "-o", tmp_path / "out", "--report", page
    )
    assert result.code == 0, result.err
    assert "so there is no timeline" in page.read_text()


def test_evidence_of_another_verdict_is_not_used(run: Run, verdict: Path, tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_bytes(verdict.with_name("evidence.json").read_bytes())
    changed = json.loads(verdict.read_text()) | {"created_utc": "2020-01-01T00:00:00+00:00"}
    (tmp_path / "verdict.json").write_text(json.dumps(changed))
    run("report", tmp_path / "verdict.json")
    page = (tmp_path / "report.html").read_text()
    assert "evidence.json belongs to another verdict" in page
    assert "image/jpeg" not in page


def test_another_file_under_the_videos_name_gives_no_pictures(model: Path, run: Run, tmp_path: Path) -> None:
    video, table = write_suspect(tmp_path)
    verdict = classify_suspect(video, table, model, tmp_path / "verdict")
    video.write_bytes(b"something else")
    run("report", verdict)
    page = verdict.with_name("report.html").read_text()
    assert "is another one" in page
    assert "image/jpeg" not in page


def test_an_overlay_of_several_suspects_or_of_a_table_is_refused(
    run: Run, model: Path, tmp_path: Path
) -> None:
    table = write_table(make_table(make_frames(np.arange(300) / 10)), tmp_path)
    out = tmp_path / "out"
    overlay = ("--overlay", out / "o.mp4", "-o", out)
    assert_refused(run("classify", table, "-m", model, *overlay), "a single suspect", nothing_in=out)
    video, _ = write_suspect(tmp_path)
    both = run("classify", table, video, "-m", model, *overlay)
    assert_refused(both, "a single suspect", nothing_in=out)
    other = run("classify", video, "-m", model, "--overlay", out / "o.avi", "-o", out)
    assert_refused(other, "call it", "o.mp4", nothing_in=out)
    before = video.read_bytes()
    assert_refused(
        run("classify", video, "-m", model, "--overlay", video, "-o", out), "itself", nothing_in=out
    )
    assert video.read_bytes() == before


def test_explore_writes_a_page_for_a_small_table(run: Run, tmp_path: Path) -> None:
    correlations = make_correlations({"id0": 3, "id1": 1, "id2": 1, "id3": 1}, clips=3)
    correlations.iloc[0, :40] = np.nan
    table = write_correlations(tmp_path, correlations)
    result = run("explore", table, "-o", tmp_path / "page.html")
    assert result.code == 0, result.err
    page = (tmp_path / "page.html").read_text()
    for words in (
        "What is missing", "Before the 7 % rule", "5.56%", "perplexity 5.33", "3,000 iterations",
        "both were reduced", "By group", "By person", "By source", "ROC", "DET", "Tippett, clips",
        "Tippett, videos", "Reliability", "Learning curve", "Confusion",
    ):  # fmt: skip
        assert words in page, words


def test_explore_says_why_it_cannot_evaluate(run: Run, tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 1, "id1": 1}, clips=2))
    result = run("explore", table, "-o", tmp_path / "page.html")
    assert result.code == 0, result.err
    page = (tmp_path / "page.html").read_text()
    assert "only one source of" in page
    assert "at least ten are needed" in page
    unknown = run("explore", table, "--person", "id9", "-o", tmp_path / "out" / "p.html")
    assert_refused(unknown, "no authentic clip of 'id9'", nothing_in=tmp_path / "out")


def test_a_page_is_never_written_over_an_input(run: Run, model: Path, verdict: Path, tmp_path: Path) -> None:
    video, _ = write_suspect(tmp_path)
    table = write_correlations(tmp_path, make_correlations({"id0": 1}, clips=2))
    before = [path.read_bytes() for path in (video, model, verdict, table)]
    for call in (
        ("classify", video, "-m", model, "-o", tmp_path / "out", "--report", video),
        ("classify", video, "-m", model, "-o", tmp_path / "out", "--report", model),
        ("report", verdict, "-o", verdict),
        ("explore", table, "-o", table),
    ):
        assert_refused(run(*call), "HTML page", ".html", nothing_in=tmp_path / "out")
    assert before == [path.read_bytes() for path in (video, model, verdict, table)]


def test_names_in_a_data_set_stay_text(run: Run, tmp_path: Path) -> None:
    person = "<b>x</b>\u202e"
    table = write_correlations(tmp_path, make_correlations({person: 2, "id1": 2}, clips=3, group="celeb"))
    assert run("explore", table, "-o", tmp_path / "page.html").code == 0
    page = (tmp_path / "page.html").read_text()
    assert "<b>x" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "\u202e" not in page
