"""MediaPipe's pose network without the branch that paints a mask of the person, which nobody reads.

The mask takes a third of the time. Operators that lead to it alone are struck from the model's list of
operators; weights and all other operators stay where they are, so landmarks are the same in every bit. That
is done in memory, in hundredths of a second: nothing is stored that could be stale, damaged or tampered with.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from extract.mediapipe_models import locate_weights

if TYPE_CHECKING:
    from flatbuffers.table import Table

POSE_WEIGHTS: Final = "pose_landmark/pose_landmark_full.tflite"
# SHA-256 of the one model that is known to be as described here, and of what is left of it.
_WHOLE: Final = "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"
_PRUNED: Final = "d372d591d5684b7eb3929f3a3184b00ca21711a23b0d58303735022cf1e5bf43"
# Which of the model's outputs is the mask, and which one, a single number, is handed out in its place.
_MASK: Final = 2
_STAND_IN: Final = 1

# Fields of FlatBuffers tables, after TensorFlow Lite's schema: 4 + 2 x the field's number.
_MODEL_SUBGRAPHS: Final = 8
_SUBGRAPH_OUTPUTS: Final = 8
_SUBGRAPH_OPERATORS: Final = 10
_OPERATOR_INPUTS: Final = 6
_OPERATOR_OUTPUTS: Final = 8


def load_pruned_model() -> bytes | None:
    """Return the model of MediaPipe's wheel without the mask; None where the wheel holds another model."""
    model = locate_weights(POSE_WEIGHTS).read_bytes()
    if hashlib.sha256(model).hexdigest() != _WHOLE:
        return None
    pruned = _strike_mask(model)
    return pruned if hashlib.sha256(pruned).hexdigest() == _PRUNED else None


class _Operator(NamedTuple):
    """Where an operator's table lies in the file, and the numbers of its tensors."""

    place: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def _strike_mask(model: bytes) -> bytes:
    from flatbuffers.table import Table

    content = bytearray(model)
    root = Table(content, struct.unpack_from("<I", content)[0])
    graph = Table(content, root.Indirect(root.Vector(root.Offset(_MODEL_SUBGRAPHS))))
    outputs = list(_read_numbers(graph, _SUBGRAPH_OUTPUTS))
    outputs[_MASK] = outputs[_STAND_IN]
    struct.pack_into(f"<{len(outputs)}i", content, graph.Vector(graph.Offset(_SUBGRAPH_OUTPUTS)), *outputs)

    field = graph.Offset(_SUBGRAPH_OPERATORS)
    first, count = graph.Vector(field), graph.VectorLen(field)
    operators = [_read_operator(content, graph.Indirect(first + 4 * k)) for k in range(count)]
    needed = _find_needed(operators, outputs)
    # The list holds distances from its entries to the tables, and its length before them.
    distances = (operator.place - (first + 4 * k) for k, operator in enumerate(needed))
    struct.pack_into(f"<{1 + len(needed)}I", content, first - 4, len(needed), *distances)
    return bytes(content)


def _read_operator(content: bytearray, place: int) -> _Operator:
    from flatbuffers.table import Table

    table = Table(content, place)
    return _Operator(place, _read_numbers(table, _OPERATOR_INPUTS), _read_numbers(table, _OPERATOR_OUTPUTS))


def _read_numbers(table: Table, field: int) -> tuple[int, ...]:
    offset = table.Offset(field)
    return struct.unpack_from(f"<{table.VectorLen(offset)}i", table.Bytes, table.Vector(offset))


def _find_needed(operators: list[_Operator], tensors: list[int]) -> list[_Operator]:
    """Return the operators that compute some tensors, and what these are computed from, in their order."""
    needed, wanted = [], set(tensors)
    for operator in reversed(operators):  # whoever uses a tensor comes after whoever makes it
        if wanted.intersection(operator.outputs):
            needed.append(operator)
            wanted.update(operator.inputs)
    return needed[::-1]
