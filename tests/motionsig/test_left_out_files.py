"""What a folder holds and is not read is counted and named."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run
from media import portrait, write_video

from ground.errors import InputError
from motionsig.use_cases.inputs import find_videos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    card = tmp_path / "card"
    (card / "more").mkdir(parents=True)
    for name in ("a.mp4", "b.MXF", "more/c.m2ts", "d.gif", "more/e.mp4.part", ".hidden", "x.mesh.parquet"):
        (card / name).touch()
    return card


def test_other_files_in_a_folder_are_counted_and_named(folder: Path) -> None:
    said: list[str] = []
    found = find_videos(folder, said.append)
    assert [Path(str(video)).name for video in found] == ["a.mp4", "b.MXF", "c.m2ts"]
    (words,) = said
    assert words == (
        f"{folder} holds 2 files whose ending is not that of a video. They are left out: d.gif, "
        "more/e.mp4.part. A file that you name itself is read whatever its ending."
    )
    assert find_videos([folder / "d.gif"], said.append) == [folder / "d.gif"]
    assert len(said) == 1


def test_other_files_at_an_address_are_counted_and_named(folder: Path) -> None:
    pytest.importorskip("fsspec")
    said: list[str] = []
    assert len(find_videos(folder.as_uri(), said.append)) == 3
    (words,) = said
    assert words.startswith(f"{folder.as_uri()} holds 3 files whose ending")
    assert "d.gif, e.mp4.part, x.mesh.parquet. A file" in words


def test_nothing_is_said_of_a_folder_of_videos_alone(folder: Path) -> None:
    for other in (folder / "d.gif", folder / "more" / "e.mp4.part"):
        other.unlink()
    for ending in ("controls", "truth", "voice"):  # what the renderer writes
        (folder / f"a.{ending}.csv").touch()
    find_videos(folder, pytest.fail)


def test_a_folder_without_videos_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.gif").touch()
    with pytest.raises(InputError, match=r"holds no video \(looked for \.3g2, .*\.mxf"):
        find_videos(tmp_path, pytest.fail)


def test_the_command_line_says_what_is_left_out_before_it_reads(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    write_video(folder / "v.mp4", [portrait(160)] * 3)
    (folder / "clip.gif").touch()
    result = run("extract", folder, "-o", tmp_path / "t")
    assert result.code == 0
    assert "It is left out: clip.gif." in " ".join(result.err.split())
