"""classify --report and --overlay, report and explore: what they write, and what they refuse."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
from command_line import Run, assert_refused
from frame_tables import make_frames, make_moving_frames, make_table, write_table
from media import write_video
from old_tables import make_old
from population import make_correlations, write_correlations
from suspects import classify_suspect, keep_table, read_here, train_model, write_mesh, write_suspect

import motionsig
from classify.verdict import VERDICT_SCHEMA
from features.clips import correlate_frame_table
from features.signature import PairSet
from features.tables import clip_table_path, open_tables
from ground.errors import InputError
from ground.files import hash_file
from motionsig.use_cases import classification
from motionsig.use_cases.overlays import draw_overlay


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
    assert "Inconclusive for" in page
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
    for version in (1, 5):
        old.write_text(json.dumps(json.loads(verdict.read_text()) | {"schema_version": version}))
        result = run("report", old, "-o", tmp_path / "out" / "r.html")
        assert_refused(
            result,
            "an older version of motionsig",
            f"schema {version}; this version reads {VERDICT_SCHEMA}",
            "Classify the suspect again",
            nothing_in=tmp_path / "out",
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
    table = write_table(make_table(frames, "still.mp4", reading=read_here()), tmp_path)
    page = tmp_path / "r.html"
    result = run("classify", table, "--model", model, "-o", tmp_path / "out", "--report", page)
    assert result.code == 0, result.err
    text = page.read_text()
    assert "no clip shows enough to be compared" in text
    assert "No clip is flagged, because none could be scored." in text
    assert text.count('class="clip unscored"') == 5
    assert "because a table was judged and not a video" in text


def test_a_verdict_and_its_page_say_that_the_file_holds_other_video_tracks(
    run: Run, model: Path, tmp_path: Path
) -> None:
    table = make_table(make_moving_frames(np.arange(300) / 10), "call.mkv", reading=read_here())
    tracks = {"track": "h264, 640 x 480 px", "other_tracks": ("vp8, 320 x 240 px",)}
    source = table.metadata.source.model_copy(update=tracks)
    table = dataclasses.replace(table, metadata=table.metadata.model_copy(update={"source": source}))
    page = tmp_path / "r.html"
    path = write_table(table, tmp_path)
    run("classify", path, "--model", model, "-o", tmp_path / "out", "--report", page)
    (video,) = json.loads((tmp_path / "out" / "verdict.json").read_text())["videos"]
    (warning,) = (one for one in video["warnings"] if one["code"] == "other-tracks")
    assert warning["tracks"]["read"] == "h264, 640 x 480 px"
    assert "holds 2 video tracks. Only the one that players show was read (h264, 640" in page.read_text()


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
    assert "because another file now has the video" in page
    assert "image/jpeg" not in page


def test_an_overlay_of_several_suspects_or_of_a_table_is_refused(
    run: Run, model: Path, tmp_path: Path
) -> None:
    table = write_table(make_table(make_frames(np.arange(300) / 10)), tmp_path)
    out = tmp_path / "out"
    overlay = ("--overlay", out / "o.mp4", "-o", out)
    assert_refused(run("classify", table, "-m", model, *overlay), "Give one suspect only", nothing_in=out)
    video, _ = write_suspect(tmp_path)
    both = run("classify", table, video, "-m", model, *overlay)
    assert_refused(both, "Give one suspect only", nothing_in=out)
    other = run("classify", video, "-m", model, "--overlay", out / "o.avi", "-o", out)
    assert_refused(other, "Call it", "o.mp4", nothing_in=out)
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
        "Tippett, videos", "ECE, clips", "ECE, videos", "PAV, clips", "PAV, videos", "Reliability",
        "Learning curve", "Confusion",
    ):  # fmt: skip
        assert words in page, words


def test_explore_says_why_it_cannot_evaluate(run: Run, tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 1, "id1": 1}, clips=2))
    result = run("explore", table, "-o", tmp_path / "page.html")
    assert result.code == 0, result.err
    page = (tmp_path / "page.html").read_text()
    assert "only one source of" in page
    assert "At least ten different clips are needed" in page
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


def read_json(page: Path) -> str:
    """The data inside a page."""
    content = page.read_text().split('href="data:application/json;base64,')[1].split('"')[0]
    return base64.b64decode(content).decode()


def test_the_overlay_marks_the_points_of_the_kept_mesh(model: Path, tmp_path: Path) -> None:
    video = write_video(tmp_path / "suspect.mp4", [np.full((480, 640, 3), 90, np.uint8)] * 300, fps=10)
    still = make_table(make_frames(np.arange(300) / 10), "suspect.mp4", hash_file(video), reading=read_here())
    table = write_table(still, tmp_path)
    judged = motionsig.read_verdict(classify_suspect(video, table, model, tmp_path / "verdict")).videos[0]
    seen = {}
    for kept in (False, True):
        if kept:
            write_mesh(table, 560.0, 240.0)
        overlay = tmp_path / f"{kept}.mp4"
        draw_overlay(video, table, judged, overlay, motionsig.Monitor())
        with av.open(overlay) as container:
            frame = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
        seen[kept] = np.abs(frame[238:244, 558:564] - 90).max()
    assert seen[False] < 15
    assert seen[True] > 40


def test_the_page_names_no_folder_of_whoever_made_it(model: Path, tmp_path: Path, run: Run) -> None:
    video, table = write_suspect(tmp_path)
    keep_table(table, tmp_path / "out")
    broken = tmp_path / "in a folder" / "broken.csv"
    broken.parent.mkdir()
    broken.write_text("nonsense")
    page = tmp_path / "r.html"
    result = run("classify", video, broken, "--model", model, f"--out={tmp_path}/out", "--report", page)
    assert result.code == 1
    assert str(broken) in result.err
    for text in (page.read_text(), read_json(page)):
        assert str(tmp_path) not in text
        assert str(model.parent) not in text
        assert "broken.csv" in text
    assert f"motionsig classify suspect.mp4 broken.csv --model {model.name} --out=out --report r.html" in (
        page.read_text()
    )


def test_a_run_that_fails_leaves_no_report_or_overlay_of_an_earlier_one(
    run: Run, model: Path, tmp_path: Path
) -> None:
    video, _ = write_suspect(tmp_path)
    report, overlay = tmp_path / "r.html", tmp_path / "o.mp4"
    for path in (report, overlay):
        path.write_text("of an earlier run")
    damaged = tmp_path / "m.skops"
    damaged.write_text("nonsense")
    result = run(
        "classify", video, "-m", damaged, "-o", tmp_path / "out", "--report", report, "--overlay", overlay
    )
    assert result.code == 1
    assert not report.exists()
    assert not overlay.exists()


def test_a_page_that_cannot_be_written_does_not_cost_the_earlier_verdict(
    run: Run, verdict: Path, model: Path, tmp_path: Path
) -> None:
    video, _ = write_suspect(tmp_path)
    out = tmp_path / "out"
    shutil.copytree(verdict.parent, out)
    for option, name in (("--report", "r.pdf"), ("--overlay", "o.avi")):
        assert run("classify", video, "-m", model, "-o", out, option, tmp_path / name).code == 1
        assert (out / "verdict.json").exists()
    (tmp_path / "folder.html").mkdir()
    result = run("classify", video, "-m", model, "-o", out, "--report", tmp_path / "folder.html")
    assert_refused(result, "folder.html", nothing_in=tmp_path / "folder.html")


def test_evidence_goes_to_the_video_that_it_is_of(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Also when gathering it fails for another one, which then counts as failed."""
    videos = []
    for name in ("first.mp4", "second.mp4"):
        (tmp_path / name).mkdir()
        video, table = write_suspect(tmp_path / name, name)
        keep_table(table, tmp_path / "out")
        videos.append(video)
    gather = classification.judge_with_evidence

    def fail_first(*arguments: object) -> object:
        if arguments[-1].name == "first.mp4":
            raise InputError("first.mp4 is gone.")
        return gather(*arguments)

    monkeypatch.setattr(classification, "judge_with_evidence", fail_first)
    result = run("classify", *videos, "-m", model, "-o", tmp_path / "out", "--report", tmp_path / "r.html")
    assert result.code == 1
    content = json.loads(read_json(tmp_path / "r.html"))
    assert [video["video"] for video in content["verdict"]["videos"]] == ["second.mp4"]
    assert [video["video"] for video in content["evidence"]["videos"]] == ["second.mp4"]
    assert [failure["suspect"] for failure in content["verdict"]["failed"]] == ["first.mp4"]
    assert "data:image/jpeg" in (tmp_path / "r.html").read_text()


