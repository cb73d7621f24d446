"""A trained model of made-up people, shared by the tests of this folder."""

from __future__ import annotations

import pytest
from population import make_correlations, write_correlations

from classify.enrolment import enrol
from classify.model import Model


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    people = {"id0": 4, "id1": 2, "id2": 2, "id3": 2, "id5": 2, "id6": 2}
    table = write_correlations(tmp_path_factory.mktemp("training"), make_correlations(people))
    return enrol(table, "id0")
