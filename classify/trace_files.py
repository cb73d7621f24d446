"""Motion traces as parts of model files: of the footage that a model, a background or an enrolment knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from features.motion_trace import SIGNALS, TRACE_REVISION, Trace


def pack_traces(traces: Mapping[str, Trace]) -> dict[str, Any]:
    """Return traces, by the name or hash of their video, as what `skops` stores of texts and arrays."""
    return {
        "revision": str(TRACE_REVISION),
        "names": json.dumps(list(traces)),  # one text: skops describes each part of a list at length
        "samples": np.array([len(trace) for trace in traces.values()], dtype=np.int64),
        "values": np.concatenate([np.empty((0, len(SIGNALS)), dtype=np.int8), *traces.values()]),
    }


def unpack_traces(content: Any) -> dict[str, Trace]:
    """Return the traces of a file; none of files that have none, or have them in another revision.

    Parameters
    ----------
    content
        What `pack_traces` gave, read back from a file that nobody vouches for; None where there is none.

    Raises
    ------
    ValueError
        When its parts do not fit each other.
    """
    if content is None or content["revision"] != str(TRACE_REVISION):
        return {}
    names, samples, values = json.loads(content["names"]), content["samples"], content["values"]
    if not (
        isinstance(names, list)
        and all(isinstance(name, str) for name in names)
        and len(set(names)) == len(names)
        and type(samples) is type(values) is np.ndarray
        and (samples.dtype, values.dtype) == (np.int64, np.int8)
        and samples.shape == (len(names),)
        and (samples >= 0).all()
        and values.shape == (samples.sum(), len(SIGNALS))
    ):
        raise ValueError("the motion traces do not fit each other")
    return dict(zip(names, np.split(values, np.cumsum(samples)[:-1]), strict=True)) if names else {}
