"""Model files: what was saved is read back; whatever else the file is, nothing in it runs."""

from __future__ import annotations

import copy
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skops.io
from population import make_correlations, write_correlations
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from classify.estimators import ClassifierName
from classify.model import Model
from classify.model_file import load_model, save_model
from classify.person_model import train_person
from ground.errors import ModelError


@pytest.fixture
def path(model: Model, tmp_path: Path) -> Path:
    path = tmp_path / "id0.skops"
    save_model(model, path)
    return path


def replace_in_archive(path: Path, edit: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, **edit}.items():
            archive.writestr(name, content)


def dump_like_a_model(path: Path, model: Model, **changed: object) -> Path:
    content = {
        "card": model.card.model_dump_json(),
        "pipeline": model.pipeline,
        "usual_mean": model.usual_mean,
        "usual_std": model.usual_std,
    }
    skops.io.dump({**content, **changed}, path)
    return path


def test_a_model_reads_back_equal(path: Path, model: Model) -> None:
    loaded = load_model(path)
    probe = make_correlations({"id0": 1, "id1": 1}, seed=3).to_numpy()
    assert loaded.card == model.card
    np.testing.assert_array_equal(
        loaded.pipeline.decision_function(probe), model.pipeline.decision_function(probe)
    )
    np.testing.assert_array_equal(loaded.usual_mean, model.usual_mean)
    np.testing.assert_array_equal(loaded.usual_std, model.usual_std)


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.7, 0.99])
def test_a_truncated_model_is_refused(path: Path, kept: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept >= 1 or kept == 0 else kept * len(data))])
    with pytest.raises(ModelError, match=r"id0\.skops is not a model of motionsig, or it is damaged"):
        load_model(path)


def test_flipped_bytes_are_refused_or_change_nothing(path: Path, model: Model) -> None:
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    probe = make_correlations({"id0": 1}, seed=3).to_numpy()
    expected = model.pipeline.decision_function(probe)
    for place in rng.integers(0, len(data), 60):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            loaded = load_model(path)
        except ModelError:
            continue
        np.testing.assert_array_equal(loaded.pipeline.decision_function(probe), expected)


class _Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


def test_a_pickle_with_another_name_is_refused_and_does_not_run(tmp_path: Path) -> None:
    path, marker = tmp_path / "evil.skops", tmp_path / "it-ran"
    path.write_bytes(pickle.dumps(_Bomb(marker)))
    with pytest.raises(ModelError, match="not a model of motionsig"):
        load_model(path)
    assert not marker.exists()


def test_a_function_in_place_of_a_step_is_refused_by_name(tmp_path: Path, model: Model) -> None:
    """skops itself trusts scikit-learn's FunctionTransformer and NumPy's functions."""
    pipeline = Pipeline([("impute", FunctionTransformer(np.loadtxt)), *model.pipeline.steps[1:]])
    path = dump_like_a_model(tmp_path / "evil.skops", model, pipeline=pipeline)
    with pytest.raises(ModelError, match="FunctionTransformer"):
        load_model(path)


def test_a_forged_loader_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["content"]["card"] = {
        "__class__": "str", "__module__": "builtins", "__loader__": "OperatorFuncNode", "__id__": 1,
        "content": {},
    }  # fmt: skip
    replace_in_archive(path, {"schema.json": json.dumps(schema).encode()})
    with pytest.raises(ModelError, match="OperatorFuncNode"):
        load_model(path)


def test_steps_in_another_order_are_refused(tmp_path: Path, model: Model) -> None:
    path = dump_like_a_model(tmp_path / "m.skops", model, pipeline=Pipeline(model.pipeline.steps[::-1]))
    with pytest.raises(ModelError, match="holds a pipeline that motionsig did not make"):
        load_model(path)


def test_parts_that_do_not_fit_each_other_are_refused(tmp_path: Path, model: Model) -> None:
    path = dump_like_a_model(tmp_path / "m.skops", model, usual_mean=model.usual_mean[:-1])
    with pytest.raises(ModelError, match="do not fit each other"):
        load_model(path)


def test_a_model_of_a_newer_version_says_so(tmp_path: Path, model: Model) -> None:
    card = {**json.loads(model.card.model_dump_json()), "schema_version": 99}
    path = dump_like_a_model(tmp_path / "m.skops", model, card=json.dumps(card))
    with pytest.raises(ModelError, match="newer version of motionsig"):
        load_model(path)


def test_an_archive_that_unpacks_to_too_much_is_refused_before_unpacking(path: Path) -> None:
    block = bytes(1 << 24)
    with (
        zipfile.ZipFile(path, "a", compression=zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(65):
            member.write(block)
    assert path.stat().st_size < 10_000_000
    with pytest.raises(ModelError, match="1 GiB"):
        load_model(path)


def test_a_missing_model_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="motionsig train"):
        load_model(tmp_path / "none.skops")


def test_a_failed_save_leaves_the_earlier_model(
    path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(skops.io, "dump", fail)
    with pytest.raises(OSError, match="disk full"):
        save_model(model, path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_model_of_an_older_schema_says_to_train_anew(tmp_path: Path, model: Model, version: int) -> None:
    card = {**json.loads(model.card.model_dump_json()), "schema_version": version}
    path = dump_like_a_model(tmp_path / "m.skops", model, card=json.dumps(card))
    with pytest.raises(ModelError, match=r"older version of motionsig .*Train the model again"):
        load_model(path)


@pytest.mark.parametrize("classifier", ["linear", "oneclass"])
def test_models_of_every_kind_read_back(tmp_path: Path, classifier: ClassifierName) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 3, "id1": 2, "id2": 2, "id3": 1}))
    made = train_person(table, "id0", classifier=classifier, workers=1)
    save_model(made, tmp_path / "m.skops")
    loaded = load_model(tmp_path / "m.skops")
    probe = make_correlations({"id0": 1}, seed=3).to_numpy()
    np.testing.assert_array_equal(
        loaded.pipeline.decision_function(probe), made.pipeline.decision_function(probe)
    )


