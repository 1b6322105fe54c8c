"""Write docs/reference anew from the code, so that it never says what the code does not do.

    python scripts/generate_reference.py [FOLDER]

Commands come from the command line itself, the rest from the modules' own docstrings and schemas.
"""

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import EnumType
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pyarrow as pa

from watchbell import errors
from watchbell.ads import images, review
from watchbell.ads.decided_before import CODE_CHANGED
from watchbell.ads.payers import bound, disclaimers, register
from watchbell.ads.rules import disguises
from watchbell.ads.rules.rulebook import Rule, RuleBook
from watchbell.cli.main import DOORS, load
from watchbell.detect import traces
from watchbell.detect.traces.catalogue import TRACES
from watchbell.exchange import disarm, hash_lists, misp_words, patterns, plain, stix_parts
from watchbell.model.ads import Verdict
from watchbell.model.indicators import IndicatorKind
from watchbell.model.techniques import NAMES

ROOT = Path(__file__).parents[1]
VALUE_WORDS = {int: "NUMBER", float: "NUMBER", Path: "PATH"}
# Typer adds these to every command; `watchbell --install-completion` is where they belong.
OF_THE_SHELL = {"install_completion", "show_completion"}
PACKAGE = ROOT / "src/watchbell"
NOTE = "<!-- Made by `make docs` from the code. Change the code, not this page. -->"
BULK = {"posts": ("POSTS",), "actions": ("ACTIONS", "PAIRS", "GROUPS"), "indicators": ("HITS",)}
RECORDS = ("tlp", "indicators", "ads", "advertisers", "cases", "evidence", "partners")


