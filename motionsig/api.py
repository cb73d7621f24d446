"""What `import motionsig` gives: the stages as functions, and the values that go in and come out."""

from __future__ import annotations

from classify.model_file import load_model
from extract.extraction import ExtractionOptions
from extract.frame_table import read_frame_table
from extract.limits import Limits
from features.clips import CorrelationOptions
from features.signature import PairSet
from features.tables import read_labelled_table
from features.windows import ClipRule
from ground.errors import (
    DependencyError,
    InputError,
    ModelError,
    MotionsigError,
    StoppedError,
    TableError,
    TrainingError,
    VideoError,
)
from motionsig.use_cases.classification import classify
from motionsig.use_cases.comparison import compare
from motionsig.use_cases.correlation import correlate
from motionsig.use_cases.evaluation import evaluate, evaluate_by_both_protocols, evaluate_growth
from motionsig.use_cases.exploration import explore
from motionsig.use_cases.extraction import extract, tabulate_outcomes
from motionsig.use_cases.identification import identify
from motionsig.use_cases.monitor import Monitor, Progress
from motionsig.use_cases.openface import import_openface
from motionsig.use_cases.report_files import report
from motionsig.use_cases.run import run
from motionsig.use_cases.stress import stress
from motionsig.use_cases.training import train
from motionsig.use_cases.verdict_files import read_verdict, tabulate_clips

__all__ = (
    "ClipRule",
    "CorrelationOptions",
    "DependencyError",
    "ExtractionOptions",
    "InputError",
    "Limits",
    "ModelError",
    "Monitor",
    "MotionsigError",
    "PairSet",
    "Progress",
    "StoppedError",
    "TableError",
    "TrainingError",
    "VideoError",
    "classify",
    "compare",
    "correlate",
    "evaluate",
    "evaluate_by_both_protocols",
    "evaluate_growth",
    "explore",
    "extract",
    "identify",
    "import_openface",
    "load_model",
    "read_frame_table",
    "read_labelled_table",
    "read_verdict",
    "report",
    "run",
    "stress",
    "tabulate_clips",
    "tabulate_outcomes",
    "train",
)
