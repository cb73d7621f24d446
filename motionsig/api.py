"""What `import motionsig` gives: the stages as functions, and the values that go in and come out."""

from __future__ import annotations

from classify.background.background import Background
from classify.background.enrolled import Enrolment
from classify.background.files import load_background
from classify.background.pairs import PairFigures
from classify.background.summary import VerificationSummary
from classify.benchmark_record import BenchmarkRecord, read_record
from classify.evaluation import Evaluation
from classify.judge_file import load_judge
from classify.model import Model
from classify.model_file import load_model
from classify.verdict import Verdict
from extract.extraction_options import ExtractionOptions
from extract.frame_table import read_frame_table
from extract.limits import Limits
from extract.people.person import PersonReference
from extract.people.references import learn_reference
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
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases.backgrounds import background
from motionsig.use_cases.benchmark import Benchmarked, benchmark
from motionsig.use_cases.benchmark_files import tabulate_records
from motionsig.use_cases.classification import Classified, classify
from motionsig.use_cases.comparison import compare
from motionsig.use_cases.correlation import Correlated, correlate
from motionsig.use_cases.enrolment import enrol
from motionsig.use_cases.evaluation import evaluate, evaluate_by_both_protocols, evaluate_growth
from motionsig.use_cases.exploration import explore
from motionsig.use_cases.extraction import extract, tabulate_outcomes
from motionsig.use_cases.identification import Identified, identify
from motionsig.use_cases.manifests import WrittenManifest, manifest
from motionsig.use_cases.monitor import Monitor, Progress
from motionsig.use_cases.openface import import_openface
from motionsig.use_cases.pairs import verify_pairs
from motionsig.use_cases.report_files import report
from motionsig.use_cases.run import Ran, run
from motionsig.use_cases.stress import Stressed, stress
from motionsig.use_cases.training import train
from motionsig.use_cases.verdict_files import read_verdict, tabulate_clips
from motionsig.use_cases.verification import verify

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
