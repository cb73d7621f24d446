"""Recordings of many people to a background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.background import Background, check_reading, name_region
from classify.background.card import BackgroundCard, BackgroundFootage, DescriptorIdentity
from classify.background.crossing import assign_folds, fit_projections, list_fold_pairs, name_sources
from classify.background.footage import Footage, find_usable, gather_footage
from classify.background.people import hash_name
from classify.background.verification import (
    Verified,
    Way,
    count_steps as count_verification_steps,
    cross_calibrate,
    rank_ways,
    verify_footage,
)
from classify.thresholds import ERROR_RATE, Thresholds, choose_thresholds
from features.descriptors import DESCRIPTORS
from features.recordings import SIGNATURE_CLIPS, Recording
from ground.errors import TrainingError
from ground.provenance import motionsig_version, tell_time
from ground.text import count

# What carries across recordings (docs/signature.md): all together, all but one, and each alone.
DESCRIPTORS_FUSED: Final[Way] = ("face-pairs", "side-pairs", "side-covariance", "spreads")
WAYS: Final[tuple[Way, ...]] = (
    DESCRIPTORS_FUSED,
    *(tuple(name for name in DESCRIPTORS_FUSED if name != left_out) for left_out in DESCRIPTORS_FUSED),
    *((name,) for name in DESCRIPTORS_FUSED),
)
REGIONS: Final = ("mouth", "brows and lids", "head", "body")

# Folds need people to leave out, and calibration people of whom there is more than one session.
FEWEST_PEOPLE: Final = 10
FEWEST_AGAIN: Final = 5


def name_descriptors() -> tuple[str, ...]:
    """Return the descriptors that recordings must be described by to learn a background from them."""
    return (*DESCRIPTORS_FUSED, *map(name_region, REGIONS))


def select_footage(recordings: Sequence[Recording]) -> tuple[Footage, list[str]]:
    """Return the recordings that can be learnt from, and a sentence for each that cannot.

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
            left_out.append(f"{recording.video} is left out: nobody says who is in it.")
        elif not find_usable(recording, DESCRIPTORS_FUSED).any():
            left_out.append(f"{recording.video} is left out: too little of a face was measured in each clip.")
        else:
            usable.append(recording)
    if not usable:
        raise TrainingError("No recording can be learnt from:", left_out)
    footage = gather_footage(usable, name_descriptors(), needed=DESCRIPTORS_FUSED)
    sessions = footage.count_sessions()
    again = sum(number > 1 for number in sessions.values())
    if len(sessions) < FEWEST_PEOPLE or again < FEWEST_AGAIN:
        raise TrainingError(
            f"A background needs recordings of at least {FEWEST_PEOPLE} people, {FEWEST_AGAIN} of them in two "
            f"or more sessions, to learn what changes from recording to recording. Here there are "
            f"{count(len(sessions), 'person', 'people')}, {again} of them in several sessions. Add people, "
            "and name their sessions in a manifest.",
            left_out,
        )
    return footage, left_out


def learn_background(
    recordings: Sequence[Recording], on_step: Callable[[], None] | None = None, error_rate: float = ERROR_RATE
) -> Background:
    """Learn a background, and measure how it does on people who are in nothing that was learnt.

    Parameters
    ----------
    recordings
        Described by `name_descriptors`, each labelled by its person and session.
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
    footage, left_out = select_footage(recordings)
    fused = footage.only(DESCRIPTORS_FUSED)
    verified = verify_footage(fused, WAYS, on_step)
    sides, trials, scored, calibrations = cross_calibrate(fused, WAYS, on_step)
    way = rank_ways(fused, calibrations, sides, trials, scored)[0]
    regions = {}
    for region in REGIONS:
        name = name_region(region)
        seen = footage.only((name,), drop_missing=True)
        ...
    raise NotImplementedError
