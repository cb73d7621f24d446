"""A suspect whose clips get every answer, a model to judge it, and the command that does.

The person's movements are independent of each other; the faces of others move as one. The suspect is like the
person for 40 s, shows no face for 20 s, and is like the others for the 40 s that are left.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from frame_tables import make_moving_frames, make_table, write_table
from media import marked_frames, write_video

import motionsig
from classify.model_file import save_model
from classify.person_model import train_person
from extract import mesh_table
from extract.body import find_body_reader
from extract.description import ReadingDescription
from extract.extraction_options import ExtractionOptions
from extract.face import MESH_WIDTH, find_face_reader
from extract.frame_table import ACTION_UNITS, CUT, FACE_COLUMNS, HEAD_ROTATION, read_frame_table
from extract.mesh_table import find_mesh_table
from extract.people.faces import describe_networks
from extract.people.person import ChosenPerson
from features.clips import correlate_frame_table
from features.signature import BODY_FEATURES, PairSet
from features.tables import open_tables
from ground.files import hash_file
from ground.text import storable

FPS = 10
SECONDS = 100
CLIPS = 18  # no one begins at 55 s, because of the cut at 60 s
FACE_PAIRS = np.array([not set(pair.split("*")) & set(BODY_FEATURES) for pair in PairSet().columns])


def train_model(path: Path, person: str = "id0") -> Path:
    """Train on 4 sources of the person and 6 others, measured (so the table says) like the suspect."""
    rng = np.random.default_rng(0)
    rows, clips = [], []
    for source in range(10):
        own = source < 4
        # Videos that move alike at the same moments would be copies of one recording.
        frames = make_moving_frames(np.arange(10 * FPS) / FPS, seed=1 + source)
        template = correlate_frame_table(make_table(frames, reading=read_here())).block.clips
        mean = np.zeros(435) if own else np.random.default_rng(source).normal(1.8 * FACE_PAIRS, 0.3)
        for k in range(5):
            rows.append(np.tanh(mean + rng.normal(0, 0.12, 435)))
            row = template.iloc[0].copy()
            row["video"] = f"{source}.mp4"
            row["subject"], row["group"] = (person, "pristine") if own else (f"other{source}", "celeb")
            row["session"] = f"s{source}"
            row["sha256"] = f"{source}"
            row["start_s"], row["end_s"] = 5.0 * k, 5.0 * k + 10
            row.name = f"{source}_clip_{k}"
            clips.append(row)
    index = pd.Index([row.name for row in clips], name="clip_name")
    table = path.with_suffix(".csv")
    with open_tables(table, PairSet()) as write:
        write(pd.DataFrame(rows, index=index, columns=PairSet().columns), pd.DataFrame(clips, index=index))
    save_model(train_person(table, person, classifier="linear", workers=1), path)
    return path


def make_suspect_frames() -> pd.DataFrame:
    times = np.arange(SECONDS * FPS) / FPS
    frames = make_moving_frames(times)
    frames.loc[(times >= 40) & (times < 60), list(FACE_COLUMNS)] = np.nan
    frames.loc[times == 60, CUT] = 1.0
    late, face = times >= 60, [*ACTION_UNITS, *HEAD_ROTATION]
    common = np.random.default_rng(1).normal(size=(int(late.sum()), 1))
    frames.loc[late, face] = common + 0.2 * frames.loc[late, face].to_numpy()
    return frames


def write_suspect(folder: Path, name: str = "suspect.mp4") -> tuple[Path, Path]:
    """Write the video and its frame table, which says that the readers that are here have read it."""
    pictures = marked_frames(SECONDS * FPS)
    video = write_video(folder / name, pictures, fps=FPS)
    height, width = pictures[0].shape[:2]
    table = make_table(
        make_suspect_frames(), storable(name), sha256=hash_file(video), reading=read_here(),
        width=width, height=height,
    )  # fmt: skip
    # Otherwise it would be made again, because the video has a cut and so may show several people.
    alone = ChosenPerson(choice="most seen", network=describe_networks(), number=1, people=1, shots=2)
    table = replace(table, metadata=table.metadata.model_copy(update={"person": alone}))
    return video, write_table(table, folder).rename(video.with_suffix(".parquet"))


def classify_suspect(video: Path, table: Path, model: Path, out: Path, **options: Path) -> Path:
    """Classify the video as if `table` had been made of it in an earlier run; return verdict.json."""
    keep_table(table, out)
    motionsig.classify(video, model, out, **options)
    return out / "verdict.json"


def keep_table(table: Path, out: Path) -> None:
    """Put a frame table, and its mesh where there is one, to where a run into the folder `out` finds it."""
    out.mkdir(parents=True, exist_ok=True)
    for path in (table, find_mesh_table(table)):
        if path.exists():
            shutil.copy(path, out / path.name)


def read_here() -> ReadingDescription:
    """How the readers that are here read frames."""
    return ExtractionOptions().describe(
        find_body_reader("pose").describe(), find_face_reader("mesh").describe()
    )


def write_mesh(table: Path, x: float, y: float) -> None:
    """Keep, beside a frame table, a mesh of which every point lies at one place of the picture."""
    frames = read_frame_table(table)
    times = frames.frames["time_s"].to_numpy()
    n = len(times)
    fit = {"scale": 1.0, "pitch": 0.0, "yaw": 0.0, "roll": 0.0, "shift_x": x, "shift_y": y, "shift_z": 0.0}
    points = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(n * MESH_WIDTH, np.float16)), MESH_WIDTH)
    columns = [pa.array(np.arange(n)), pa.array(times)]
    columns += [pa.array(np.full(n, value, np.float32)) for value in fit.values()]
    metadata = {mesh_table._METADATA_KEY: frames.metadata.model_dump_json()}
    schema = mesh_table._schema().with_metadata(metadata)
    pq.write_table(pa.Table.from_arrays([*columns, points], schema=schema), find_mesh_table(table))
