"""What a model is: a fitted pipeline, the person's usual range, and a card that says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pydantic

from extract.errors import ModelError
from features.identity import TableIdentity

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

MODEL_SCHEMA: Final = 1


class _Record(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class Thresholds(_Record):
    """Clip scores above `match_above` are a match, below `no_match_below` none, between them neither.

    `error_rate` is the share of held-out clips that each of them was chosen to let err.
    """

    no_match_below: float
    match_above: float
    error_rate: float


class HeldOutFigures(_Record):
    """How the model's setting did on clips of sources that it was not trained on.

    The setting was chosen on the same `folds`, so the figures flatter a little. Rates are shares of clips:
    `false_match_rate` of other people's clips that score as a match, `false_no_match_rate` of the person's
    own that score as none, `undecided_rate` of all clips in between.
    """

    folds: int
    auc: float
    equal_error_rate: float
    false_match_rate: float
    false_no_match_rate: float
    undecided_rate: float


class TrainingFootage(_Record):
    """What a model stands on: the table, and the clips and sources (sessions, else videos) used of it."""

    table: str
    table_sha256: str
    person_clips: int
    person_sources: int
    other_clips: int
    other_sources: int
    clips_left_out: int


class ModelCard(_Record):
    """Everything about a model that is not numbers to compute with."""

    schema_version: int = MODEL_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    pairs: tuple[str, ...]
    identity: TableIdentity
    footage: TrainingFootage
    settings: dict[str, Any]
    thresholds: Thresholds
    held_out: HeldOutFigures


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
    """

    card: ModelCard
    pipeline: Pipeline
    usual_mean: npt.NDArray[np.float64]
    usual_std: npt.NDArray[np.float64]

    def check_fits(self, correlations: pd.DataFrame, identity: TableIdentity, suspect: str) -> None:
        """Check that a suspect's clips were measured as the model's footage was.

        Parameters
        ----------
        correlations
            The suspect's clips.
        identity
            How they were made; what a table does not record is not compared.
        suspect
            Name of the suspect, for the message.

        Raises
        ------
        ModelError
            Naming every difference: readers, clip length and step, signal, body coordinates, features.
        """
        differences = self.card.identity.describe_differences(identity)
        if tuple(correlations.columns) != self.card.pairs:
            differences.append(
                f"features: {len(correlations.columns)} pairs, not the model's {len(self.card.pairs)}"
            )
        if differences:
            raise ModelError(
                f"The model of '{self.card.person}' does not fit {suspect}: {'; '.join(differences)}. "
                "Measure the suspect as the model's footage was measured, or train a model on footage "
                "measured like the suspect."
            )
