"""A trained model of made-up people, shared by the tests of this folder."""

from __future__ import annotations

import pytest
from population import make_correlations, write_correlations

from classify.model import Model
from classify.person_model import train_person
from motionsig.use_cases.population_tables import write_population
from simulate.population import PopulationPlan


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    people = {"id0": 4, "id1": 2, "id2": 2, "id3": 2, "id5": 2, "id6": 2}
    table = write_correlations(tmp_path_factory.mktemp("training"), make_correlations(people))
    return train_person(table, "id0")


@pytest.fixture(scope="session")
def calibrated_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model with enough sources behind it: 8 sessions, 12 other people."""
    table = tmp_path_factory.mktemp("training") / "correlations.csv"
    write_population(table, PopulationPlan(person_sessions=8, others=12, methods=0, clips=8))
    return train_person(table, "id0", workers=1)
