"""Whether clips may be joined out of several short shots, for docs/measurements/shots-and-clips.md.

    MOTIONSIG_TEST_PEOPLE=FOLDER python bench/joined_shots.py

Recordings without a cut are cut into shots of 3 to 8 s, whose order is shuffled. Clips of 10 s are then laid
over several shots, as if they were one, and compared with clips of the recording as it was. So the joined
shots have one person, one camera and one framing in common: the kindest case. First what joining does to the
435 correlations, then to verification, within a recording and across recordings. Missed and let through: at
the 5th percentile of the scores of the person's own recordings as they were. Brackets: 95 % intervals over
people, by resampling them. Takes about four minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from support.people import find_people_or_skip

from classify.background.learning import FUSED
from extract.frame_table import CUT, FrameTable
from extract.table_sides import read_with_sides
from features.clips import CorrelationOptions, correlate_frame_table
from features.manifest import find_label, read_manifest
from features.recordings import describe_recording
from features.shots import find_shots
from features.signals import compute_positions
from features.windows import ClipRule

RULE: Final = ClipRule(10.0, 5.0)
SHOT_S: Final = (3.0, 8.0)
SHUFFLES: Final = 5
RESAMPLED: Final = 1000
# Half of a recording must hold some clips.
LONG_S: Final = 24.0
DESCRIBED: Final = ("face-pairs", "body-pairs", *FUSED)

Array = npt.NDArray[np.float64]
Numbers = dict[str, Array]


@dataclass(frozen=True)
class Recording:
    """One recording: whose, and its frame table."""

    person: str
    table: FrameTable

    @property
    def seconds(self) -> float:
        """Time of the last frame."""
        return float(self.table.frames["time_s"].iloc[-1])


def read_recordings(folder: Path) -> list[Recording]:
    """Read the people of a folder, as far as one clip of a recording is full."""
    labels = read_manifest(folder / "people.csv")
    found = []
    for path in sorted(folder.glob("*.parquet")):
        if label := find_label(labels, path.stem):
            found.append(Recording(label.subject, read_with_sides(path)))
    return [one for one in found if one.seconds >= RULE.length_s]


def cut_into_shots(table: FrameTable, rng: np.random.Generator) -> FrameTable:
    """Cut a recording into shots, shuffle them, and give their frames the times of the recording in turn."""
    times = table.frames["time_s"].to_numpy()
    borders = np.cumsum(rng.uniform(*SHOT_S, size=int(times[-1] / SHOT_S[0]) + 1))
    shots = np.split(np.arange(len(times)), np.searchsorted(times, borders[borders < times[-1] - SHOT_S[0]]))
    order = rng.permutation(len(shots))
    rows = np.concatenate([shots[shot] for shot in order])
    cut = np.zeros(len(rows))
    cut[np.cumsum([len(shots[shot]) for shot in order])[:-1]] = 1.0
    frames = table.frames.iloc[rows].reset_index(drop=True)
    return FrameTable(frames.assign(time_s=times, frame=np.arange(len(rows)), **{CUT: cut}), table.metadata)


def hide_cuts(table: FrameTable) -> FrameTable:
    """Join the shots: clips are laid over them as if there were no cut."""
    return FrameTable(table.frames.assign(**{CUT: 0.0}), table.metadata)


def centre_shots(table: FrameTable) -> FrameTable:
    """Join the shots, each about its own mean: what is left is what moves within shots."""
    frames = table.frames.copy()
    begins = find_shots(frames[CUT], len(frames))
    shot = np.searchsorted(begins, np.arange(len(frames)), side="right")
    columns = [name for name in frames if name not in ("frame", "time_s", CUT)]
    means = frames[columns].groupby(shot).transform("mean")
    frames[columns] += frames[columns].mean() - means
    return FrameTable(frames.assign(**{CUT: 0.0}), table.metadata)


def correlate(table: FrameTable) -> Array:
    """Return Fisher's z of the correlations of each clip, (clips, pairs)."""
    values = correlate_frame_table(table, CorrelationOptions(RULE)).block.correlations.to_numpy()
    return np.asarray(np.arctanh(np.clip(values, -0.999, 0.999)))


