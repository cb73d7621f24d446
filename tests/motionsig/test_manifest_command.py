"""`motionsig manifest`: what the terminal says."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import Run, assert_refused

from features.layouts.registry import LAYOUTS


def plant(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def test_a_manifest_is_written_and_told(run: Run, tmp_path: Path) -> None:
    plant(tmp_path / "c", "Celeb-real/id0_0000.mp4", "Celeb-real/id0_0001.mp4", "YouTube-real/00000.mp4")
    result = run("manifest", "celeb-df-v2", tmp_path / "c")
    assert result.code == 0, result.err
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert lines[:3] == ["group videos people sessions", "pristine 2 1 2", "celeb 1 1 1"]
    assert f"Manifest: {tmp_path / 'c' / 'manifest.csv'}" in lines
    assert any(line.startswith("Licence: ") for line in lines)
    assert any(line.startswith("Citation: ") for line in lines)


def test_json_counts_what_was_left_out(run: Run, tmp_path: Path) -> None:
    plant(tmp_path / "c", "Celeb-real/id0_0000.mp4", "odd.mp4", "notes.txt")
    content = json.loads(run("manifest", "celeb-df-v1", tmp_path / "c", "--json").out)
    assert content["groups"] == {"pristine": {"videos": 1, "people": 1, "sessions": 1}}
    assert (content["videos_left_out"], content["other_files"]) == (["odd.mp4"], ["notes.txt"])


def test_the_list_shows_every_layout_with_licence_and_citation(run: Run) -> None:
    result = run("manifest", "--list")
    assert result.code == 0, result.err
    for layout in LAYOUTS.values():
        for words in (f"{layout.name}: {layout.title}", layout.licence, layout.citation, layout.source):
            assert words in result.out


def test_an_unknown_layout_is_refused_with_those_there_are(run: Run, tmp_path: Path) -> None:
    assert_refused(run("manifest", "celeb", tmp_path), "'celeb'", *LAYOUTS, nothing_in=tmp_path)


def test_a_folder_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("manifest", "celeb-df-v2", tmp_path / "nowhere")
    assert_refused(result, "is not a folder", "Celeb-DF v2", nothing_in=tmp_path)
