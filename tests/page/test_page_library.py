"""The library is an ordinary folder: what commands write there the page shows, and the other way round."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ground.errors import InputError
from motionsig.use_cases.library import people, queue, suspects
from motionsig.use_cases.library.layout import Library, open_library
from motionsig.use_cases.library.lock import hold_library
from motionsig.use_cases.library.names import name_file, name_folder


def test_a_library_is_begun_in_a_new_or_empty_folder_and_opened_again(tmp_path: Path) -> None:
    library = open_library(tmp_path / "new" / "library")
    people.add_person(library, "Jane Doe")
    assert [one.name for one in people.list_people(open_library(library.root))] == ["Jane Doe"]


def test_a_new_library_is_its_owners_alone(library: Library) -> None:
    assert library.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("file", ["../../secret.mp4", "/etc/passwd", "..", "", ".hidden", "a\\b", "a\0b"])
def test_a_record_names_files_of_its_own_folder_only(library: Library, file: str) -> None:
    content = {"given": "v.mp4", "file": file, "person": None, "created_utc": ""}
    (library.verdicts / "odd").mkdir()
    (library.verdicts / "odd" / "suspect.json").write_text(json.dumps(content))
    assert suspects.list_suspects(library) == []


def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(InputError, match="is no library"):
        open_library(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_folder_of_models_is_a_library(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "jane.skops").write_bytes(b"")
    (person,) = people.list_people(open_library(tmp_path))
    assert (person.id, person.name, person.record) == ("jane", "jane", None)


@pytest.mark.parametrize("content", ["{}", "[", '{"schema_version": 2}', "[" * 100_000])
def test_a_library_of_another_version_or_a_damaged_one_is_refused(tmp_path: Path, content: str) -> None:
    open_library(tmp_path)
    (tmp_path / "library.json").write_text(content)
    with pytest.raises(InputError, match=r"library\.json is damaged|another version"):
        open_library(tmp_path)


def test_a_library_has_one_server_and_says_which(library: Library) -> None:
    with hold_library(library, "http://127.0.0.1:1/", "secret"):
        assert (library.root / ".server.json").stat().st_mode & 0o077 == 0
        with (
            pytest.raises(
                InputError, match=rf"another `motionsig serve` \(process {os.getpid()}, http://127"
            ),
            hold_library(library, "http://127.0.0.1:2/", "other"),
        ):
            pass
    with hold_library(library, "http://127.0.0.1:2/", "other"):  # free again
        pass


def test_what_a_killed_server_left_is_taken_over(library: Library) -> None:
    (library.root / ".server.json").write_text(json.dumps({"pid": 1, "address": "http://127.0.0.1:9/"}))
    with hold_library(library, "http://127.0.0.1:2/", "other"):
        assert json.loads((library.root / ".server.json").read_text())["pid"] == os.getpid()


def test_names_of_people_are_one_person_however_they_are_spelt(library: Library) -> None:
    people.add_person(library, "Zoë  Bell")
    for name in ("zoe\u0308 bell", "ZOË BELL", "Zoë\u00a0Bell"):
        with pytest.raises(InputError, match="is there already"):
            people.add_person(library, name)
    for name in ("", "  ", "x" * 201):
        with pytest.raises(InputError):
            people.add_person(library, name)


def test_two_people_whose_folders_would_be_called_alike_have_two_folders(library: Library) -> None:
    ids = [people.add_person(library, name).id for name in ("a/b", "a:b", "..", "...", "\u200b!")]
    assert len(set(ids)) == 5
    assert all((library.people / one / "person.json").exists() for one in ids)
    assert name_folder("JANE", ["jane"]) == "JANE-2"  # some disks do not tell capitals apart


def test_videos_of_one_name_get_names_of_their_own() -> None:
    assert name_file("a.mp4", ["a", "A-2"]) == "a-3.mp4"
    assert name_file("a.MP4", []) == "a.mp4"
    assert name_file("a", []) == "a.video"


def test_the_manifest_says_who_is_in_each_table(library: Library) -> None:
    from features.manifest import read_manifest

    jane = people.add_person(library, 'Jane, the "first"')
    for folder, file, said in (
        (jane.id, "talk.mp4", {"session": "monday"}),
        (jane.id, "other.mp4", {}),
        (people.OTHERS, "them.mp4", {"subject": "Them", "group": "celeb"}),
        (people.OTHERS, "nobody.mp4", {}),
    ):
        source = library.root.parent / file
        source.write_bytes(b"x")
        people.add_recording(library, folder, file, source, **said)
        tables = people.folder_of(library, folder) / "tables"
        tables.mkdir(exist_ok=True)
        (tables / f"{Path(file).stem}.parquet").write_bytes(b"")
    labels = read_manifest(people.write_manifest(library))
    assert {stem: (label.subject, label.group) for stem, label in labels.items()} == {
        "talk": ('Jane, the "first"', "pristine"),
        "other": ('Jane, the "first"', "pristine"),
        "them": ("Them", "celeb"),
    }
    assert labels["talk"].session == f"{jane.id}: monday"
    assert labels["talk"].session != labels["other"].session


def test_a_frame_table_that_is_sent_is_a_recording_too(program: TestClient, library: Library) -> None:
    person = program.post("/api/v1/people", json={"name": "Jane"}).json()["id"]
    program.post(f"/api/v1/people/{person}/recordings", params={"name": "a.parquet"}, content=b"x")
    assert [path.name for path in people.list_tables(library.people / person)] == ["a.parquet"]
    assert program.delete(f"/api/v1/people/{person}/recordings/a.parquet").status_code == 200
    assert people.list_tables(library.people / person) == []


def test_a_frame_table_that_a_command_wrote_is_shown_and_can_be_deleted(
    program: TestClient, library: Library
) -> None:
    person = program.post("/api/v1/people", json={"name": "Jane"}).json()["id"]
    tables = library.people / person / "tables"
    tables.mkdir()
    (tables / "talk.parquet").write_bytes(b"x")
    assert "talk.parquet" in program.get(f"/people/{person}").text
    assert program.delete(f"/api/v1/people/{person}/recordings/person.json").status_code == 404
    assert program.delete(f"/api/v1/people/{person}/recordings/talk.parquet").status_code == 200
    assert list(tables.iterdir()) == []


def test_recordings_that_come_at_the_same_time_are_all_kept(library: Library, tmp_path: Path) -> None:
    jane = people.add_person(library, "Jane")
    source = tmp_path / "talk.mp4"
    source.write_bytes(b"x")
    with ThreadPoolExecutor(8) as pool:
        added = list(
            pool.map(lambda _: people.add_recording(library, jane.id, "talk.mp4", source).file, range(24))
        )
    assert len(set(added)) == 24
    kept = people.find_person(library, jane.id).record
    assert kept is not None
    assert {one.file for one in kept.recordings} == set(added)


def test_the_occasion_of_a_recording_can_be_said_later(program: TestClient, library: Library) -> None:
    person = program.post("/api/v1/people", json={"name": "Jane"}).json()["id"]
    recordings = f"/api/v1/people/{person}/recordings"
    program.post(recordings, params={"name": "a.parquet"}, content=b"x")
    (library.people / person / "tables" / "b.parquet").write_bytes(b"x")
    for file in ("a.parquet", "b.parquet"):
        assert program.post(f"{recordings}/{file}/occasion", json={"session": " monday "}).status_code == 200
    people.write_manifest(library)
    from features.manifest import read_manifest

    assert {label.session for label in read_manifest(library.manifest).values()} == {f"{person}: monday"}
    program.post(f"{recordings}/a.parquet/occasion", json={"session": None})
    assert program.get(f"/api/v1/people/{person}").json()["recordings"][0]["session"] is None
    assert program.post(f"{recordings}/c.parquet/occasion", json={"session": "x"}).status_code == 404


def test_a_person_is_deleted_for_good(program: TestClient, library: Library) -> None:
    person = program.post("/api/v1/people", json={"name": "Jane"}).json()["id"]
    sent = program.post(f"/api/v1/people/{person}/recordings", params={"name": "v.mp4"}, content=b"x")
    assert sent.status_code == 201
    (library.models / f"{person}.skops").write_bytes(b"")
    people.write_manifest(library)
    library.manifest.write_text(
        library.manifest.read_text() + "people/Jane/tables/v.parquet,Jane,pristine,x,\n"
    )
    assert program.post(f"/api/v1/people/{person}/learn").status_code == 202
    assert "Cancel that first" in program.delete(f"/api/v1/people/{person}").json()["error"]
    job = program.get("/api/v1/jobs").json()["jobs"][0]["id"]
    program.post(f"/api/v1/jobs/{job}/cancel")
    library.cache_of(person).mkdir()
    (library.cache_of(person) / "summary.json").write_bytes(b"")
    assert program.delete(f"/api/v1/people/{person}").status_code == 200
    assert [path for path in library.root.glob("*/**/*") if path.is_file()] == []
    assert "Jane" not in library.manifest.read_text()
    assert program.get(f"/people/{person}").status_code == 404


def test_a_recording_is_deleted_with_its_tables_and_no_others(library: Library) -> None:
    jane = people.add_person(library, "Jane")
    tables = library.people / jane.id / "tables"
    tables.mkdir()
    for file in ("a.mp4", "ab.mp4"):
        (library.root.parent / file).write_bytes(b"x")
        people.add_recording(library, jane.id, file, library.root.parent / file)
        for ending in (".parquet", ".tracks.parquet", ".mesh.parquet", ".voice.parquet"):
            (tables / f"{Path(file).stem}{ending}").write_bytes(b"")
    people.remove_recording(library, jane.id, "a.mp4")
    endings = ("", ".tracks", ".mesh", ".voice")
    assert {path.name for path in tables.iterdir()} == {f"ab{ending}.parquet" for ending in endings}
    assert [path.name for path in (library.people / jane.id / "videos").iterdir()] == ["ab.mp4"]
    assert (library.root.parent / "a.mp4").exists()


def write_verdict(library: Library, folder: str, **changed: object) -> None:
    """What the page reads of a verdict that a command wrote."""
    video = {
        "video": "v.mp4",
        "label": "consistent",
        "sentence": "v.mp4 is consistent with Jane.",
        "log10_lr": None,
    }
    content = {"created_utc": "2026-11-20T10:00:00+00:00", "person": "Jane", "videos": [video], **changed}
    (library.verdicts / folder).mkdir()
    (library.verdicts / folder / "verdict.json").write_text(json.dumps(content))


def test_a_verdict_that_a_command_wrote_is_shown_and_found(program: TestClient, library: Library) -> None:
    write_verdict(library, "by hand")
    write_verdict(library, "other", person="Zoë")
    assert "is consistent with <bdi>Jane</bdi>" in program.get("/suspects").text

    def find(words: str) -> set[str]:
        found = program.get("/api/v1/suspects", params={"search": words}).json()["suspects"]
        return {one["id"] for one in found}

    assert find("") == {"by hand", "other"}
    assert find("JANE consistent") == {"by hand", "other"}  # both sentences say so
    assert find("zoe\u0308") == {"other"}
    assert find("2026-11-20 v.mp4") == {"by hand", "other"}
    assert find("nothing of this") == set()
    assert program.delete("/api/v1/suspects/by%20hand").status_code == 200
    assert find("") == {"other"}


def test_a_person_and_a_verdict_of_one_name_are_two(program: TestClient, library: Library) -> None:
    write_verdict(library, "Jane")
    person = people.add_person(library, "Jane")
    job = queue.add_job(library, "learn", person.id, "Jane")
    assert person.id == "Jane"
    assert program.get("/api/v1/suspects/Jane").json()["job"] is None
    assert program.delete("/api/v1/suspects/Jane").status_code == 200
    assert queue.read_job(library, job.id).state == "queued"


def test_a_verdict_whose_ratio_is_no_number_costs_itself_only(program: TestClient, library: Library) -> None:
    write_verdict(library, "good")
    video = {"video": "v.mp4", "label": "consistent", "sentence": "s", "log10_lr": "x"}
    write_verdict(library, "odd", videos=[video])
    found = program.get("/api/v1/suspects").json()["suspects"]
    assert [one["id"] for one in found] == ["good"]


def test_a_recording_that_cannot_be_kept_is_not_listed(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jane = people.add_person(library, "Jane")

    def refuse(*_: object) -> None:
        raise FileExistsError

    monkeypatch.setattr(people, "link_file", refuse)
    with pytest.raises(FileExistsError):
        people.add_recording(library, jane.id, "v.mp4", tmp_path / "v.mp4")
    assert people.read_recordings_of(library, jane.id).recordings == ()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"videos": 5}', "[" * 100_000, "null"])
def test_what_is_no_verdict_is_passed_over(program: TestClient, library: Library, content: str) -> None:
    (library.verdicts / "odd").mkdir()
    (library.verdicts / "odd" / "verdict.json").write_text(content)
    assert suspects.list_suspects(library) == []
    assert program.get("/").status_code == 200
    assert program.get("/suspects/odd").status_code == 404


def test_the_page_and_reports_have_no_template_of_the_same_name() -> None:
    """Of two the page's would be taken, in reports too."""
    root = Path(__file__).parents[2]
    own, of_reports = (
        {path.name for path in (root / folder / "templates").iterdir()}
        for folder in ("motionsig/page", "report")
    )
    assert own & of_reports == set()
