"""Coverage-guided fuzzing of every reader, for as long as one likes.

    python fuzz/fuzz_readers.py [SECONDS]          all readers in turn, SECONDS each (default 60)
    python fuzz/fuzz_readers.py NAME FILE          what a reader does with edits that were found, again

The fuzzer draws edits of a valid file (`tests/fuzzing.py`, as the bounded tests do) and learns which of them
reach new lines of our code. A reader that raises anything but a `MotionsigError`, takes longer than 20 s or
more than 2 GiB is named; the edits lie in ``fuzz/found/`` then. Needs atheris: ``pip install -e '.[fuzz]'``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "features")]

import atheris  # noqa: E402 - it must come before what it watches

with atheris.instrument_imports(include=["extract", "features", "classify", "skops"]):
    from fuzzing import PLACES, READERS, Edit

MOST_EDITS = 8
TIMEOUT_S = 20
MEMORY_MB = 2048


def draw_edits(data: bytes) -> list[Edit]:
    """Turn the fuzzer's bytes into edits."""
    provider = atheris.FuzzedDataProvider(data)
    return [
        (provider.ConsumeInt(1) & 0xFF, provider.ConsumeIntInRange(0, PLACES - 1), provider.ConsumeUInt(2))
        for _ in range(provider.ConsumeIntInRange(1, MOST_EDITS))
    ]


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one reader; does not return."""
    reader = READERS[name]
    folder = Path(tempfile.mkdtemp(prefix="motionsig-fuzz-"))
    reader.make(folder)
    path = folder / reader.file_name
    valid = path.read_bytes()

    def try_one(data: bytes) -> None:
        way = reader.edits[len(data) % len(reader.edits)]
        path.write_bytes(way(valid, draw_edits(data)))
        reader.accepts(path)

    atheris.Setup([sys.argv[0], *arguments], try_one)
    atheris.Fuzz()


def main() -> None:
    """Fuzz every reader in a process of its own, and say of each what came of it."""
    if len(sys.argv) > 2:
        fuzz(sys.argv[1], sys.argv[2:])
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    found = HERE / "found"
    found.mkdir(exist_ok=True)
    broken = []
    for name in READERS:
        limits = [f"-max_total_time={seconds}", f"-timeout={TIMEOUT_S}", f"-rss_limit_mb={MEMORY_MB}"]
        place = f"-artifact_prefix={found}/{name.replace(' ', '-')}-"
        call = [sys.executable, __file__, name, *limits, place, "-verbosity=0", "-print_final_stats=1"]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        output = done.stdout + done.stderr
        runs = [line.split()[-1] for line in output.splitlines() if "number_of_executed_units" in line]
        came = "BROKEN" if done.returncode else "ok"
        print(f"{name}: {runs[0] if runs else '?'} files in {seconds} s, {came}", flush=True)
        if done.returncode:
            broken.append(name)
            print(output)
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
