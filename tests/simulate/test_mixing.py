"""A signature decides how controls move together; sessions are new every time."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES, CONTROLS
from simulate.signature import BAND_HZ, Signature, draw_session, tabulate_controls

SEEDS = st.integers(0, 2**32)


def pairs_of(correlations, *parts):
    """Return the correlations between different controls of the given parts as one vector."""
    chosen = [control.name for control in CONTROLS if control.part in parts]
    part = correlations.loc[chosen, chosen].to_numpy()
    return part[np.triu_indices(len(chosen), k=1)]


@given(signature=SEEDS, session=SEEDS)
@settings(max_examples=20)
def test_a_session_follows_from_its_two_seeds(signature, session):
    first, again = (draw_session(Signature(signature), 2, 24, session) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert Signature(signature) == Signature(signature)
    for other in (
        draw_session(Signature(signature + 1), 2, 24, session),
        draw_session(Signature(signature), 2, 24, session + 1),
    ):
        assert (first["jaw_drop"] != other["jaw_drop"]).any()


def test_a_session_has_one_row_a_frame_at_k_over_fps():
    session = draw_session(Signature(0), seconds=2.5, fps=30, seed=0)
    assert list(session.columns) == ["time_s", *CONTROL_NAMES]
    np.testing.assert_array_equal(session["time_s"], np.arange(75) / 30)


def test_a_long_session_correlates_as_the_mixing_says():
    signature = Signature(5)
    session = draw_session(signature, seconds=4000, fps=8, seed=0)
    implied = signature.compute_correlations()
    measured = session[list(CONTROL_NAMES)].corr()
    assert np.abs((measured - implied).to_numpy()).max() < 0.07
    assert np.abs(pairs_of(implied, "face", "head", "trunk", "arms")).max() > 0.7


@given(seed=SEEDS)
@settings(max_examples=20)
def test_implied_correlations_are_those_of_a_possible_signal(seed):
    correlations = Signature(seed).compute_correlations().to_numpy()
    np.testing.assert_array_equal(correlations, correlations.T)
    np.testing.assert_array_equal(np.diag(correlations), 1)
    assert np.linalg.eigvalsh(correlations).min() > 0


@pytest.mark.parametrize("parts", [("face", "head"), ("trunk", "arms"), ("face", "head", "trunk", "arms")])
def test_signatures_differ_in_every_part_of_the_body(parts):
    vectors = [pairs_of(Signature(seed).compute_correlations(), *parts) for seed in range(12)]
    agreement = [np.corrcoef(a, b)[0, 1] for a, b in combinations(vectors, 2)]
    assert abs(np.mean(agreement)) < 0.1
    assert max(agreement) < 0.5


def test_sessions_share_their_correlations_and_not_their_signals():
    signature = Signature(2)
    first, second = (draw_session(signature, 60, 24, seed)[list(CONTROL_NAMES)] for seed in (0, 1))
    every = ("face", "head", "trunk", "arms")
    assert np.corrcoef(pairs_of(first.corr(), *every), pairs_of(second.corr(), *every))[0, 1] > 0.8
    across = [np.corrcoef(first[name], second[name])[0, 1] for name in CONTROL_NAMES]
    assert np.abs(across).mean() < 0.2


def test_the_same_session_seed_of_two_people_gives_unrelated_signals():
    first, second = (
        draw_session(Signature(seed), 600, 8, seed=7)[list(CONTROL_NAMES)].to_numpy() for seed in (0, 1)
    )
    assert np.abs(np.corrcoef(first.T, second.T)[: len(CONTROL_NAMES), len(CONTROL_NAMES) :]).max() < 0.2


@given(seed=SEEDS, seconds=st.floats(1, 30), fps=st.sampled_from([8, 24, 29.97, 60]))
@settings(max_examples=30)
def test_all_power_of_a_session_lies_in_the_band(seed, seconds, fps):
    session = draw_session(Signature(seed), seconds, fps, seed)
    values = session[list(CONTROL_NAMES)].to_numpy()
    power = np.abs(np.fft.rfft(values, axis=0)) ** 2
    frequency = np.fft.rfftfreq(len(values), 1 / fps)
    inside = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1])
    assert power[~inside].sum() < 1e-20 * power.sum()
    assert (power[inside].sum(axis=0) > 0).all()


def test_power_falls_with_frequency_over_the_band():
    values = draw_session(Signature(0), 2000, 8, 0)[list(CONTROL_NAMES)].to_numpy()
    power = (np.abs(np.fft.rfft(values, axis=0)) ** 2).mean(axis=1)
    frequency = np.fft.rfftfreq(len(values), 1 / 8)
    low = power[(frequency > 0.2) & (frequency < 0.4)].mean()
    high = power[(frequency > 1.0) & (frequency < 2.0)].mean()
    # Power goes as 1 / frequency: the means of 1 / f over the two bands stand 3.47 : 0.693.
    assert low / high == pytest.approx(np.log(2) / 0.2 / np.log(2), rel=0.1)


def test_values_are_natural():
    values = draw_session(Signature(1), 600, 24, 3)[list(CONTROL_NAMES)].to_numpy()
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(values.std(axis=0), 0.36, rtol=0.15)
    assert (np.abs(values) > 1).mean() < 0.02


def test_a_table_of_zeros_is_the_portrait_at_rest():
    controls = tabulate_controls(np.zeros((3, len(CONTROL_NAMES))), fps=2)
    assert list(controls["time_s"]) == [0, 0.5, 1]
    assert (controls[list(CONTROL_NAMES)] == 0).to_numpy().all()


@pytest.mark.parametrize(
    "arguments",
    [
        {"seconds": 0.5}, {"seconds": 0}, {"seconds": -10}, {"seconds": float("nan")},
        {"seconds": float("inf")}, {"fps": 5}, {"fps": 0}, {"fps": -24}, {"fps": float("nan")},
        {"fps": float("inf")}, {"seed": -1},
    ],
    ids=str,
)  # fmt: skip
def test_arguments_outside_their_range_are_refused(arguments):
    with pytest.raises(InputError):
        draw_session(Signature(0), **({"seconds": 2, "fps": 24, "seed": 0} | arguments))


def test_a_signature_needs_a_seed_of_at_least_zero():
    with pytest.raises(InputError, match="seed"):
        Signature(-1)
