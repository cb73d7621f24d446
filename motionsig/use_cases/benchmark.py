"""A downloaded data set to a page of figures, and a record of them that others can compare with theirs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classify.benchmark_record import BenchmarkRecord, DataSet, Measured
from classify.estimators import check_classifier
from extract.extraction_options import ExtractionOptions
from extract.frame_table import FrameTableMetadata, read_metadata
from features.formats import list_some
from features.layouts.layout import Listed
from ground.errors import InputError
from ground.files import hash_file, replace_when_complete, to_path
from ground.names import key_of_file, key_of_name
from ground.provenance import list_versions, motionsig_version, tell_time
from ground.text import count, storable
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases.benchmark_files import BenchmarkFiles, write_record
from motionsig.use_cases.benchmark_parts import BenchmarkParts
from motionsig.use_cases.extraction import extract
from motionsig.use_cases.inputs import check_person
from motionsig.use_cases.manifests import WrittenManifest, manifest
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.pairs import read_choices

_DEFAULT_OPTIONS: Final = ExtractionOptions()


@dataclass(frozen=True)
class Benchmarked:
    """What came of a benchmark: its record, where everything lies, and what became of each video."""

    record: BenchmarkRecord
    files: BenchmarkFiles
    outcomes: tuple[Outcome, ...]


def benchmark(
    layout: str,
    folder: str | Path,
    out: str | Path,
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    people: Sequence[str] | None = None,
    pairs: str | Path | None = None,
    background: str | Path | None = None,
    window: str | None = None,
    classifier: str = "svc",
    workers: int | None = None,
    cluster: str | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    monitor: Monitor | None = None,
) -> Benchmarked:
    """Measure a downloaded data set by one protocol, and write a record that others can compare.

    Manifest, frame tables, correlations, both protocols of evaluation for some people, verification across
    all, and pairs of a list. Each part is left out when nothing that it depends on has changed, so the same
    call continues what was interrupted. What cannot be measured with this footage is said in the record.

    Parameters
    ----------
    layout, folder
        As for `motionsig.manifest`. Nothing is written into the folder.
    out
        Folder for everything that is made.
    options, workers, cluster, on_outcome
        As for `motionsig.extract`.
    people
        Whom to tell from all others by both protocols; None for the one with the most sessions.
    pairs, background, window
        As for `motionsig.verify_pairs`; without pairs that is left out.
    classifier
        As for `motionsig.train`.
    monitor
        Progress, notices, and whether to stop.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with, no video can be read, or a person is named who has no
        authentic video.
    TableError
        When no video fits the layout, or the list of pairs breaks its contract.
    ModelError, DependencyError, StoppedError
        As of the steps.
    """
    monitor = monitor or Monitor()
    chosen = check_classifier(classifier)
    _check_choices(people, pairs, background, window)
    files = BenchmarkFiles(to_path(out))
    if files.folder.resolve().is_relative_to(to_path(folder).resolve()):
        raise InputError(
            f"{files.folder} lies in the data set, which must stay as it is. Choose another folder."
        )
    written = manifest(layout, folder, files.manifest, monitor=monitor)
    _check_people(people or (), written)
    outcomes = _read_videos(
        files, written.videos, options, on_outcome, workers=workers, cluster=cluster, monitor=monitor
    )
    tables = sorted(one.extraction.table for one in outcomes if one.extraction)
    if not tables:
        raise InputError(f"No video of {folder} could be read, so there is nothing to measure.")
    described = {table: read_metadata(table) for table in tables}
    _write_hashes(files, written, described)
    # Each part reads the manifest again, whose warnings are known.
    parts = BenchmarkParts(files, tables, workers, cluster, monitor.knowing(written.warnings))
    correlated = parts.correlate()
    candidates = parts.rank_people() if correlated.result else []
    evaluated = {
        person: parts.evaluate(k, person, chosen)
        for k, person in enumerate((people or candidates[:1]) if correlated.result else [])
    }
    record = BenchmarkRecord(
        created_utc=tell_time(),
        motionsig_version=motionsig_version(),
        versions=list_versions(),
        data_set=_describe_data_set(files, written, list(described.values())),
        reading=next(iter(described.values())).reading,
        people_to_choose=len(candidates),
        evaluated=evaluated,
        verification=parts.verify(),
        pairs=None if pairs is None else parts.compare(pairs, background, window),
        reading_s=_read_seconds(files.stamp("reading")),
        left_out=tuple(_tell_left_out(written, outcomes, correlated, list(evaluated))),
    )
    return Benchmarked(write_record(files, record), files, tuple(outcomes))


def _check_choices(
    people: Sequence[str] | None,
    pairs: str | Path | None,
    background: str | Path | None,
    window: str | None,
) -> None:
    """Refuse what cannot be worked with before hours of reading."""
    if isinstance(people, str):
        raise InputError("Give people as a list of names, not as text.")
    for person in people or ():
        check_person(person)
    if pairs is not None:
        read_choices(pairs, background, window)
    elif (background, window) != (None, None):
        raise InputError("--background and --window need --pairs. Give a list of pairs, or leave them out.")


def _read_videos(
    files: BenchmarkFiles,
    videos: Path,
    options: ExtractionOptions,
    on_outcome: Callable[[Outcome], None] | None,
    **more: Any,
) -> list[Outcome]:
    """Extract, and add how long that took to what it took before, unless nothing new was read."""
    began, new = time.monotonic(), False

    def note(outcome: Outcome) -> None:
        nonlocal new
        new = new or (outcome.extraction is not None and not outcome.extraction.reused)
        if on_outcome:
            on_outcome(outcome)

    try:
        return extract(videos, files.tables, options, on_outcome=note, **more)
    finally:
        if new:
            path = files.stamp("reading")
            with replace_when_complete(path) as partial_path:
                total = _read_seconds(path) + time.monotonic() - began
                partial_path.write_text(f"{total}\n", encoding="utf-8")


def _read_seconds(path: Path) -> float:
    try:
        return float(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0.0


def _check_people(people: Sequence[str], written: WrittenManifest) -> None:
    known = {key_of_name(one.label.subject) for one in written.found.videos if one.label.group != "fake"}
    missing = [person for person in people if key_of_name(person) not in known]
    if missing:
        raise InputError(
            f"The data set has no authentic video of {list_some(missing)}. See {written.path} for its people."
        )


def _write_hashes(
    files: BenchmarkFiles, written: WrittenManifest, described: dict[Path, FrameTableMetadata]
) -> None:
    listed: dict[str, Listed] = {key_of_file(one.name): one for one in written.found.videos}
    sources = [metadata.source for metadata in described.values()]
    lines = sorted(
        _make_hash_line(source.sha256, listed[key_of_file(Path(source.name).stem)].path) for source in sources
    )
    with replace_when_complete(files.hashes) as partial_path:
        partial_path.write_text("".join(lines), encoding="utf-8")


def _make_hash_line(sha256: str, path: str) -> str:
    """Return a line of `sha256sum`, which begins with a backslash where it writes one in the name."""
    name = storable(path)
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "" if escaped == name else "\\"
    return f"{mark}{sha256}  {escaped}\n"


def _describe_data_set(
    files: BenchmarkFiles, written: WrittenManifest, described: Sequence[FrameTableMetadata]
) -> DataSet:
    layout, labels = written.layout, [one.label for one in written.found.videos]
    authentic = [(k, label) for k, label in enumerate(labels) if label.group != "fake"]
    return DataSet(
        layout=layout.name,
        title=layout.title,
        citation=layout.citation,
        licence=layout.licence,
        source=layout.source,
        videos=len(labels),
        people=len({label.subject for _, label in authentic}),
        sessions=len({(label.subject, label.session or k) for k, label in authentic}),
        fakes=len(labels) - len(authentic),
        read=len(described),
        minutes=sum(one.counts.read_s for one in described if one.counts) / 60,
        files_sha256=hash_file(files.hashes),
        manifest_sha256=hash_file(files.manifest),
    )


def _tell_left_out(
    written: WrittenManifest,
    outcomes: Sequence[Outcome],
    correlated: Measured[Any],
    evaluated: Sequence[str],
) -> list[str]:
    failed = [one.video.name for one in outcomes if one.error]
    sentences = written.tell_left_out()
    if failed:
        sentences.append(
            f"{count(len(failed), 'video')} could not be read, see tables/failures.csv: {list_some(failed)}."
        )
    if correlated.why_not:
        sentences.append(f"Nobody was told from others by clips. {correlated.why_not}")
    elif not evaluated:
        sentences.append("Nobody was told from others by clips, because nobody has two sessions.")
    return [*sentences, *(correlated.result["warnings"] if correlated.result else ())]
