"""What the readers of files are fuzzed with: valid files, and edits of them that keep most of them valid.

An edit is three numbers, so that hypothesis and a coverage-guided fuzzer can both draw it. The rule is one:
a reader returns, or raises a `MotionsigError`.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from backgrounds import learn, make_few, make_people
from frame_tables import make_moving_frames, make_table, write_moving
from population import make_correlations, write_correlations
from tracks import choose, make_track, write_tracked

from classify.background.enrolled import enrol
from classify.background.files import load_background, load_enrolment, save_background, save_enrolment
from classify.background.judging import judge_recording
from classify.model_file import load_model, save_model
from classify.person_model import train_person
from classify.scoring import judge_videos
from classify.words.cards import list_card
from extract.checkpoints import Checkpoints
from extract.description import Backend
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION, is_frame_table, read_frame_table, read_metadata
from extract.openface import join_openface, read_openface
from extract.people.presence import read_presence
from extract.people.sightings import Sightings
from extract.people.tracks_table import read_tracks_table
from extract.reading import FrameReadings
from extract.sound.source import SoundSource
from extract.sound.voice_table import (
    VoiceMetadata,
    VoiceTable,
    find_made_voice,
    read_voice_of,
    write_voice_table,
)
from features.clips import CorrelationOptions, correlate_frame_table
from features.dataset import DataSetOptions
from features.dataset import write_correlations as write_tables
from features.description import read_description
from features.layouts.layout import lay_out
from features.layouts.registry import find_layout
from features.lip_sync import MouthAndSound
from features.manifest import read_manifest
from features.pair_list import find_written, read_pairs
from features.tables import read_labelled_table
from features.windows import ClipRule, lay_clips
from ground.errors import MotionsigError
from ground.files import hash_file
from motionsig import report
from motionsig.use_cases.classification import assemble_verdict
from motionsig.use_cases.verdict_files import read_verdict, write_verdict
from report.people import view_people
from report.people_evidence import PeopleEvidence, TracksFile

Edit = tuple[int, int, int]
"""Kind of edit, place from 0 to 65535 of the way, and a value."""

PLACES = 1 << 16
_TOKENS = (
    b"nan", b"inf", b"-inf", b"-1", b"0", b"1e999", b"9" * 400, b"0x10", b"\x00", b'"', b"'", b",", b";",
    b"\n", b"\r", b"\r\n", b"{", b"}", b"[", b"]", b"null", b"true", b"[[[[", b"{}", b'{"a":', b"\xff\xfe",
    b"\xef\xbb\xbf", "é\u202e".encode(), b"../../etc/passwd", b"=cmd()", b"__class__", b"__reduce__", b" ",
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """A reader, and everything that must not fail otherwise on what it has accepted.

    Attributes
    ----------
    file_name
        What a file for it is called.
    make
        Writes a valid file, and what lies beside it, into a folder.
    read
        Reads one.
    edits
        Ways of editing a valid file's bytes.
    examples
        How many are tried in a test.
    """

    file_name: str
    make: Callable[[Path], None]
    read: Callable[[Path], object]
    edits: tuple[Callable[[bytes, Sequence[Edit]], bytes], ...]
    examples: int = 60

    def accepts(self, path: Path) -> bool:
        """Return whether a file is read; raise what is no `MotionsigError`."""
        try:
            self.read(path)
        except MotionsigError:
            return False
        return True


def edit_bytes(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Flip, overwrite, insert, remove, repeat and cut off, at places given as a share of the length."""
    content = bytearray(data)
    for kind, place, value in edits:
        at = place * len(content) // PLACES
        match kind % 7:
            case 0:
                content[at : at + 1] = bytes(b ^ (1 << value % 8) for b in content[at : at + 1])
            case 1:
                content[at : at + 4] = (value * 0x01000193 % (1 << 32)).to_bytes(4)
            case 2:
                content[at:at] = _TOKENS[value % len(_TOKENS)]
            case 3:
                del content[at : at + 1 + value % 64]
            case 4:
                content[at:at] = content[at : at + 1 + value]
            case 5:
                token = _TOKENS[value % len(_TOKENS)]
                content[at : at + len(token)] = token
            case 6 if value % 4 == 0:
                del content[at:]
    return bytes(content)