def change(verdict: Path, folder: Path, **changes: object) -> Path:
    """A copy of a verdict with other values in some fields."""
    content = json.loads(verdict.read_text()) | changes
    path = folder / "verdict.json"
    path.write_text(json.dumps(content))
    return path


def test_a_verdict_whose_hyperparameters_nest_without_end_is_refused(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    card = json.loads(verdict.read_text())["card"]
    for depth in (300, 900, 100_000):
        path = tmp_path / "verdict.json"
        path.write_text(
            json.dumps(
                json.loads(verdict.read_text()) | {"card": card | {"hyperparameters": {"C": "HERE"}}}
            ).replace('"HERE"', "[" * depth + "]" * depth)
        )
        assert_refused(
            run("report", path, "-o", tmp_path / "out" / "r.html"), "verdict", nothing_in=tmp_path / "out"
        )


def test_a_verdict_by_a_pair_that_does_not_exist_is_refused(run: Run, verdict: Path, tmp_path: Path) -> None:
    card = json.loads(verdict.read_text())["card"]
    card["pairs"][0] = "tail*ear"
    path = change(verdict, tmp_path, card=card)
    assert_refused(
        run("report", path, "-o", tmp_path / "out" / "r.html"), "damaged", nothing_in=tmp_path / "out"
    )


def test_cuts_of_the_frame_table_stand_in_the_report(
    run: Run, verdict: Path, model: Path, tmp_path: Path
) -> None:
    """The suspect's table records one, at 60 s; a table of 0.1.0 records none, and nothing is said then."""
    (known,) = json.loads(verdict.with_name("evidence.json").read_text())["videos"]
    assert known["scene_cuts"] == 1
    assert {clip["scene_cuts"] for clip in known["clips"]} == {0}, "no clip reaches over it"
    _, table = write_suspect(tmp_path)
    make_old(table)
    page = tmp_path / "r.html"
    assert run("classify", table, "-m", model, "-o", tmp_path / "out", "--report", page).code == 0
    (unknown,) = json.loads((tmp_path / "out" / "evidence.json").read_text())["videos"]
    assert unknown["scene_cuts"] is None
    assert {clip["scene_cuts"] for clip in unknown["clips"]} == {None}
    assert "another scene" not in page.read_text()


@pytest.mark.parametrize("column", ["usual_mean", "usual_std", "correlations", "trace"])
def test_evidence_with_a_number_too_few_is_not_used(
    run: Run, verdict: Path, tmp_path: Path, column: str
) -> None:
    shutil.copy(verdict, tmp_path)
    content = json.loads(verdict.with_name("evidence.json").read_text())
    traces = [trace for clip in content["videos"][0]["clips"] for trace in clip["traces"]]
    holder, key = {
        "correlations": (content["videos"][0], "correlations"), "trace": (traces[0], "second"),
    }.get(column, (content, column))  # fmt: skip
    holder[key].pop()
    (tmp_path / "evidence.json").write_text(json.dumps(content))
    assert run("report", tmp_path / "verdict.json").code == 0
    assert "This report is incomplete." in (tmp_path / "report.html").read_text()


@pytest.fixture
def timed(tmp_path: Path) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    """A suspect's correlations and clips, measured like the model's footage, and where to write them."""
    frames = make_table(make_frames(np.arange(300) / 10), "suspect.mp4", reading=read_here())
    block = correlate_frame_table(frames).block
    correlations = block.correlations.fillna(0.1)
    return tmp_path / "suspect.csv", correlations, block.clips


def classify_table(
    run: Run, model: Path, table: Path, correlations: pd.DataFrame, clips: pd.DataFrame
) -> str:
    with open_tables(table, PairSet()) as write:
        write(correlations, clips)
    page = table.with_name("r.html")
    result = run("classify", table, "-m", model, "-o", table.parent / "out", "--report", page)
    assert "Traceback" not in result.err
    return page.read_text() if result.code == 0 else result.err


def test_a_clip_that_ends_but_does_not_begin_leaves_out_the_timeline(
    run: Run, model: Path, timed: tuple[Path, pd.DataFrame, pd.DataFrame]
) -> None:
    table, correlations, clips = timed
    clips.iloc[1, clips.columns.get_loc("start_s")] = np.nan
    assert "so there is no timeline" in classify_table(run, model, table, correlations, clips)


def test_a_clip_without_end_is_refused(
    run: Run, model: Path, timed: tuple[Path, pd.DataFrame, pd.DataFrame]
) -> None:
    table, correlations, clips = timed
    clips.iloc[1, clips.columns.get_loc("end_s")] = np.inf
    assert "not a finite time" in classify_table(run, model, table, correlations, clips)


def test_a_clip_a_month_on_makes_no_page_of_thousands_of_rows(
    run: Run, model: Path, timed: tuple[Path, pd.DataFrame, pd.DataFrame]
) -> None:
    table, correlations, clips = timed
    clips.iloc[-1, clips.columns.get_loc("end_s")] = 3e6
    page = classify_table(run, model, table, correlations, clips)
    assert page.count('class="timeline"') == 72
    assert "The timeline shows the first 6 hours" in page


def test_explore_of_nothing_measured_and_of_clips_all_the_same(run: Run, tmp_path: Path) -> None:
    correlations = make_correlations({"id0": 2, "id1": 2}, clips=3)
    for value in (np.nan, 0.25):
        correlations.loc[:, :] = value
        table = write_correlations(tmp_path, correlations)
        result = run("explore", table, "-o", tmp_path / "page.html")
        assert result.code == 0, result.err
        assert "At least ten different clips are needed" in (tmp_path / "page.html").read_text()


def write_people(folder: Path) -> Path:
    """Three people with sessions of the same names, and two fakes of id0 by two methods."""
    sessions = [("id0", "pristine", "day 1"), ("id0", "pristine", "day 2"), ("id1", "celeb", "day 1"),
                ("id2", "celeb", "day 1"), ("id0", "fake", "swap"), ("id0", "fake", "lips")]  # fmt: skip
    rng = np.random.default_rng(0)
    values, clips = [], []
    for k, (subject, group, session) in enumerate(sessions):
        frames = make_moving_frames(np.arange(100) / 10, seed=k)
        template = correlate_frame_table(make_table(frames)).block.clips.iloc[0]
        for clip in range(3):
            row = template.copy()
            row["video"], row["subject"], row["group"], row["session"] = f"{k}.mp4", subject, group, session
            row.name = f"{k}_clip_{clip}"
            clips.append(row)
            values.append((0.8 if group == "fake" else 0.2) + rng.normal(0, 0.01, 435))
    index = pd.Index([row.name for row in clips], name="clip_name")
    table = folder / "people.csv"
    with open_tables(table, PairSet()) as write:
        write(pd.DataFrame(values, index=index, columns=PairSet().columns), pd.DataFrame(clips, index=index))
    return table


def test_explore_keeps_fakes_and_other_peoples_sessions_apart(run: Run, tmp_path: Path) -> None:
    table = write_people(tmp_path)
    result = run("explore", table, "-o", tmp_path / "page.html")
    assert result.code == 0, result.err
    page = (tmp_path / "page.html").read_text()
    assert "<dt>Sources</dt><dd><b>6</b>" in page
    assert "<dt>People</dt><dd><b>3</b>" in page
    means = page.split("Each person’s mean correlations")[1].split("How well")[0]
    assert "<bdi>id0</bdi>, 6 clips" in means
    assert "<title>Mean correlations of id0</title>" in means
    first = means.split("<tbody>")[1].split("</tr>")[0]
    assert first.count('<td class="n">.20</td>') == 3, "with the fakes the mean of id0 would be .50"
    legend = page.split("By person")[1].split("By source")[0]
    assert "<bdi>id0</bdi> (6)" in legend
    assert "<bdi>id0 (fake)</bdi> (6)" in legend
    for source in ("id0, day 1", "id1, day 1", "fakes by swap", "fakes by lips"):
        assert f"<bdi>{source}</bdi> (3)" in page.split("By source")[1]


def test_explore_evaluates_the_person_with_the_most_sources_not_videos(run: Run, tmp_path: Path) -> None:
    """id1 has three videos of one session, id0 two sessions of one video each."""
    from features.tables import read_labelled_table
    from motionsig.use_cases.exploration import _choose_person

    _, clips = read_labelled_table(write_people(tmp_path))
    more = pd.concat([clips[clips["subject"] == "id1"].assign(video=f"more {k}") for k in range(3)])
    more.index = [f"{k}_more" for k in range(len(more))]
    assert _choose_person(pd.concat([clips, more])) == "id0"


def write_calibrated(verdict: Path, folder: Path, **changes: object) -> Path:
    """A verdict as of a calibrated model whose video has no ratio."""
    content = json.loads(verdict.read_text())
    card, video = content["card"], content["videos"][0]
    scale = {
        "method": "logistic", "slope": 1.0, "intercept": 0.0, "lowest": -3.0, "highest": 3.0,
        "target_sources": 5, "non_target_sources": 10,
    }  # fmt: skip
    return change(
        verdict,
        folder,
        calibrated=True,
        card=card | {"calibration": scale, "video_calibration": scale},
        videos=[video | changes],
    )


def test_a_calibrated_page_qualifies_its_thresholds_and_says_why_there_is_no_ratio(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    why = "it is part of the footage that the model learnt from"
    path = write_calibrated(verdict, tmp_path, reason={"code": "in-training-footage"}, clips_scored=16)
    result = run("report", path)
    assert result.code == 0, result.err
    page = (tmp_path / "report.html").read_text()
    assert f"<b>none</b> {why}</dd>" in page
    assert "the score is in the band, or the likelihood ratio is too close to 1 (between 1/2 and 2)." in page
    assert "inconclusive if the likelihood ratio is too close to 1 (between 1/2 and 2)," in page


def test_a_page_is_made_of_codes_and_keeps_the_words_that_were_said_as_data(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    run("report", verdict, "-o", tmp_path / "before.html")
    content = json.loads(verdict.read_text())
    said = "words of an older edition"
    for holder in (content, content["card"]):
        assert said not in json.dumps(holder)
    for video in content["videos"]:
        video["sentence"] = said
        for part in [*video["clips"], *video["warnings"], *video["deviations"]]:
            part["words"] = said
    run("report", change(verdict, tmp_path, videos=content["videos"]))
    page = (tmp_path / "report.html").read_text()
    assert said not in page
    assert said in read_json(tmp_path / "report.html")
    lead = page.split('<p class="lead">')[1].split("</p>")[0]
    assert lead == (tmp_path / "before.html").read_text().split('<p class="lead">')[1].split("</p>")[0]


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "nobody-knows"},
        {"code": "too-few-clips"},
        {"code": "like-person", "clips_scored": 3},
        {"code": "clips-contradict", "clips_against": 2, "clips_scored": "many"},
    ],
)
def test_a_verdict_with_a_reason_that_there_is_none_of_is_refused(
    run: Run, verdict: Path, tmp_path: Path, reason: dict[str, object]
) -> None:
    video = json.loads(verdict.read_text())["videos"][0]
    path = change(verdict, tmp_path, videos=[video | {"reason": reason}])
    assert_refused(
        run("report", path, "-o", tmp_path / "out" / "r.html"), "damaged", nothing_in=tmp_path / "out"
    )


