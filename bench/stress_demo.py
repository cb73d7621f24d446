"""Whether the verdicts on the demo's suspects survive re-encoding: docs/measurements/robustness.md.

    python bench/stress_demo.py [PAGE [DEMO]]

Runs `motionsig demo` into a temporary folder (or uses the demo's folder DEMO), then `motionsig stress` on its
two suspects, and prints the table; with PAGE it also replaces what stands between the page's two markers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- made by `make robustness` -->\n", "<!-- end -->\n"
COLUMNS = (
    "suspect", "encoded", "body", "face", "features r", "correlations r", "mean abs(dr)", "score", "shift",
    "log10 LR", "verdict",
)  # fmt: skip


def motionsig(*words: str | Path) -> str:
    """Run the command and return what it printed."""
    call = [sys.executable, "-m", "motionsig", *map(str, words)]
    return subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout


def make_table(versions: list[dict[str, Any]]) -> str:
    """Return the rows as Markdown."""

    def show(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    rows = [
        (
            row["video"], row["version"], show(row["body_share"], ".1%"), show(row["face_share"], ".1%"),
            show(row["feature_r"], ".3f"), show(row["correlation_r"], ".3f"),
            show(row["correlation_change"], ".3f"), show(row["score"], "+.2f"),
            show(row["score_shift"], "+.2f"), show(row["log10_lr"], "+.2f"),
            row["label"] or row["error"] or "-",
        )
        for row in versions
    ]  # fmt: skip
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Print the table, and put it into the page."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(sys.argv[2] if len(sys.argv) > 2 else folder)
        if not (demo / "id0.skops").exists():
            motionsig("demo", "--out", demo)
        told = motionsig(
            "stress",
            demo / "suspects",
            "--model",
            demo / "id0.skops",
            "--out",
            Path(folder) / "stress",
            "--json",
        )
    table = make_table(json.loads(told)["versions"])
    print(table)
    if len(sys.argv) > 1:
        page = Path(sys.argv[1])
        before, rest = page.read_text(encoding="utf-8").split(BEGIN)
        page.write_text(before + BEGIN + "\n" + table + "\n" + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
