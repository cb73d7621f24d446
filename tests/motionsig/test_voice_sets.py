"""The sets of pairs with the voice, from frame tables to models, verdicts and pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_moving_frames, make_table, write_table
from voice_tables import STEADY, make_speech, make_voice, write_voice

from classify.model import Model
from classify.model_file import load_model
from classify.reasons import ReasonCode
from extract.frame_table import ACTION_UNITS, FrameTable, read_frame_table
from extract.sound.voice_table import VoiceTable, find_voice_table, read_voice_of
from extract.tables_beside import is_beside
from features.clips import CorrelationOptions
from features.signature import PairSet
from features.tables import read_labelled_table
from features.windows import ClipRule
from ground.errors import ModelError, TableError, TrainingError
from ground.time_span import TimeSpan
from motionsig.use_cases.comparison import compare
from motionsig.use_cases.configurations import lay_out_configurations
from motionsig.use_cases.correlation import correlate
from motionsig.use_cases.evaluation import evaluate_by_both_protocols
from motionsig.use_cases.judging import judge_table, judge_with_evidence
from motionsig.use_cases.robustness import compare_versions
from motionsig.use_cases.training import train
from report.data_set_page import Evaluated, render_data_set
from report.tracing import Tracer

FPS, SECONDS = 10, 20
BOTH = CorrelationOptions(pairs=PairSet("full+voice"))


def make_speaker(name: str, seed: int, *, nods: bool, reader: str = "1") -> tuple[FrameTable, VoiceTable]:
    """Somebody whose head and face move as one, and whoever `nods` moves them as the pitch goes."""
    frames = make_moving_frames(np.arange(SECONDS * FPS) / FPS, seed)
    pitch = np.random.default_rng(100 + seed).normal(size=len(frames))
    frames["pose_Rx"] = pitch if nods else np.random.default_rng(200 + seed).normal(size=len(frames))
    frames[[*ACTION_UNITS]] += frames[["pose_Rx"]].to_numpy()
    table = make_table(frames, name)
    moments = 10 * len(frames)
    speech = make_speech(table, seed, reader=reader)
    values = speech.values[:moments].copy()
    of_frame = np.minimum((np.arange(moments) + 5) // 10, len(frames) - 1)
    values[:, list(STEADY).index("pitch_hz")] = 100 * 2 ** (pitch[of_frame] / 12)
    return table, VoiceTable(values, speech.metadata)


def write_speaker(folder: Path, name: str, seed: int, *, nods: bool, reader: str = "1") -> Path:
    table, voice = make_speaker(name, seed, nods=nods, reader=reader)
    path = write_table(table, folder)
    write_voice(voice, path)
    return path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of id0, who nods as the pitch goes, and of three others, who do not."""
    folder = tmp_path_factory.mktemp("tables")
    for k in range(6):
        name = f"{k}_id0_pristine.mp4" if k < 3 else f"{k}_id{k}_celeb.mp4"
        write_speaker(folder, name, k, nods=k < 3)
    return folder


