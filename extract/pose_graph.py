"""MediaPipe Pose as it is run here: on a model without the mask of the person where that can be had."""

from __future__ import annotations

import functools
import importlib.metadata
from typing import Any, Final

from extract.mediapipe_models import load_solutions, locate_weights
from extract.pose_model import load_pruned_model

# The one whose graph is known to be as described here.
_MEDIAPIPE: Final = "0.10.21"
_GRAPH: Final = "pose_landmark/pose_landmark_cpu.binarypb"
# What the graph's nodes that choose and read the model's file are called, and which calculator is the last.
_LOADER: Final = "poselandmarkbyroicpu__poselandmarkmodelloader__"
_READS_MODEL: Final = "TfLiteModelCalculator"
_MODEL: Final = "pose_model"


def open_pose() -> Any:
    """Return a new ``SolutionBase`` whose `process` finds ``pose_landmarks``, frame by frame, not smoothed.

    It leaves the mask out where `is_pruned`. MediaPipe's own ``Pose`` of complexity 1, which is returned
    elsewhere, finds the same in every bit.

    Raises
    ------
    DependencyError
        When MediaPipe cannot be loaded.
    """
    solutions = load_solutions()
    parts = _load_parts()
    if parts is None:
        return solutions.pose.Pose(model_complexity=1, smooth_landmarks=False)
    from mediapipe.python.solution_base import SolutionBase

    model, graph = parts
    return SolutionBase(
        graph_config=graph,
        side_inputs={
            _MODEL: model,
            "smooth_landmarks": False,
            "enable_segmentation": False,
            "smooth_segmentation": False,
            "use_prev_landmarks": True,
        },
        outputs=["pose_landmarks"],
    )


def is_pruned() -> bool:
    """Return whether graph and model of the MediaPipe that is here are known, without loading it.

    Raises
    ------
    DependencyError
        When there is none.
    """
    return _load_known_model() is not None


def _load_known_model() -> bytes | None:
    model = load_pruned_model()
    return model if importlib.metadata.version("mediapipe") == _MEDIAPIPE else None


@functools.cache
def _load_parts() -> tuple[bytes, Any] | None:
    """Return the pruned model and the graph that runs it, which every chunk needs; None where not known."""
    model = _load_known_model()
    return None if model is None else (model, _rewrite_graph())


def _rewrite_graph() -> Any:
    """Return MediaPipe's graph of Pose with the model as a side input instead of a file that it chooses."""
    from mediapipe.framework.calculator_pb2 import CalculatorGraphConfig
    from mediapipe.python._framework_bindings.validated_graph_config import ValidatedGraphConfig

    whole = ValidatedGraphConfig()
    whole.initialize(binary_graph_path=str(locate_weights(_GRAPH)))
    graph = CalculatorGraphConfig.FromString(whole.binary_config)
    for node in [node for node in graph.node if node.name.startswith(_LOADER)]:
        if node.calculator == _READS_MODEL:
            node.input_side_packet[:] = [f"MODEL_BLOB:{_MODEL}"]
        else:
            graph.node.remove(node)
    graph.input_side_packet.append(f"MODEL_BLOB:{_MODEL}")
    return graph
