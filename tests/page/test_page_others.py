"""The folder of the other people: who is in which file, and what is left out is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from frame_tables import write_moving
from starlette.testclient import TestClient

from ground.errors import InputError
from motionsig.use_cases.library import people, queue, worker
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.others import add_others


def test_names_say_who_is_in_videos_that_stay_where_they_are(library: Library, named: Path) -> None:
    for file in ("4_id1_celeb.mp4", "holiday.mp4", "1_id0_fake.mov", "notes.txt"):
        (named / file).write_bytes(b"x")
    assert add_others(library, named) == (["holiday.mp4"], [])
    assert add_others(library, named) == (["holiday.mp4"], [])  # again, and nothing is added twice
    recordings = people.read_others(library).recordings
    assert {(one.file, one.subject, one.group) for one in recordings} == {
        ("4_id1_celeb.mp4", "celeb_id1", "celeb"),
        ("1_id0_fake.mov", "id0", "fake"),
    }
    assert all((library.others / "videos" / one.file).is_symlink() for one in recordings)


def test_a_manifest_says_who_is_in_frame_tables_which_are_copied(library: Library, named: Path) -> None:
    write_moving(named, "a.mp4", seconds=12)
    write_moving(named, "b.mp4", seconds=12)
    (named / "people.csv").write_text("path,subject,group,session\na.parquet,Ann,celeb,monday\n")
    assert add_others(library, named) == (["b.parquet"], [])
    (recording,) = people.read_others(library).recordings
    assert (recording.subject, recording.session) == ("Ann", "monday")
    assert (library.others / "tables" / "a.parquet").read_bytes() == (named / "a.parquet").read_bytes()


def test_a_folder_of_which_nobody_says_anything_is_refused(library: Library, named: Path) -> None:
    (named / "holiday.mp4").write_bytes(b"x")
    with pytest.raises(InputError, match=r"Put a manifest people\.csv into the folder"):
        add_others(library, named)


def test_links_that_lead_out_of_the_folder_are_left_out_and_named(library: Library, named: Path) -> None:
    (named / "4_id1_celeb.mp4").write_bytes(b"x")
    (library.root.parent / "private.mp4").write_bytes(b"x")
    (named / "5_id2_celeb.mp4").symlink_to(library.root.parent / "private.mp4")
    assert add_others(library, named) == ([], ["5_id2_celeb.mp4"])
    assert [one.file for one in people.read_others(library).recordings] == ["4_id1_celeb.mp4"]


def test_a_person_who_is_called_like_the_other_people_is_somebody_else(
    program: TestClient, library: Library
) -> None:
    person = program.post("/api/v1/people", json={"name": "others"}).json()["id"]
    sent = program.post(f"/api/v1/people/{person}/recordings", params={"name": "v.mp4"}, content=b"x")
    assert sent.status_code == 201
    assert people.read_others(library).recordings == ()
    assert people.read_recordings_of(library, person).recordings[0].file == "v.mp4"


def test_files_of_one_name_do_not_take_the_place_of_each_other(library: Library, named: Path) -> None:
    jane = people.add_person(library, "Jane")
    (named / "4_id1_celeb.mp4").write_bytes(b"x")
    people.add_recording(library, jane.id, "4_id1_celeb.mp4", named / "4_id1_celeb.mp4")
    add_others(library, named)
    assert [one.file for one in people.read_others(library).recordings] == ["4_id1_celeb-2.mp4"]


def test_the_page_sets_the_folder_once_and_says_what_is_missing_for_a_background(
    program: TestClient, library: Library, named: Path, tmp_path: Path
) -> None:
    for k in range(2):
        write_moving(named, f"{k}_id{k}_celeb.mp4", seconds=12, seed=k)
    write_moving(named, "holiday.mp4", seconds=12)
    assert program.post("/api/v1/others/named", json={"path": str(tmp_path)}).status_code == 400
    answer = program.post("/api/v1/others/named", json={"path": str(named)})
    assert answer.status_code == 202
    assert worker.work_once(library, 1)
    job = queue.read_job(library, answer.json()["id"])
    assert (job.state, job.message) == ("done", None)
    assert job.notices[0] == "Left out, because nobody says who is in them: holiday.parquet."
    problem = people.read_others(library).problem
    assert problem
    text = program.get("/others").text
    assert problem.splitlines()[0] in text
    assert str(named) in text
    assert not library.background.exists()
