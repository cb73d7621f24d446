"""One face a video: the mean direction of the chosen person's tracks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faces import NETWORK, choose, make_embedding, make_face, make_track, write_measured
from frame_tables import make_frames, make_table, write_table

from extract.description import Backend
from extract.frame_table import read_metadata
from extract.people.faces import average_directions
from extract.people.measured_faces import MeasuredFace, read_measured_face
from extract.people.tracks_table import find_tracks_table, write_tracks_table
from ground.errors import TableError


def test_a_face_is_the_mean_of_the_chosen_tracks_weighted_by_looks(tmp_path: Path) -> None:
    """Looked at three times and once, at right angles: 3 / sqrt(10) of the one, 1 / sqrt(10) of the other."""
    unseen = make_track(np.full(128, np.nan, np.float32))
    table = write_measured(
        tmp_path,
        "a.mp4",
        make_track(make_embedding(0), looks=3),
        make_track(make_embedding(1), looks=1),
        make_track(make_embedding(2), chosen=False, looks=90),
        unseen,
    )
    face = read_measured_face(table, read_metadata(table))
    assert face is not None
    assert face.network == NETWORK
    assert face.embedding[:3].tolist() == pytest.approx([3 / 10**0.5, 1 / 10**0.5, 0.0])
    assert np.linalg.norm(face.embedding) == pytest.approx(1.0, abs=1e-6)


def test_without_tracks_of_this_very_table_there_is_no_face(tmp_path: Path) -> None:
    track = make_track(make_embedding(0))
    table = write_measured(tmp_path, "a.mp4", track)
    metadata = read_metadata(table)
    assert read_measured_face(table, metadata.model_copy(update={"person": None})) is None
    assert metadata.person is not None
    other = metadata.person.model_copy(update={"choice": "reference", "reference": "ab"})
    assert read_measured_face(table, metadata.model_copy(update={"person": other})) is None
    write_tracks_table(find_tracks_table(table), [replace(track, chosen=False)], metadata)
    assert read_measured_face(table, metadata) is None
    find_tracks_table(table).unlink()
    assert read_measured_face(table, metadata) is None


def test_a_damaged_table_of_tracks_is_refused_and_where_nobody_was_found_it_is_not_read(
    tmp_path: Path,
) -> None:
    nobody = choose(make_table(make_frames([0.0, 0.1]), "a.mp4"), number=None)
    table = write_table(nobody, tmp_path)
    find_tracks_table(table).write_bytes(b"no table")
    assert read_measured_face(table, nobody.metadata) is None
    with pytest.raises(TableError, match=r"a\.tracks\.parquet is not a readable table of tracks"):
        read_measured_face(table, choose(nobody).metadata)


def test_faces_by_other_networks_are_not_compared() -> None:
    assert make_face(0, 0.6).compare(make_face(0)) == pytest.approx(0.6)
    other = MeasuredFace(Backend(name="other", version="1"), make_embedding(0))
    assert make_face(0).compare(other) is None


def test_directions_that_cancel_each_other_have_no_mean() -> None:
    assert np.isnan(average_directions([])).all()
    assert np.isnan(average_directions([make_embedding(0), -make_embedding(0)])).all()


def test_a_direction_that_weighs_more_is_nearer_to_the_mean() -> None:
    mean = average_directions([make_embedding(0), make_embedding(1)], [4, 3])
    assert mean[:2].tolist() == pytest.approx([0.8, 0.6]), "a right triangle of 3, 4 and 5"
    assert mean.dtype == np.float32
