"""The report on a suspect of ten minutes, all of it flagged. Targets: 5 s on top of classify; below 6 MB.

python bench/report_page.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import av
from support.frame_tables import make_frame_table
from support.videos import write_hd_video

from classify.model import Model
from classify.person_model import train_person
from classify.scoring import judge_videos
from extract.frame_table import read_frame_table, write_frames
from features.clips import correlate_frame_table
from features.signature import PairSet
from features.tables import open_tables
from ground.files import hash_file
from motionsig.use_cases.classification import assemble_verdict
from motionsig.use_cases.report_files import report, write_evidence_of
from motionsig.use_cases.suspects import read_suspect
from motionsig.use_cases.verdict_files import write_verdict
from report.evidence import gather_videos

SECONDS = 600
PART_S = 15
FPS = 24.0


def main() -> None:
    """Judge a frame table of ten minutes, and time what the report adds to that."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = repeat(write_hd_video(folder / "part.mp4", seconds=PART_S), folder / "suspect.mp4")
        table = make_frame_table("suspect", round(SECONDS * FPS), fps=FPS, missing=0.02, seed=99)
        source = table.metadata.source.model_copy(update={"sha256": hash_file(video)})
        metadata = table.metadata.model_copy(update={"source": source})
        write_frames(type(table)(table.frames, metadata), folder / "suspect.parquet")
        model = train_far_away(folder)

        judged = read_suspect(folder / "suspect.parquet", model)
        verdicts = judge_videos(model, *judged)
        flagged = sum(clip.label == "no match" for clip in verdicts[0].clips)
        verdict = assemble_verdict(verdicts, {}, model, folder / "training.csv")
        path, _ = write_verdict(verdict, folder / "verdict")
        start = time.perf_counter()
        frames = read_frame_table(folder / "suspect.parquet")
        evidence = gather_videos(model, verdicts, judged.correlations, judged.clips, frames, video)
        write_evidence_of(path, model, evidence, "bench")
        page = report(path, folder / "report.html")
        seconds = time.perf_counter() - start
        print(
            f"{SECONDS / 60:g} minutes at 1280 x 720, {len(verdicts[0].clips)} clips, {flagged} flagged: "
            f"{seconds:.1f} s (target: below 5), {page.stat().st_size / 1e6:.1f} MB (target: below 6)"
        )


def repeat(part: Path, path: Path) -> Path:
    """Write a video again and again into one, without encoding it anew."""
    with av.open(part) as given, av.open(path, "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        packets = [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in given.demux(video=0) if p.dts is not None]
        base = given.streams.video[0].time_base
        for k in range(SECONDS // PART_S):
            shift = round(k * PART_S / base)
            for content, pts, dts, is_keyframe in packets:
                packet = av.Packet(content)
                packet.pts, packet.dts, packet.time_base = pts + shift, dts + shift, base
                packet.is_keyframe, packet.stream = is_keyframe, stream
                made.mux(packet)
    return path


def train_far_away(folder: Path) -> Model:
    """Return a model of a person who moves unlike the suspect: everything goes together."""
    import pandas as pd

    correlations, clips = [], []
    for seed in range(6):
        subject, group = ("id0", "pristine") if seed < 3 else (f"id{seed}", "celeb")
        stem = f"{seed}_{subject}_{group}"
        table = make_frame_table(stem, 1500, fps=FPS, missing=0.02, seed=seed)
        block = correlate_frame_table(table).block
        # The person keeps to near 1 what wanders freely in all others.
        correlations.append(block.correlations * 0.05 + 0.9 if seed < 3 else block.correlations)
        clips.append(block.clips)
    with open_tables(folder / "training.csv", PairSet()) as write:
        write(pd.concat(correlations), pd.concat(clips))
    return train_person(folder / "training.csv", "id0", classifier="linear", workers=1)


if __name__ == "__main__":
    main()