def test_another_classifier_than_the_card_says_is_refused(tmp_path: Path, model: Model) -> None:
    card = {**json.loads(model.card.model_dump_json()), "classifier": "oneclass"}
    path = dump_like_a_model(tmp_path / "m.skops", model, card=json.dumps(card))
    with pytest.raises(ModelError, match="holds a pipeline that motionsig did not make"):
        load_model(path)


def test_a_calibrated_card_reads_back_whole(tmp_path: Path, calibrated_model: Model) -> None:
    save_model(calibrated_model, tmp_path / "m.skops")
    card = load_model(tmp_path / "m.skops").card
    assert card == calibrated_model.card
    assert card.evaluation is not None
    assert card.video_calibration is not None


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("calibration", {"method": "isotonic"}),
        ("calibration", {"method": "isotonic", "knot_scores": [0.0, 1.0], "knot_llrs": [0.0]}),
        ("calibration", {"method": "isotonic", "knot_scores": [1.0, 0.0], "knot_llrs": [0.0, 1.0]}),
        ("calibration", {"method": "isotonic", "knot_scores": [0.0, 1.0], "knot_llrs": [1.0, 0.0]}),
        ("video_calibration", {"knot_scores": [0.0], "knot_llrs": [0.0]}),
        ("video_calibration", {"slope": -1.0}),
        ("calibration", {"lowest": 0.1}),
        ("calibration", {"highest": -0.1}),
        ("thresholds", {"no_match_below": 2.0, "match_above": 1.0}),
        ("video_thresholds", {"non_target_sources": -1}),
        ("video_thresholds", {"fewest_clips": 0}),
        ("video_calibration", None),
        ("calibration", None),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(
    tmp_path: Path, calibrated_model: Model, part: str, changed: dict[str, object] | None
) -> None:
    card = json.loads(calibrated_model.card.model_dump_json())
    card[part] = None if changed is None else {**card[part], **changed}
    path = dump_like_a_model(tmp_path / "m.skops", calibrated_model, card=json.dumps(card))
    with pytest.raises(ModelError, match=r"The card in .* is damaged"):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "number"), [("usual_mean", np.inf), ("usual_std", np.inf), ("usual_std", -1)]
)
def test_a_usual_range_of_impossible_numbers_is_refused(
    tmp_path: Path, model: Model, name: str, number: float
) -> None:
    array = getattr(model, name).copy()
    array[3] = number
    path = dump_like_a_model(tmp_path / "m.skops", model, **{name: array})
    with pytest.raises(ModelError, match="impossible numbers"):
        load_model(path)


def assert_refused_with(spoil: Callable[[Pipeline], None], model: Model, folder: Path) -> None:
    pipeline = copy.deepcopy(model.pipeline)
    spoil(pipeline)
    path = dump_like_a_model(folder / "evil.skops", model, pipeline=pipeline)
    with pytest.raises(ModelError, match="do not fit each other"):
        load_model(path)


def spoil_support_counts(pipeline: Pipeline) -> None:
    pipeline[-1]._n_support = pipeline[-1]._n_support + np.array([5_000_000, -5_000_000], np.int32)


def spoil_coefficients(pipeline: Pipeline) -> None:
    pipeline[-1]._dual_coef_ = np.zeros((1, 1))


def spoil_intercept(pipeline: Pipeline) -> None:
    pipeline[-1]._intercept_ = np.zeros(0)


def spoil_means(pipeline: Pipeline) -> None:
    pipeline[0].statistics_ = pipeline[0].statistics_[:10]


def spoil_type(pipeline: Pipeline) -> None:
    pipeline[-1].support_vectors_ = pipeline[-1].support_vectors_.astype(np.float32)


def spoil_scale(pipeline: Pipeline) -> None:
    pipeline[1].scale_[7] = 1e-300


def spoil_vectors(pipeline: Pipeline) -> None:
    pipeline[-1].support_vectors_[0, 7] = 1e300


def spoil_degree(pipeline: Pipeline) -> None:
    pipeline[-1].degree = 1000


@pytest.mark.parametrize("spoil", [spoil_scale, spoil_vectors, spoil_degree])
def test_numbers_that_would_give_infinite_scores_are_refused(
    tmp_path: Path, model: Model, spoil: Callable[[Pipeline], None]
) -> None:
    assert_refused_with(spoil, model, tmp_path)


@pytest.mark.parametrize(
    "spoil", [spoil_support_counts, spoil_coefficients, spoil_intercept, spoil_means, spoil_type]
)
def test_arrays_that_would_make_libsvm_read_foreign_memory_are_refused(
    tmp_path: Path, model: Model, spoil: Callable[[Pipeline], None]
) -> None:
    assert_refused_with(spoil, model, tmp_path)
