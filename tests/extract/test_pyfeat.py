"""py-feat's own code on real frames, with weights drawn at random, and with the true ones where given.

Random weights say nothing of a face, but order, units, signs, boxes, batches and missing values do not depend
on what they say.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from media import portrait, write_video
from random_pyfeat_weights import write_random_weights

from extract.chunks import ChunkRange
from extract.extraction import extract_video, read_part
from extract.extraction_options import ExtractionOptions
from extract.face import find_face_reader
from extract.face_finder import FaceBox, FaceFinder
from extract.frame_table import ACTION_UNITS, FACE_COLUMNS, HEAD_ROTATION, MOUTH, read_frame_table
from extract.head import HeadBox, HeadTracker, HeadView, locate_head
from extract.pose_reader import PoseTracker
from extract.pyfeat_network import MultitaskNetwork
from extract.pyfeat_weights import WEIGHTS_FILE, WEIGHTS_REPOSITORY, WEIGHTS_VARIABLE, find_weights
from ground.errors import DependencyError, InputError, VideoError
from ground.files import hash_file

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("feat") is None,
    reason="py-feat is not installed: `make test-py-feat` installs it (6 GB) and runs these tests",
)

TRUE_WEIGHTS = os.environ.get(WEIGHTS_VARIABLE)
ROTATION = (0.3, -0.2, 0.1)
OPTIONS = ExtractionOptions(face="py-feat", device="cpu")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_weights(tmp_path_factory.mktemp("weights") / "random.safetensors", seed=1)


@pytest.fixture
def use_random(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(weights))


@pytest.fixture(scope="module")
def network(weights: Path) -> MultitaskNetwork:
    return MultitaskNetwork(weights, "cpu", ACTION_UNITS)


def head_in(image: np.ndarray) -> HeadView:
    """The head as extraction cuts it out."""
    box = HeadTracker().locate(locate_head(PoseTracker().read(image)), image)
    assert box is not None
    return box.cut_from(image)


def read_faces(views: Sequence[HeadView | None]) -> np.ndarray:
    reader = find_face_reader("py-feat", "cpu")
    tracker = reader.open_tracker()
    return reader.measure(tracker.read(views))


def open_detector(weights: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """py-feat's own detector, but for the detection of faces, whose weights would be downloaded."""
    from feat import detector_v2

    monkeypatch.setattr(detector_v2, "Retinaface", lambda device: None)
    return detector_v2.Detectorv2(multitask_weights=weights, identity_model=None, amp=False)


def detect_in_box(detector: Any, image: np.ndarray, box: Sequence[float]) -> Any:
    """What py-feat's own path makes of a box in a whole frame."""
    import torch

    frames = torch.from_numpy(image).permute(2, 0, 1)[None]
    faces = detector.crop_faces_from_boxes(frames, torch.tensor(np.array([box]), dtype=torch.float32))
    padding = {side: torch.zeros(1) for side in ("Left", "Top", "Right", "Bottom")}
    whole = {"Image": frames, "Scale": torch.ones(1), "Padding": padding, "FileName": ["frame"]}
    return detector.forward(faces, whole).iloc[0]


# --- what comes out


@pytest.mark.usefixtures("use_random")
def test_a_video_gives_a_frame_table_whose_face_columns_are_full(weights: Path, tmp_path: Path) -> None:
    blank = np.zeros((480, 480, 3), np.uint8)
    pictures = [portrait(), portrait(turn_deg=10), blank, portrait()]
    path = write_video(tmp_path / "v.mp4", pictures, fps=4)
    extraction = extract_video(path, tmp_path / "v.parquet", OPTIONS)
    assert extraction.face_frames == 3
    table = read_frame_table(tmp_path / "v.parquet")
    read = table.frames[[*ACTION_UNITS, *HEAD_ROTATION, "face_px"]]
    assert read.notna().all(axis=1).tolist() == [True, True, False, True]
    assert read.iloc[2].isna().all()
    assert table.frames[list(MOUTH)].isna().all(axis=None)
    units = table.frames[list(ACTION_UNITS)].dropna()
    assert ((units >= 0) & (units <= 1)).all(axis=None)
    face = table.metadata.reading.face
    assert face.name == "py-feat-multitask"
    assert face.version == f"{importlib.metadata.version('py-feat')}-3.{hash_file(weights)[:8]}"
    assert face.weights[WEIGHTS_FILE] == hash_file(weights)
    assert table.metadata.further_columns == ("AU11_r", "AU24_r", "AU28_r", "AU43_r")
    assert table.frames[list(table.metadata.further_columns)].notna().all(axis=1).tolist() == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.usefixtures("use_random")
