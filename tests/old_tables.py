"""Tables as version 0.1.0 wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from extract.frame_table import CUT, SIDES

_KEYS = (b"motionsig", b"motionsig-mesh")


def make_old(table: Path) -> None:
    """Write a frame table, or its mesh table, anew as version 0.1.0 would have: schema 1, fewer columns."""
    rows = pq.read_table(table)
    stored = dict(rows.schema.metadata)
    (key,) = (key for key in _KEYS if key in stored)
    metadata = json.loads(stored[key])
    reading = metadata["reading"]
    old = {
        "schema_version": 1,
        "motionsig_version": "0.1.0",
        "source": metadata["source"],
        "body": reading["body"],
        "face": reading["face"],
        "parameters": {
            "face_reader": "mesh",
            "smooth_landmarks": False,
            **reading["options"],
            **metadata["chunks"],
        },
    }
    rows = rows.drop_columns([name for name in rows.column_names if name in (CUT, *SIDES)])
    pq.write_table(rows.replace_schema_metadata({key: json.dumps(old)}), table)
