"""Videos to a model and its evaluation, in one go, each step left out when nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from classify.estimators import check_classifier
from classify.model import MODEL_SCHEMA, Model
from extract.extraction_options import ExtractionOptions
from extract.people.tracks_table import find_tracks_table
from extract.sound.voice_table import find_voice_table
from features.clips import CORRELATION_REVISION, CorrelationOptions
from features.labels import label_from_name
from features.manifest import find_label
from features.tables import clip_table_path
from features.windows import LAYING_REVISION
from ground.files import replace_when_complete, to_path
from ground.names import key_of_name
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases.correlation import Correlated, correlate
from motionsig.use_cases.extraction import extract
from motionsig.use_cases.inputs import Names, check_person, read_labels
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.steps import run_if_changed
from motionsig.use_cases.training import name_model_file, train

_DEFAULT_OPTIONS: Final = ExtractionOptions()
_DEFAULT_CORRELATION: Final = CorrelationOptions()


@dataclass(frozen=True)
class RunFiles:
    """Where everything lies that a run makes in a folder."""

    tables: Path
    correlations: Path
    model: Path
    evaluation: Path


@dataclass(frozen=True)
class Ran:
    """What came of a run.

    Attributes
    ----------
    outcomes
        What became of each video.
    files
        Where everything lies.
    correlated
        What was correlated; None where nothing had changed, or where there is no frame table.
    model
        What was trained; None where nothing had changed, or where there is no frame table.
    """

    outcomes: tuple[Outcome, ...]
    files: RunFiles
    correlated: Correlated | None
    model: Model | None

    @property
    def has_tables(self) -> bool:
        """Whether any video gave a frame table; without one nothing else is made."""
        return any(outcome.extraction for outcome in self.outcomes)


def run(
    videos: Names,
    person: str,
    out: str | Path,
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    correlation: CorrelationOptions = _DEFAULT_CORRELATION,
    classifier: str = "svc",
    manifest: str | Path | None = None,
    keep_face: bool = True,
    workers: int | None = None,
    cluster: str | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    on_tables: Callable[[Sequence[Outcome]], None] | None = None,
    on_correlated: Callable[[Correlated | None, Path], None] | None = None,
    monitor: Monitor | None = None,
) -> Ran:
    """Extract, correlate, evaluate and train, and leave out what is done already.

    Parameters
    ----------
    videos, options, workers, cluster, on_outcome, monitor
        As for `motionsig.extract`.
    person
        Whom to learn: a subject of the videos, such as ``id0``. The person of the options is looked for in
        videos of this subject, fakes too, and in no others.
    out
        Folder for everything that is made.
    correlation
        What is correlated.
    classifier
        As for `motionsig.train`.
    manifest
        CSV with ``path,subject,group,session``, for videos whose names do not say who is in them.
    keep_face
        As for `motionsig.train`.
    on_tables
        Called when all videos are read.
    on_correlated
        Called when the correlations table is there, with what came of it, or None where nothing had changed,
        and with its path.

    Raises
    ------
    InputError, TableError, TrainingError, DependencyError, StoppedError
        As of the steps.
    """
    monitor = monitor or Monitor()
    check_classifier(classifier)  # not only after hours of reading
    check_person(person)
    out = to_path(out)
    files = RunFiles(
        tables=out / "tables",
        correlations=out / "correlations.csv",
        model=out / name_model_file(person),
        evaluation=out / "evaluation.json",
    )
    outcomes = extract(
        videos,
        files.tables,
        options,
        workers=workers,
        cluster=cluster,
        shows_person=_find_videos_of(person, manifest) if options.person else None,
        on_outcome=on_outcome,
        monitor=monitor,
    )
    if on_tables:
        on_tables(outcomes)
    tables = sorted(outcome.extraction.table for outcome in outcomes if outcome.extraction)
    if not tables:
        return Ran(tuple(outcomes), files, None, None)
    made_by = [to_path(manifest)] if manifest is not None else []
    clips = clip_table_path(files.correlations)
    correlated = run_if_changed(
        out / ".steps" / "correlate.json",
        lambda: correlate(tables, files.correlations, correlation, manifest=manifest, monitor=monitor),
        revision=CORRELATION_REVISION,
        inputs=[*tables, *map(find_voice_table, tables), *made_by],
        options={**asdict(correlation), "laying": LAYING_REVISION},
        outputs=[files.correlations, clips],
    )
    if on_correlated:
        on_correlated(correlated, files.correlations)
    if correlated:
        monitor = monitor.knowing(correlated.warnings)  # of the manifest, which training reads again
    beside = (find(table) for table in tables for find in (find_tracks_table, find_voice_table))
    model = run_if_changed(
        out / ".steps" / "train.json",
        lambda: _train(files, person, classifier, manifest, tables, cluster, monitor, keep_face=keep_face),
        revision=MODEL_SCHEMA,
        inputs=[files.correlations, clips, *made_by, *(path for path in beside if path.exists())],
        options={"person": person, "classifier": classifier, "keep_face": keep_face},
        outputs=[files.model, files.evaluation],
    )
    return Ran(tuple(outcomes), files, correlated, model)


def _find_videos_of(person: str, manifest: str | Path | None) -> Callable[[str], bool]:
    """Return what says of a video, by its name without ending, whether it (claims to) show a person."""
    labels = read_labels(manifest, lambda _: None)  # what is odd about it is said when clips are labelled
    wanted = key_of_name(person)

    def shows_person(stem: str) -> bool:
        label = label_from_name(stem) if labels is None else find_label(labels, stem)
        return label is not None and key_of_name(label.subject) == wanted

    return shows_person


def _train(
    files: RunFiles,
    person: str,
    classifier: str,
    manifest: str | Path | None,
    tables: Sequence[Path],
    cluster: str | None,
    monitor: Monitor,
    *,
    keep_face: bool,
) -> Model:
    """Train, which evaluates how well such training does, and write that evaluation as JSON."""
    model = train(
        files.correlations,
        person,
        files.model,
        classifier=classifier,
        manifest=manifest,
        tables=tables,
        keep_face=keep_face,
        cluster=cluster,
        monitor=monitor,
    )
    evaluation = model.card.evaluation
    with replace_when_complete(files.evaluation) as partial:
        text = evaluation.model_dump_json(indent=2) if evaluation else "null"
        partial.write_text(text + "\n", encoding="utf-8")
    return model
