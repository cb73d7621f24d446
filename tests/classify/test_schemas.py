"""Versioned records: whoever changes a field raises the version, and then notes the new hash here."""

from __future__ import annotations

import hashlib

import pydantic
import pytest

from classify.background.card import BACKGROUND_SCHEMA, ENROLMENT_SCHEMA, BackgroundCard, EnrolmentCard
from classify.identification import IDENTIFICATION_SCHEMA, Identification
from classify.model import MODEL_SCHEMA, ModelCard
from classify.verdict import VERDICT_SCHEMA, Verdict
from report.evidence import EVIDENCE_SCHEMA, Evidence


def list_fields(record: type[pydantic.BaseModel]) -> str:
    """Every field of the record and of what it holds, in the order of the alphabet."""
    schema = record.model_json_schema()
    parts = {record.__name__: schema, **schema["$defs"]}
    return "\n".join(
        f"{part}.{field}" for part in sorted(parts) for field in sorted(parts[part].get("properties", ()))
    )


@pytest.mark.parametrize(
    ("record", "version", "fields"),
    [
        (ModelCard, MODEL_SCHEMA, {8: "09280892bbed"}),
        (Verdict, VERDICT_SCHEMA, {10: "1522db774132"}),
        (Identification, IDENTIFICATION_SCHEMA, {8: "a163e310576f"}),
        (BackgroundCard, BACKGROUND_SCHEMA, {1: "7a06955d66db"}),
        (EnrolmentCard, ENROLMENT_SCHEMA, {3: "974ce3c36e8d"}),
        (Evidence, EVIDENCE_SCHEMA, {2: "e343de8849ca"}),
    ],
)
def test_a_changed_field_raises_the_schema_version(
    record: type[pydantic.BaseModel], version: int, fields: dict[int, str]
) -> None:
    found = hashlib.sha256(list_fields(record).encode()).hexdigest()[:12]
    assert fields.get(version) == found, "fields changed: raise the schema version, then note the new hash"
