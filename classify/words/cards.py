"""The card of a verdict in words, be it a trained model's or an enrolled person's."""

from __future__ import annotations

from collections.abc import Iterator

from classify.background.card import EnrolmentCard
from classify.model import ModelCard
from classify.words import enrolments, models
from classify.words.lip_sync import describe_range


def list_card(card: ModelCard | EnrolmentCard) -> Iterator[str]:
    """Yield the lines of a card: who, from what footage, measured how, and what it can say."""
    yield from models.list_card(card) if card.method == "trained" else enrolments.list_card(card)
    if card.lip_sync is not None:
        yield describe_range(card.lip_sync)


def describe_error_rates(card: ModelCard | EnrolmentCard) -> str:
    """Return what is known of how often verdicts with this card err."""
    if card.method == "trained":
        return models.describe_error_rates(card)
    return enrolments.describe_error_rates(card)


def describe_others(card: ModelCard | EnrolmentCard) -> str:
    """Return who else might be moving, if it is not the person: the population of the likelihood ratio."""
    if card.method == "trained":
        return models.describe_others(card.footage)
    return enrolments.name_population(card.background)
