"""Enrolment: a correlations table on disk and a person's name to a model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from classify.model import Model, ModelCard, TrainingFootage
from classify.training import train
from classify.training_set import select_training_set
from extract.files import hash_file
from extract.frame_table import motionsig_version
from features.identity import read_identity
from features.labels import read_manifest
from features.tables import read_labelled_table


def enrol(table: Path, person: str, manifest: Path | None = None) -> Model:
    """Train the model of one person on a correlations table.

    Parameters
    ----------
    table
        Correlations table, with its clip table beside it or with labels in its clip names.
    person
        The subject to learn.
    manifest
        Labels of the videos, which come before those of the tables (`features.labels.read_manifest`).

    Raises
    ------
    TableError
        When the table breaks its contract or mixes clips that were made in different ways.
    TrainingError
        When labels or sources do not suffice.
    """
    correlations, clips = read_labelled_table(table, read_manifest(manifest) if manifest else None)
    identity = read_identity(clips)
    clips_used = select_training_set(correlations, clips, person)
    result = train(clips_used)
    own = clips_used.values[clips_used.is_person]
    observed = ~np.isnan(own).all(axis=0)  # a pair never seen for the person has no usual range
    usual_mean, usual_std = np.full((2, own.shape[1]), np.nan)
    usual_mean[observed] = np.nanmean(own[:, observed], axis=0)
    usual_std[observed] = np.nanstd(own[:, observed], axis=0)
    card = ModelCard(
        motionsig_version=motionsig_version(),
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        person=person,
        pairs=tuple(correlations.columns),
        identity=identity,
        footage=TrainingFootage(
            table=table.name,
            table_sha256=hash_file(table),
            person_clips=int(clips_used.is_person.sum()),
            person_sources=clips_used.count_sources(of_person=True),
            other_clips=int((~clips_used.is_person).sum()),
            other_sources=clips_used.count_sources(of_person=False),
            clips_left_out=clips_used.left_out,
        ),
        settings=result.settings,
        thresholds=result.thresholds,
        held_out=result.figures,
    )
    return Model(card, result.pipeline, usual_mean, usual_std)
