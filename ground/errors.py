"""The errors that motionsig raises on purpose.

Every message reads like help: what was wrong, in which file, what to do. The command line shows that
sentence and exits with a non-zero code; anything else that escapes is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Iterable


class MotionsigError(Exception):
    """Root of all errors that motionsig raises on purpose.

    Parameters
    ----------
    message
        One sentence, or two.
    problems
        Where many things can be wrong at once, each of them; the text of the error lists them below it.
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.message = message
        self.problems = tuple(problems)
        super().__init__("\n".join((message, *(f"  {problem}" for problem in self.problems))))


class InputError(MotionsigError):
    """A path, a folder or an argument that cannot be worked with."""


class VideoError(InputError):
    """A file that gives no usable video: not a video, empty, audio only, unreadable."""


class TableError(InputError):
    """A frame table, correlations table, clip table or manifest that breaks its contract."""


class TrainingError(MotionsigError):
    """Labels or footage that a classifier cannot be trained on."""


class ModelError(MotionsigError):
    """A model file that is damaged, not ours, or does not fit the suspect."""


class DependencyError(MotionsigError):
    """A library of the system, or an optional package, that is missing."""


class StoppedError(Exception):
    """Whoever asked for the work does not want it any more; what is finished is kept.

    It is no MotionsigError: whoever collects the errors of single files must not take it for one of them.
    """
