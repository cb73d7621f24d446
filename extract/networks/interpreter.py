"""A network that LiteRT runs: the one place that knows LiteRT."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from ground.errors import DependencyError

Tensor = npt.NDArray[np.float32]


class Network:
    """A TensorFlow Lite model, ready to run on one thread; keeps nothing from one run to the next.

    Parameters
    ----------
    model
        Its bytes.

    Raises
    ------
    DependencyError
        When LiteRT cannot be loaded.
    """

    def __init__(self, model: bytes) -> None:
        interpreter = _load_interpreter()(model_content=model, num_threads=1)
        interpreter.allocate_tensors()
        self._interpreter = interpreter
        self._inputs = [(one["index"], one["shape"]) for one in interpreter.get_input_details()]
        self._outputs = [one["index"] for one in interpreter.get_output_details()]
        # Inputs and outputs lie in the network itself, which every tracker of the process uses.
        self._lock = threading.Lock()

    def run(self, *inputs: Tensor) -> list[Tensor]:
        """Return what the network computes from its inputs, in the model's order; copies."""
        with self._lock:
            for (index, shape), values in zip(self._inputs, inputs, strict=True):
                self._interpreter.set_tensor(index, values.reshape(shape))
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index) for index in self._outputs]


def _load_interpreter() -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:  # a library of the system may be missing too
        raise DependencyError(
            f"LiteRT, which runs the networks, cannot be loaded ({error}). If a library of the system is "
            "missing, install that. Otherwise install motionsig again, which brings LiteRT."
        ) from error
    return Interpreter
