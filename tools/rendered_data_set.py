"""Renders people laid out as Celeb-DF v2, to try `motionsig benchmark` without a download.

    python tools/rendered_data_set.py FOLDER
    motionsig benchmark celeb-df-v2 FOLDER -o OUT

One portrait moves by the signatures of ten people: id0 in three sessions, id1 to id4 in two, five others
once. There are three fakes, in which somebody's film wears the face of id0.
"""

from __future__ import annotations

import sys
from pathlib import Path

from simulate.signature import Signature
from simulate.video import render_session

SECONDS, FPS = 16.0, 8.0
FILMS = {
    **{f"Celeb-real/id{who}_{session:04d}.mp4": (who, session) for who in range(5) for session in range(2)},
    "Celeb-real/id0_0002.mp4": (0, 2),
    **{f"YouTube-real/{k:05d}.mp4": (5 + k, 0) for k in range(5)},
    **{f"Celeb-synthesis/id{who}_id0_0002.mp4": (who, 2) for who in range(1, 4)},
}


def main(folder: Path) -> None:
    """Render what is not there yet."""
    for name, (who, session) in FILMS.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            render_session(Signature(who), SECONDS, seed=session, path=path, fps=FPS)
            print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
