"""The command `motionsig`."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Final

import typer

from ground.errors import MotionsigError
from ground.system import describe_missing_library
from motionsig.command_line import terminal
from motionsig.command_line.commands.background import background
from motionsig.command_line.commands.benchmark import benchmark
from motionsig.command_line.commands.classify import classify
from motionsig.command_line.commands.compare import compare
from motionsig.command_line.commands.correlate import correlate
from motionsig.command_line.commands.demo import demo
from motionsig.command_line.commands.enrol import enrol
from motionsig.command_line.commands.evaluate import evaluate
from motionsig.command_line.commands.explore import explore
from motionsig.command_line.commands.extract import extract
from motionsig.command_line.commands.fetch_networks import fetch_networks
from motionsig.command_line.commands.identify import identify
from motionsig.command_line.commands.import_openface import import_openface
from motionsig.command_line.commands.inspect import inspect
from motionsig.command_line.commands.manifest import manifest
from motionsig.command_line.commands.population import population
from motionsig.command_line.commands.report import report
from motionsig.command_line.commands.run import run
from motionsig.command_line.commands.serve import serve
from motionsig.command_line.commands.show import show
from motionsig.command_line.commands.stress import stress
from motionsig.command_line.commands.train import train
from motionsig.command_line.commands.verify import verify
from motionsig.command_line.old_spellings import refuse_old_spellings
from motionsig.command_line.signals import InterruptedBySignal, signals_raised

# Texts that are longer would be cut in the list of commands, which has 80 columns.
_SHORT_HELP: Final[dict[Callable[..., None], str]] = {
    manifest: "Say who is in each video of a public data set.",
    extract: "Measure body, face and head in every frame of videos.",
    import_openface: "Put OpenFace's face measurements into frame tables.",
    correlate: "Turn frame tables into correlations.",
    inspect: "Show how much is missing in correlations tables.",
    explore: "Show what is in a data set, as one HTML file.",
    train: "Learn one person's motion signature.",
    background: "Learn from many people what enrols anybody.",
    enrol: "Enrol a person from one recording on.",
    verify: "Measure how well people are known across recordings.",
    evaluate: "Measure how well the person can be told from others.",
    compare: "Compare ways of describing and classifying motion.",
    show: "Show the card of a model.",
    classify: "Say whether a suspect video moves like the person.",
    report: "Write a verdict as one HTML file.",
    identify: "Compare a suspect video with every known person.",
    serve: "Show a page in the browser for all of this.",
    run: "Extract, correlate, evaluate and train in one go.",
    benchmark: "Measure a public data set, for figures to compare.",
    stress: "Say how far verdicts move when videos are re-encoded.",
    population: "Write tables of simulated people.",
    demo: "Show all steps on rendered videos.",
    fetch_networks: "Download the networks that find bodies and faces.",
}

app = typer.Typer(
    name="motionsig",
    help="Learn how a person moves from authentic videos, and check whether a suspect video moves the same "
    "way.",
    epilog="Use the commands in this order: extract VIDEOS, correlate TABLES, train correlations.csv "
    "--person NAME, classify SUSPECT --model MODEL. `motionsig demo` shows all of them on rendered videos. "
    "`motionsig COMMAND --help` explains a command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command, short_help in _SHORT_HELP.items():
    app.command(short_help=short_help)(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from ground.provenance import motionsig_version

        terminal.say(f"motionsig {motionsig_version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that are not those of a command."""


def main() -> None:
    """Run the command line; errors of ours become one sentence and exit code 1."""
    # Before NumPy is loaded. Work is divided among processes and threads of ours; those of its linear algebra
    # would wait for each other by spinning, which takes several times the processor time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # joblib replaces workers that have grown; no work is lost by it.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
    # Without shared memory it does one thing after the other, and what needs processes says so itself.
    warnings.filterwarnings("ignore", message=r".*joblib will operate in serial mode")
    terminal.accept_all_characters()
    with terminal.native_output_set_aside() as set_aside:
        try:
            with signals_raised():
                refuse_old_spellings(sys.argv[1:])
                app()
        except InterruptedBySignal as interrupted:
            terminal.fail("Interrupted. Finished work is kept. Run the same command again to continue.")
            sys.exit(interrupted.exit_code)
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
            terminal.warn("This is a defect of motionsig. Please report it, with the lines below.")
            for line in set_aside().splitlines():
                terminal.warn(line)
            raise