def page(title: str, *parts: str) -> str:
    """Return a page of Markdown: its title, where it comes from, its parts."""
    return "\n\n".join([f"# {title}", NOTE, *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of Markdown; a bar or a line break inside a cell does not end it."""
    body = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), ["---"] * len(head), *body])


# The command line


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command that can be run, with its full name."""
    for door in DOORS:
        yield from commands_of(f"watchbell {door}", load(door))


def commands_of(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield a command, or those of a group, however deep."""
    if not hasattr(command, "list_commands"):
        yield name, command
        return
    for child in command.list_commands(None):
        yield from commands_of(f"{name} {child}", command.get_command(None, child))


def usage(name: str, command: Any) -> str:
    """Return one line that shows how the command is called."""
    arguments = [argument for argument in command.params if argument.param_type_name == "argument"]
    return " ".join([f"$ {name} [OPTIONS]", *(metavar(argument) for argument in arguments)])


def metavar(parameter: Any) -> str:
    """Return how help shows an argument: `FILE...`, `[DIR]`."""
    name = (parameter.metavar or parameter.name or "").upper().strip("[].")
    dots = "..." if parameter.nargs == -1 else ""
    return f"{name}{dots}" if parameter.required else f"[{name}]{dots}"


def option_row(option: Any) -> tuple[str, str, str]:
    """Return the option's names, what it takes, and what it does."""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    takes = "" if option.is_flag else value_of(option)
    required = " Required." if option.required else ""
    return names, takes, f"{option.help or ''}{required}{default_of(option)}"


def value_of(option: Any) -> str:
    """Return what an option takes: its choices, else the word for its value, and whether it may be repeated."""
    kind = option.type_descriptor.annotation
    choices = get_args(kind) if get_origin(kind) is Literal else kind if isinstance(kind, EnumType) else ()
    word = option.metavar or VALUE_WORDS.get(kind, "TEXT")
    taken = " or ".join(f"`{choice}`" for choice in choices) or f"`{word}`"
    return f"{taken}, repeatable" if option.multiple else taken


def default_of(option: Any) -> str:
    """Return a sentence on the default, where there is one that a reader can use."""
    default = option.default
    if option.is_flag or callable(default) or default in (None, (), [], ""):
        return ""
    values = default if isinstance(default, list | tuple) else [default]
    return " Default: " + ", ".join(f"`{getattr(value, 'value', value)}`" for value in values) + "."


def command_section(name: str, command: Any) -> str:
    """Return what one command does, how it is called, and its arguments and options."""
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [item for item in command.params if item.param_type_name == "option" and item.name not in OF_THE_SHELL]
    parts = [f"## {name}", (command.help or "").strip(), f"```console\n{usage(name, command)}\n```"]
    if arguments:
        parts.append(table(("argument", "what"), [(f"`{metavar(item)}`", item.help or "") for item in arguments]))
    if options:
        parts.append(table(("option", "takes", "what"), [option_row(item) for item in options]))
    parts.append(re.sub(r"\[/?bold\]", "**", command.epilog or "").strip())
    return "\n\n".join(part for part in parts if part)


def cli_page() -> str:
    """Return the reference of the command line."""
    overview = table(
        ("command", "what it is for", "extra"),
        [(f"`watchbell {name}`", door.help, f"`{door.extra}`" if door.extra else "") for name, door in DOORS.items()],
    )
    return page("The command line", overview, *(command_section(name, command) for name, command in commands()))


# Errors and settings


def error_tree(root: type[errors.WatchbellError]) -> Iterator[type[errors.WatchbellError]]:
    """Yield the error and all below it."""
    yield root
    for child in root.__subclasses__():
        yield from error_tree(child)


def exit_codes_page() -> str:
    """Return the exit codes: what each means to whoever runs the command."""
    rows = [("0", "", "Done."), ("1", "", "A file cannot be written, or Watchbell itself is at fault.")]
    rows += [
        (str(error.exit_code), f"`{error.__name__}`", error.__doc__ or "")
        for error in error_tree(errors.WatchbellError)
        if error is not errors.WatchbellError
    ]
    rows += [("130", "", "Interrupted; what was finished before is kept.")]
    ordered = sorted(rows, key=lambda row: int(row[0]))
    intro = "Errors are one sentence on standard error. The numbers follow `sysexits.h` where it has a fitting one."
    return page("Exit codes", intro, table(("code", "error", "when"), ordered))


def settings_page() -> str:
    """Return the settings, each with its environment variable."""
    [settings] = [item for item in classes("settings") if item.name == "Settings"]
    rows = [
        (f"`{name}`", f"`WATCHBELL_{name.upper()}`", f"`{kind}`", default, said)
        for name, kind, default, said in attributes(settings)
        if name != "model_config"
    ]
    intro = (
        "A setting comes from the environment, else from `watchbell.toml` in the workspace, else it has its default. "
        "`WATCHBELL_WORKSPACE` names the workspace itself where no `--workspace` is given."
    )
    return page("Settings", intro, table(("setting", "environment", "type", "default", "what"), rows))


# Tables and records


def tree(module: str) -> ast.Module:
    """Return the module as parsed; `module` is dotted, below `watchbell`."""
    return ast.parse((PACKAGE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))


def classes(module: str) -> Iterator[ast.ClassDef]:
    """Yield the classes of a module in order."""
    return (node for node in tree(module).body if isinstance(node, ast.ClassDef))


def docstring_after(body: list[ast.stmt], position: int) -> str:
    """Return the string that stands right after a statement: what it documents, by custom."""
    match body[position + 1 : position + 2]:
        case [ast.Expr(value=ast.Constant(value=str(said)))]:
            return said
    return ""


def attributes(record: ast.ClassDef) -> Iterator[tuple[str, str, str, str]]:
    """Yield the name, type, default and description of each attribute of a class."""
    for position, node in enumerate(record.body):
        said = docstring_after(record.body, position)
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=value):
                yield name, ast.unparse(kind), default_text(value), said
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text, "", said


def default_text(value: ast.expr | None) -> str:
    """Return the default as written; what `Field` holds beside it is left out."""
    match value:
        case None:
            return "required"
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            defaults = [keyword.value for keyword in keywords if keyword.arg in ("default", "default_factory")]
            return f"`{ast.unparse(defaults[0])}`" if defaults else "required"
    return f"`{ast.unparse(value)}`"


def record_section(record: ast.ClassDef) -> str:
    """Return an enumeration's values or a record's fields, as a table."""
    said = ast.get_docstring(record) or ""
    rows = list(attributes(record))
    if any(isinstance(base, ast.Name) and base.id == "StrEnum" for base in record.bases):
        body = table(("value", "what"), [(f"`{value}`", text) for _, value, _, text in rows])
    else:
        cells = [(f"`{name}`", f"`{kind}`", default, text) for name, kind, default, text in rows]
        body = table(("field", "type", "default", "what"), cells)
    return f"### {record.name}\n\n{said}\n\n{body}"


def column_comments(module: str, schema: str) -> dict[str, str]:
    """Return the comment that stands right above a column's line in the schema, by the column's name."""
    source = (PACKAGE / f"model/{module}.py").read_text(encoding="utf-8")
    written = source.partition(f"{schema} = pa.schema(")[2].partition("\n)")[0]
    comments: dict[str, str] = {}
    above: list[str] = []
    for line in written.splitlines():
        text = line.strip()
        if text.startswith("# "):
            above.append(text.removeprefix("# "))
        elif text.startswith('pa.field("'):
            comments[text.split('"')[1]] = " ".join(above)
            above = []
    return comments


def arrow_section(module: str, name: str) -> str:
    """Return the columns of an Arrow schema as a table."""
    schema = getattr(importlib.import_module(f"watchbell.model.{module}"), name)
    comments = column_comments(module, name)
    rows = [
        (f"`{column.name}`", f"`{column.type}`", "yes" if column.nullable else "no", comments.get(column.name, ""))
        for column in schema
        if isinstance(column, pa.Field)
    ]
    return f"### {name}\n\n{schema_docstring(module, name)}\n\n{table(('column', 'type', 'null', 'what'), rows)}"


def schema_docstring(module: str, name: str) -> str:
    """Return the string that stands right after the schema in its module."""
    body = tree(f"model.{module}").body
    for position, node in enumerate(body):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)]) if found == name:
                return docstring_after(body, position)
    return ""


