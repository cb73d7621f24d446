"""Recordings of many people to a background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background import crossing
from classify.background.background import Background
from classify.background.calibration import PairCalibration, weigh_kinds
from classify.background.card import BackgroundCard, BackgroundFootage, DescriptorIdentity, RegionCard
from classify.background.crossing import name_sources
from classify.background.footage import Footage
from classify.background.identities import Identities
from classify.background.projection import fit_projections
from classify.background.selection import (
    FEWEST_AGAIN,
    LeftOut,
    Selected,
    count_left_out,
    count_still_clips,
    select_footage,
)
from classify.background.verification import (
    Calibrated,
    TrialRatios,
    Verified,
    Way,
    calibrate,
    cross_footage,
    verify,
)
from classify.cells import average_clips
from classify.copies import count_copies
from classify.thresholds import ERROR_RATE, Thresholds, choose_thresholds
from features.descriptors.descriptor import Region
from features.descriptors.registry import find_descriptor, name_region
from features.recordings import SIGNATURE_CLIPS, Recording
from ground.provenance import motionsig_version, tell_time
from ground.text import count

# What carries across recordings (docs/signature.md): all together, all but one, and each alone. Mouth and
# lids are described apart as well, so that a region that moves in the person's way is not drowned by others.
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

_UNKNOWN_CAMERAS: Final = (
    "What cameras and encoders do to the measurements was not learnt, because fewer than two collections "
    "with several people are named. Figures and ratios hold for footage like this one. Name collections in "
    "the manifest, and add people from others."
)
# What is said of each region by itself, beside what is fused.
_MORE: Final = tuple(name for name in map(name_region, REGIONS) if name not in FUSED)


def name_descriptors() -> Way:
    """Return the descriptors that recordings must be described by to learn a background from them."""
    return (*FUSED, *_MORE)


def learn_background(
    recordings: Sequence[Recording],
    left_out: Sequence[LeftOut] = (),
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
        Recordings that could not be described. The card says how many, and why, without their names.
    on_step
        Called after each of `plan_learning` steps.
    error_rate
        Share of trials that each threshold may let err.

    Raises
    ------
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    """
    return learn_from(select_footage(recordings, FUSED, _MORE), left_out, on_step, error_rate=error_rate)


def learn_from(
    selected: Selected,
    left_out: Sequence[LeftOut] = (),
    on_step: Callable[[], None] | None = None,
    *,
    error_rate: float = ERROR_RATE,
) -> Background:
    """Learn a background from recordings that `plan_learning` selected; otherwise as `learn_background`."""
    footage = selected.footage
    notes = [
        *count_left_out([*left_out, *selected.left_out]),
        *count_still_clips(selected.recordings),
        *count_copies(selected.copies),
    ]
    crossed = cross_footage(footage.only(FUSED), on_step)
    verified, calibrated = verify(crossed, WAYS), calibrate(crossed, WAYS)
    way = calibrated.rank_ways()[0]
    regions, projections = {}, fit_projections(footage.only(way))
    for region in REGIONS:
        name = name_region(region)
        seen = footage.seen_by(name)
        if seen.count_again() < FEWEST_AGAIN:
            notes.append(f"Nothing is said of the {region}: too few people show it in several sessions.")
            continue
        if name in FUSED:
            # Every usable clip has numbers of it, and it is one of the ways that were verified.
            regions[region] = _describe_region(name, verified, calibrated)
        else:
            crossed = cross_footage(seen, on_step)
            regions[region] = _describe_region(
                name, verify(crossed, [(name,)]), calibrate(crossed, [(name,)])
            )
        projections |= fit_projections(seen)
    card = BackgroundCard(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        reading=selected.recordings[0].reading,
        clip_s=SIGNATURE_CLIPS.length_s,
        step_s=SIGNATURE_CLIPS.step_s,
        descriptors=[
            DescriptorIdentity(name=name, revision=find_descriptor(name).revision) for name in projections
        ],
        fused=way,
        footage=_count_footage(selected),
        calibration=_bound(calibrated.calibrations[way], verified, verified.picked_ratios),
        # A suspect may be no longer than a clip, so clips count for recordings too.
        thresholds=_choose_thresholds(verified, ("recording", "sessions", "clip"), footage, error_rate),
        clip_thresholds=_choose_thresholds(verified, ("clip",), footage, error_rate),
        regions=regions,
        verification=verified.measure(verified.picked_ratios),
        notes=(*notes, *_describe_collections(footage)),
    )
    spread = {name: _measure_spread(footage.seen_by(name).clips[name]) for name in projections}
    identities = Identities.of(footage.people.tolist(), [one.sha256 for one in selected.recordings])
    traces = {one.sha256: one.trace for one in selected.recordings}
    return Background(card, projections, spread, identities, traces)


