"""What the figures in tables mean, for the lines below them."""

from __future__ import annotations

from typing import Final

AUC_MEANS: Final = "AUC: how often the person ranks above somebody else (.5 says nothing, 1 is perfect)"
CLLR_MEANS: Final = (
    "Cllr: cost of the likelihood ratios in bits (0 is perfect, 1 says nothing, more misleads)"
)
BRACKETS_MEAN: Final = (
    "in brackets: 95 % interval over sources, too narrow below about 10 of them ([few]: too few for one)"
)

EVALUATION_LEGEND: Final = (
    f"{AUC_MEANS}; {BRACKETS_MEAN}.",
    "Equal error rate: where as many of the person are missed as others are taken for the person.",
    f"{CLLR_MEANS}; min Cllr: what the best calibration would leave of it.",
    "From AUC to the counts every clip, or video, counts the same; in the rates below every source does.",
    (
        "Accuracy, recall (share recognised) and counts: a likelihood ratio above 1 is called the person. "
        "Balanced accuracy is the mean of both recalls; the majority's is that of always giving the more "
        "frequent answer."
    ),
    "False match, false no match, undecided: by the rule of a verdict, with thresholds chosen from the rest.",
)
