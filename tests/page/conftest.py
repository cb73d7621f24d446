"""The page of a library, asked as a program would ask it: with the token, or as a browser with the cookie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import OWN, PORT, TOKEN
from starlette.testclient import TestClient

from motionsig.page.app import make_app
from motionsig.page.settings import Settings
from motionsig.use_cases.library.layout import Library, open_library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_library(tmp_path / "library")


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """The folder in which files may be named."""
    folder = tmp_path / "named"
    folder.mkdir()
    return folder


@pytest.fixture
def connect(library: Library, named: Path) -> Callable[..., TestClient]:
    """Connects to the page without any token."""

    def make(**settings: Any) -> TestClient:
        app = make_app(Settings(library, (named,), **settings), TOKEN, PORT)
        return TestClient(app, base_url=OWN, raise_server_exceptions=False, follow_redirects=False)

    return make


@pytest.fixture
def program(connect: Callable[..., TestClient]) -> TestClient:
    """Connects as a program with the token does."""
    client = connect()
    client.headers["Authorization"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture
def browser(connect: Callable[..., TestClient]) -> TestClient:
    """Connects as a browser does that has opened the address."""
    client = connect()
    client.get("/", params={"token": TOKEN})
    return client


@pytest.fixture
def model(library: Library) -> str:
    """A person of whom there is a model that nothing can be done with."""
    (library.models / "jane.skops").write_bytes(b"no model")
    return "jane"
