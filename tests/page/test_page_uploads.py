"""Files that are sent: whole on the disk or not at all, never in memory, and their names are text."""

from __future__ import annotations

import errno
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import TOKEN, ask
from starlette.testclient import TestClient

from motionsig.use_cases.library import files, queue, suspects
from motionsig.use_cases.library.files import Arrival
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.suspects import VERDICT_FILES

Connect = Callable[..., TestClient]
PIECE = bytes(1 << 16)
LARGE = ("/api/v1/suspects", "name=large.mp4&person=jane")

HOSTILE = [
    "../../../etc/passwd", "/etc/passwd", "C:\\Windows\\system.ini", "..", ".hidden.mp4", "-rf.mp4",
    "a\0b.mp4", "a\nb.mp4", "<img src=x onerror=alert(1)>.mp4", "\u202e4pm.exe", "x" * 900 + ".mp4",
    "e\u0301" * 200 + ".mp4", "report.html", "verdict.json", "suspect.json", "failures.csv", "OVERLAY.MP4",
    "%2e%2e%2f.mp4", "con.mp4 ", "$(reboot).mp4", "a.parquet",
]  # fmt: skip


def files_in(library: Library) -> list[Path]:
    files = (path for path in library.root.rglob("*") if path.is_file())
    return [path for path in files if path.name != "library.json" and path.suffix != ".lock"]


def send(client: TestClient, content: Any, name: str = "suspect.mp4", person: str = "jane") -> Any:
    return client.post("/api/v1/suspects", params={"name": name, "person": person}, content=content)


def test_a_file_is_kept_as_it_was_sent_and_a_verdict_is_asked_for(
    program: TestClient, library: Library, model: str
) -> None:
    content = bytes(range(256)) * 10_000
    answer = send(program, content)
    assert answer.status_code == 202
    assert answer.json()["state"] == "queued"
    assert answer.json()["given"] == "suspect.mp4"
    assert (library.verdicts / answer.json()["id"] / "suspect.mp4").read_bytes() == content
    assert list(library.incoming.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_whatever_it_says(
    program: TestClient, library: Library, model: str, name: str
) -> None:
    answer = send(program, b"x", name)
    assert answer.status_code == 202, answer.text
    folder = library.verdicts / answer.json()["id"]
    video, record = sorted(folder.iterdir(), key=lambda path: path.name == "suspect.json")
    assert record.name == "suspect.json"
    assert video.name not in {"suspect.json", *VERDICT_FILES}
    assert len(video.name.encode()) < 150
    assert video.name[0] not in ".-"
    assert all(letter.isalnum() or letter in " -_." for letter in video.name)
    assert {path.parent for path in files_in(library)} <= {folder, library.jobs, library.models}
    assert program.get("/suspects").status_code == 200


def test_a_file_above_the_limit_is_refused_before_and_while_it_comes(
    connect: Connect, library: Library, model: str
) -> None:
    client = connect(most_upload_bytes=100_000)
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    before = files_in(library)

    def pieces() -> Iterator[bytes]:  # whose number nobody says
        for _ in range(64):
            yield PIECE

    for content in (bytes(100_001), pieces()):
        answer = send(client, content)
        assert answer.status_code == 413
        assert "larger than" in answer.json()["error"]
    assert files_in(library) == before
    assert send(client, bytes(100_000)).status_code == 202


def test_a_file_without_a_person_to_compare_with_is_refused_before_it_comes(program: TestClient) -> None:
    assert "Enrol a person first" in send(program, b"x", person="").json()["error"]
    assert send(program, b"x", person="nobody").status_code == 404


def test_an_empty_file_is_refused(program: TestClient, library: Library, model: str) -> None:
    before = files_in(library)
    answer = send(program, b"")
    assert answer.status_code == 400
    assert "empty" in answer.json()["error"]
    assert files_in(library) == before


def test_a_disk_that_fills_while_a_file_comes_is_said_and_nothing_is_left(
    program: TestClient, library: Library, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_in(library)

    class Full:
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def write(self, piece: bytes) -> None:
            self._stream.write(piece[: len(piece) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            self._stream.close()

    enter = Arrival.__enter__

    def enter_full(self: Arrival) -> Arrival:
        enter(self)
        self._stream = Full(self._stream)  # type: ignore[assignment]
        return self

    monkeypatch.setattr(Arrival, "__enter__", enter_full)
    answer = send(program, PIECE * 100)
    assert answer.status_code == 507
    assert "No space left on device" in answer.json()["error"]
    assert files_in(library) == before


def test_a_file_that_does_not_fit_on_the_disk_is_refused_before_it_comes(
    program: TestClient, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = files.shutil.disk_usage("/")._replace(free=files._KEPT_FREE_BYTES + 10)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: free)
    assert send(program, bytes(11)).status_code == 507
    assert send(program, bytes(10)).status_code == 202


def test_a_tab_that_is_closed_leaves_nothing(library: Library, model: str) -> None:
    before = files_in(library)
    body = [{"type": "http.request", "body": PIECE, "more_body": True}] * 40
    ask(library, "POST", *LARGE, iter([*body, {"type": "http.disconnect"}]))
    assert files_in(library) == before


def test_a_large_file_is_never_in_memory(library: Library, model: str) -> None:
    """A file of 200 MB; bench/page.py sends 2 GB to a server and measures all of its memory."""
    pieces = 200 * (1 << 20) // len(PIECE)

    def body() -> Iterator[dict[str, Any]]:
        for k in range(pieces):
            yield {"type": "http.request", "body": PIECE, "more_body": k < pieces - 1}
        while True:
            yield {"type": "http.disconnect"}

    tracemalloc.start()
    try:
        answered = ask(library, "POST", *LARGE, body())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answered[0]["status"] == 202
    assert most < 30e6
    (video,) = library.verdicts.glob("*/large.mp4")
    assert video.stat().st_size == pieces * len(PIECE)
    video.unlink()


def test_what_did_not_arrive_whole_before_the_program_ended_is_removed(library: Library) -> None:
    (library.incoming / "abc.part").write_bytes(PIECE)
    files.clear_incoming(library)
    assert list(library.incoming.iterdir()) == []


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"name": 5}', b'{"name": "x", "more": 1}', b"[" * 60_000, b'{"name": "' + b"x" * 70_000],
)
def test_a_body_that_is_not_what_is_asked_for_is_refused_in_a_sentence(
    program: TestClient, body: bytes
) -> None:
    answer = program.post("/api/v1/people", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_suspect_appears_whole_or_not_at_all_though_the_program_is_killed(
    library: Library, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def be_killed(*_: object) -> None:
        raise KilledError

    def forget(path: Path) -> None:
        """A program that is killed cleans nothing up."""

    video = library.root.parent / "v.mp4"
    with monkeypatch.context() as patched:
        patched.setattr(suspects, "link_file", be_killed)
        patched.setattr(suspects, "remove_folder", forget)
        with pytest.raises(KilledError):
            suspects.add_suspect(library, "v.mp4", video, model)
    assert list(library.verdicts.iterdir()) == []
    files.clear_incoming(library)
    assert list(library.incoming.iterdir()) == []
    with monkeypatch.context() as patched:
        patched.setattr(suspects, "add_job", be_killed)
        with pytest.raises(KilledError):
            suspects.add_suspect(library, "v.mp4", video, model)
    suspects.resume_suspects(library)
    suspects.resume_suspects(library)
    (job,) = queue.list_jobs(library)
    assert (job.kind, library.verdicts / job.of) == ("judge", *library.verdicts.iterdir())
