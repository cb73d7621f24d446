"""Who is in which video, from a table that a person writes."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from features.labels import Label
from features.manifest import MANIFEST_COLUMNS, find_label, list_manifest_files, read_manifest
from ground.errors import TableError
from ground.rows import write_rows


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


def test_a_manifest_may_name_who_drives_a_fake(tmp_path: Path) -> None:
    path = write_manifest(
        tmp_path,
        "path,subject,group,session,driver,driver_session\n"
        "a.mp4,Ada,pristine,Monday,,\nb.mp4,Bob,fake,swap, ADA ,monday\n",
        "a.mp4",
        "b.mp4",
    )
    labels = read_manifest(path)
    assert labels["b"] == Label("Bob", "fake", "swap", None, "Ada", "Monday"), "in the first spelling"
    assert (labels["a"].driver, labels["a"].driver_session) == (None, None)


def test_a_session_of_a_driver_whom_nobody_names_is_refused_by_its_line(tmp_path: Path) -> None:
    text = "path,subject,group,session,driver,driver_session\na.mp4,Ada,fake,swap,,Monday\n"
    with pytest.raises(TableError, match="line 2: a driver_session, Monday, and no driver"):
        read_manifest(write_manifest(tmp_path, text, "a.mp4"))


def test_a_driver_of_authentic_footage_is_refused_by_its_line(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, "path,subject,group,session,driver\na.mp4,Ada,pristine,1,Bob\n", "a.mp4")
    with pytest.raises(TableError, match=r"line 2: a driver, Bob, of a video that is no fake"):
        read_manifest(path)


def test_spellings_of_one_collection_are_one_and_are_said(tmp_path: Path) -> None:
    path = write_manifest(
        tmp_path,
        "path;subject;group;session;Collection\n"
        f"a.mp4;Ada;pristine;1;{COMPOSED}\nb.mp4;Ada;pristine;2;{DECOMPOSED}\nc.mp4;Ada;pristine;3;\u200b\n",
        "a.mp4",
        "b.mp4",
        "c.mp4",
    )
    warnings: list[str] = []
    labels = read_manifest(path, warnings.append)
    assert [label.collection for label in labels.values()] == [COMPOSED, COMPOSED, None]
    (said,) = warnings
    assert said.startswith("1 collection is spelt in several ways, and each counts as one: 'Zoë' also as ")


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


ROWS = [
    ("path", "subject", "group", "session"),
    ("a.mp4", "Zoë", "pristine", "studio"),
    ("b.mp4", "Ada", "fake", ""),
]
LABELS = {"a": Label("Zoë", "pristine", "studio"), "b": Label("Ada", "fake", "b")}


def join(delimiter: str, line_end: str = "\r\n", after: str = "") -> str:
    return "".join(delimiter.join(row) + after + line_end for row in ROWS)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (join(";"), "utf-8-sig"),  # Excel where numbers have a decimal comma, "CSV UTF-8"
        (join("\t"), "utf-16"),  # Excel, "Unicode Text"
        (join("\t"), "utf-8"),  # pasted from a spreadsheet
        (
            join(",", after=",,") + ",,,,,\r\n,,,,,\r\n",
            "utf-8-sig",
        ),  # columns and rows that were once touched
        (join(",") + "\r\n,,,\r\n", "utf-8"),
        (join(",").replace("path", " Path ").replace("pristine", "Pristine"), "utf-8"),
    ],
    ids=["semicolons", "utf-16", "tabs", "empty columns and rows", "empty rows", "capitals"],
)
def test_a_manifest_as_spreadsheets_write_it(tmp_path: Path, text: str, encoding: str) -> None:
    path = write_manifest(tmp_path, "", "a.mp4", "b.mp4")
    path.write_bytes(text.encode(encoding))
    assert read_manifest(path) == LABELS


def test_a_manifest_in_another_alphabet_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, "", "a.mp4", "b.mp4")
    path.write_bytes(join(";").encode("cp1252"))
    with pytest.raises(TableError, match="In a spreadsheet, save it as 'CSV UTF-8'"):
        read_manifest(path)


COMPOSED, DECOMPOSED = "Zoë", "Zoe\u0308"


@pytest.mark.parametrize(
    ("written", "on_disk"),
    [
        (f"{COMPOSED}/Übung.mp4", f"{DECOMPOSED}/U\u0308bung.mp4"),  # copied from a Mac
        (f"{DECOMPOSED}/U\u0308bung.mp4", f"{COMPOSED}/Übung.mp4"),
        ("9.41 AM.mov", "9.41\u202fAM.mov"),  # macOS names screen recordings so
        (f"talks\\{COMPOSED}.mp4", f"talks/{DECOMPOSED}.mp4"),  # written on Windows
    ],
)
def test_a_path_finds_the_file_that_is_spelt_otherwise_on_the_disk(
    tmp_path: Path, written: str, on_disk: str
) -> None:
    path = write_manifest(tmp_path, f"path,subject,group,session\n{written},Ada,pristine,\n", on_disk)
    assert list_manifest_files(path) == [tmp_path / on_disk]
    for spelling in (Path(on_disk).stem, unicodedata.normalize("NFC", Path(on_disk).stem)):
        label = find_label(read_manifest(path), spelling)
        assert label is not None
        assert label.subject == "Ada"
    assert find_label(read_manifest(path), "other") is None


def test_a_path_that_fits_two_files_is_refused_unless_it_is_exactly_one_of_them(tmp_path: Path) -> None:
    files = ["a\u00a0b.mp4", "a\u2009b.mp4"]
    path = write_manifest(tmp_path, "path,subject,group,session\na b.mp4,Ada,pristine,\n", *files)
    with pytest.raises(TableError) as caught:
        read_manifest(path)
    assert "line 2: a b.mp4 fits " in str(caught.value)
    path.write_text(f"path,subject,group,session\n{files[1]},Ada,pristine,\n", encoding="utf-8")
    assert list_manifest_files(path) == [tmp_path / files[1]]


def test_spellings_of_one_name_are_one_and_are_said_and_near_ones_are_only_said(tmp_path: Path) -> None:
    people = [COMPOSED, DECOMPOSED, "ZOË", "Zoë\u00a0Bell", "Zoë  Bell", "Zoe"]
    rows = "".join(f"{k}.mp4,{name},pristine,Studio{' ' * k}{k % 2}\n" for k, name in enumerate(people))
    path = write_manifest(
        tmp_path, f"path,subject,group,session\n{rows}", *(f"{k}.mp4" for k in range(len(people)))
    )
    warnings: list[str] = []
    labels = read_manifest(path, warnings.append)
    assert [label.subject for label in labels.values()] == ["Zoë"] * 3 + ["Zoë Bell"] * 2 + ["Zoe"]
    assert {label.session for label in labels.values()} == {"Studio0", "Studio 1", "Studio 0"}
    people_said, near, sessions = warnings
    assert people_said.startswith("2 people are spelt in several ways, and each counts as one: ")
    assert "'Zoë' also as 'Zoe\\u0308', 'ZOË'; 'Zoë Bell' also as 'Zoë\\xa0Bell', 'Zoë  Bell'." in people_said
    assert near.startswith("Some names are nearly the same: 'Zoë' and 'Zoe'. They count as different people.")
    assert sessions.startswith("2 sessions are spelt in several ways")


def test_names_that_are_typed_alike_give_no_warning(tmp_path: Path) -> None:
    text = "path,subject,group,session\na.mp4,id0,pristine,\nb.mp4,id1,pristine,\n"
    warnings: list[str] = []
    read_manifest(write_manifest(tmp_path, text, "a.mp4", "b.mp4"), warnings.append)
    assert not warnings
