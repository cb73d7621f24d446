"""Learn how a person moves from authentic videos, and check whether a suspect video moves the same way.

The stages as functions, for notebooks and other programs. docs/python.md goes from video to verdict with
them, and `help(motionsig.api)` lists them. They are loaded when one of them is first used, so that the
command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionsig.api import *  # noqa: F403 - those that it lists

__all__ = (
    "Background",
    "BenchmarkRecord",
    "Benchmarked",
    "Classified",
    "ClipRule",
    "Correlated",
    "CorrelationOptions",
    "DependencyError",
    "Enrolment",
    "Evaluation",
    "ExtractionOptions",
    "Identified",
    "InputError",
    "Limits",
    "Model",
    "ModelError",
    "Monitor",
    "MotionsigError",
    "Outcome",
    "PairFigures",
    "PairSet",
    "PersonReference",
    "Progress",
    "Ran",
    "StoppedError",
    "Stressed",
    "TableError",
    "TrainingError",
    "Verdict",
    "VerificationSummary",
    "VideoError",
    "WrittenManifest",
    "background",
    "benchmark",
    "classify",
    "compare",
    "correlate",
    "enrol",
    "evaluate",
    "evaluate_by_both_protocols",
    "evaluate_growth",
    "explore",
    "extract",
    "identify",
    "import_openface",
    "learn_reference",
    "load_background",
    "load_judge",
    "load_model",
    "manifest",
    "read_frame_table",
    "read_labelled_table",
    "read_record",
    "read_verdict",
    "report",
    "run",
    "stress",
    "tabulate_clips",
    "tabulate_outcomes",
    "tabulate_records",
    "train",
    "verify",
    "verify_pairs",
)


def __getattr__(name: str) -> Any:
    # Python asks for submodules here, too.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("motionsig.api"), name)


def __dir__() -> list[str]:
    return list(__all__)
