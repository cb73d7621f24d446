"""A verdict's page shows who is in the video, from the table of tracks beside the frame table."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from command_line import Run
from frame_tables import make_table
from suspects import make_suspect_frames, read_here, train_model
from tracks import choose, make_track, write_tracked

from ground.files import hash_file


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_model(tmp_path_factory.mktemp("model") / "id0.skops")


def judge(run: Run, model: Path, folder: Path, number: int | None) -> Path:
    """Judge an interview whose frame table says whom it measures; return the page."""
    table = make_table(make_suspect_frames(), "interview.mp4", reading=read_here())
    tracks = [make_track(0.0, 60.0, 1, chosen=number == 1), make_track(60.0, 90.0, 2, shot=1)]
    chosen = choose(number, choice="most seen" if number else "reference")
    path = write_tracked(table, folder, tracks, chosen)
    result = run("classify", path, "-m", model, "-o", folder / "out", "--report", folder / "r.html")
    assert result.code == 0, result.err
    return folder / "r.html"


def read_json(page: Path) -> str:
    """The data inside a page."""
    content = page.read_text().split('href="data:application/json;base64,')[1].split('"')[0]
    return base64.b64decode(content).decode()


def test_the_page_shows_who_is_in_the_video_and_names_no_folder(
    run: Run, model: Path, tmp_path: Path
) -> None:
    page = judge(run, model, tmp_path, 1)
    text = page.read_text()
    assert "Person 1 of 2 was measured." in text
    assert "is expected of a face-swap too. The face decides only who is measured." in text
    assert 'class="strip"' in text
    assert text.count("data:image/jpeg;base64,") == 4, "two in the strip, and two people"
    assert str(tmp_path) not in text + read_json(page)
    (video,) = json.loads(read_json(page))["evidence"]["videos"]
    assert video["people"]["tracks"]["sha256"] == hash_file(tmp_path / "interview.tracks.parquet")


def test_whoever_removes_the_table_of_tracks_removes_the_faces(run: Run, model: Path, tmp_path: Path) -> None:
    page = judge(run, model, tmp_path, 1)
    (tmp_path / "interview.tracks.parquet").unlink()
    assert run("report", tmp_path / "out" / "verdict.json", "-o", page).code == 0
    assert "image/jpeg" not in page.read_text()
    assert "the table of tracks was removed" in page.read_text()
    assert "Person 1 of 2 was measured." in page.read_text()


def test_that_the_person_was_not_found_is_the_verdict_and_shows_who_was(
    run: Run, model: Path, tmp_path: Path
) -> None:
    text = judge(run, model, tmp_path, None).read_text()
    assert (
        "inconclusive for <bdi>id0</bdi>: no face like the one that it was searched for was found in it"
        in text
    )
    assert "so nobody was measured. 2 other people were found." in text
