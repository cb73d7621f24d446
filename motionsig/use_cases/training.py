"""A correlations table and a person to a model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from classify.estimators import check_classifier
from classify.model import Model
from classify.model_file import save_model
from classify.person_model import count_steps, train_person
from classify.thresholds import ERROR_RATE
from ground.errors import InputError
from ground.files import to_path
from ground.names import tidy
from motionsig.execution.cluster import search_on
from motionsig.use_cases.faces import read_faces
from motionsig.use_cases.inputs import Names, check_person, find_files
from motionsig.use_cases.lip_sync import list_spoken
from motionsig.use_cases.monitor import Monitor


def train(
    table: str | Path,
    person: str,
    out: str | Path | None = None,
    *,
    classifier: str = "svc",
    error_rate: float = ERROR_RATE,
    manifest: str | Path | None = None,
    tables: Names | None = None,
    keep_face: bool = True,
    cluster: str | None = None,
    monitor: Monitor | None = None,
) -> Model:
    """Learn one person's motion signature, measure how well such training does, and write the model file.

    Parameters
    ----------
    table
        Correlations table of `correlate`.
    person
        Whom to learn: a subject of the table, such as ``id0``, in any spelling of its name; the model has
        the table's.
    out
        The model file; ``<person>.skops`` by default.
    classifier
        ``svc``, ``linear``, or ``oneclass``, which is trained on the person alone.
    error_rate
        Share, 0 to .5, of others' held-out clips and videos that may count as a match, and of the person's
        own that may count as none.
    manifest
        CSV (``path,subject,group,session``) whose labels come before the table's.
    tables
        The frame tables that the table was made of, or folders of them. The faces in their tables of tracks
        check the labels: videos whose face does not go with their subject's others are named in a notice.
        The model keeps the face of the person, to find them in videos of several people. From the voice
        tables beside them it learns how the person's mouth and voice go together.
    keep_face
        Whether the model keeps the face, which is biometric data: whoever has the file can search for it.
    cluster
        Address of a Dask scheduler, where the search is done instead.
    monitor
        Progress, and whether to stop.

    Returns
    -------
    Model
        What was written; its `card` says where it comes from and how well it does.

    Raises
    ------
    InputError
        When a value or the place for the model cannot be worked with.
    TableError
        When the table breaks its contract or mixes clips that were made in different ways.
    TrainingError
        When labels or sources do not suffice.
    StoppedError
        When the monitor says so; nothing is written then.
    """
    monitor = monitor or Monitor()
    check_person(person)
    path = name_model_file(person, out)
    chosen = check_classifier(classifier)
    if not isinstance(error_rate, int | float) or not 0 <= error_rate <= 0.5:
        raise InputError(f"The error rate must be between 0 and 0.5, not {error_rate}.")
    labels = to_path(manifest) if manifest is not None else None
    found = [] if tables is None else find_files(tables, {".parquet"}, "frame table", namesakes=True)
    with search_on(cluster), monitor.stage("Training and evaluating", count_steps(), "steps") as advance:
        model = train_person(
            to_path(table),
            person,
            labels,
            classifier=chosen,
            error_rate=error_rate,
            faces=read_faces(found, monitor.notice),
            spoken=list_spoken(found, monitor.notice),
            on_progress=lambda: advance(1),
            on_warning=monitor.notice,
        )
    if not keep_face:
        model = replace(model, face=None)
    save_model(model, path)
    return model


def name_model_file(person: str, out: str | Path | None = None) -> Path:
    """Return `out`, or where the model of a person goes when nobody says where.

    Raises
    ------
    InputError
        When the name of the person cannot be a part of a file's name.
    """
    if out is not None:
        return to_path(out)
    name = tidy(person)
    if not name or Path(name).name != name or "\0" in name:
        raise InputError(f"'{person}' cannot be part of a file name. Name the model file with --out.")
    return Path(f"{name}.skops")
