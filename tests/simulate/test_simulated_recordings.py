"""Simulated people in several recordings: what the spread says is in the numbers; the tables are valid."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from extract.frame_table import ACTION_UNITS, COLUMNS, SIDES, read_frame_table
from features.recordings import SIGNATURE_CLIPS
from features.windows import lay_clips
from ground.errors import InputError
from motionsig.use_cases.population_tables import write_recordings
from simulate.recordings import (
    NULL,
    REAL,
    SEPARABLE,
    RecordingPlan,
    RecordingSpread,
    SimulatedRecording,
    simulate_recordings,
)
from simulate.signature import BAND_HZ

FACE = [*ACTION_UNITS, "pose_Rx", "pose_Rz"]
SMALL = RecordingPlan(people=3, sessions=2, seconds=8, fps=10)


def describe(recording: SimulatedRecording, columns: list[str]) -> npt.NDArray[np.float64]:
    """The mean over clips of Fisher's z of the columns' correlations."""
    frames = recording.table.frames
    values, clips = frames[columns].to_numpy(), lay_clips(frames["time_s"], SIGNATURE_CLIPS)
    rows, places = [], np.triu_indices(len(columns), 1)
    for first, stop in zip(clips.first, clips.stop, strict=True):
        rows.append(np.arctanh(np.corrcoef(values[first:stop].T)[places]))
    return np.mean(rows, axis=0)


def compute_auc(plan: RecordingPlan, seed: int) -> float:
    """How often two recordings of one person are more alike (cosine) than those of two people."""
    recordings = list(simulate_recordings(plan, seed))
    described = np.array([describe(one, FACE) for one in recordings])
    standard = (described - described.mean(axis=0)) / described.std(axis=0)
    standard /= np.linalg.norm(standard, axis=1, keepdims=True)
    first, second = np.triu_indices(len(recordings), 1)
    alike = (standard @ standard.T)[first, second]
    people = np.array([one.subject for one in recordings])
    same = people[first] == people[second]
    return float((alike[same][:, None] > alike[~same]).mean())


@pytest.mark.parametrize(
    ("spread", "least", "most"), [(NULL, 0.42, 0.58), (REAL, 0.72, 0.92), (SEPARABLE, 0.999, 1.0)]
)
def test_people_are_told_apart_as_far_as_the_plan_says(
    spread: RecordingSpread, least: float, most: float
) -> None:
    """Of 30 people in 3 recordings, with 90 pairs of the same person: the AUC of a null plan errs by .03."""
    found = compute_auc(RecordingPlan(people=30, fps=12, spread=spread), seed=1)
    assert least <= found <= most


def test_collections_alone_do_not_make_people() -> None:
    """Recordings go to collections by chance, so that cameras that differ much are in both kinds of pairs."""
    spread = replace(NULL, collection=1.0, session=0.1)
    assert compute_auc(RecordingPlan(people=30, fps=12, spread=spread), seed=1) == pytest.approx(0.5, abs=0.1)


def measure_power(recording: SimulatedRecording, lowest: float, highest: float) -> npt.NDArray[np.float64]:
    """The share of each moving column's variance between two frequencies."""
    frames = recording.table.frames
    moving = frames.drop(columns=["frame", "time_s"]).loc[:, frames.nunique() > 1].to_numpy()
    power = np.abs(np.fft.rfft(moving - moving.mean(axis=0), axis=0)) ** 2
    frequency = np.fft.rfftfreq(len(moving), float(np.median(np.diff(frames["time_s"]))))
    inside = (frequency >= lowest - 1e-9) & (frequency <= highest + 1e-9)
    return np.asarray(power[inside].sum(axis=0) / power.sum(axis=0))


def test_motion_lies_in_the_band_and_moments_widen_it_by_their_own() -> None:
    still = replace(SMALL, seconds=20, spread=RecordingSpread(collection=0, moment=0))
    (first, *_) = simulate_recordings(still)
    np.testing.assert_allclose(measure_power(first, *BAND_HZ), 1)
    moved = replace(still, spread=RecordingSpread(collection=0, moment=0.5))
    (first, *_) = simulate_recordings(moved)
    assert measure_power(first, *BAND_HZ).min() < 0.999
    np.testing.assert_allclose(measure_power(first, BAND_HZ[0] - 0.1, BAND_HZ[1] + 0.1), 1)


