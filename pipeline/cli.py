"""The command `motionsig`."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Annotated

import typer

from extract.errors import MotionsigError
from extract.system import describe_missing_library
from pipeline import terminal
from pipeline.commands.classify import classify
from pipeline.commands.compare import compare
from pipeline.commands.correlate import correlate
from pipeline.commands.demo import demo
from pipeline.commands.evaluate import evaluate
from pipeline.commands.explore import explore
from pipeline.commands.extract import extract
from pipeline.commands.identify import identify
from pipeline.commands.inspect import inspect
from pipeline.commands.population import population
from pipeline.commands.report import report
from pipeline.commands.run import run
from pipeline.commands.show import show
from pipeline.commands.stress import stress
from pipeline.commands.train import train

app = typer.Typer(
    name="motionsig",
    help="Tells whether a video of a known person carries that person's way of moving.",
    epilog="In order: extract VIDEOS, correlate TABLES, train correlations.csv --person NAME, "
    "classify SUSPECT --model MODEL. `motionsig demo` shows all of it on rendered videos; "
    "`motionsig COMMAND --help` explains a command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    extract, correlate, inspect, explore, train, evaluate, compare, show, classify, report, identify, run,
    stress, population, demo,
):  # fmt: skip
    app.command()(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from extract.frame_table import motionsig_version

        terminal.say(f"motionsig {motionsig_version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Tells whether a video of a known person carries that person's way of moving."""


def main() -> None:
    """Run the command line; errors of ours become one sentence and exit code 1."""
    # joblib replaces workers that have grown, as MediaPipe makes them do; no work is lost by it.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
    with terminal.native_output_set_aside() as set_aside:
        try:
            app()
        except MotionsigError as error:
            terminal.fail(error.message, error.problems)
            sys.exit(1)
        except ImportError as error:
            sentence = describe_missing_library(error)
            if sentence is None:
                raise
            terminal.fail(sentence)
            sys.exit(1)
        except BrokenPipeError:  # the reader of our output went away, as in `motionsig ... | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception:
            terminal.warn("this is a defect of motionsig; please report it.")
            for line in set_aside().splitlines():
                terminal.warn(line)
            raise