@pytest.fixture(scope="module")
def correlations(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "correlations.csv"
    assert correlate(tables, path, BOTH).warnings == ()
    return path


@pytest.fixture(scope="module")
def model(correlations: Path) -> Model:
    path = correlations.with_name("id0.motionsig")
    train(correlations, "id0", path, classifier="linear")
    return load_model(path)


def test_a_model_with_the_voice_judges_videos_that_were_extracted_with_it(
    tmp_path: Path, model: Model
) -> None:
    assert model.card.measured.feature_set == "full+voice"
    assert len(model.card.pairs) == 703
    own, other = (write_speaker(tmp_path, f"{k}.mp4", 50 + k, nods=not k) for k in (0, 1))
    (of_own,), (of_other,) = (judge_table(path, model) for path in (own, other))
    assert of_own.score is not None
    assert of_other.score is not None
    assert of_own.score > of_other.score
    assert of_other.deviations[0].pair == "pose_Rx*voice_pitch"
    words = "head nod and pitch of the voice usually rise together: r = 1.00"
    assert of_other.deviations[0].words.startswith(words)


def test_a_suspect_without_a_voice_table_is_refused_with_what_to_do(tmp_path: Path, model: Model) -> None:
    path = write_speaker(tmp_path, "suspect.mp4", 60, nods=True)
    find_voice_table(path).unlink()
    with pytest.raises(TableError, match=r"beside the frame table of suspect\.mp4\. Extract the video again"):
        judge_table(path, model)


def test_a_suspect_whose_voice_was_measured_otherwise_is_refused(tmp_path: Path, model: Model) -> None:
    path = write_speaker(tmp_path, "suspect.mp4", 61, nods=True, reader="2")
    with pytest.raises(ModelError, match="voice reader: ear 2 instead of ear 1"):
        judge_table(path, model)


def test_clips_with_too_little_voice_are_no_evidence_and_say_so(tmp_path: Path, model: Model) -> None:
    """Only the pitch is missing, which is 5 % of the 703 pairs, but what is left is no voice."""
    table, _ = make_speaker("suspect.mp4", 62, nods=True)
    path = write_table(table, tmp_path)
    write_voice(make_speech(table, 62, voiced=0.1), path)
    (verdict,) = judge_table(path, model)
    assert {clip.reason.code for clip in verdict.clips} == {ReasonCode.TOO_LITTLE_VOICE}
    assert verdict.clips[0].missing_share == pytest.approx(37 / 703)
    assert verdict.clips[0].words == (
        "it has too little voice, which at least 25% of its frames need (voice found in 10% of the frames)"
    )
    assert "too little voice in 3" in verdict.sentence
    assert verdict.label == "inconclusive"


def test_the_evidence_names_what_measured_the_voice_and_traces_it(tmp_path: Path, model: Model) -> None:
    path = write_speaker(tmp_path, "suspect.mp4", 63, nods=True)
    _, (evidence,) = judge_with_evidence(path, model, path)
    assert [reader.label for reader in evidence.readers] == ["pose 1", "mesh 2", "ear 1"]
    table = read_frame_table(path)
    trace = Tracer.of_features(table, BOTH, read_voice_of(path, table.metadata))
    drawn = trace.trace("pose_Rx*voice_pitch", TimeSpan(start_s=5, end_s=15))
    assert drawn.first == pytest.approx(drawn.second, abs=1e-3)


def test_versions_of_a_video_are_compared_with_their_voices(tmp_path: Path, model: Model) -> None:
    path = write_speaker(tmp_path, "suspect.mp4", 64, nods=True)
    mute = write_speaker(tmp_path, "mute.mp4", 64, nods=True)
    table = read_frame_table(mute)
    write_voice(make_voice(table, 1000), mute)
    rows = compare_versions("suspect.mp4", path, {"same": path, "mute": mute}, model)
    assert [row.feature_r for row in rows] == pytest.approx([1.0, 1.0, 1.0])
    assert rows[1].cells_lost == 0
    assert rows[2].cells_lost is not None
    assert rows[2].cells_lost > 0


def test_configurations_with_the_voice_are_laid_out_beside_others(tables: Path) -> None:
    found, dropped = lay_out_configurations(
        sorted(path for path in tables.iterdir() if not is_beside(path)),
        "id0",
        signals=["position"],
        sets=["full", "voice", "full+voice"],
        rules=[ClipRule()],
        classifiers=["linear"],
    )
    assert {one.pairs: one.clips.values.shape for one in found} == {
        "full": (18, 435), "voice": (18, 268), "full+voice": (18, 703)
    }  # fmt: skip
    assert not dropped


def test_configurations_with_the_voice_need_voice_tables(tables: Path, tmp_path: Path) -> None:
    path = write_table(make_table(make_moving_frames(np.arange(300) / 10), "1_id0_pristine.mp4"), tmp_path)
    with pytest.raises(TableError, match="Extract the video again"):
        compare([path], "id0", sets=["full+voice"])


def test_the_published_protocol_has_no_voice(correlations: Path) -> None:
    with pytest.raises(TrainingError, match="pairs of the voice, and the published sets have none"):
        evaluate_by_both_protocols(correlations, "id0")


def test_the_page_of_a_data_set_shows_the_voice(correlations: Path) -> None:
    values, clips = read_labelled_table(correlations)
    page = render_data_set("c.csv", values, clips, None, Evaluated("id0", why_not="Not asked."), "now")
    assert "pitch of the voice" in page
    for kind in ("voice with voice", "voice with body, face or head", "body with body"):
        assert f"Correlations, {kind}" in page
