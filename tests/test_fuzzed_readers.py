"""Whatever a file holds, its reader accepts or refuses it with a sentence; `make fuzz` tries for longer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from fuzzing import PLACES, READERS, Edit, Reader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EDITS = st.lists(
    st.tuples(st.integers(0, 255), st.integers(0, PLACES - 1), st.integers(0, 65535)), min_size=1, max_size=6
)
WAYS = [(name, way) for name, reader in READERS.items() for way in reader.edits]


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Reader, Path]]:
    """Give a reader by its name, and a valid file for it, made once."""

    @cache
    def make(name: str) -> tuple[Reader, Path]:
        folder, reader = tmp_path_factory.mktemp("reader"), READERS[name]
        reader.make(folder)
        return reader, folder / reader.file_name

    return make


@pytest.mark.filterwarnings("ignore")  # what a damaged table makes NumPy mutter is not the point here
@pytest.mark.parametrize(("name", "way"), WAYS, ids=[f"{name}-{way.__name__}" for name, way in WAYS])
def test_a_reader_accepts_or_refuses_and_never_fails(
    valid: Callable[[str], tuple[Reader, Path]], name: str, way: Callable[[bytes, list[Edit]], bytes]
) -> None:
    reader, path = valid(name)
    whole = path.read_bytes()
    assert reader.accepts(path)

    @settings(
        max_examples=reader.examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(EDITS)
    def check(edits: list[Edit]) -> None:
        path.write_bytes(way(whole, edits))
        reader.accepts(path)

    try:
        check()
    finally:
        path.write_bytes(whole)
