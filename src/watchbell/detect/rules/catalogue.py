"""Every rule there is. A file of this folder that declares a `RULE` is in it."""

import importlib
import pkgutil

from watchbell.detect import rules
from watchbell.detect.rule import Rule
from watchbell.errors import UsageError


def _declared() -> dict[str, Rule]:
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__) if module.name != "catalogue")
    found = (importlib.import_module(f"{rules.__name__}.{name}").RULE for name in names)
    return {rule.name: rule for rule in found}


RULES = _declared()


def rule_named(name: str) -> Rule:
    """Return the rule of this name.

    Raises:
        UsageError: there is no such rule.
    """
    if name not in RULES:
        raise UsageError(f"There is no rule {name}. The rules are: {', '.join(RULES)}.")
    return RULES[name]