def _describe_region(name: str, verified: Verified, calibrated: Calibrated) -> RegionCard:
    """Return what the scores of a region by itself mean, with bounds and figures of people unseen."""
    ratios = verified.ratios[(name,)]
    return RegionCard(
        calibration=_bound(calibrated.calibrations[(name,)], verified, ratios),
        verification=verified.measure(ratios),
    )


def plan_learning(recordings: Sequence[Recording]) -> tuple[int, Selected]:
    """Return in how many steps `learn_background` tells its progress, at most, and what it will use.

    Raises
    ------
    ModelError, TrainingError
        As of `learn_background`.
    """
    selected = select_footage(recordings, FUSED, _MORE)
    apart = [region for region in REGIONS if name_region(region) not in FUSED]
    return (1 + len(apart)) * crossing.count_steps(selected.footage), selected


def _bound(calibration: PairCalibration, verified: Verified, ratios: TrialRatios) -> PairCalibration:
    """Return a calibration with the bounds that trials of people who are in nothing support."""
    ranks = ratios.ranks
    known = ~np.isnan(ranks)
    trials = verified.trials.select(known)
    weights = weigh_kinds(trials.is_target, name_sources(verified.sides, trials), trials.kinds)
    return calibration.bounded_by(ranks[known], trials.is_target, weights)


def _choose_thresholds(
    verified: Verified, kinds: Sequence[str], footage: Footage, error_rate: float
) -> Thresholds:
    ranks, trials = verified.picked_ratios.ranks, verified.trials
    rows = np.isin(trials.kinds, kinds) & ~np.isnan(ranks)
    chosen = trials.select(rows)
    sources = name_sources(verified.sides, chosen)
    # Pairs of people are no independent sources: rates cannot be finer than the people allow.
    people = (len(np.unique(sources[chosen.is_target])), len(np.unique(footage.people)))
    return choose_thresholds(ranks[rows], chosen.is_target, sources, error_rate, independent=people)


def _count_footage(selected: Selected) -> BackgroundFootage:
    footage = selected.footage
    sessions = footage.count_sessions()
    collections = np.unique(footage.collections)
    return BackgroundFootage(
        people=len(sessions),
        people_again=footage.count_again(),
        recordings=len(footage),
        sessions=sum(sessions.values()),
        collections=None if "" in collections else len(collections),
        minutes=float(footage.seconds.sum()) / 60,
    )


def _describe_collections(footage: Footage) -> list[str]:
    """Return what is to be known of where the footage comes from."""
    named = footage.collections != ""
    notes = [] if len(footage.list_shared_collections()) > 1 else [_UNKNOWN_CAMERAS]
    unnamed = int((~named).sum())
    if named.any() and unnamed:
        verb = "is" if unnamed == 1 else "are"
        notes.append(f"Nobody says from which collection {count(unnamed, 'recording')} {verb}.")
    return notes


def _measure_spread(clips: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """Return how much each number changes within recordings, as a standard deviation; NaN where unknown."""
    squares, freedom = np.zeros(clips[0].shape[1]), np.zeros(clips[0].shape[1])
    for values in clips:
        squares += np.nansum((values - average_clips(values)) ** 2, axis=0)
        freedom += np.maximum((~np.isnan(values)).sum(axis=0) - 1, 0)
    known = (freedom > 0) & (squares > 0)
    return np.where(known, np.sqrt(squares / np.maximum(freedom, 1)), np.nan)
