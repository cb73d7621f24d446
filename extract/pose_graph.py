"""MediaPipe Pose as it is run here: one graph finds the people of a picture, another follows one of them.

MediaPipe's own graph does both, and takes whoever its detector is surest of. Its parts are run as they are:
followed from where the detector is surest of somebody, that person's landmarks are the same in every bit. The
landmark model runs without its mask (`extract.pose_model`) where it is the known one.
"""

from __future__ import annotations

import functools
import importlib.metadata
from typing import Any, Final

from extract.mediapipe_models import load_solutions, locate_weights
from extract.pose_model import POSE_WEIGHTS, load_pruned_model
from ground.errors import DependencyError

# The one whose graph is known to be as described here.
_MEDIAPIPE: Final = "0.10.21"
_GRAPH: Final = "pose_landmark/pose_landmark_cpu.binarypb"
# What the graph's nodes that choose and read the model's file are called, and which calculator is the last.
_LOADER: Final = "poselandmarkbyroicpu__poselandmarkmodelloader__"
_READS_MODEL: Final = "TfLiteModelCalculator"
_MODEL: Final = "pose_model"
# The nodes that find people and turn them into regions, and the streams that lead from them to the others.
_FINDS: Final = ("posedetectioncpu__", "posedetectiontoroi__")
_HANDS_OVER: Final = (
    "image_for_pose_detection",
    "pose_detection",
    "prev_pose_rect_from_landmarks_is_present",
)
_FOLLOWED: Final = "gated_prev_pose_rect_from_landmarks"


def open_search() -> Any:
    """Return a new ``SolutionBase`` whose `process` finds the people of a picture, looking at it alone.

    Its results are ``pose_detections``, the surest first, whose boxes are their faces', and ``regions``, one
    for each: the rectangle that the landmark network is to look at.

    Raises
    ------
    DependencyError
        When MediaPipe cannot be loaded or is not the known one.
    """
    load_solutions()
    from mediapipe.python.solution_base import SolutionBase

    return SolutionBase(graph_config=_load_graphs()[0])


def open_follower() -> Any:
    """Return a new ``SolutionBase`` whose `process` finds ``pose_landmarks`` of one person, frame by frame.

    It takes a dictionary: ``image``; ``is_given``, whether a region is; ``region``, where the person is, and
    anything where none is given. Without one it looks where the landmarks of the frame before were, and finds
    nobody where there were none. Landmarks are not smoothed.

    Raises
    ------
    DependencyError
        When MediaPipe cannot be loaded or is not the known one.
    """
    load_solutions()
    from mediapipe.python.solution_base import PacketDataType, SolutionBase

    return SolutionBase(
        graph_config=_load_graphs()[1],
        side_inputs={
            _MODEL: _load_model(),
            "smooth_landmarks": False,
            "enable_segmentation": False,
            "smooth_segmentation": False,
            "use_prev_landmarks": True,
        },
        outputs=["pose_landmarks"],
        stream_type_hints={"region": PacketDataType.PROTO, "is_given": PacketDataType.BOOL},
    )


def check_version() -> None:
    """Raise DependencyError unless the MediaPipe that is here is the one whose graph is known."""
    version = importlib.metadata.version("mediapipe")
    if version != _MEDIAPIPE:
        raise DependencyError(
            "motionsig runs MediaPipe's pose network in parts, and knows those of version "
            f"{_MEDIAPIPE}, not of {version}. Install it with `pip install mediapipe=={_MEDIAPIPE}`."
        )


def is_pruned() -> bool:
    """Return whether the model of the MediaPipe that is here is known, without loading it.

    Raises
    ------
    DependencyError
        When there is none.
    """
    return load_pruned_model() is not None


@functools.cache
def _load_model() -> bytes:
    """Return the model, which every chunk needs: without the mask where it is known."""
    return load_pruned_model() or locate_weights(POSE_WEIGHTS).read_bytes()


@functools.cache
def _load_graphs() -> tuple[Any, Any]:
    """Return the graphs of the search and of the follower, out of MediaPipe's own."""
    from mediapipe.framework.calculator_pb2 import CalculatorGraphConfig
    from mediapipe.python._framework_bindings.validated_graph_config import ValidatedGraphConfig

    check_version()
    whole = ValidatedGraphConfig()
    whole.initialize(binary_graph_path=str(locate_weights(_GRAPH)))
    search, follower = CalculatorGraphConfig(), CalculatorGraphConfig()
    for node in CalculatorGraphConfig.FromString(whole.binary_config).node:
        if node.name.startswith(_FINDS):
            search.node.add().CopyFrom(node)
        elif node.output_stream[:1] and node.output_stream[0].rpartition(":")[2] in _HANDS_OVER:
            continue
        elif not node.name.startswith(_LOADER) or node.calculator == _READS_MODEL:
            follower.node.add().CopyFrom(node)
    _complete_search(search)
    _complete_follower(follower)
    return search, follower


def _complete_search(graph: Any) -> None:
    """Let the search look at the picture itself, and turn all people that it finds into regions."""
    graph.input_stream.append("IMAGE:image")
    graph.output_stream.extend(["DETECTIONS:pose_detections", "NORM_RECTS:regions"])
    size = graph.node.add(calculator="ImagePropertiesCalculator")
    size.input_stream.append("IMAGE_CPU:image")
    size.output_stream.append("SIZE:size")
    for node in graph.node:
        if node.calculator == "ImageToTensorCalculator":
            node.input_stream[:] = ["IMAGE:image"]
        elif node.calculator == "AlignmentPointsRectsCalculator":
            node.input_stream[:] = ["DETECTIONS:pose_detections", "IMAGE_SIZE:size"]
            node.output_stream[:] = ["NORM_RECTS:tight_regions"]
        elif node.calculator == "RectTransformationCalculator":
            node.input_stream[:] = ["NORM_RECTS:tight_regions", "IMAGE_SIZE:size"]
            node.output_stream[:] = ["regions"]


def _complete_follower(graph: Any) -> None:
    """Let the follower take the region that is given, and the model's bytes instead of a file."""
    graph.input_stream.extend(["IMAGE:image", "region", "is_given"])
    graph.input_side_packet.extend(
        [f"MODEL_BLOB:{_MODEL}", "smooth_landmarks", "enable_segmentation", "smooth_segmentation"]
    )
    graph.input_side_packet.append("use_prev_landmarks")
    graph.output_stream.append("LANDMARKS:pose_landmarks")
    for node in graph.node:
        if node.calculator == _READS_MODEL:
            node.input_side_packet[:] = [f"MODEL_BLOB:{_MODEL}"]
        elif node.calculator == "MergeCalculator":
            node.input_stream[:] = ["given_region", _FOLLOWED]
    gate = graph.node.add(calculator="GateCalculator")
    gate.input_stream.extend(["region", "ALLOW:is_given"])
    gate.output_stream.append("given_region")
