"""Where the networks come from: bad wheels and folders, several processes at once, and parts of a model."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from extract.networks import fetch, weights
from extract.networks.fetch import fetch_networks
from extract.networks.interpreter import Network
from extract.networks.model_parts import Model
from extract.networks.weights import (
    FACE_DETECTOR,
    FACE_LANDMARKS,
    POSE_LANDMARKS,
    SHA256,
    is_intact,
    locate_weights,
    read_weights,
)
from ground.errors import DependencyError, InputError

MODELS = {name: f"the bytes of {name}".encode() for name in SHA256}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for small models that are the known ones."""
    for name, model in MODELS.items():
        monkeypatch.setitem(SHA256, name, hashlib.sha256(model).hexdigest())
    monkeypatch.setenv("MOTIONSIG_NETWORKS", str(tmp_path / "networks"))
    return tmp_path / "networks"


def write_wheel(path: Path, models: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, model in models.items():
            archive.writestr(fetch._INSIDE[name], model)
        archive.writestr("mediapipe/__init__.py", "raise SystemExit('its code is not run')")
    return path


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return write_wheel(tmp_path / "mediapipe-0.10.21-cp312-cp312-any.whl", MODELS)


def refuse_download(*_: object, **__: object) -> None:
    pytest.fail("something was downloaded")


def test_networks_are_taken_out_of_the_wheel_and_nothing_else(folder: Path, wheel: Path) -> None:
    fetch_networks(wheel, pytest.fail)
    assert {path.name for path in folder.iterdir()} == {locate_weights(name).name for name in SHA256}
    assert {name: read_weights(name) for name in SHA256} == MODELS


def test_what_is_there_is_not_fetched_again(
    folder: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_networks(wheel, pytest.fail)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    monkeypatch.setattr(subprocess, "run", refuse_download)
    fetch_networks(None, pytest.fail)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("content", [b"", b"the bytes of", b"something else entirely"])
def test_a_damaged_or_half_written_network_is_refused_and_fetched_again(
    folder: Path, wheel: Path, content: bytes
) -> None:
    fetch_networks(wheel, pytest.fail)
    locate_weights(POSE_LANDMARKS).write_bytes(content)
    with pytest.raises(DependencyError, match="is damaged, or is not the network that motionsig knows"):
        read_weights(POSE_LANDMARKS)
    fetch_networks(wheel, pytest.fail)
    assert is_intact(POSE_LANDMARKS)


def test_two_versions_with_other_networks_share_a_folder(
    folder: Path, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_networks(wheel, pytest.fail)
    newer = {**MODELS, FACE_DETECTOR: b"a newer one"}
    with monkeypatch.context() as patch:
        patch.setitem(SHA256, FACE_DETECTOR, hashlib.sha256(b"a newer one").hexdigest())
        fetch_networks(write_wheel(tmp_path / "newer.whl", newer), pytest.fail)
        assert read_weights(FACE_DETECTOR) == b"a newer one"
    assert read_weights(FACE_DETECTOR) == MODELS[FACE_DETECTOR]
    assert len(list(folder.iterdir())) == len(SHA256) + 1


def spoil_tampered(path: Path) -> None:
    write_wheel(path, {**MODELS, POSE_LANDMARKS: b"another network"})


def spoil_incomplete(path: Path) -> None:
    write_wheel(path, {name: model for name, model in MODELS.items() if name != POSE_LANDMARKS})


def spoil_cut_short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def spoil_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(MODELS[POSE_LANDMARKS])] ^= 1
    path.write_bytes(content)


def spoil_packed(path: Path) -> None:
    """Make the packed bytes of a network, which the real wheel has, no such bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, model in MODELS.items():
            archive.writestr(fetch._INSIDE[name], model * 100)
        at = archive.getinfo(fetch._INSIDE[POSE_LANDMARKS]).header_offset
    content = bytearray(path.read_bytes())
    begin = at + 30 + len(fetch._INSIDE[POSE_LANDMARKS])
    content[begin : begin + 4] = b"\xff" * 4
    path.write_bytes(content)


SPOILT = [spoil_tampered, spoil_incomplete, spoil_cut_short, spoil_bit, spoil_packed, Path.unlink]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_wheel_that_is_not_the_known_one_leaves_nothing(
    folder: Path, wheel: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(wheel)
    with pytest.raises(InputError, match=r"Give (another file|the wheel of that version), or none"):
        fetch_networks(wheel, pytest.fail)
    assert not folder.exists()


def test_a_wheel_whose_network_unpacks_without_end_is_refused(
    folder: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LARGEST_BYTES", 10)
    with pytest.raises(InputError, match="holds another"):
        fetch_networks(wheel, pytest.fail)


def test_a_folder_that_cannot_be_written_is_named_with_the_way_around(
    folder: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_bytes(b"a file")
    monkeypatch.setattr(subprocess, "run", refuse_download)
    for source in (wheel, None):
        with pytest.raises(InputError, match="set the environment variable MOTIONSIG_NETWORKS") as refused:
            fetch_networks(source, pytest.fail)
        assert str(folder) in refused.value.message


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_in_place_of_a_network_is_neither_read_nor_written_over(
    folder: Path, wheel: Path, put: Callable[[Path], None]
) -> None:
    folder.mkdir()
    put(locate_weights(FACE_DETECTOR))
    with pytest.raises(DependencyError, match=r"is not a regular file\. Remove it"):
        read_weights(FACE_DETECTOR)
    with pytest.raises(InputError, match=r"a network belongs there\. Remove it"):
        fetch_networks(wheel, pytest.fail)


def test_a_network_that_cannot_be_read_is_named_with_what_names_its_folder(folder: Path) -> None:
    folder.write_bytes(b"a file")
    with pytest.raises(DependencyError, match=r"Not a directory.*correct MOTIONSIG_NETWORKS"):
        read_weights(FACE_DETECTOR)


def test_a_file_without_end_in_place_of_a_network_is_not_read_whole(folder: Path) -> None:
    folder.mkdir()
    with locate_weights(FACE_DETECTOR).open("wb") as file:
        file.truncate(2**38)  # more than there is memory; nothing is written
    with pytest.raises(DependencyError, match="is damaged"):
        read_weights(FACE_DETECTOR)


def test_a_wheel_is_looked_at_also_where_nothing_is_missing(
    folder: Path, wheel: Path, tmp_path: Path
) -> None:
    fetch_networks(wheel, pytest.fail)
    with pytest.raises(InputError, match="cannot be read as the wheel"):
        fetch_networks(tmp_path / "nowhere.whl", pytest.fail)


def test_a_pipe_is_no_wheel(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.whl")
    with pytest.raises(InputError, match="is not a regular file"):
        fetch_networks(tmp_path / "pipe.whl", pytest.fail)


def test_several_processes_fetch_at_once(folder: Path, wheel: Path) -> None:
    code = f"""if True:
        from pathlib import Path
        from extract.networks import weights
        from extract.networks.fetch import fetch_networks
        weights.SHA256.update({dict(SHA256)!r})
        fetch_networks(Path({str(wheel)!r}), print)
        for name in weights.SHA256: weights.read_weights(name)"""
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert {path.name for path in folder.iterdir()} == {locate_weights(name).name for name in SHA256}


def test_pip_downloads_the_one_wheel_that_is_known_after_saying_so(
    folder: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def download(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
        assert len(said) == 1, "before anything is downloaded"
        assert command[:4] == (sys.executable, "-m", "pip", "download")
        assert "--require-hashes" in command
        assert "--no-input" in command, "nobody would see what pip asks"
        requirement = Path(command[command.index("--requirement") + 1]).read_text(encoding="utf-8")
        assert requirement == f"mediapipe==0.10.21 --hash=sha256:{fetch.WHEEL_SHA256}\n"
        Path(command[command.index("--dest") + 1], wheel.name).write_bytes(wheel.read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", download)
    fetch_networks(None, said.append)
    assert "36 MB" in said[0]
    assert all(map(is_intact, SHA256))


def test_where_pip_fails_its_reason_and_the_way_by_hand_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stderr, reason in (
        ("\nWARNING: Retrying\nERROR: No route to host\n", r"\(No route to host\)"),
        ("ERROR: HASHES DO NOT MATCH.\n    Expected 1\n    Got 2\n\n", r"\(HASHES DO NOT MATCH\)"),
        ("Killed\n", r"\(Killed\)"),
        ("ERROR: Exception:\nTraceback:\nOSError: [Errno 28] No space left\n", r"\(OSError.*No space left\)"),
        ("", "pip gave no reason"),
    ):
        failed = subprocess.CompletedProcess((), 1, "", stderr)
        monkeypatch.setattr(subprocess, "run", lambda *_, failed=failed, **__: failed)
        with pytest.raises(DependencyError, match=reason) as refused:
            fetch_networks(None, lambda _: None)
        assert "pip download mediapipe==0.10.21" in refused.value.message
        assert "motionsig fetch-networks FILE" in refused.value.message
    assert not list(folder.iterdir())


def test_an_environment_without_pip_is_told_how_to_get_it_before_anything_is_said_to_be_downloaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(DependencyError, match=r"has no pip.*ensurepip") as refused:
        fetch_networks(None, pytest.fail)
    assert "motionsig fetch-networks FILE" in refused.value.message
    assert not folder.exists()


def test_networks_lie_in_the_environment_unless_another_folder_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MOTIONSIG_NETWORKS", raising=False)
    assert locate_weights(FACE_DETECTOR).is_relative_to(sys.prefix)
    monkeypatch.setenv("MOTIONSIG_NETWORKS", "/elsewhere")
    assert locate_weights(FACE_DETECTOR).parent == Path("/elsewhere")


def test_threads_share_a_network() -> None:
    network, rng = Network(read_weights(FACE_DETECTOR)), np.random.default_rng(0)
    pictures = [rng.random((128, 128, 3), dtype=np.float32) for _ in range(4)]
    alone = [network.run(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(network.run, pictures * 5))
    for found, expected in zip(together, alone * 5, strict=True):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


# Parts of a model


def test_a_part_computes_the_same_in_every_bit() -> None:
    """The pose network with and without the branch that paints a mask."""
    model = read_weights(POSE_LANDMARKS)
    part = Model(model).cut_part((0,), (337, 342, 298))
    image = np.random.default_rng(0).random((256, 256, 3), dtype=np.float32)
    whole = Network(model).run(image)
    points, presence, heatmap = Network(part).run(image)
    np.testing.assert_array_equal(points, whole[0])
    np.testing.assert_array_equal(presence, whole[1])
    np.testing.assert_array_equal(heatmap, whole[3])
    assert len(part) - len(model) < 64, "nothing is copied"


def test_two_parts_one_after_the_other_are_the_whole() -> None:
    """The detector of faces, cut at a tensor in its middle."""
    model = read_weights(FACE_DETECTOR)
    from ai_edge_litert.interpreter import Interpreter

    whole = Interpreter(model_content=model, num_threads=1)
    outputs = [one["index"] for one in whole.get_output_details()]
    # All paths lead through the last one of this shape.
    *_, middle = (
        one["index"] for one in whole.get_tensor_details() if tuple(one["shape"]) == (1, 16, 16, 88)
    )
    image = np.random.default_rng(0).random((128, 128, 3), dtype=np.float32)
    first = Network(Model(model).cut_part((whole.get_input_details()[0]["index"],), (middle,)))
    second = Network(Model(model).cut_part((middle,), outputs))
    for found, expected in zip(second.run(*first.run(image)), Network(model).run(image), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_options_of_a_custom_operator() -> None:
    options = Model(read_weights(FACE_LANDMARKS)).read_custom_options(197)
    assert (options["left_rotation_idx"], options["right_rotation_idx"]) == (33, 133)
    assert options["subset_idxs"][:3] == [33, 7, 163]
    assert len(options["subset_idxs"]) == 71


def test_networks_are_known_by_the_files_of_the_environment() -> None:
    """Fails when the known hashes and the files that `make install` brought do not belong together."""
    assert all(is_intact(name) for name in weights.SHA256)
