"""What a model is: a fitted pipeline, the person's usual range, and a card that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt
import pydantic

from classify.calibration import Calibration
from classify.decision import Rule
from classify.estimators import ClassifierName
from classify.evaluation import Evaluation
from classify.lip_sync import LipSyncRange
from classify.sufficiency import Shortfall, TrainingFootage
from classify.thresholds import Thresholds
from extract.people.person import PersonReference
from features.description import ClipDescription
from features.motion_trace import Trace
from features.signature import find_pair_set
from ground.descriptions import describe_differences
from ground.errors import ModelError
from ground.records import Record

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

MODEL_SCHEMA: Final = 8


class ModelCard(Record):
    """Everything about a model that is not numbers to compute with.

    Attributes
    ----------
    method
        Tells trained models from enrolled people.
    schema_version, motionsig_version, created_utc
        Of the file, and who made it when.
    person, pairs, measured
        Whom it knows, by which feature pairs, measured how.
    table, table_sha256, footage
        The file that it was trained on, and what was in it.
    classifier, hyperparameters
        Which one, and what was chosen for it.
    thresholds, video_thresholds
        For the scores of clips, and for the mean scores of videos.
    calibration, video_calibration
        Scores to likelihood ratios; None where the footage does not suffice.
    shortfalls
        What it lacks; empty for a calibrated model.
    evaluation
        How training does on sources that it has not seen; None where there are too few to tell.
    lip_sync
        How mouth and sound go together in the person's recordings; None where that was not learnt.
    """

    method: Literal["trained"] = "trained"
    schema_version: Literal[8] = MODEL_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    pairs: tuple[str, ...]
    measured: ClipDescription
    table: str
    table_sha256: str
    footage: TrainingFootage
    classifier: ClassifierName
    hyperparameters: dict[str, Any]
    thresholds: Thresholds
    video_thresholds: Thresholds
    calibration: Calibration | None
    video_calibration: Calibration | None
    shortfalls: tuple[Shortfall, ...]
    evaluation: Evaluation | None
    lip_sync: LipSyncRange | None = None

    @pydantic.field_validator("pairs")
    @classmethod
    def _check_pairs(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        if find_pair_set(pairs).columns != pairs:
            raise ValueError("the pairs are those of no set")
        return pairs

    @pydantic.model_validator(mode="after")
    def _check_calibrations(self) -> Self:
        if (self.calibration is None) != (self.video_calibration is None):
            raise ValueError("clips and videos are calibrated both or neither")
        return self

    @property
    def clip_rule(self) -> Rule:
        """What decides about scores of clips."""
        return Rule(self.thresholds, self.calibration)

    @property
    def video_rule(self) -> Rule:
        """What decides about mean scores of videos."""
        return Rule(self.video_thresholds, self.video_calibration)


@dataclass(frozen=True)
class Model:
    """A person's trained model.

    Attributes
    ----------
    card
        Who, from what, how well.
    pipeline
        Fitted; its `decision_function` scores clips, higher is more like the person.
    usual_mean, usual_std
        float64, shape (pairs,): mean and standard deviation of each correlation over the person's own clips.
    traces
        How head and mouth move in the videos that it learnt from, by name, which finds copies of them; none
        for models of older tables.
    face
        Of the person, by which videos are searched for them; None where it is not known or not kept. The
        card, which every verdict repeats, does not hold it.
    """

    card: ModelCard
    pipeline: Pipeline
    usual_mean: npt.NDArray[np.float64]
    usual_std: npt.NDArray[np.float64]
    traces: Mapping[str, Trace] = field(default_factory=dict)
    face: PersonReference | None = None

    def check_fits(self, correlations: pd.DataFrame, measured: ClipDescription, suspect: str) -> None:
        """Check that a suspect's clips were measured as the model's footage was.

        Parameters
        ----------
        correlations
            The suspect's clips.
        measured
            How they were made; what a table does not record is not compared.
        suspect
            Name of the suspect, for the message.

        Raises
        ------
        ModelError
            Naming every difference: readers, clip length and step, signal, body coordinates, features.
        """
        differences = describe_differences(self.card.measured, measured)
        if tuple(correlations.columns) != self.card.pairs:
            differences.append(
                f"features: {len(correlations.columns)} pairs instead of {len(self.card.pairs)}"
            )
        if differences:
            raise ModelError(
                f"The model of '{self.card.person}' and {suspect} were measured differently: "
                f"{'; '.join(differences)}. Measure the suspect as the model's footage was measured, or "
                "train a model on footage measured like the suspect."
            )