def compare_correlations(recordings: Sequence[Recording]) -> None:
    """Print how far clips of second halves lie from the mean of the first halves, as recorded and joined."""
    rows: dict[str, list[Array]] = {"as recorded": [], "joined": [], "joined, each shot about its mean": []}
    sizes: dict[str, list[Array]] = {name: [] for name in rows}
    between: list[float] = []
    for k, one in enumerate(recordings):
        first, second = halve(one.table)
        usual = np.nanmean(correlate(first), axis=0)
        shots = cut_into_shots(second, np.random.default_rng(k))
        tables = (second, hide_cuts(shots), centre_shots(shots))
        for name, table in zip(rows, tables, strict=True):
            values = correlate(table)
            rows[name].append(values - usual)
            sizes[name].append(np.abs(values))
        between.append(_share_between_shots(shots))
    print(f"{len(recordings)} recordings of {LONG_S:g} s and more\n")
    print("| clips of the second half | distance from the first half (z, RMS) | size of a correlation (z) |")
    print("|---|---|---|")
    for name, parts in rows.items():
        distance = np.sqrt(np.nanmean(np.vstack(parts) ** 2))
        print(f"| {name} | {distance:.3f} | {np.nanmean(np.vstack(sizes[name])):.3f} |")
    moved = np.vstack(rows["joined"]) - np.vstack(rows["joined, each shot about its mean"])
    print(
        f"\nThe means of shots alone move a correlation by {np.sqrt(np.nanmean(moved**2)):.3f} (z, RMS). Of "
        f"a feature's variance {np.mean(between):.0%} lies between the means of shots (median feature).\n",
        flush=True,
    )


def _share_between_shots(table: FrameTable) -> float:
    """Return which share of a feature's variance over a recording lies between its shots' means."""
    values = compute_positions(table.frames)
    begins = find_shots(table.frames[CUT], len(values))
    parts = np.split(values, begins[1:])
    means = np.concatenate([np.repeat(np.nanmean(part, axis=0)[None], len(part), axis=0) for part in parts])
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.nanmedian(np.nanvar(means, axis=0) / np.nanvar(values, axis=0)))


def describe(table: FrameTable) -> Numbers:
    """Return the numbers of each clip by descriptor; "fused" are those of all that verdicts are made of."""
    numbers = dict(describe_recording(table, DESCRIBED, rule=RULE).numbers)
    fused = np.hstack([numbers.pop(name) for name in FUSED if name != "face-pairs"])
    pairs = numbers["face-pairs"]
    return {"face-pairs": pairs, "body-pairs": numbers["body-pairs"], "fused": np.hstack([pairs, fused])}


def halve(table: FrameTable) -> tuple[FrameTable, FrameTable]:
    """Return the first and the second half of a recording."""
    times = table.frames["time_s"].to_numpy()
    middle = int(np.searchsorted(times, times[-1] / 2))
    parts = (table.frames.iloc[:middle], table.frames.iloc[middle:])
    first, second = (
        FrameTable(
            part.reset_index(drop=True).assign(time_s=part["time_s"].to_numpy() - part["time_s"].iloc[0]),
            table.metadata,
        )
        for part in parts
    )
    return first, second


def score(enrolled: Sequence[Array], judged: Sequence[Array], scatter: Array) -> Array:
    """Return the cosine of the means of recordings, (enrolled, judged), whitened number by number."""
    usual = np.nanmean(np.vstack([np.nanmean(values, axis=0) for values in enrolled]), axis=0)

    def point(clips: Sequence[Array]) -> Array:
        means = np.vstack([np.nanmean(values, axis=0) for values in clips])
        points = np.nan_to_num((means - usual) / scatter)
        return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))

    return np.asarray(point(enrolled) @ point(judged).T)


def measure_scatter(recordings: Sequence[Array]) -> Array:
    """Return how much each number changes from clip to clip of one recording."""
    parts = [values - np.nanmean(values, axis=0) for values in recordings if len(values) > 1]
    return np.asarray(np.maximum(np.sqrt(np.nanmean(np.vstack(parts) ** 2, axis=0)), 1e-6))


