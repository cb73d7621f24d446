"""Who is in a video, from names and manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.labels import MANIFEST_COLUMNS, Label, label_from_name, name_clip, read_manifest, video_of_clip
from ground.errors import TableError
from ground.rows import write_rows


def test_the_published_convention() -> None:
    assert label_from_name("16_id0_fake") == Label("id0", "fake", "16_id0_fake")
    assert label_from_name("3_id0_pristine") == Label("id0", "pristine", "3_id0_pristine")


def test_celebrities_are_counted_on_their_own() -> None:
    """`id0` counts within its group, so the celebrity id0 is not the person id0 of the pristine videos."""
    celebrity = label_from_name("1_id0_celeb")
    pristine = label_from_name("1_id0_pristine")
    assert celebrity is not None
    assert pristine is not None
    assert celebrity.subject != pristine.subject


@pytest.mark.parametrize(
    "stem", ["talk", "16_id0", "16_id0_real", "x_id0_fake", "16_0_fake", "16_id0_fake_2", "16_id0_fake\n", ""]
)
def test_other_names_say_nothing(stem: str) -> None:
    assert label_from_name(stem) is None


@pytest.mark.parametrize("stem", ["16_id0_fake", "my_clip_1", "a_clip_", "my talk, part 2", "line\nbreak"])
def test_a_clip_name_gives_back_its_video(stem: str) -> None:
    assert video_of_clip(name_clip(stem, 12)) == stem


@pytest.mark.parametrize("name", ["16_id0_fake", "talk_clip_", "talk_clip_x", "_clip_3", ""])
def test_what_is_no_clip_name_has_no_video(name: str) -> None:
    assert video_of_clip(name) is None


def write_manifest(folder: Path, text: str, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    path = folder / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_manifest_gives_labels_by_video(tmp_path: Path) -> None:
    path = write_manifest(
        tmp_path,
        "subject, group ,path,session\nAda,pristine,talks/one.mp4,studio\nAda,fake,two.parquet,\n",
        "talks/one.mp4",
        "two.parquet",
    )
    assert read_manifest(path) == {
        "one": Label("Ada", "pristine", "studio"),
        "two": Label("Ada", "fake", "two"),  # a session of its own
    }


def test_a_manifest_may_name_the_collection(tmp_path: Path) -> None:
    path = write_manifest(
        tmp_path,
        "path,subject,group,session,collection\na.mp4,Ada,pristine,1, archive \nb.mp4,Ada,pristine,2,\n",
        "a.mp4",
        "b.mp4",
    )
    assert read_manifest(path) == {
        "a": Label("Ada", "pristine", "1", "archive"),
        "b": Label("Ada", "pristine", "2", None),
    }


def test_a_manifest_of_a_spreadsheet_with_its_byte_order_mark(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, "\ufeffpath,subject,group,session\r\na.mp4,Ada,fake,1\r\n", "a.mp4")
    assert read_manifest(path) == {"a": Label("Ada", "fake", "1")}


def test_rows_pasted_from_our_own_tables_name_the_same_people_and_files(tmp_path: Path) -> None:
    names = ["-abc.parquet", "'-def.parquet", "'plain.parquet"]
    write_manifest(tmp_path, "", *names)
    people = ["-Ada", "=1+1", "O'Neil"]
    rows = [(name, person, "pristine", "@1") for name, person in zip(names, people, strict=True)]
    write_rows(tmp_path / "manifest.csv", MANIFEST_COLUMNS, rows)
    assert "\n'-abc.parquet,'-Ada,pristine,'@1" in (tmp_path / "manifest.csv").read_text()
    assert read_manifest(tmp_path / "manifest.csv") == {
        Path(name).stem: Label(person, "pristine", "@1") for name, person in zip(names, people, strict=True)
    }


def test_data_may_lie_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.mp4").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "videos").symlink_to(tmp_path / "disk", target_is_directory=True)
    path = write_manifest(tmp_path / "data", "path,subject,group,session\nvideos/a.mp4,Ada,fake,1\n")
    assert read_manifest(path) == {"a": Label("Ada", "fake", "1")}


def test_every_problem_of_a_manifest_is_listed_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    outside = tmp_path / "outside.mp4"
    outside.touch()
    text = (
        "path,subject,group,session\n"
        "a.mp4,Ada,pristine,1\n"
        "gone.mp4,Ada,pristine,1\n"
        "../outside.mp4,Ada,pristine,1\n"
        f"{outside},Ada,pristine,1\n"
        "a.mp4,Ada,pristine,2\n"
        "b/a.mp4,Bob,celeb,3\n"
        ",,real,4\n"
        "c.mp4,Ada,pristine,1,more\n"
    )
    path = write_manifest(folder, text, "a.mp4", "b/a.mp4", "c.mp4")
    with pytest.raises(TableError) as caught:
        read_manifest(path)
    message = str(caught.value)
    assert message.startswith(f"The manifest {path} has 9 problems:")
    for problem in (
        "line 3: gone.mp4 does not exist in",
        "line 4: ../outside.mp4 is outside the data folder",
        f"line 5: {outside} is outside the data folder",
        "lines 2, 6, 7: several files are named a,",
        "lines 4, 5: several files are named outside,",
        "line 8: no path",
        "line 8: no subject",
        "line 8: unknown group 'real' (use pristine, celeb, fake)",
        "line 9: more cells than columns",
    ):
        assert problem in message


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("path,subject,group", "1 missing column: session"),
        ("path,subject,group,session,label", "1 unknown column: 'label'"),
        ("path,subject,group,session,path", "1 column more than once: path"),
        ("path,subject,group,session,collection,collection", "1 column more than once: collection"),
        ("a,b", "4 missing columns: path, subject, group, session"),
        ("", "4 missing columns: path, subject, group, session"),
    ],
)
def test_the_columns_of_a_manifest_are_checked(tmp_path: Path, header: str, problem: str) -> None:
    path = write_manifest(tmp_path, f"{header}\n", "a.mp4")
    with pytest.raises(TableError) as caught:
        read_manifest(path)
    assert f"line 1: {problem}" in str(caught.value)


def test_a_manifest_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no rows"):
        read_manifest(write_manifest(tmp_path, "path,subject,group,session\n"))


def test_what_cannot_be_read_as_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="There is no manifest"):
        read_manifest(tmp_path / "manifest.csv")
    (tmp_path / "manifest.csv").write_bytes(b"path,\xff\xfe\n")
    with pytest.raises(TableError, match="cannot be read as CSV in UTF-8"):
        read_manifest(tmp_path / "manifest.csv")
