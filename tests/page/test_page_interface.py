"""The HTTP interface documents itself, completely and truly."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from motionsig.page.openapi import OPERATIONS

DOCUMENTED = Path(__file__).parents[2] / "docs" / "serve.md"


def describe(program: TestClient) -> dict[str, Any]:
    content: dict[str, Any] = program.get("/api/v1/openapi.json").json()
    return content


def test_every_operation_is_described_and_every_reference_leads_somewhere(program: TestClient) -> None:
    content = describe(program)
    described = {(method.upper(), path) for path, methods in content["paths"].items() for method in methods}
    assert described == {(one.method, f"/api/v1{one.path}") for one in OPERATIONS}
    assert len({one.handler.__name__ for one in OPERATIONS}) == len(OPERATIONS)
    for methods in content["paths"].values():
        for operation in methods.values():
            assert operation["summary"].endswith(".")
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(content)):
        assert name in content["components"]["schemas"]
    assert content["security"] == [{"token": []}]


def test_the_answers_are_those_that_are_described(program: TestClient) -> None:
    content = describe(program)
    person = program.post("/api/v1/people", json={"name": "Jane"}).json()
    program.post(f"/api/v1/people/{person['id']}/learn")
    for path, answer in (
        ("/api/v1/people", program.get("/api/v1/people").json()),
        ("/api/v1/people/{person}", person),
        ("/api/v1/jobs", program.get("/api/v1/jobs").json()),
        ("/api/v1/suspects", program.get("/api/v1/suspects").json()),
    ):
        given = content["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
            "$ref"
        ]
        described = content["components"]["schemas"][given.rsplit("/", 1)[-1]]["properties"]
        assert set(answer) == set(described)


def test_paths_of_the_documentation_exist() -> None:
    """Those in the table and in the example."""
    text = DOCUMENTED.read_text()
    known = {re.sub(r"\{\w+\}", "X", one.path) for one in OPERATIONS}
    named = re.findall(r"(?:GET|POST|DELETE) (/[\w/.]+)", text) + re.findall(r"\$PAGE(/[\w/.]+)", text)
    assert len(named) > 12
    for path in named:
        as_template = re.sub(r"\b(ID|FILE|verdict\.json)\b", "X", path)
        assert as_template in known, path


def test_what_is_not_there_is_told_as_json(program: TestClient) -> None:
    for path in ("/api/v1/people/x", "/api/v1/jobs/x", "/api/v1/suspects/x", "/api/v1/nothing"):
        answer = program.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]
    assert program.put("/api/v1/people").status_code == 405