def test_an_interrupted_extraction_of_fewer_frames_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    pictures = [portrait(turn_deg=2 * k) for k in range(16)]
    path = write_video(tmp_path / "v.mp4", pictures, fps=8)
    options = ExtractionOptions(face="py-feat", device="cpu", sample_fps=4, chunk_s=0.5)
    whole = extract_video(path, tmp_path / "whole.parquet", options)
    assert (whole.frames, whole.face_frames) == (8, 8)
    read_part(path, tmp_path / "parts.parquet", options, ChunkRange(1, 3))
    parts = extract_video(path, tmp_path / "parts.parquet", options)
    assert parts.table.read_bytes() == whole.table.read_bytes()


@pytest.mark.parametrize("turn_deg", [0.0, -20.0])
def test_equal_boxes_give_what_pyfeats_own_path_gives(
    network: MultitaskNetwork, weights: Path, monkeypatch: pytest.MonkeyPatch, turn_deg: float
) -> None:
    image = portrait(turn_deg=turn_deg)
    view = head_in(image)
    box = FaceFinder().find(view)
    assert box is not None
    (ours,) = network.read([view.image], [box])
    in_frame = np.add(box, (view.left, view.top, view.left, view.top))
    theirs = detect_in_box(open_detector(weights, monkeypatch), image, in_frame)
    units = [name.removesuffix("_r") for name in ACTION_UNITS]
    np.testing.assert_allclose(ours[:16], theirs[units].astype(float), atol=1e-5)
    np.testing.assert_allclose(
        ours[16:], theirs[["Pitch", "Yaw", "Roll"]].astype(float) * (-1, 1, -1), atol=1e-5
    )


