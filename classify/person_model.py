"""A correlations table on disk and a person's name to a trained model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from classify.estimators import ClassifierName
from classify.evaluation import Evaluation, evaluate
from classify.evaluation import count_steps as count_evaluation_steps
from classify.known_face import learn_face
from classify.label_check import LabelledFace
from classify.lip_sync import LipSyncRange
from classify.lip_sync_learning import LipSyncRecording, SpokenVideo, learn_lip_sync
from classify.model import Model, ModelCard
from classify.sufficiency import count_footage, find_shortfalls
from classify.thresholds import ERROR_RATE
from classify.training import MOST_FOLDS, train
from classify.training_set import FAKES, TrainingSet, select_training_set
from extract.people.measured_faces import VideoFace
from features.clips import CorrelationOptions
from features.description import ClipDescription, read_description
from features.manifest import read_manifest
from features.tables import read_labelled_table
from ground.errors import TrainingError
from ground.files import hash_file
from ground.provenance import motionsig_version, tell_time


def read_training_set(
    table: Path,
    person: str,
    manifest: Path | None = None,
    on_warning: Callable[[str], None] | None = None,
) -> tuple[TrainingSet, ClipDescription, tuple[str, ...]]:
    """Read the clips of a table, labelled for one person.

    Parameters
    ----------
    table
        Correlations table, with its clip table beside it or with labels in its clip names.
    person
        The subject to learn.
    manifest
        Labels of the videos, which come before those of the tables (`features.manifest.read_manifest`).
    on_warning
        Called with a sentence about spellings of one name, see `features.spellings.unite_labels`, and about
        copies of one recording, see `select_training_set`.

    Returns
    -------
    clips : TrainingSet
        The usable ones.
    measured : ClipDescription
        How they were made.
    pairs : tuple of str
        The columns.

    Raises
    ------
    TableError
        When the table breaks its contract or mixes clips that were made in different ways.
    TrainingError
        When labels or sources do not suffice.
    """
    labels = read_manifest(manifest, on_warning) if manifest else None
    correlations, clips = read_labelled_table(table, labels, on_warning=None if labels else on_warning)
    measured = read_description(clips)
    chosen = select_training_set(correlations, clips, person, on_warning)
    return chosen, measured, tuple(correlations.columns)


def count_steps() -> int:
    """Return in how many steps `train_person` tells its progress, at most."""
    return MOST_FOLDS + count_evaluation_steps()


def train_person(
    table: Path,
    person: str,
    manifest: Path | None = None,
    *,
    classifier: ClassifierName = "svc",
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    faces: Sequence[VideoFace] = (),
    spoken: Sequence[SpokenVideo] = (),
    on_progress: Callable[[], None] | None = None,
    on_warning: Callable[[str], None] | None = None,
) -> Model:
    """Train the model of one person on a correlations table, and measure how such training does.

    Parameters
    ----------
    table, person, manifest
        As for `read_training_set`.
    classifier, error_rate, workers
        As for `classify.training.train`.
    faces
        Of videos of the table, as far as they are known: they check the labels, and the model keeps the
        person's, see `classify.known_face.learn_face`.
    spoken
        Videos of the table with their sound, as far as they are at hand: from the person's authentic ones is
        learnt how mouth and sound go together.
    on_progress
        Called after each of at most `count_steps()` steps, from the thread that did it.
    on_warning
        As for `read_training_set`.

    Raises
    ------
    TableError
        When the table breaks its contract or mixes clips that were made in different ways.
    TrainingError
        When labels or sources do not suffice.
    """
    clips, measured, pairs = read_training_set(table, person, manifest, on_warning)
    face = learn_face(_label_faces(faces, clips), clips.person, on_warning or (lambda _: None))
    result = train(clips, classifier, error_rate=error_rate, workers=workers, on_progress=on_progress)
    footage = count_footage(clips)
    shortfalls = find_shortfalls(footage)
    own = clips.values[clips.is_target]
    observed = ~np.isnan(own).all(axis=0)  # a pair never seen for the person has no usual range
    usual_mean, usual_std = np.full((2, own.shape[1]), np.nan)
    usual_mean[observed] = np.nanmean(own[:, observed], axis=0)
    usual_std[observed] = np.nanstd(own[:, observed], axis=0)
    card = ModelCard(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        person=clips.person,
        pairs=pairs,
        measured=measured,
        table=table.name,
        table_sha256=hash_file(table),
        footage=footage,
        classifier=classifier,
        hyperparameters=result.hyperparameters,
        thresholds=result.clip_scale.thresholds,
        video_thresholds=result.video_scale.thresholds,
        calibration=None if shortfalls else result.clip_scale.calibration,
        video_calibration=None if shortfalls else result.video_scale.calibration,
        shortfalls=shortfalls,
        evaluation=_evaluate_if_possible(clips, classifier, error_rate, workers, on_progress),
        lip_sync=_learn_lip_sync(spoken, clips, measured, error_rate, on_warning or (lambda _: None)),
    )
    return Model(card, result.pipeline, usual_mean, usual_std, clips.traces, face)


def _label_faces(faces: Sequence[VideoFace], clips: TrainingSet) -> list[LabelledFace]:
    """Return the faces of the authentic videos that are learnt from, told by name and hash."""
    rows = ~np.isin(clips.kinds, FAKES)
    subject_of = dict(zip(clips.videos[rows].tolist(), clips.subjects[rows].tolist(), strict=True))
    return [
        LabelledFace(one.video, subject_of[one.video], one.face)
        for one in faces
        if one.video in subject_of and one.sha256 in clips.hashes
    ]


def _learn_lip_sync(
    spoken: Sequence[SpokenVideo],
    clips: TrainingSet,
    measured: ClipDescription,
    error_rate: float,
    on_warning: Callable[[str], None],
) -> LipSyncRange | None:
    """Learn how mouth and sound go together in the person's authentic videos, told by name and hash."""
    own = clips.is_target
    session_of = dict(zip(clips.videos[own].tolist(), clips.sources[own].tolist(), strict=True))
    known = [one for one in spoken if one.video in session_of and one.sha256 in clips.hashes]
    if not known:
        return None
    rule = CorrelationOptions.from_description(measured).clips  # recorded, because frame tables were at hand
    recordings = [
        LipSyncRecording(one.video, session_of[one.video], *read)
        for one in known
        if (read := one.read(rule)) is not None
    ]
    return learn_lip_sync(recordings, error_rate, on_warning)


def _evaluate_if_possible(
    clips: TrainingSet,
    classifier: ClassifierName,
    error_rate: float,
    workers: int,
    on_progress: Callable[[], None] | None,
) -> Evaluation | None:
    """Evaluate training, or return None when no source can be spared: the card says so."""
    try:
        return evaluate(clips, classifier, error_rate=error_rate, workers=workers, on_progress=on_progress)
    except TrainingError:
        return None