def edit_archive(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Edit the members of a ZIP archive, which is whole and has right check sums again afterwards."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in sorted(archive.namelist())}
    for kind, place, value in edits:
        name = sorted(members)[value % len(members)]
        members[name] = edit_bytes(members[name], [(kind, place, value // len(members))])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _odd_columns(rows: int) -> list[pa.Array]:
    whole = np.arange(rows)
    return [
        pa.array([f"{k}" for k in whole]),
        pa.array(["=1+1"] * rows),
        pa.array([[float(k)] for k in whole]),
        pa.array([{"a": k} for k in whole]),
        pa.nulls(rows),
        pa.nulls(rows, pa.float64()),
        pa.array(whole % 2 == 0),
        pa.array(whole.astype("datetime64[s]")),
        pa.array(whole, pa.int64()).cast(pa.decimal128(38, 2)),
        pa.array(np.full(rows, np.inf)),
        pa.array(np.full(rows, np.nan)),
        pa.array(np.where(whole % 3 == 1, 1e308, -1e308)),
        pa.array(-whole.astype(np.float64)),
        pa.array(np.full(rows, 1e-320)),
        pa.array(np.full(rows, 2**63 - 1, np.int64)),
        pa.array(np.full(rows, 2**64 - 1, np.uint64)),
        pa.array(whole.astype(np.float16)),
        pa.array(["x"] * rows).dictionary_encode(),
        pa.array([b"\xff"] * rows),
        pa.array(whole.astype(np.float64) * 1e6),
        pa.array(np.where(whole == rows // 2, np.nan, whole / 10)),
    ]


def edit_parquet(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Edit the columns and the metadata of a Parquet file, which is a whole one again afterwards."""
    table = pq.read_table(io.BytesIO(data))
    for kind, place, value in edits:
        at = place * table.num_columns // PLACES
        match kind % 7:
            case 0 | 1 | 2 if table.num_columns:
                odd = _odd_columns(table.num_rows)
                table = table.set_column(at, table.column_names[at], odd[value % len(odd)])
            case 3 if table.num_columns:
                table = table.remove_column(at)
            case 4 if table.num_columns:
                name = table.column_names[value % table.num_columns]
                table = table.append_column(name, table.column(at))
            case 5:
                table = table.slice(0, value % 3)
            case 6:
                stored = table.schema.metadata or {}
                edited = {key: edit_bytes(text, [(value, place, value // 7)]) for key, text in stored.items()}
                table = table.replace_schema_metadata(edited)
    packed = io.BytesIO()
    pq.write_table(table, packed)
    return packed.getvalue()


def _make_frame_table(folder: Path) -> None:
    write_moving(folder, "table.mp4", seconds=11)


def _read_frame_table(path: Path) -> None:
    is_frame_table(path)
    correlate_frame_table(read_frame_table(path))


def _make_tracks(folder: Path) -> None:
    tracks = [make_track(0.0, 4.0), make_track(4.0, 9.0, 2, shot=1), make_track(5.0, 6.0, 0, picture=b"")]
    write_tracked(make_table(make_moving_frames(np.arange(100) / 10), "table.mp4"), folder, tracks, choose())


def _read_tracks(path: Path) -> None:
    read_tracks_table(path)
    presence = read_presence(path.with_name("table.parquet"))
    kept = TracksFile(path=str(path), sha256=hash_file(path))
    view_people(PeopleEvidence(chosen=choose(), presence=presence, tracks=kept))


def _make_voice(folder: Path) -> None:
    _make_frame_table(folder)
    source = read_metadata(folder / "table.parquet").source
    reader = Backend(name="swift-f0", version="1")
    sound = SoundSource(track="aac", rate_hz=48000, end_s=11.0, other_tracks=("aac, fra",))
    metadata = VoiceMetadata(video_sha256=source.sha256, start_s=0.0, reader=reader, sound=sound)
    values = np.random.default_rng(0).uniform(1, 20, (1100, 8)) * [10, 0.05, -1, 100, -1, -1, -1, -1]
    write_voice_table(VoiceTable(values, metadata), folder / "table.voice.parquet")


def _read_voice(path: Path) -> None:
    table = read_frame_table(path.with_name("table.parquet"))
    find_made_voice(path.with_name("table.parquet"), table.metadata)
    voice = read_voice_of(path.with_name("table.parquet"), table.metadata)
    if voice is not None:
        voice.metadata.sound.list_warnings("table.mp4", 11.0)
        tracks = MouthAndSound.of_video(table.frames, voice)
        tracks.compare(lay_clips(table.frames["time_s"], ClipRule(10.0, 5.0)))


def _read_presence(path: Path) -> None:
    read_presence(path)


def _make_labelled(folder: Path, suffix: str) -> None:
    _make_frame_table(folder)
    write_tables(
        [folder / "table.parquet"], folder / f"correlations{suffix}", DataSetOptions(CorrelationOptions())
    )
    (folder / "table.parquet").unlink()


def _read_labelled(path: Path) -> None:
    _, clips = read_labelled_table(path)
    read_description(clips)


def _read_clips_beside(path: Path) -> None:
    _read_labelled(path.with_name(path.name.replace("clips", "correlations")))


def _make_plain_correlations(folder: Path) -> None:
    write_correlations(folder, make_correlations({"id0": 1}, clips=3))


def _make_manifest(folder: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).touch()
    header = "path,subject,group,session,driver,driver_session"
    text = f'{header}\na.mp4,"Ann, B.",pristine,,,\nb.mp4,Bob,fake,s1,Cleo,s2\n'
    (folder / "manifest.csv").write_text(text, encoding="utf-8")


def _make_pairs(folder: Path) -> None:
    (folder / "pairs.csv").write_text("enrolment,test,target\na.mp4,b.mp4,1\na.mp4,c/d.mp4,0\n")
    (folder / "pairs.txt").write_text("1 a.mp4 b.mp4\n0 a.mp4 c/d.mp4\n")


def _read_pairs(path: Path) -> None:
    for pair in read_pairs(path):
        find_written(pair.enrolment, {"a": 1, "c_d": 2})


def _make_annotations(folder: Path) -> None:
    (folder / "a.mp4").touch()
    said = {"a.mp4": {"label": "FAKE", "split": "train", "original": "b.mp4"}}
    (folder / "metadata.json").write_text(json.dumps(said))


def _read_annotations(path: Path) -> None:
    lay_out(find_layout("dfdc"), path.parent)


def _make_openface(folder: Path) -> None:
    numbers = np.arange(1, 111)
    facts = {
        "frame": numbers,
        "face_id": 0,
        "timestamp": (numbers - 1) / 10,
        "confidence": 0.98,
        "success": 1,
    }
    rows = pd.DataFrame({**facts, **dict.fromkeys((*ACTION_UNITS, *HEAD_ROTATION), np.sin(numbers))})
    rows.iloc[:30].to_csv(folder / "openface.csv", index=False)


def _read_openface(path: Path) -> None:
    table = make_table(make_moving_frames(np.arange(30) / 10))
    correlate_frame_table(join_openface(table, read_openface(path)))


def _make_model(folder: Path) -> None:
    people = make_correlations({"id0": 2, "id1": 1, "id2": 1, "id3": 1}, clips=2)
    model = train_person(write_correlations(folder, people), "id0", classifier="linear", workers=1)
    card = model.card.model_copy(update={"created_utc": "2026-01-01T00:00:00+00:00"})
    save_model(replace(model, card=card), folder / "m.skops")
    (folder / "correlations.csv").unlink()
    _number_objects(folder / "m.skops")


def _number_objects(model: Path) -> None:
    """Name what a model holds by number, not by its place in memory, so that edits hit the same bytes."""
    with zipfile.ZipFile(model) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    schema = contents["schema.json"].decode()
    places = dict.fromkeys(re.findall(r'"__id__": (\d+)', schema))
    numbers = {place: str(k) for k, place in enumerate(places)}
    numbered = re.sub(r"\d{9,}", lambda found: numbers.get(found[0], found[0]), schema)
    contents["schema.json"] = numbered.encode()
    with zipfile.ZipFile(model, "w") as archive:
        for name, content in contents.items():
            stem, dot, suffix = name.partition(".")
            archive.writestr(zipfile.ZipInfo(f"{numbers.get(stem, stem)}{dot}{suffix}"), content)


def _make_background(folder: Path) -> None:
    made = learn(make_few(again=5, people=10))
    card = made.card.model_copy(update={"created_utc": "2026-01-01T00:00:00+00:00"})
    save_background(replace(made, card=card), folder / "b.skops")
    _number_objects(folder / "b.skops")


def _read_background(path: Path) -> None:
    background = load_background(path)
    own, suspect = make_people(1, 2, seed=7)
    judge_recording(enrol(background, "0" * 64, "ann", [own], sessions_said=True), suspect)


def _make_enrolment(folder: Path) -> None:
    _make_background(folder)
    own = make_people(1, 1, seed=7)
    made = enrol(load_background(folder / "b.skops"), "0" * 64, "ann", own, sessions_said=True)
    card = made.card.model_copy(update={"created_utc": "2026-01-01T00:00:00+00:00"})
    save_enrolment(replace(made, card=card), folder / "e.skops")
    (folder / "b.skops").unlink()
    _number_objects(folder / "e.skops")


def _read_enrolment(path: Path) -> None:
    enrolment = load_enrolment(path)
    (suspect,) = make_people(1, 1, seed=8)
    list(list_card(enrolment.card))
    judge_recording(enrolment, suspect)


_PROBE: Final = make_correlations({"id0": 1}, clips=1, seed=3)


def _read_model(path: Path) -> None:
    model = load_model(path)
    if len(model.card.pairs) == _PROBE.shape[1]:
        judge_videos(model, _PROBE, pd.DataFrame({"video": "v"}, index=_PROBE.index))


def _make_verdict(folder: Path) -> None:
    _make_model(folder)
    model = load_model(folder / "m.skops")
    videos = judge_videos(model, _PROBE, pd.DataFrame({"video": "v.mp4"}, index=_PROBE.index))
    write_verdict(assemble_verdict(videos, {}, model, folder / "m.skops"), folder)


def _read_verdict(path: Path) -> None:
    read_verdict(path)
    report(path, path.with_name("report.html"))


def _checkpoints(folder: Path) -> Checkpoints:
    return Checkpoints(folder / "t.parquet", "0" * 64)


def _make_checkpoint(folder: Path) -> None:
    times = np.arange(3) / 10
    readings = FrameReadings(
        np.arange(3), times, np.ones((3, 27)), np.ones((3, 2)), np.full(3, np.nan), np.ones((3, 3)),
        np.zeros(3, np.int8),
        np.ones((3, 1434), np.float32), np.ones((3, 1434), np.float16),
    )  # fmt: skip
    _checkpoints(folder).save(0, readings, Sightings.none())
    kept = _checkpoints(folder).folder / "000000.npz"
    (folder / "checkpoint.npz").write_bytes(kept.read_bytes())


def _read_checkpoint(path: Path) -> None:
    place = _checkpoints(path.parent)
    place.folder.mkdir(parents=True, exist_ok=True)
    (place.folder / "000000.npz").write_bytes(path.read_bytes())
    place.read([0])


READERS: Final = {
    "frame table": Reader("table.parquet", _make_frame_table, _read_frame_table, (edit_bytes, edit_parquet)),
    "tracks table": Reader("table.tracks.parquet", _make_tracks, _read_tracks, (edit_bytes, edit_parquet)),
    "voice table": Reader(
        "table.voice.parquet", _make_voice, _read_voice, (edit_bytes, edit_parquet), examples=30
    ),
    "presence": Reader("table.parquet", _make_frame_table, _read_presence, (edit_parquet,)),
    "correlations CSV": Reader("correlations.csv", _make_plain_correlations, _read_labelled, (edit_bytes,)),
    "correlations Parquet": Reader(
        "correlations.parquet",
        lambda folder: _make_labelled(folder, ".parquet"),
        _read_labelled,
        (edit_bytes, edit_parquet),
    ),
    "clips CSV": Reader(
        "clips.csv", lambda folder: _make_labelled(folder, ".csv"), _read_clips_beside, (edit_bytes,)
    ),
    "clips Parquet": Reader(
        "clips.parquet",
        lambda folder: _make_labelled(folder, ".parquet"),
        _read_clips_beside,
        (edit_bytes, edit_parquet),
    ),
    "manifest": Reader("manifest.csv", _make_manifest, read_manifest, (edit_bytes,)),
    "pair list": Reader("pairs.csv", _make_pairs, _read_pairs, (edit_bytes,)),
    "pair list without header": Reader("pairs.txt", _make_pairs, _read_pairs, (edit_bytes,)),
    "annotations": Reader("metadata.json", _make_annotations, _read_annotations, (edit_bytes,)),
    "OpenFace CSV": Reader("openface.csv", _make_openface, _read_openface, (edit_bytes,)),
    "model": Reader("m.skops", _make_model, _read_model, (edit_bytes, edit_archive)),
    "background": Reader("b.skops", _make_background, _read_background, (edit_archive,), examples=40),
    "enrolment": Reader("e.skops", _make_enrolment, _read_enrolment, (edit_archive,), examples=40),
    "verdict": Reader("verdict.json", _make_verdict, _read_verdict, (edit_bytes,), examples=20),
    "checkpoint": Reader("checkpoint.npz", _make_checkpoint, _read_checkpoint, (edit_bytes, edit_archive)),
}
