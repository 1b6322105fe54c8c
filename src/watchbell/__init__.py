"""Watchbell helps protect elections: detect, match, ads, exchange, and a desk where they meet."""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchbell.notebook import Run, detect, follow  # brought at run time, see below

__version__ = "0.1.0"
__all__ = ["__version__", "detect", "follow"]


def __getattr__(name: str) -> Any:
    """Bring `follow` when it is first asked for, so that importing Watchbell loads nothing."""
    if name == "follow":
        return importlib.import_module("watchbell.notebook").follow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Detect(ModuleType):
    """The room `detect`, which can be called too.

    Python puts a loaded room under its own name here, over any function of that name. So that `watchbell.detect(…)`
    and `watchbell.detect.pairs` both mean what they say, in whatever order things are imported, the room itself calls
    the function; it is loaded when it is first called.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> "Run":
        notebook = importlib.import_module("watchbell.notebook")
        run: Run = notebook.detect(*args, **kwargs)
        return run


importlib.import_module("watchbell.detect").__class__ = _Detect
