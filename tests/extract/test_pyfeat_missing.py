"""What one reads when py-feat, its weights or the device are not there; needs none of them."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import pytest

from extract.face import find_face_reader
from extract.pyfeat_weights import TESTED_VERSION, WEIGHTS_VARIABLE, find_weights, hash_weights
from ground.errors import DependencyError, InputError


@pytest.fixture
def without_pyfeat(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", look)


@pytest.mark.usefixtures("without_pyfeat")
@pytest.mark.parametrize("step", ["prepare", "describe", "open_tracker"])
def test_without_the_package_every_step_names_the_line_that_installs_it(step: str) -> None:
    arguments = [print] if step == "prepare" else []
    with pytest.raises(DependencyError, match=r"pip install '\.\[py-feat\]'.*--face mesh"):
        getattr(find_face_reader("py-feat"), step)(*arguments)


@pytest.mark.parametrize("step", ["prepare", "describe", "open_tracker"])
def test_another_version_than_the_tested_one_is_refused(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.0.3")
    arguments = [print] if step == "prepare" else []
    with pytest.raises(
        DependencyError, match=r"py-feat 2\.0\.3 .* needs 2\.1\.5: .*pip install '\.\[py-feat\]'"
    ):
        getattr(find_face_reader("py-feat"), step)(*arguments)


def test_the_version_that_is_checked_is_the_one_that_gets_installed() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    extra = project["project"]["optional-dependencies"]["py-feat"]
    assert extra == [f"py-feat=={TESTED_VERSION}"]


def test_weights_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path / "gone.safetensors"))
    with pytest.raises(
        DependencyError, match=r"FEAT_MULTITASK_WEIGHTS names .*gone\.safetensors.*no such file"
    ):
        find_weights()


def test_weights_that_could_carry_code_are_not_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "old.pt").write_bytes(b"a pickle")
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path / "old.pt"))
    with pytest.raises(DependencyError, match=r"old\.pt, which is not a \.safetensors file"):
        find_weights()


def test_changed_weights_have_another_hash(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"one")
    first = hash_weights(path)
    assert hash_weights(path) == first
    path.write_bytes(b"other")
    assert hash_weights(path) != first


def test_the_mesh_does_not_run_on_cuda_and_other_devices_do_not_exist() -> None:
    with pytest.raises(InputError, match="mesh runs on the CPU only"):
        find_face_reader("mesh", "cuda")
    with pytest.raises(InputError, match="Choose one of: auto, cpu, cuda"):
        find_face_reader("py-feat", "abacus")
