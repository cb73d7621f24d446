"""Parts of a TensorFlow Lite model: what computes some of its tensors from others, and nothing else.

Operators that are not needed are struck from the model's list; weights and all other operators stay where
they are, so what is left computes the same. That is done in memory, in hundredths of a second: nothing is
stored that could be stale, damaged or tampered with.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from flatbuffers.table import Table

# Fields of FlatBuffers tables, after TensorFlow Lite's schema: 4 + 2 x the field's number.
_MODEL_SUBGRAPHS: Final = 8
_SUBGRAPH_INPUTS: Final = 6
_SUBGRAPH_OUTPUTS: Final = 8
_SUBGRAPH_OPERATORS: Final = 10
_OPERATOR_INPUTS: Final = 6
_OPERATOR_OUTPUTS: Final = 8
_OPERATOR_CUSTOM_OPTIONS: Final = 14


class Model:
    """A TensorFlow Lite model of one graph, to take parts from.

    Parameters
    ----------
    content
        Its bytes.
    """

    def __init__(self, content: bytes) -> None:
        self._content = bytearray(content)
        root = _open_table(self._content, struct.unpack_from("<I", self._content)[0])
        self._graph = _open_table(self._content, root.Indirect(root.Vector(root.Offset(_MODEL_SUBGRAPHS))))
        field = self._graph.Offset(_SUBGRAPH_OPERATORS)
        self._first, count = self._graph.Vector(field), self._graph.VectorLen(field)
        places = (self._graph.Indirect(self._first + 4 * k) for k in range(count))
        self._operators = [_read_operator(self._content, place) for place in places]

    def cut_part(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        """Return the part of the model that computes some tensors from others.

        Parameters
        ----------
        inputs, outputs
            Numbers of tensors, in the order in which the part takes and gives them.
        """
        content = bytearray(self._content)
        needed = _find_needed(self._operators, inputs, outputs)
        # The list holds distances from its entries to the tables, and its length before them.
        distances = (operator.place - (self._first + 4 * k) for k, operator in enumerate(needed))
        struct.pack_into(f"<{1 + len(needed)}I", content, self._first - 4, len(needed), *distances)
        for field, tensors in ((_SUBGRAPH_INPUTS, inputs), (_SUBGRAPH_OUTPUTS, outputs)):
            _replace_numbers(content, self._graph, field, tensors)
        return bytes(content)

    def read_custom_options(self, output: int) -> dict[str, Any]:
        """Return the options of the custom operator that computes the tensor of the given number."""
        from flatbuffers import flexbuffers

        place = next(one.place for one in self._operators if output in one.outputs)
        table = _open_table(self._content, place)
        offset = table.Offset(_OPERATOR_CUSTOM_OPTIONS)
        first, count = table.Vector(offset), table.VectorLen(offset)
        options: dict[str, Any] = flexbuffers.Loads(bytes(self._content[first : first + count]))
        return options


class _Operator(NamedTuple):
    """Where an operator's table lies in the file, and the numbers of its tensors."""

    place: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def _open_table(content: bytearray, place: int) -> Table:
    from flatbuffers.table import Table

    return Table(content, place)


def _read_operator(content: bytearray, place: int) -> _Operator:
    table = _open_table(content, place)
    return _Operator(place, _read_numbers(table, _OPERATOR_INPUTS), _read_numbers(table, _OPERATOR_OUTPUTS))


def _read_numbers(table: Table, field: int) -> tuple[int, ...]:
    offset = table.Offset(field)
    return struct.unpack_from(f"<{table.VectorLen(offset)}i", table.Bytes, table.Vector(offset))


def _replace_numbers(content: bytearray, table: Table, field: int, numbers: Sequence[int]) -> None:
    """Write a list of numbers to the end of the file, and let the field point there."""
    content.extend(bytes(-len(content) % 4))
    place = table.Pos + table.Offset(field)
    struct.pack_into("<I", content, place, len(content) - place)
    content.extend(struct.pack(f"<I{len(numbers)}i", len(numbers), *numbers))


def _find_needed(
    operators: list[_Operator], inputs: Sequence[int], outputs: Sequence[int]
) -> list[_Operator]:
    """Return the operators that compute the outputs from the inputs, in their order."""
    needed, wanted, given = [], set(outputs), set(inputs)
    for operator in reversed(operators):  # whoever uses a tensor comes after whoever makes it
        if wanted.intersection(operator.outputs):
            needed.append(operator)
            wanted.update(set(operator.inputs) - given)
    return needed[::-1]