def test_rotation_has_the_signs_of_the_frame_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pose head that says ROTATION of every face: where it stands in our columns and in py-feat's.

    py-feat's columns are documented in `Detectorv2.forward`: pitch up, yaw and roll to the subject's
    right. Ours have pitch down and roll clockwise in the picture, which is to the subject's left.
    """
    weights = write_random_weights(tmp_path / "turned.safetensors", rotation=ROTATION)
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(weights))
    (face,) = read_faces([head_in(portrait())])
    found = dict(zip(find_face_reader("py-feat").columns, face, strict=True))
    np.testing.assert_allclose([found[name] for name in HEAD_ROTATION], ROTATION, atol=1e-6)
    theirs = detect_in_box(open_detector(weights, monkeypatch), portrait(), (150, 30, 300, 180))
    np.testing.assert_allclose(theirs[["Pitch", "Yaw", "Roll"]].astype(float), (-0.3, -0.2, -0.1), atol=1e-6)


def test_pyfeats_own_rotations_turn_a_head_as_our_signs_say() -> None:
    """Its gaze head composes with the pose head by `rodrigues`: that says what positive means."""
    import torch
    from feat.multitask.heads_v26 import rodrigues

    to_the_camera, to_the_crown = torch.tensor([0.0, 0.0, -1.0]), torch.tensor([0.0, -1.0, 0.0])
    pitched, yawed, rolled = rodrigues(0.3 * torch.eye(3))
    assert (pitched @ to_the_camera)[1] > 0.2, "pitch > 0: the nose goes down in the picture"
    assert (yawed @ to_the_camera)[0] < -0.2, "yaw > 0: the nose goes left in the picture, the person's right"
    assert (rolled @ to_the_crown)[0] > 0.2, "roll > 0: the crown goes right in the picture, clockwise"


# --- batches, missing faces


@pytest.mark.usefixtures("use_random")
def test_rows_depend_neither_on_the_batch_nor_on_what_was_read_before() -> None:
    views = [head_in(portrait()), None, head_in(portrait(turn_deg=15)), head_in(portrait(240))]
    reader = find_face_reader("py-feat", "cpu")
    tracker = reader.open_tracker()
    together = tracker.read(views)
    one_by_one = np.concatenate([tracker.read([view]) for view in reversed(views)])[::-1]
    assert np.isnan(together).all(axis=1).tolist() == [False, True, False, False]
    np.testing.assert_allclose(one_by_one, together, atol=1e-6)
    assert np.ptp(together[[0, 2, 3]], axis=0)[:20].max() > 1e-4, "different pictures read differently"
    np.testing.assert_array_equal(tracker.read([None, None]), np.full((2, reader.width), np.nan))


@pytest.mark.usefixtures("use_random")
def test_a_head_without_a_face_is_missing_and_the_side_is_the_head_boxs() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (180, 180, 3), dtype=np.uint8)
    head = head_in(portrait())
    faces = read_faces([HeadBox(0, 0, 180).cut_from(noise), head])
    assert np.isnan(faces[0]).all()
    assert faces[1, FACE_COLUMNS.index("face_px")] == head.box.side


def test_nan_from_the_network_counts_as_no_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = write_random_weights(tmp_path / "nan.safetensors", rotation=(float("nan"), 0, 0))
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(broken))
    path = write_video(tmp_path / "v.mp4", [portrait()] * 2, fps=4)
    with pytest.raises(VideoError, match=r"of the 2 frames of .*, but a face in none"):
        extract_video(path, tmp_path / "v.parquet", OPTIONS)


# --- weights that cannot be used


def cut(weights: Path, path: Path) -> None:
    path.write_bytes(weights.read_bytes()[:1_000_000])


def write_rubbish(weights: Path, path: Path) -> None:
    path.write_bytes(b"<html>404</html>")


def _store(weights: Path, path: Path, changes: dict[str, object], without: str = "") -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(weights, framework="pt") as stored:
        config = json.loads(stored.metadata()["config"]) | changes
    state = load_file(weights)
    state.pop(without, None)
    save_file(state, path, metadata={"config": json.dumps(config)})


def leave_out_a_key(weights: Path, path: Path) -> None:
    _store(weights, path, {}, without="pose.mlp.0.weight")


def ask_for_other_shapes(weights: Path, path: Path) -> None:
    _store(weights, path, {"unified_lmk_dim": 128})


def be_an_older_version(weights: Path, path: Path) -> None:
    _store(weights, path, {"n_au": 24})


def ask_for_a_model_of_the_network(weights: Path, path: Path) -> None:
    _store(weights, path, {"backbone": "hf-hub:somebody/else"})


def store_without_configuration(weights: Path, path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"weight": torch.zeros(3)}, path)


@pytest.mark.parametrize(
    "spoil",
    [
        cut,
        write_rubbish,
        leave_out_a_key,
        ask_for_other_shapes,
        be_an_older_version,
        ask_for_a_model_of_the_network,
        store_without_configuration,
    ],
)
def test_weights_that_are_damaged_or_others_are_refused(weights: Path, tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "spoilt.safetensors"
    spoil(weights, path)
    with pytest.raises(DependencyError, match=r"spoilt\.safetensors does not hold .* another version"):
        MultitaskNetwork(path, "cpu", ACTION_UNITS)


@pytest.mark.usefixtures("use_random")
def test_cuda_that_is_absent_is_said_before_any_work() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(InputError, match="no CUDA device"):
        find_face_reader("py-feat", "cuda").prepare(print)
    with pytest.raises(InputError, match="no CUDA device"):
        find_face_reader("py-feat", "cuda").open_tracker()


def test_the_number_of_threads_does_not_sink_with_the_second_video(
    network: MultitaskNetwork, weights: Path
) -> None:
    """py-feat's import sets OMP_NUM_THREADS to 1, which says nothing of how many there may be."""
    import torch

    threads = torch.get_num_threads()
    MultitaskNetwork(weights, "cpu", ACTION_UNITS)
    assert torch.get_num_threads() == threads