def measure_auc(scores: Array, targets: npt.NDArray[np.bool_], trials: npt.NDArray[np.bool_]) -> Array:
    """Return for each enrolled recording how often a target scores above a non-target; NaN without either."""
    found = np.full(len(scores), np.nan)
    for row in range(len(scores)):
        own, other = scores[row, targets[row] & trials[row]], scores[row, ~targets[row] & trials[row]]
        if len(own) and len(other):
            found[row] = np.mean((own[:, None] > other) + 0.5 * (own[:, None] == other))
    return found


def average_people(auc: Array, people: npt.NDArray[np.str_]) -> Array:
    """Return the mean of each person over their recordings."""
    return np.array([np.nanmean(auc[people == one]) for one in np.unique(people[np.isfinite(auc)])])


def _format(values: Array, signed: str = "") -> str:
    """Return the mean over people with its interval."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(len(values), size=(RESAMPLED, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():{signed}.3f} [{low:{signed}.3f}, {high:{signed}.3f}]"


def verify(
    title: str,
    people: npt.NDArray[np.str_],
    enrolled: Sequence[Numbers],
    judged: Callable[[int], Sequence[Numbers]],
    plain: Sequence[Numbers],
    trials: npt.NDArray[np.bool_],
    targets: npt.NDArray[np.bool_],
) -> None:
    """Print, for each description, how well suspects as recorded and joined suspects are told apart."""
    joined = [judged(seed) for seed in range(SHUFFLES)]
    print(f"| {title} | as recorded | joined | difference | missed | let through |\n|{'---|' * 6}")
    for name in enrolled[0]:
        own = [one[name] for one in enrolled]
        scatter = measure_scatter(own)
        before, *after = (
            score(own, [one[name] for one in suspects], scatter) for suspects in (plain, *joined)
        )
        aucs = [average_people(measure_auc(scores, targets, trials), people) for scores in (before, *after)]
        plain_auc, joined_auc = aucs[0], np.mean(aucs[1:], axis=0)
        threshold = np.percentile(before[targets & trials], 5)
        missed, passed = (
            [np.mean(np.stack(some)[:, rows] >= threshold) for some in ([before], after)]
            for rows in (targets & trials, ~targets & trials)
        )
        print(
            f"| {name} | {_format(plain_auc)} | {_format(joined_auc)} "
            f"| {_format(joined_auc - plain_auc, '+')} | {1 - missed[0]:.1%} → {1 - missed[1]:.1%} "
            f"| {passed[0]:.1%} → {passed[1]:.1%} |",
            flush=True,
        )
    print()


def main() -> None:
    """Print what joining shots does to correlations and to verification."""
    recordings = read_recordings(find_people_or_skip())
    long = [one for one in recordings if one.seconds >= LONG_S]
    compare_correlations(long)

    people = np.array([one.person for one in long])
    halves = [halve(one.table) for one in long]
    first, second = ([describe(part[k]) for part in halves] for k in (0, 1))

    def join_halves(seed: int) -> list[Numbers]:
        rng = np.random.default_rng(seed)
        return [describe(hide_cuts(cut_into_shots(part[1], rng))) for part in halves]

    same = np.eye(len(long), dtype=np.bool_)
    other = people[:, None] != people
    verify("AUC within recordings", people, first, join_halves, second, same | other, same)

    people = np.array([one.person for one in recordings])
    whole = [describe(one.table) for one in recordings]

    def join_all(seed: int) -> list[Numbers]:
        rng = np.random.default_rng(seed)
        return [describe(hide_cuts(cut_into_shots(one.table, rng))) for one in recordings]

    targets = (people[:, None] == people) & ~np.eye(len(people), dtype=np.bool_)
    verify(
        "AUC across recordings", people, whole, join_all, whole, ~np.eye(len(people), dtype=np.bool_), targets
    )


if __name__ == "__main__":
    main()