def test_a_page_says_where_the_sources_are_too_few_for_an_interval(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    card = json.loads(verdict.read_text())["card"]
    card["evaluation"]["comparisons"][0]["figures"]["auc"] = {"value": 0.9123, "low": None, "high": None}
    card["evaluation"]["comparisons"][1]["figures"]["auc"] = {"value": 0.8123, "low": 0.7, "high": 0.9}
    run("report", change(verdict, tmp_path, card=card))
    page = (tmp_path / "report.html").read_text()
    assert "0.91 [too few sources]" in page
    assert "0.81 [0.70, 0.90]" in page


CONTRADICTIONS: dict[str, Callable[[Any], object]] = {
    "an evaluation against nobody": lambda v: v["card"].update(
        evaluation=v["card"]["evaluation"] | {"comparisons": v["card"]["evaluation"]["comparisons"][:1]}
    ),
    "half of a damage": lambda v: v["videos"][0].update(
        warnings=[{"code": "damaged", "words": "", "damage": {"name": "x", "read_s": 1.0}}]
    ),
    "a scale without words": lambda v: v.update(verbal_scale=[]),
    "a share below all": lambda v: v["videos"][0]["clips"][0].update(
        label="insufficient evidence",
        reason={"code": "pairs-missing", "missing_share": -1e308, "missing_limit": 0.07},
    ),
    "a share above all": lambda v: v["videos"][0]["clips"][0].update(missing_share=1.5),
    "a ratio without a calibration": lambda v: v.update(calibrated=True),
    "a label against its reason": lambda v: v["videos"][0].update(
        label="consistent", reason={"code": "unlike-person"}
    ),
    "a label without its reason": lambda v: v["videos"][0].update(
        label="inconsistent", reason={"code": "no-clip-scored"}
    ),
    "no label with a reason for one": lambda v: v["videos"][0]["clips"][0].update(
        label="insufficient evidence", reason={"code": "like-person"}
    ),
    "a card of no schema": lambda v: v["card"].update(schema_version=-3),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_a_verdict_that_contradicts_itself_is_refused(
    run: Run, verdict: Path, tmp_path: Path, what: str
) -> None:
    content = json.loads(verdict.read_text())
    CONTRADICTIONS[what](content)
    path = change(verdict, tmp_path, **content)
    assert_refused(
        run("report", path, "-o", tmp_path / "out" / "r.html"), "changed by hand", nothing_in=tmp_path / "out"
    )


@pytest.mark.parametrize("share", [-1e308, -0.1, 1.1, 1e308])
def test_evidence_of_impossible_shares_is_not_used_and_the_page_says_so(
    run: Run, verdict: Path, tmp_path: Path, share: float
) -> None:
    change(verdict, tmp_path)
    evidence = json.loads(verdict.with_name("evidence.json").read_text())
    evidence["verdict_sha256"] = hash_file(tmp_path / "verdict.json")
    evidence["videos"][0]["face_share"] = share
    (tmp_path / "evidence.json").write_text(json.dumps(evidence))
    result = run("report", tmp_path / "verdict.json")
    assert result.code == 0, result.err
    assert "evidence.json is damaged" in (tmp_path / "report.html").read_text()


def test_a_page_without_a_flagged_clip_claims_nothing_of_thresholds(
    run: Run, verdict: Path, tmp_path: Path
) -> None:
    video = json.loads(verdict.read_text())["videos"][0]
    open_ = {"label": "insufficient evidence", "reason": {"code": "between-thresholds"}}
    clips = [clip | open_ for clip in video["clips"]]
    run("report", change(verdict, tmp_path, videos=[video | {"clips": clips}]))
    assert "No clip is called “no match”." in (tmp_path / "report.html").read_text()


NOT_UTF_8 = os.fsdecode(b"caf\xe9 =1.mp4")


def test_a_video_whose_name_is_not_utf_8_is_judged_identified_and_reported(
    run: Run, model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"na\xefve")
    folder.mkdir()
    video, table = write_suspect(folder, NOT_UTF_8)
    keep_table(table, tmp_path / "out")
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(model, models)
    result = run("classify", video, "-m", model, "-o", tmp_path / "out", "--report", tmp_path / "r.html")
    assert result.code == 0, result.err
    assert r"The verdict on caf\xe9 =1.mp4 is inconclusive for id0" in result.out
    assert motionsig.read_verdict(tmp_path / "out" / "verdict.json").videos[0].video == r"caf\xe9 =1.mp4"
    assert pd.read_csv(tmp_path / "out" / "verdict.csv")["video"].unique().tolist() == [r"caf\xe9 =1.mp4"]
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert r"caf\xe9 =1.mp4" in page
    assert page.count("data:image/jpeg;base64,") >= 5, "it is found although its name is not what is stored"
    result = run("identify", video, "--models", models, "-o", tmp_path / "out")
    assert result.code == 0, result.err
    found = pd.read_csv(tmp_path / "out" / "identification.csv")
    assert found["video"].tolist() == [r"caf\xe9 =1.mp4"]


def test_a_video_that_cannot_be_used_and_has_such_a_name_is_named(
    run: Run, model: Path, tmp_path: Path
) -> None:
    video = tmp_path / NOT_UTF_8
    video.write_text("no video")
    for words in (
        ("classify", video, "-m", model, "-o", tmp_path / "out"),
        ("identify", video, "--models", model.parent, "-o", tmp_path / "out"),
        ("stress", video, "-o", tmp_path / "out"),
    ):
        result = run(*words)
        assert result.code == 1
        assert "=1.mp4 as a video" in result.err
        assert "Traceback" not in result.err
