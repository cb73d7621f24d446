"""`motionsig population`: simulated people as tables, to see what an evaluation or a background is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson

_SPREADS: Final = ("real", "null", "separable")


def population(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The table to write, correlations.csv by default. The ending .csv or .parquet chooses the "
            "format.",
        ),
    ] = None,
    recordings: Annotated[
        Path | None,
        typer.Option(
            help="Write frame tables of people with several recordings each, and manifests, into this folder "
            "instead. `background`, `enrol` and `verify` read them."
        ),
    ] = None,
    people: Annotated[int, typer.Option(min=2, help="How many people, id0 among them.")] = 60,
    sessions: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many videos of id0 to simulate, 20 by default. All others have one video each. With "
            "--recordings: how many recordings everybody has, 3 by default.",
        ),
    ] = None,
    fakes: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How many methods of faking id0 to simulate, with two videos each. 3 by default.",
        ),
    ] = None,
    clips: Annotated[
        int | None, typer.Option(min=1, help="How many clips each video has. 20 by default.")
    ] = None,
    spread: Annotated[
        str,
        typer.Option(
            help="How much people differ: real (less than their own sessions do), null (not at all), or "
            "separable (clearly)."
        ),
    ] = "real",
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the random numbers. Another seed gives other people.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Write tables of simulated people who differ by a known amount.

    With --spread null nobody differs from anybody. An evaluation that still tells them apart has recognised
    recordings. Try `motionsig evaluate TABLE --person id0 --protocol published`.
    """
    from ground.errors import InputError

    if spread not in _SPREADS:
        raise InputError(f"--spread must be one of {', '.join(_SPREADS)}, not '{spread}'.")
    if recordings is None:
        _write_correlations(
            out or Path("correlations.csv"), people, sessions or 20, 3 if fakes is None else fakes,
            clips or 20, spread, seed, as_json,
        )  # fmt: skip
        return
    given = {"--out": out, "--fakes": fakes, "--clips": clips}
    if foreign := [name for name, value in given.items() if value is not None]:
        raise InputError(
            f"{' and '.join(foreign)} cannot be used with --recordings, which writes no correlations table. "
            "Leave them out."
        )
    _write_recordings(recordings, people, sessions or 3, spread, seed, as_json)


def _write_correlations(
    out: Path, people: int, sessions: int, fakes: int, clips: int, spread: str, seed: int, as_json: bool
) -> None:
    from motionsig.use_cases.population_tables import write_population
    from simulate.population import NULL, REAL, SEPARABLE, PopulationPlan

    spreads = {"real": REAL, "null": NULL, "separable": SEPARABLE}
    plan = PopulationPlan(
        person_sessions=sessions, others=people - 1, methods=fakes, clips=clips, spread=spreads[spread]
    )
    written = write_population(out, plan, seed)
    if as_json:
        terminal.emit_json({"correlations": str(out), "clips": written, "people": people})
    else:
        terminal.say(f"{written} clips of {people} simulated people -> {out}")


def _write_recordings(
    folder: Path, people: int, sessions: int, spread: str, seed: int, as_json: bool
) -> None:
    from motionsig.use_cases.population_tables import UNSEEN, write_recordings
    from simulate.recordings import NULL, REAL, SEPARABLE, RecordingPlan

    spreads = {"real": REAL, "null": NULL, "separable": SEPARABLE}
    plan = RecordingPlan(people, sessions, spread=spreads[spread])
    written = write_recordings(folder, plan, seed)
    if as_json:
        manifests = {"unseen": str(written.unseen), "background": str(written.background)}
        terminal.emit_json({**manifests, "recordings": people * sessions, "people": people})
    else:
        terminal.say(f"{people * sessions} recordings of {people} simulated people -> {folder}")
        terminal.say(f"  {written.background}: to learn a background from")
        terminal.say(f"  {written.unseen}: {UNSEEN} other people, to enrol and to judge")
