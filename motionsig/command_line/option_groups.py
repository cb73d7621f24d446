"""Options that several commands share, each described once.

A group is a function whose parameters are options and which returns the value that they make. A command takes
that value as one parameter; `with_options` puts the group's options into its place.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from extract.limits import Limits

if TYPE_CHECKING:
    from extract.extraction_options import ExtractionOptions
    from extract.people.person import PersonReference

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Use the Dask cluster with this scheduler, such as tcp://10.0.0.1:8786. Use only a cluster "
        "that you trust.",
        show_default=False,
    ),
]

Workers = Annotated[
    int | None,
    typer.Option(min=1, help="How many worker processes to use.", show_default="one for each processor"),
]

Classifier = Annotated[
    str,
    typer.Option(
        "--classifier", help="Which classifier: svc, linear, or oneclass (which learns from the person only)."
    ),
]

VideoManifest = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        help="CSV with the columns path,subject,group,session. Needed if videos are not named "
        "<number>_<person>_<group>.",
        show_default=False,
    ),
]

PeopleManifest = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        help="CSV with the columns path,subject,group,session and, if known, collection. It says who is in "
        "each video or table, and which belong to one session. Without it, names of videos say who.",
        show_default=False,
    ),
]

TableManifest = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        help="CSV with the columns path,subject,group,session. Its labels replace those of the table.",
        show_default=False,
    ),
]

NoFace = Annotated[
    bool,
    typer.Option(
        "--no-face",
        help="Do not keep the person's face in the model. The face lets later commands find the person among "
        "others. It is biometric data: whoever has the file can search for this face.",
    ),
]

MaxPixels = Annotated[
    int, typer.Option(help="Refuse videos whose pictures have more pixels than this (width times height).")
]

TimeLimit = Annotated[
    float, typer.Option(help="Give up on a video that takes longer to read than this, in seconds.")
]


PersonPhotos = Annotated[
    list[Path] | None,
    typer.Option(
        "--person-photo",
        help="A picture or a video of the person to measure. In a picture with others the person must be "
        "much the largest. Give the option once for each.",
        show_default="the person whose face the given model keeps, or else the one most seen",
    ),
]


def limits(
    max_pixels: MaxPixels = Limits.max_pixels,
    time_limit: TimeLimit = Limits.time_s,
) -> Limits:
    """Return what a video may cost."""
    return Limits(max_pixels, time_limit)


def reference(person_photo: PersonPhotos = None) -> PersonReference | None:
    """Return the face of the person to measure; None where nobody is named."""
    if not person_photo:
        return None
    from extract.people.references import learn_reference

    return learn_reference(person_photo)


def extraction_options(
    face: Annotated[str, typer.Option(help="Which reader measures the face: mesh or py-feat.")] = "mesh",
    keep_mesh: Annotated[
        bool, typer.Option("--keep-mesh", help="Also write all points of the face, to <video>.mesh.parquet.")
    ] = False,
    device: Annotated[
        str,
        typer.Option(help="Where the network of py-feat runs: auto (CUDA if available), cpu or cuda."),
    ] = "auto",
    sample_fps: Annotated[
        float | None,
        typer.Option(help="Read only this many frames in each second.", show_default="all"),
    ] = None,
    max_height: Annotated[
        int | None,
        typer.Option(help="Reduce larger pictures to this height, in pixels.", show_default="unchanged"),
    ] = None,
    person_photo: PersonPhotos = None,
    max_pixels: MaxPixels = Limits.max_pixels,
    time_limit: TimeLimit = Limits.time_s,
) -> ExtractionOptions:
    """Return how videos are read."""
    from extract.extraction_options import ExtractionOptions

    return ExtractionOptions(
        face=face,
        device=device,
        sample_fps=sample_fps,
        max_height=max_height,
        keep_mesh=keep_mesh,
        limits=Limits(max_pixels, time_limit),
        person=reference(person_photo),
    )


def with_options(**groups: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of groups, each in the place of the parameter that takes its value.

    Parameters
    ----------
    groups
        Parameter of the command -> the group whose value it takes.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        parameters = [
            option
            for name, parameter in inspect.signature(command).parameters.items()
            for option in (_list_options(groups[name]) if name in groups else _evaluate([parameter], command))
        ]

        @functools.wraps(command)
        def call(**values: Any) -> None:
            for name, group in groups.items():
                given = {option.name: values.pop(option.name) for option in _list_options(group)}
                values[name] = group(**given)
            command(**values)

        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {option.name: option.annotation for option in parameters}
        return call

    return give


def _list_options(group: Callable[..., Any]) -> list[inspect.Parameter]:
    return _evaluate(list(inspect.signature(group).parameters.values()), group)


def _evaluate(parameters: list[inspect.Parameter], function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return parameters with types instead of the text of their annotations.

    Those of a group's value are left out: their types are imported for type checkers alone.
    """

    def holder() -> None: ...

    holder.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    types = get_type_hints(holder, globalns=inspect.unwrap(function).__globals__, include_extras=True)
    return [
        parameter.replace(annotation=types[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in parameters
    ]
