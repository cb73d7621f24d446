"""From files to a verdict through the page's queue: the steps of the commands, and what they refuse."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from asking import OWN, PORT, TOKEN
from frame_tables import write_moving
from starlette.testclient import TestClient
from suspects import CLIPS, keep_table, train_model, write_suspect

from ground.errors import InputError
from motionsig.page.app import make_app
from motionsig.page.describing import write_fragment, write_summary
from motionsig.page.reader import Reader
from motionsig.page.settings import Settings
from motionsig.use_cases.library import people, queue, suspects, worker
from motionsig.use_cases.library.judging import tell_command
from motionsig.use_cases.library.layout import Library, open_library
from motionsig.use_cases.library.verdicts import list_rivals


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Library, str]]:
    """A library in which a suspect was sent and judged, as if it had been measured before."""
    folder = tmp_path_factory.mktemp("judged")
    library = open_library(folder / "library")
    train_model(library.models / "id0.skops")
    video, table = write_suspect(folder)
    client = TestClient(make_app(Settings(library), TOKEN, PORT), base_url=OWN)
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    with video.open("rb") as stream:
        sent = client.post(
            "/api/v1/suspects", params={"name": "suspect.mp4", "person": "id0"}, content=stream
        )
    suspect = sent.json()["id"]
    keep_table(table, library.verdicts / suspect)
    assert worker.work_once(library, 1)
    yield client, library, suspect
    client.close()


def test_a_suspect_gets_the_verdict_that_the_command_gives(judged: tuple[TestClient, Library, str]) -> None:
    client, library, suspect = judged
    answer = client.get(f"/api/v1/suspects/{suspect}").json()
    assert answer["job"]["message"] is None
    assert answer["state"] == "judged"
    (verdict,) = answer["verdicts"]
    written = json.loads((library.verdicts / suspect / "verdict.json").read_bytes())
    assert verdict["label"] == written["videos"][0]["label"]
    assert len(written["videos"][0]["clips"]) == CLIPS
    evidence = json.loads((library.verdicts / suspect / "evidence.json").read_bytes())
    assert evidence["command"].startswith(
        f"motionsig classify verdicts/{suspect}/suspect.mp4 --model models/id0.sk"
    )


def test_the_report_stands_in_the_page_with_a_player(
    judged: tuple[TestClient, Library, str], tmp_path: Path
) -> None:
    _, library, suspect = judged
    write_fragment(library.verdicts / suspect / "verdict.json", tmp_path / "f.html", player=True)
    fragment = (tmp_path / "f.html").read_text()
    assert f'src="/suspects/{suspect}/video"' in fragment
    assert fragment.count("data-clip=") == CLIPS
    assert fragment.count('class="clip ') == CLIPS
    assert 'data-start-s="65.000" data-end-s="75.000"' in fragment
    assert "What this report cannot say" in fragment
    assert "<style" not in fragment
    assert "style=" not in fragment  # the page's policy would not apply it


def test_a_verdict_without_its_video_has_no_player(
    judged: tuple[TestClient, Library, str], tmp_path: Path
) -> None:
    _, library, suspect = judged
    write_fragment(library.verdicts / suspect / "verdict.json", tmp_path / "f.html", player=False)
    assert "data-player" not in (tmp_path / "f.html").read_text()


def test_a_clip_is_played_by_its_bytes(judged: tuple[TestClient, Library, str]) -> None:
    client, library, suspect = judged
    content = (library.verdicts / suspect / "suspect.mp4").read_bytes()
    answer = client.get(f"/suspects/{suspect}/video", headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.content == content[100:200]
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-range"] == f"bytes 100-199/{len(content)}"


def test_everything_comes_as_one_zip_whose_hashes_fit(judged: tuple[TestClient, Library, str]) -> None:
    client, library, suspect = judged
    answer = client.get(f"/api/v1/suspects/{suspect}/everything.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        assert {"report.html", "verdict.json", "verdict.csv", "evidence.json", "suspect.parquet"} <= names
        assert "suspect.mp4" not in names
        listed = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines())  # type: ignore[misc]
        assert set(listed) == names - {"SHA256SUMS"}
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert list(library.incoming.iterdir()) == []


def test_a_zip_leaves_nothing_when_a_part_is_asked_for_that_it_does_not_have(
    judged: tuple[TestClient, Library, str],
) -> None:
    client, library, suspect = judged
    address = f"/api/v1/suspects/{suspect}/everything.zip"
    assert client.get(address, headers={"Range": "bytes=999999999-"}).status_code == 416
    assert client.get(address).status_code == 200
    assert list(library.incoming.iterdir()) == []


def test_files_come_as_downloads_that_no_browser_runs(judged: tuple[TestClient, Library, str]) -> None:
    client, _, suspect = judged
    answer = client.get(f"/api/v1/suspects/{suspect}/files/report.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert client.get(f"/api/v1/suspects/{suspect}/files/verdict.json").json()["person"] == "id0"


def test_a_model_is_told_in_the_words_of_its_card(
    judged: tuple[TestClient, Library, str], tmp_path: Path
) -> None:
    _, library, _ = judged
    write_summary(library.models / "id0.skops", tmp_path / "s.json")
    summary = json.loads((tmp_path / "s.json").read_text())
    assert (summary["person"], summary["method"], summary["sources"]) == ("id0", "trained", 4)
    assert any("more source" in one for one in summary["lacking"])
    assert summary["held_out"].startswith("Error rates on held-out recordings")
    ((_, picture),) = summary["pictures"]
    assert "id0’s own recordings (4): " in picture
    assert "“Consistent” does not mean authentic" in summary["limits"]


def test_whoever_fits_is_asked_of_all_models(judged: tuple[TestClient, Library, str]) -> None:
    _, library, suspect = judged
    folder = library.verdicts / suspect
    added = suspects.add_suspect(library, "suspect.mp4", folder / "suspect.mp4", None)
    keep_table(folder / "suspect.parquet", added.folder)
    assert worker.work_once(library, 1)
    found = suspects.find_suspect(library, added.id)
    assert found.person_name == "id0"
    assert {"identification.json", "verdict.json", "report.html"} <= set(found.files)
    assert [rival.person for rival in list_rivals(found.folder)] == ["id0"]


def test_a_suspect_can_be_compared_again_with_somebody_else(judged: tuple[TestClient, Library, str]) -> None:
    client, library, _ = judged
    video = library.root.parent / "v.mp4"
    video.write_bytes(b"no video")
    added = suspects.add_suspect(library, "v.mp4", video, None)
    again = f"/api/v1/suspects/{added.id}/judge"
    assert "already" in client.post(again, json={"person": "id0"}).json()["error"]
    queue.cancel_job(library, added.job.id)  # type: ignore[union-attr]
    assert client.post(again, json={"person": "nobody"}).status_code == 404
    assert client.post(again, json={"person": "id0"}).status_code == 202
    found = suspects.find_suspect(library, added.id)
    assert (found.person_name, found.state) == ("id0", "queued")
    client.post(f"/api/v1/jobs/{found.job.id}/cancel")  # type: ignore[union-attr]
    suspects.delete_suspect(library, added.id)


def test_a_verdict_of_an_earlier_comparison_says_so(
    judged: tuple[TestClient, Library, str],
) -> None:
    client, library, suspect = judged
    shutil.copytree(library.verdicts / suspect, library.verdicts / "copy")
    assert "the comparison before it" not in client.get("/suspects/copy").text
    job = queue.add_job(library, "judge", "copy", "suspect.mp4")
    assert "The video is being compared again." in client.get("/suspects/copy").text
    queue.end_job(library, job, "failed", "The disk is full.")
    shown = client.get("/suspects/copy").text
    assert "The last comparison failed.</strong> The disk is full. What follows is the verdict" in shown
    suspects.delete_suspect(library, "copy")


def test_what_cannot_be_read_is_said_in_the_page_and_not_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading: list[Future[None]] = [Future()]
    reader, told = Reader(), []
    monkeypatch.setattr(reader, "_submit", lambda _: reading[0])

    async def look() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        (tmp_path / "verdict.json").write_bytes(b"")
        library = Library(tmp_path)
        assert await reader.lay_out(library, tmp_path / "verdict.json", player=False) is None
        reading[0].set_exception(InputError("It is no verdict."))
        with pytest.raises(InputError, match="It is no verdict"):
            await reader.lay_out(library, tmp_path / "verdict.json", player=False)

    asyncio.run(look())
    reading.clear()
    gc.collect()  # asyncio tells of what nobody asked for when it is thrown away
    assert told == []


def test_the_command_in_the_evidence_does_the_same(library: Library) -> None:
    folder = library.verdicts / "s"
    of = (library, folder / "v.mp4", library.models / "Jane Doe.skops", folder)
    command = "motionsig classify verdicts/s/v.mp4 --model 'models/Jane Doe.skops' --out verdicts/s"
    assert tell_command(*of) == f"{command} --report verdicts/s/report.html"
    library.trusted_signers.write_text("")
    assert tell_command(*of).endswith("report.html --trusted-signers trusted-signers.pem")


def test_a_suspect_is_deleted_for_good(judged: tuple[TestClient, Library, str]) -> None:
    client, library, suspect = judged
    (library.root.parent / "v.mp4").write_bytes(b"x")
    added = suspects.add_suspect(library, "v.mp4", library.root.parent / "v.mp4", "id0")
    library.cache_of(added.id).mkdir()
    (library.cache_of(added.id) / "report.html").write_bytes(b"")
    assert client.delete(f"/api/v1/suspects/{added.id}").status_code == 200
    assert not [path for path in library.root.rglob("*") if added.id in str(path)]
    assert all(job.of != added.id for job in queue.list_jobs(library))
    assert (library.root.parent / "v.mp4").exists()
    assert client.get(f"/api/v1/suspects/{suspect}").status_code == 200


def fail(library: Library) -> str:
    """Do the next job, and return why it failed."""
    (job,) = [one for one in queue.list_jobs(library) if one.state == "queued"]
    assert worker.work_once(library, 1)
    ended = queue.read_job(library, job.id)
    assert ended.state == "failed"
    assert str(library.root) not in (ended.message or "")
    return ended.message or ""


def test_what_is_not_a_video_is_said(judged: tuple[TestClient, Library, str]) -> None:
    client, library, _ = judged
    client.post("/api/v1/suspects", params={"name": "letter.mp4", "person": "id0"}, content=b"Dear Sir,")
    message = fail(library)
    assert message.startswith("FFmpeg cannot read letter.mp4 as a video")
    assert message in client.get("/suspects").text


def test_a_model_of_another_version_is_said(library: Library, program: TestClient, model: str) -> None:
    program.post("/api/v1/suspects", params={"name": "v.mp4", "person": model}, content=b"x")
    assert "models/jane.skops" in fail(library)


def test_a_person_without_enough_footage_keeps_what_is_missing(library: Library, program: TestClient) -> None:
    jane = people.add_person(library, "Jane")
    program.post(f"/api/v1/people/{jane.id}/learn")
    assert "no recording of Jane that could be read" in fail(library)
    (library.people / jane.id / "tables").mkdir()
    write_moving(library.people / jane.id / "tables", "talk.mp4", seconds=30)
    program.post(f"/api/v1/people/{jane.id}/learn")
    assert "nobody to compare Jane with" in fail(library)
    (library.others / "tables").mkdir(parents=True)
    (library.others / "them.mp4").write_bytes(b"x")
    people.add_recording(
        library, people.OTHERS, "them.mp4", library.others / "them.mp4", subject="A", group="celeb"
    )
    (library.others / "videos" / "them.mp4").unlink()
    write_moving(library.others / "tables", "them.mp4", seconds=30, seed=1)
    program.post(f"/api/v1/people/{jane.id}/learn")
    message = fail(library)
    assert "source" in message
    assert people.find_person(library, jane.id).record.problem == message  # type: ignore[union-attr]
    assert "Nothing could be learnt from these recordings" in program.get(f"/people/{jane.id}").text
    assert "Not learnt." in program.get("/people").text
