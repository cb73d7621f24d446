"""Content credentials of a suspect stand in its evidence and its report, and nothing rests on them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from suspects import keep_table, train_model, write_suspect

import motionsig
from extract.frame_table import read_frame_table, write_frames
from ground.files import hash_file
from motionsig.execution.isolation import Isolated, LostCallError
from motionsig.use_cases import credentials
from motionsig.use_cases.credentials import look_for_credentials
from motionsig.use_cases.monitor import Monitor

pytest.importorskip(
    "c2pa", reason="c2pa-python is not installed: pip install 'motion-signature[credentials]'"
)

from signing import make_signer, sign


def test_credentials_are_told_in_evidence_and_report_and_change_no_verdict(tmp_path: Path) -> None:
    model = train_model(tmp_path / "id0.skops")
    plain, table = write_suspect(tmp_path)
    signer = make_signer("<b>Camera</b>")
    (tmp_path / "list.pem").write_bytes(signer.authority)
    verdicts = []
    for folder, video in (("plain", plain), ("signed", sign(plain, tmp_path / "signed.mp4", signer))):
        out = tmp_path / folder
        keep_table(rename_source(table, video, tmp_path), out)
        made = motionsig.classify(
            video, model, out, report=out / "r.html", trusted_signers=tmp_path / "list.pem"
        )
        (verdict,) = made.verdict.videos
        verdicts.append((verdict.label, verdict.score, [clip.score for clip in verdict.clips]))
    assert verdicts[0] == verdicts[1]
    told = [
        json.loads((tmp_path / name / "evidence.json").read_bytes())["videos"][0]["credentials"]
        for name in ("plain", "signed")
    ]
    assert told[0]["state"] == "none"
    assert (told[1]["state"], told[1]["trusted"], told[1]["signer"]) == ("intact", True, "<b>Camera</b>")
    assert "Most videos hold none, so this means nothing." in (tmp_path / "plain" / "r.html").read_text()
    page = (tmp_path / "signed" / "r.html").read_text()
    assert "signed by &lt;b&gt;Camera&lt;/b&gt; of Example News" in page
    assert "The signer is on the list of trusted signers." in page


def rename_source(table: Path, video: Path, folder: Path) -> Path:
    """Write the frame table as if it had been made of another file."""
    frames = read_frame_table(table)
    source = frames.metadata.source.model_copy(update={"name": video.name, "sha256": hash_file(video)})
    path = folder / f"{video.stem}.parquet"
    write_frames(replace(frames, metadata=frames.metadata.model_copy(update={"source": source})), path)
    return path


def test_a_file_that_ends_the_process_that_reads_it_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise LostCallError("SIGSEGV")

    monkeypatch.setattr(Isolated, "call", die)
    monkeypatch.setattr(credentials, "may_hold_credentials", lambda _: True)
    (found,) = look_for_credentials([tmp_path / "v.mp4"], None, Monitor()).values()
    assert found.state == "unreadable"


def test_without_the_library_a_list_of_signers_is_said_to_be_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "can_read_credentials", lambda: False)
    (tmp_path / "list.pem").write_text("-----BEGIN CERTIFICATE-----")
    said: list[str] = []
    assert (
        look_for_credentials([tmp_path / "v.mp4"], tmp_path / "list.pem", Monitor(on_notice=said.append))
        == {}
    )
    assert "pip install 'motion-signature[credentials]'" in said[0]
