"""Recordings of many people to a background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background import crossing
from classify.background.background import Background, check_reading
from classify.background.calibration import PairCalibration
from classify.background.card import BackgroundCard, BackgroundFootage, DescriptorIdentity
from classify.background.crossing import fit_projections, name_sources
from classify.background.footage import (
    Footage,
    average_clips,
    count_without_movement,
    find_usable,
    gather_footage,
)
from classify.background.people import hash_name
from classify.background.verification import Verified, Way, calibrate_across, verify_footage
from classify.thresholds import ERROR_RATE, Thresholds, choose_thresholds
from features.descriptors.descriptor import Region
from features.descriptors.registry import find_descriptor, name_region
from features.recordings import SIGNATURE_CLIPS, Recording
from ground.errors import TrainingError
from ground.provenance import motionsig_version, tell_time
from ground.text import count

# What carries across recordings (docs/signature.md): all together, all but one, and each alone. Mouth and lids
# are described apart as well, so that a region that moves in the person's way is not drowned by the others.
FUSED: Final[Way] = (
    "face-pairs",
    "side-covariance",
    "spreads",
    name_region("mouth"),
    name_region("brows and lids"),
)
WAYS: Final[tuple[Way, ...]] = (
    FUSED,
    *(tuple(name for name in FUSED if name != left_out) for left_out in FUSED),
    *((name,) for name in FUSED),
)
REGIONS: Final[tuple[Region, ...]] = ("mouth", "brows and lids", "head", "body")

# Folds need people to leave out, and calibration people of whom there is more than one session.
FEWEST_PEOPLE: Final = 10
FEWEST_AGAIN: Final = 5


# What is said of each region by itself, beside what is fused.
_MORE: Final = tuple(name for name in map(name_region, REGIONS) if name not in FUSED)


def name_descriptors() -> Way:
    """Return the descriptors that recordings must be described by to learn a background from them."""
    return (*FUSED, *_MORE)


def select_footage(
    recordings: Sequence[Recording], needed: Sequence[str], more: Sequence[str] = ()
) -> tuple[Footage, list[str]]:
    """Return the recordings that can be learnt from, and a sentence for each that cannot.

    Parameters
    ----------
    recordings
        At least one, described by the descriptors below.
    needed, more
        As of `classify.background.footage.gather_footage`.

    Raises
    ------
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    """
    usable, left_out = [], []
    for recording in recordings:
        check_reading(recordings[0].reading, recording.reading, recording.video)
        if recording.subject is None:
            left_out.append(f"{recording.video} is left out. Nobody says who is in it.")
        elif not find_usable(recording, needed).any():
            left_out.append(
                f"{recording.video} is left out. In each clip too little of a face was measured, or there "
                "are too few frames or too little movement."
            )
        else:
            usable.append(recording)
    if not usable:
        raise TrainingError("No recording can be learnt from:", left_out)
    if without := sum(map(count_without_movement, usable)):
        left_out.append(
            f"{count(without, 'clip')} of the other recordings {'is' if without == 1 else 'are'} left out: "
            "too few frames or too little movement."
        )
    footage = gather_footage(usable, needed, more)
    sessions = footage.count_sessions()
    again = sum(number > 1 for number in sessions.values())
    if len(sessions) < FEWEST_PEOPLE or again < FEWEST_AGAIN:
        raise TrainingError(
            f"Recordings of at least {FEWEST_PEOPLE} people are needed, {FEWEST_AGAIN} of them in two or more "
            "sessions, to learn what changes from recording to recording. Here there are "
            f"{count(len(sessions), 'person', 'people')}, {again} of them in several sessions. Add people, "
            "and name their sessions in a manifest.",
            left_out,
        )
    return footage, left_out


def learn_background(
    recordings: Sequence[Recording],
    left_out: Sequence[str] = (),
    on_step: Callable[[], None] | None = None,
    *,
    error_rate: float = ERROR_RATE,
) -> Background:
    """Learn a background, and measure how it does on people who are in nothing that was learnt.

    Parameters
    ----------
    recordings
        At least one, described by `name_descriptors`, each labelled by its person and session.
    left_out
        Sentences on recordings that could not be described, for the card.
    on_step
        Called after each of `count_steps` steps.
    error_rate
        Share of trials that each threshold may let err.

    Raises
    ------
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    """
    footage, unusable = select_footage(recordings, FUSED, _MORE)
    notes = [*left_out, *unusable]
    fused = footage.only(FUSED)
    verified = verify_footage(fused, WAYS, on_step)
    calibrated = calibrate_across(fused, WAYS, on_step)
    way = calibrated.rank_ways()[0]
    regions, projections = {}, fit_projections(fused.only(way))
    for region in REGIONS:
        name = name_region(region)
        seen = footage.seen_by(name)
        if sum(number > 1 for number in seen.count_sessions().values()) < FEWEST_AGAIN:
            notes.append(f"Nothing is said of the {region}: too few people show it in several sessions.")
            continue
        regions[region] = calibrate_across(seen, [(name,)], on_step).calibrations[(name,)]
        projections |= fit_projections(seen)
    card = BackgroundCard(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        reading=recordings[0].reading,
        clip_s=SIGNATURE_CLIPS.length_s,
        step_s=SIGNATURE_CLIPS.step_s,
        descriptors=[
            DescriptorIdentity(name=name, revision=find_descriptor(name).revision) for name in projections
        ],
        fused=way,
        footage=_count_footage(recordings, footage),
        calibration=_bound(calibrated.calibrations[way], verified),
        thresholds=_choose_thresholds(verified, ("recording", "sessions"), footage, error_rate),
        clip_thresholds=_choose_thresholds(verified, ("clip",), footage, error_rate),
        regions=regions,
        verification=verified.measure(verified.picked_ratios),
        notes=(*notes, *_describe_collections(footage)),
    )
    spread = {name: _measure_spread(footage.seen_by(name).clips[name]) for name in projections}
    return Background(card, projections, spread)


def count_steps(recordings: Sequence[Recording]) -> int:
    """Return in how many steps `learn_background` tells its progress, at most."""
    footage, _ = select_footage(recordings, FUSED, _MORE)
    across = crossing.count_steps(footage, nested=False)
    return crossing.count_steps(footage, nested=True) + (1 + len(REGIONS)) * across


def _bound(calibration: PairCalibration, verified: Verified) -> PairCalibration:
    """Return a calibration with the bounds that trials of people who are in nothing support."""
    ranks = verified.picked_ratios.ranks
    known = ~np.isnan(ranks)
    trials = verified.trials.select(known)
    return calibration.bounded_by(ranks[known], trials.is_target, name_sources(verified.sides, trials))


def _choose_thresholds(
    verified: Verified, kinds: Sequence[str], footage: Footage, error_rate: float
) -> Thresholds:
    ratios, trials = verified.picked_ratios.ranks, verified.trials
    rows = np.isin(trials.kinds, kinds) & ~np.isnan(ratios)
    chosen = trials.select(rows)
    sources = name_sources(verified.sides, chosen)
    thresholds = choose_thresholds(ratios[rows], chosen.is_target, sources, error_rate)
    # Pairs of people are no independent sources: rates cannot be finer than the people allow.
    return thresholds.model_copy(update={"non_target_sources": len(np.unique(footage.people))})


def _count_footage(recordings: Sequence[Recording], footage: Footage) -> BackgroundFootage:
    sessions = footage.count_sessions()
    collections = np.unique(footage.collections)
    return BackgroundFootage(
        people=len(sessions),
        people_again=sum(number > 1 for number in sessions.values()),
        recordings=len(footage),
        sessions=sum(sessions.values()),
        collections=None if "" in collections else len(collections),
        minutes=float(footage.seconds.sum()) / 60,
        people_sha256=tuple(sorted(map(hash_name, sessions))),
        video_sha256=tuple(sorted({recording.sha256 for recording in recordings})),
    )


def _describe_collections(footage: Footage) -> list[str]:
    """Return what is to be known of where the footage comes from."""
    collections = np.unique(footage.collections).tolist()
    if "" in collections:
        return [
            "Nobody says which recordings come from one collection, so what cameras and encoders do to the "
            "measurements was not learnt. Name collections in the manifest."
        ]
    if len(collections) == 1:
        return [
            "All recordings come from one collection. How recordings of other cameras and encoders differ was "
            "not learnt, so figures and ratios hold for footage like this one."
        ]
    return []


def _measure_spread(clips: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """Return how much each number changes within recordings, as a standard deviation; NaN where unknown."""
    deviations = np.concatenate([values - average_clips(values) for values in clips if len(values) > 1])
    counts = np.maximum((~np.isnan(deviations)).sum(axis=0), 1)
    spread: npt.NDArray[np.float64] = np.sqrt(np.nansum(deviations**2, axis=0) / counts)
    return np.where(spread > 0, spread, np.nan)