def test_a_collection_brings_white_noise_of_measurement() -> None:
    """A spread of s gives noise of s/2 to 3s/2 of the usual size, spread evenly up to half the frame rate."""
    noisy = replace(SMALL, seconds=60, fps=20, spread=RecordingSpread(0, 1.0, 0, 0))
    quiet = replace(noisy, spread=RecordingSpread(0, 0, 0, 0))
    above = {}
    for plan in (noisy, quiet):
        (first, *_) = simulate_recordings(plan)
        power = 1 - measure_power(first, 0, BAND_HZ[1] + 0.1)
        above[plan] = float((power * first.table.frames[list(SIDES)].var().mean()).mean())
    assert above[quiet] < 1e-12
    usual = 0.03**2 * (10 - BAND_HZ[1] - 0.1) / 10  # what white noise of the usual size has up there
    assert 0.25 * usual < above[noisy]


def test_the_same_seed_gives_the_same_people_however_many_there_are() -> None:
    few = list(simulate_recordings(SMALL, seed=1))
    more = list(simulate_recordings(replace(SMALL, people=4), seed=1))
    other = next(simulate_recordings(SMALL, seed=2))
    for one, again in zip(few, more, strict=False):
        assert one.table.metadata == again.table.metadata
        np.testing.assert_array_equal(one.table.frames, again.table.frames)
    assert np.abs(few[0].table.frames["AU01_r"] - other.table.frames["AU01_r"]).max() > 0.01
    assert len({one.table.metadata.source.sha256 for one in [*more, other]}) == 9


def test_numbers_that_make_no_recording_are_refused() -> None:
    for wrong in ({"people": 0}, {"sessions": 0}, {"collections": 0}, {"seconds": 1}, {"fps": float("nan")}):
        with pytest.raises(InputError):
            replace(SMALL, **wrong)
    with pytest.raises(InputError, match="-1 is not a seed"):
        next(simulate_recordings(SMALL, seed=-1))


def test_the_tables_read_back_and_the_manifest_says_who_is_in_them(tmp_path: Path) -> None:
    written = write_recordings(tmp_path / "people", SMALL)
    found = []
    for manifest in (written.unseen, written.background):
        with manifest.open(encoding="utf-8") as stream:
            found += [(manifest.parent / row["path"], row) for row in csv.DictReader(stream)]
    assert list(found[0][1]) == ["path", "subject", "group", "session", "collection"]
    assert [path.stem for path, _ in found] == list(SMALL.names)
    for (path, row), one in zip(found, simulate_recordings(SMALL), strict=True):
        table = read_frame_table(path)
        assert list(table.frames) == [*COLUMNS, *SIDES]
        np.testing.assert_array_equal(table.frames, one.table.frames)
        assert (row["subject"], row["group"], row["session"], row["collection"]) == (
            one.subject,
            one.group,
            one.session,
            one.collection,
        )


def test_nobody_to_be_judged_is_among_those_to_learn_a_background_from(tmp_path: Path) -> None:
    written = write_recordings(tmp_path, SMALL)
    people = [
        {path.stem.split("_")[1] for path in manifest.with_suffix("").glob("*.parquet")}
        for manifest in (written.unseen, written.background)
    ]
    assert people == [{"id0", "id1"}, {"id2"}]
    with pytest.raises(InputError, match="leave nobody to learn a background from"):
        write_recordings(tmp_path, replace(SMALL, people=2))


def test_recordings_of_others_in_the_folder_are_not_taken_for_theirs(tmp_path: Path) -> None:
    write_recordings(tmp_path, replace(SMALL, people=4))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="holds 2 other tables, such as 6_id3_pristine"):
        write_recordings(tmp_path, SMALL)
    assert sorted(tmp_path.rglob("*")) == before