def test_memory_of_the_device_that_runs_out_is_a_sentence(
    network: MultitaskNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def run_out(chips: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(network, "_model", run_out)
    with pytest.raises(InputError, match=r"memory is full\. .*--workers"):
        network.read([portrait()], [FaceBox(150, 30, 300, 180)])


def test_a_device_that_fails_is_not_taken_for_damaged_weights(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feat.multitask import inference

    load = inference.MultitaskModel

    def fail_on_cuda(device: str, **arguments: Any) -> Any:
        if device == "cuda":
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore")
        return load(device=device, **arguments)

    monkeypatch.setattr(inference, "MultitaskModel", fail_on_cuda)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    with pytest.raises(
        InputError, match=r"device cuda failed \(CUDA error: no kernel .* device\)\. .*--device cpu"
    ):
        MultitaskNetwork(weights, "cuda", ACTION_UNITS)


# --- how the weights come here


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, and no weights named."""
    import huggingface_hub.constants

    monkeypatch.delenv(WEIGHTS_VARIABLE, raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("extract.pyfeat_weights._pyfeat_cache", lambda: str(tmp_path / "pyfeat"))
    return tmp_path


def put_into_cache(cache: Path, weights: Path) -> Path:
    """Lay a file where the hub's client would have put it."""
    repository = cache / f"models--{WEIGHTS_REPOSITORY.replace('/', '--')}"
    stored = repository / "snapshots" / ("0" * 40) / WEIGHTS_FILE
    stored.parent.mkdir(parents=True)
    stored.write_bytes(weights.read_bytes())
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    return stored


@pytest.mark.parametrize("where", [".", "pyfeat"])
def test_weights_in_a_cache_are_used_without_a_word(hub_cache: Path, weights: Path, where: str) -> None:
    stored = put_into_cache(hub_cache / where, weights)
    notices: list[str] = []
    find_face_reader("py-feat", "cpu").prepare(notices.append)
    assert find_weights() == stored
    assert not notices


def test_the_first_use_says_what_comes_how_large_and_under_which_licence(
    hub_cache: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    happened: list[str] = []

    def download(repository: str, name: str) -> str:
        happened.append(f"download {repository} {name}")
        return str(put_into_cache(hub_cache, weights))

    offered = SimpleNamespace(size=153_027_660)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url, timeout: offered)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    find_face_reader("py-feat", "cpu").prepare(happened.append)
    notice, downloaded = happened
    for words in (
        WEIGHTS_FILE,
        "153 MB",
        "huggingface.co/py-feat/face_multitask_v2",
        "non-commercial research",
    ):
        assert words in notice
    assert downloaded == f"download {WEIGHTS_REPOSITORY} {WEIGHTS_FILE}"


@pytest.mark.usefixtures("hub_cache")
def test_without_a_network_one_sentence_names_the_three_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    reader = find_face_reader("py-feat", "cpu")
    for step in (lambda: reader.prepare(print), reader.open_tracker, reader.describe):
        with pytest.raises(DependencyError) as caught:
            step()
        message = str(caught.value)
        for way in (WEIGHTS_VARIABLE, f"hf download {WEIGHTS_REPOSITORY} {WEIGHTS_FILE}", "--face mesh"):
            assert way in message
        assert "\n" not in message


# --- the true weights


@pytest.mark.skipif(TRUE_WEIGHTS is None, reason="FEAT_MULTITASK_WEIGHTS names no true weights")
class TestTrueWeights:
    """What only trained weights can say."""

    @pytest.fixture(autouse=True)
    def _use_true(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(WEIGHTS_VARIABLE, str(TRUE_WEIGHTS))

    @pytest.mark.parametrize("turn_deg", [-20.0, 15.0])
    def test_a_frame_turned_clockwise_raises_roll_by_as_much(self, turn_deg: float) -> None:
        views = [head_in(portrait()), head_in(portrait(turn_deg=turn_deg))]
        rolls = read_faces(views)[:, FACE_COLUMNS.index("pose_Rz")]
        assert rolls[1] - rolls[0] == pytest.approx(np.radians(turn_deg), abs=np.radians(6))

    def test_a_mirrored_frame_mirrors_yaw_and_roll(self) -> None:
        mirrored = np.ascontiguousarray(portrait()[:, ::-1])
        faces = read_faces([head_in(portrait()), head_in(mirrored)])
        pitch, yaw, roll = (faces[:, FACE_COLUMNS.index(name)] for name in HEAD_ROTATION)
        assert pitch[1] == pytest.approx(pitch[0], abs=0.1)
        assert yaw[1] == pytest.approx(-yaw[0], abs=0.1)
        assert roll[1] == pytest.approx(-roll[0], abs=0.1)

    def test_the_portraits_open_smile_is_a_smile(self) -> None:
        (face,) = read_faces([head_in(portrait())])
        found = dict(zip(find_face_reader("py-feat").columns, face, strict=True))
        assert found["AU12_r"] > 0.5
        assert found["AU12_r"] > found["AU15_r"]
