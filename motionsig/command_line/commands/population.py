"""`motionsig population`: simulated people as a correlations table, to see what an evaluation is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson


def population(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The table to write; .csv or .parquet chooses the format.")
    ] = Path("correlations.csv"),
    people: Annotated[int, typer.Option(min=2, help="How many people, id0 among them.")] = 60,
    sessions: Annotated[int, typer.Option(min=1, help="Videos of id0; of others there is one each.")] = 20,
    fakes: Annotated[int, typer.Option(min=0, help="Methods of faking id0, with two videos each.")] = 3,
    clips: Annotated[int, typer.Option(min=1, help="Clips of each video.")] = 20,
    spread: Annotated[
        str,
        typer.Option(
            help="How people differ: real (less than their sessions do), null (not at all), or separable."
        ),
    ] = "real",
    seed: Annotated[int, typer.Option(help="Another seed gives other people.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write the correlations of simulated people, whose differences are known, and their clip table.

    With --spread null nobody differs from anybody: an evaluation that tells them apart has recognised
    recordings. `motionsig evaluate TABLE --person id0 --protocol published` shows it.
    """
    from ground.errors import InputError
    from motionsig.use_cases.population_tables import write_population
    from simulate.population import NULL, REAL, SEPARABLE, PopulationPlan

    spreads = {"real": REAL, "null": NULL, "separable": SEPARABLE}
    if spread not in spreads:
        raise InputError(f"--spread is one of {', '.join(spreads)}, not '{spread}'.")
    plan = PopulationPlan(
        person_sessions=sessions, others=people - 1, methods=fakes, clips=clips, spread=spreads[spread]
    )
    written = write_population(out, plan, seed)
    if as_json:
        terminal.emit_json({"correlations": str(out), "clips": written, "people": people})
    else:
        terminal.say(f"{written} clips of {people} simulated people -> {out}")
