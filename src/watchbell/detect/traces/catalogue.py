"""Every trace there is. A file of this folder that declares a `TRACE` is in it."""

import importlib
import pkgutil

from watchbell.detect import traces
from watchbell.detect.trace import Trace


def _declared() -> dict[str, Trace]:
    names = sorted(module.name for module in pkgutil.iter_modules(traces.__path__) if module.name != "catalogue")
    found = (importlib.import_module(f"{traces.__name__}.{name}").TRACE for name in names)
    return {trace.name: trace for trace in found}


TRACES = _declared()