def schema_page() -> str:
    """Return the tables and records that Watchbell keeps and writes."""
    bulk = [arrow_section(module, name) for module, names in BULK.items() for name in names]
    records = [record_section(record) for module in RECORDS for record in classes(f"model.{module}")]
    return page(
        "Tables and records",
        "## Tables\n\nBulk data are Arrow tables, on disk as Parquet. All times are UTC.",
        *bulk,
        "## Records\n\nWhat people work with. A record never changes; a new version replaces it.",
        *records,
    )


def policy_section(rule: Rule) -> str:
    """Return what one rule says, by whose text, and an ad's words that it finds."""
    languages = RuleBook.bundled().frames.languages(rule.code).union(pattern.lang for pattern in rule.patterns)
    verdicts = {pattern.verdict for pattern in rule.patterns} | {Verdict.REVIEW for _ in rule.frames}
    laws = RuleBook.bundled().laws.of_code(rule.code)
    facts = [
        ("where", ", ".join(rule.jurisdictions)),
        ("by whose text", rule.source),
        ("reason given", rule.reason),
        ("languages", ", ".join(sorted(languages))),
        ("verdicts", ", ".join(sorted(verdicts))),
        *(("finds", f"“{words}”") for words in rule.hits[:1]),
        *(("does not find", f"“{words}”") for words in rule.misses[:1]),
        *((f"in {where}", f"{law.text} ({law.source})") for where, law in laws.items()),
    ]
    return f"## {rule.code}\n\n{rule.title}\n\n{table(('', ''), facts)}"


CHECKS = (
    (CODE_CHANGED, "A person decided about it, and its source tells something else of it since."),
    (review.CODE_UNSURE, "It may be political, the model cannot tell, and it names nobody who paid."),
    (disclaimers.CODE_MISSING, "The ad is political, and neither its record nor its text says who paid."),
    (register.CODE_UNKNOWN, "The ad claims a registration that the register does not have for the day the ad ran."),
    (register.CODE_MISMATCH, "The register knows the claimed registration under another name than the payer's."),
    (
        bound.CODE_ACCOUNT,
        "The words are bound to an advertiser, and the ad ran from an account that is not theirs.",
    ),
    (bound.CODE_UNBOUND, "The words are bound to no advertiser here, though the account is, or all must be."),
    (bound.CODE_LOOKALIKE, "The payer's name only looks like that of an advertiser."),
    (disguises.CODE_DISGUISED, "A word about voting has letters of another script among its own."),
    (images.CODE_UNREAD, "A picture of the ad could not be read, so a person must look at it."),
)
"""What is checked of the ad's record, beside its words."""


