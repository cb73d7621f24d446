"""What a benchmark leaves on the disk, and several records as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classify.benchmark_record import BenchmarkRecord, read_record
from ground.errors import InputError
from ground.files import replace_when_complete, to_path
from report.benchmark_page import list_cells, render_benchmark
from report.page import write_page

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BenchmarkFiles:
    """Where everything lies that a benchmark makes in a folder."""

    folder: Path

    @property
    def record(self) -> Path:
        """All figures, as JSON."""
        return self.folder / "record.json"

    @property
    def page(self) -> Path:
        """The same to read."""
        return self.folder / "benchmark.html"

    @property
    def manifest(self) -> Path:
        """Who is in which video."""
        return self.folder / "manifest.csv"

    @property
    def hashes(self) -> Path:
        """SHA-256 of each video, as ``sha256sum --check`` reads it in the folder of the data set."""
        return self.folder / "files.sha256"

    @property
    def tables(self) -> Path:
        """Folder of the frame tables."""
        return self.folder / "tables"

    @property
    def correlations(self) -> Path:
        """The correlations table."""
        return self.folder / "correlations.csv"

    def part(self, name: str) -> Path:
        """Return where one part of the figures is kept."""
        return self.folder / ".figures" / f"{name}.json"

    def stamp(self, name: str) -> Path:
        """Return where it is kept what a step was made from."""
        return self.folder / ".steps" / f"{name}.json"


def write_record(files: BenchmarkFiles, record: BenchmarkRecord) -> BenchmarkRecord:
    """Write record and page, unless they say the same already; return what stands there then."""
    try:
        before = read_record(files.record)
    except InputError:
        before = None
    if (
        before
        and files.page.exists()
        and before.model_copy(update={"created_utc": record.created_utc}) == record
    ):
        return before
    with replace_when_complete(files.record) as partial_path:
        partial_path.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_page(render_benchmark(record), files.page)
    return record


def tabulate_records(records: Sequence[BenchmarkRecord | str | Path]) -> pd.DataFrame:
    """Return records as one table, so that data sets and versions can be compared.

    Parameters
    ----------
    records
        Records, or files of them.

    Returns
    -------
    DataFrame
        A row a record, of texts: title, version, face reader, videos and people; the mean over evaluated
        people of accuracy by the published protocol and of AUC by the grouped one, on the full set; AUC,
        equal error rate and Cllr of verification and of pairs, with their intervals. A dash where a record
        says nothing.

    Raises
    ------
    InputError
        When a file is no record.
    """
    import pandas as pd

    read = [one if isinstance(one, BenchmarkRecord) else read_record(to_path(one)) for one in records]
    return pd.DataFrame([dict(list_cells(record)) for record in read])
