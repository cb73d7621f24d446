"""No path leads out of the library and the folders that were named at the start."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import TOKEN, ask
from starlette.testclient import TestClient

from ground.errors import InputError
from motionsig.use_cases.library.files import resolve_named
from motionsig.use_cases.library.layout import Library, MissingError, pick


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "outside" / "secret.mp4"
    path.parent.mkdir()
    path.write_bytes(b"secret")
    return path


def name(client: TestClient, path: object) -> tuple[int, str]:
    answer = client.post("/api/v1/suspects/named", json={"path": str(path), "person": None})
    return answer.status_code, answer.text


def test_a_video_in_a_named_folder_is_linked_and_not_copied(
    program: TestClient, library: Library, named: Path, model: str
) -> None:
    video = named / "below" / "v.mp4"
    video.parent.mkdir()
    video.write_bytes(b"bytes")
    status, _ = name(program, video)
    assert status == 202
    (link,) = library.verdicts.glob("*/v.mp4")
    assert link.is_symlink()
    assert link.resolve() == video
    (suspect,) = program.get("/api/v1/suspects").json()["suspects"]
    assert program.get(f"/suspects/{suspect['id']}/video").content == b"bytes"
    assert program.delete(f"/api/v1/suspects/{suspect['id']}").status_code == 200
    assert video.exists()


def test_a_folder_gives_all_its_videos(program: TestClient, named: Path, model: str) -> None:
    for file in ("a.mp4", "b.MOV", "notes.txt", ".hidden.mp4"):
        (named / file).write_bytes(b"x")
    answer = program.post("/api/v1/suspects/named", json={"path": str(named), "person": model})
    assert [one["given"] for one in answer.json()["suspects"]] == ["a.mp4", "b.MOV"]


def test_what_lies_elsewhere_is_refused_whether_or_not_it_is_there(
    program: TestClient, named: Path, outside: Path, model: str
) -> None:
    link = named / "link.mp4"
    link.symlink_to(outside)
    (named / "folder").symlink_to(outside.parent)
    loop = named / "loop.mp4"
    loop.symlink_to(loop)
    refused = [
        name(program, path)
        for path in (
            outside, outside.with_name("nothing.mp4"), f"{named}/../outside/secret.mp4", link,
            named / "folder" / "secret.mp4", "v.mp4", "../outside/secret.mp4", "/etc/passwd", "~", "\0", loop,
            "file:///etc/passwd", "/" + "x" * 4000,
        )
    ]  # fmt: skip
    assert {status for status, _ in refused} == {400}
    assert all("none of the folders" in words or "null byte" in words for _, words in refused)


def test_links_in_a_named_folder_that_lead_out_of_it_are_passed_over(
    program: TestClient, named: Path, outside: Path, model: str
) -> None:
    (named / "link.mp4").symlink_to(outside)
    assert name(program, named)[0] == 400
    (named / "own.mp4").write_bytes(b"x")
    answer = program.post("/api/v1/suspects/named", json={"path": str(named), "person": model})
    assert [one["given"] for one in answer.json()["suspects"]] == ["own.mp4"]


def test_without_named_folders_no_path_is_taken(connect: Callable[..., TestClient], outside: Path) -> None:
    with pytest.raises(InputError, match="none of the folders"):
        resolve_named(str(outside), ())


def test_a_link_in_the_library_that_leads_out_gives_nothing(
    program: TestClient, library: Library, named: Path, outside: Path, model: str
) -> None:
    video = named / "v.mp4"
    video.write_bytes(b"x")
    name(program, video)
    (link,) = library.verdicts.glob("*/v.mp4")
    link.unlink()
    link.symlink_to(outside)
    assert program.get(f"/suspects/{link.parent.name}/video").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/suspects/..", "/suspects/../video", "/people/../..", "/people/../library.json", "/people/a\\b",
        "/api/v1/suspects/../files/library.json", "/api/v1/suspects/../../library.json", "/api/v1/jobs/..",
        "/api/v1/people/.hidden", "/api/v1/suspects/" + "x" * 5000, "/static/../app.py", "/static/page.py",
        "/people/\0", "//etc/passwd", "/suspects//etc/passwd",
    ],
)  # fmt: skip
def test_addresses_lead_nowhere_else(library: Library, path: str) -> None:
    """Paths as the server has decoded them: browsers and clients would take ``..`` out."""
    assert ask(library, "GET", path)[0]["status"] == 404


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "\0", ".server.json", "x" * 5000])
def test_names_of_what_is_in_the_library_are_single_names(library: Library, name: str) -> None:
    with pytest.raises(MissingError):
        pick(library.root, name)


def test_only_files_of_a_verdict_are_given(program: TestClient, library: Library, model: str) -> None:
    answer = program.post("/api/v1/suspects", params={"name": "v.mp4", "person": model}, content=b"x")
    base = f"/api/v1/suspects/{answer.json()['id']}/files"
    for file in ("suspect.json", "v.mp4", "..%2f..%2flibrary.json", "report.html"):
        assert program.get(f"{base}/{file}").status_code == 404
    assert TOKEN not in program.get("/").text


def test_links_in_a_verdict_that_lead_out_of_it_give_nothing(
    program: TestClient, library: Library, outside: Path
) -> None:
    folder = library.verdicts / "odd"
    folder.mkdir()
    video = {"video": "v.mp4", "label": "consistent", "sentence": "v.mp4 is.", "log10_lr": None}
    content = json.dumps({"created_utc": "2026-11-20T10:00:00+00:00", "person": "Jane", "videos": [video]})
    (folder / "verdict.json").write_text(content)
    for name_of in ("report.html", "overlay.mp4", "v.parquet"):
        (folder / name_of).symlink_to(outside)
    assert program.get("/api/v1/suspects/odd/files/report.html").status_code == 404
    assert program.get("/suspects/odd/overlay").status_code == 404
    bundle = zipfile.ZipFile(io.BytesIO(program.get("/api/v1/suspects/odd/everything.zip").content))
    assert bundle.namelist() == ["verdict.json", "SHA256SUMS"]
    elsewhere = outside.parent / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert program.get("/suspects/odd").status_code == 404
    folder.unlink()
    folder.mkdir()
    (folder / "verdict.json").symlink_to(elsewhere / "verdict.json")
    assert program.get("/suspects/odd").status_code == 404


def test_a_loop_of_links_in_a_named_folder_costs_itself_only(
    program: TestClient, named: Path, model: str
) -> None:
    (named / "loop.mp4").symlink_to("loop.mp4")
    (named / "own.mp4").write_bytes(b"x")
    answer = program.post("/api/v1/suspects/named", json={"path": str(named), "person": model})
    assert [one["given"] for one in answer.json()["suspects"]] == ["own.mp4"]


def test_a_folder_that_is_named_again_gives_what_is_new(
    program: TestClient, library: Library, named: Path, model: str
) -> None:
    def add() -> list[str]:
        answer = program.post(f"/api/v1/people/{model}/recordings/named", json={"path": str(named)})
        files: list[str] = answer.json()["files"]
        return files

    (named / "a.mp4").write_bytes(b"x")
    assert add() == ["a.mp4"]
    (named / "b.mp4").write_bytes(b"x")
    assert add() == ["b.mp4"]
