"""The parts of a benchmark's figures, each kept until something that it depends on has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from classify.background.pairs import PairFigures
from classify.background.summary import VerificationSummary
from classify.benchmark_record import Measured, PersonFigures, SetFigures
from classify.model import MODEL_SCHEMA
from features.clips import CORRELATION_REVISION
from features.tables import clip_table_path, read_labelled_table
from features.windows import LAYING_REVISION
from ground.errors import InputError, TrainingError
from ground.files import replace_when_complete, to_path
from ground.provenance import list_versions, motionsig_version
from motionsig.use_cases.benchmark_files import BenchmarkFiles
from motionsig.use_cases.correlation import correlate
from motionsig.use_cases.evaluation import evaluate_by_both_protocols
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.pairs import verify_pairs
from motionsig.use_cases.steps import run_if_changed
from motionsig.use_cases.verification import verify

if TYPE_CHECKING:
    import pandas as pd

# Of what is measured of tables; it rises when the same tables give other figures.
_REVISION: Final = 1


@dataclass(frozen=True)
class BenchmarkParts:
    """What is measured of a data set's frame tables. That footage does not allow a part is a result.

    Attributes
    ----------
    files
        Where everything lies; the manifest is there.
    tables
        The frame tables.
    workers, cluster
        As for `motionsig.extract`.
    monitor
        Progress, notices, and whether to stop.
    """

    files: BenchmarkFiles
    tables: Sequence[Path]
    workers: int | None
    cluster: str | None
    monitor: Monitor

    @property
    def _inputs(self) -> list[Path]:
        return [*self.tables, self.files.manifest]

    @property
    def _correlations(self) -> list[Path]:
        return [self.files.correlations, clip_table_path(self.files.correlations)]

    def correlate(self) -> Measured[Any]:
        """Write the correlations table; the result holds its warnings."""
        return _measure(
            self.files,
            "correlations",
            lambda: _correlate(self.tables, self.files, self.monitor),
            self._inputs,
            {"laying": LAYING_REVISION, "correlation": CORRELATION_REVISION},
            self._correlations,
        )

    def rank_people(self) -> list[str]:
        """Return the people of the correlations table with two sessions or more, who has most first."""
        return _rank_people(read_labelled_table(self.files.correlations)[1])

    def evaluate(self, number: int, person: str, classifier: str) -> Measured[PersonFigures]:
        """Tell a person from all others by both protocols; `number` is the place among those evaluated."""
        made = _measure(
            self.files,
            f"evaluation {number}",
            partial(_evaluate, self.files, person, classifier, self.cluster, self.monitor),
            [*self._correlations, self.files.manifest],
            {"person": person, "classifier": classifier, "model": MODEL_SCHEMA},
        )
        return Measured[PersonFigures].model_validate(made.model_dump())

    def verify(self) -> Measured[VerificationSummary]:
        """Tell recordings of one person from those of two."""
        common: dict[str, Any] = {"manifest": self.files.manifest, "workers": self.workers}
        made = _measure(
            self.files,
            "verification",
            lambda: verify(self.tables, **common, monitor=self.monitor).model_dump(),
            self._inputs,
            {},
        )
        return Measured[VerificationSummary].model_validate(made.model_dump())

    def compare(
        self, pairs: str | Path, background: str | Path | None, window: str | None
    ) -> Measured[PairFigures]:
        """Do the same for the pairs of a list."""
        common: dict[str, Any] = {"manifest": self.files.manifest, "workers": self.workers}
        chosen: dict[str, Any] = {"background": background, "window": window}
        given = [to_path(path) for path in (pairs, background) if path is not None]
        made = _measure(
            self.files,
            "pairs",
            lambda: verify_pairs(self.tables, pairs, **chosen, **common, monitor=self.monitor).model_dump(),
            [*self._inputs, *given],
            {"window": window},
        )
        return Measured[PairFigures].model_validate(made.model_dump())


def _measure(
    files: BenchmarkFiles,
    name: str,
    work: Callable[[], dict[str, Any]],
    inputs: Sequence[Path],
    options: dict[str, Any],
    outputs: Sequence[Path] = (),
) -> Measured[Any]:
    """Do one part, or take what came of it before, when nothing that it depends on has changed.

    The record names the versions of motionsig and of the libraries, so figures by others are measured anew.
    """
    path = files.part(name)

    def keep() -> bool:
        began = time.monotonic()
        result, why_not = None, None
        try:
            result = work()
        except TrainingError as error:  # this footage does not allow it, which is a result
            why_not = " ".join((error.message, *error.problems))
        seconds = time.monotonic() - began
        made = Measured[Any](result=result, why_not=why_not, seconds=seconds)
        with replace_when_complete(path) as partial_path:
            partial_path.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return True

    run_if_changed(
        files.stamp(name),
        keep,
        revision=_REVISION,
        inputs=inputs,
        options={**options, "motionsig": motionsig_version(), "versions": list_versions()},
        outputs=[path, *outputs],
    )
    return Measured[Any].model_validate_json(path.read_bytes())


def _correlate(tables: Sequence[Path], files: BenchmarkFiles, monitor: Monitor) -> dict[str, Any]:
    """Write the correlations table, and return its warnings; that all videos are too short is a result."""
    try:
        made = correlate(tables, files.correlations, manifest=files.manifest, monitor=monitor)
        return {"warnings": made.warnings}
    except InputError as error:
        raise TrainingError(error.message, error.problems) from error


def _evaluate(
    files: BenchmarkFiles, person: str, classifier: str, cluster: str | None, monitor: Monitor
) -> dict[str, Any]:
    found = evaluate_by_both_protocols(
        files.correlations,
        person,
        classifier=classifier,
        manifest=files.manifest,
        cluster=cluster,
        monitor=monitor,
    )
    sets = {name: SetFigures(published=one.published, grouped=one.grouped) for name, one in found.items()}
    return PersonFigures(sets=sets).model_dump()


def _rank_people(clips: pd.DataFrame) -> list[str]:
    """Return the people with two sessions or more, the one with the most sessions, then clips, first."""
    authentic = clips[(clips["group"] != "fake") & clips["subject"].notna()]
    counts = authentic.groupby("subject")["session"].agg(["nunique", "size"])
    several = counts[counts["nunique"] > 1]
    ranked = several.sort_values(["nunique", "size"], ascending=False, kind="stable")
    return [str(person) for person in ranked.index]
