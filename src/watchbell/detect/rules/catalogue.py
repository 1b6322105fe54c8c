"""Every rule there is. A file of this folder that declares a `RULE` is in it."""

import importlib
import pkgutil

from watchbell.detect import rules
from watchbell.detect.rule import Rule


def _declared() -> dict[str, Rule]:
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__) if module.name != "catalogue")
    found = (importlib.import_module(f"{rules.__name__}.{name}").RULE for name in names)
    return {rule.name: rule for rule in found}


RULES = _declared()
