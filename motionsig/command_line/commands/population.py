"""`motionsig population`: simulated people as a correlations table, to see what an evaluation is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson


def population(
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="The table to write. The ending .csv or .parquet chooses the format."
        ),
    ] = Path("correlations.csv"),
    people: Annotated[int, typer.Option(min=2, help="How many people, id0 among them.")] = 60,
    sessions: Annotated[
        int, typer.Option(min=1, help="How many videos of id0 to simulate. All others have one video each.")
    ] = 20,
    fakes: Annotated[
        int, typer.Option(min=0, help="How many methods of faking id0 to simulate, with two videos each.")
    ] = 3,
    clips: Annotated[int, typer.Option(min=1, help="How many clips each video has.")] = 20,
    spread: Annotated[
        str,
        typer.Option(
            help="How much people differ: real (less than their own sessions do), null (not at all), or "
            "separable (clearly)."
        ),
    ] = "real",
    seed: Annotated[
        int, typer.Option(help="Seed of the random numbers. Another seed gives other people.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Write a correlations table of simulated people who differ by a known amount.

    With --spread null nobody differs from anybody. An evaluation that still tells them apart has recognised
    recordings. Try `motionsig evaluate TABLE --person id0 --protocol published`.
    """
    from ground.errors import InputError
    from motionsig.use_cases.population_tables import write_population
    from simulate.population import NULL, REAL, SEPARABLE, PopulationPlan

    spreads = {"real": REAL, "null": NULL, "separable": SEPARABLE}
    if spread not in spreads:
        raise InputError(f"--spread must be one of {', '.join(spreads)}, not '{spread}'.")
    plan = PopulationPlan(
        person_sessions=sessions, others=people - 1, methods=fakes, clips=clips, spread=spreads[spread]
    )
    written = write_population(out, plan, seed)
    if as_json:
        terminal.emit_json({"correlations": str(out), "clips": written, "people": people})
    else:
        terminal.say(f"{written} clips of {people} simulated people -> {out}")