def policies_page() -> str:
    """Return the rules that the first review applies."""
    intro = (
        "What `watchbell ads review` looks for. A finding names the rule's code and quotes the ad's own words. "
        "`review` means that a person must look, `reject` that the words break the rule plainly. Both are a "
        "first pass, not a person's judgement."
    )
    checks = "## Checks of the record\n\n" + table(("code", "when"), [(f"`{code}`", when) for code, when in CHECKS])
    return page("Policy codes", intro, checks, *(policy_section(rule) for rule in RuleBook.bundled().rules))


def traces_page() -> str:
    """Return what two accounts can do alike: each trace as its own file describes it."""
    intro = "What `--by` of `watchbell detect` takes. Accounts of several platforms meet on one object."
    return page("Traces", intro, *(trace_section(name) for name in TRACES))


def trace_section(name: str) -> str:
    """Return a trace's name and what its file says of it."""
    said = importlib.import_module(f"{traces.__name__}.{name}").__doc__ or ""
    return f"## `{name}`\n\n{inspect.cleandoc(said)}"


def formats_page() -> str:
    """Return the forms in which indicators come and go, from the codecs' own tables."""
    kinds = [(f"`{kind}`", *map(code, _forms_of(kind))) for kind in IndicatorKind]
    steps, codes, retired = (disarm.pairs(name) for name in ("killchain", "election", "retired"))
    return page(
        "Forms of indicators",
        "How they come and go: [exchange with partners' tools](../howto/exchange-with-partners-tools.md).",
        "## Plain CSV and JSON lines",
        inspect.getdoc(plain) or "",
        "## What each kind is in other forms",
        table(("kind", "STIX 2.1 pattern", "MISP type", "ThreatExchange type"), kinds),
        "An account is a MISP object `user-account`. Machine tags of ours tell what MISP's types do not: "
        "`watchbell:kind`, `watchbell:platform`, `watchbell:valid-until`, and `watchbell:source` on the event.",
        "## What STIX has no property for",
        f"Extension definition `{stix_parts.EXTENSION}`. {stix_parts.SCHEMA}",
        "## Techniques",
        inspect.getdoc(disarm) or "",
        "Codes of the ad rules, tied to the nearest techniques of DISARM, an overlay of Watchbell's own:",
        table(("code", "techniques"), _techniques_in(codes)),
        "Steps of Meta's Online Operations Kill Chain, by the longest number that a step begins with:",
        table(("step", "techniques"), _techniques_in(steps)),
        "Ids that MISP's clusters have and DISARM 1.6 has no more, and what followed them:",
        table(("id", "techniques"), _techniques_in(retired)),
    )


def _forms_of(kind: IndicatorKind) -> tuple[str, str, str]:
    pattern = patterns.PATHS.get(kind, "ipv4-addr:value, ipv6-addr:value")
    if kind is IndicatorKind.HANDLE:
        pattern = "user-account:account_type AND user-account:account_login"
    return pattern, misp_words.WRITTEN.get(kind, ("username of user-account",))[0], hash_lists.TYPES.get(kind, "")


def _techniques_in(pairs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for left, right in pairs.items():
        yield f"`{left}`", "; ".join(f"{disarm_id} {NAMES[disarm_id]}" for disarm_id in right)


def code(text: str) -> str:
    """Return words as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


PAGES: dict[str, Callable[[], str]] = {
    "formats.md": formats_page,
    "cli.md": cli_page,
    "exit-codes.md": exit_codes_page,
    "settings.md": settings_page,
    "schema.md": schema_page,
    "policies.md": policies_page,
    "traces.md": traces_page,
}


def main(folder: Path) -> None:
    """Write every page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (folder / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/reference")
