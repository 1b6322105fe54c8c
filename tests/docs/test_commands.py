"""Every command, option, target, file and link that a page names exists."""

import re
import shlex
from pathlib import Path
from typing import Any

from watchbell.cli.main import DOORS, load

ROOT = Path(__file__).parents[2]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def problem(command_line: str) -> str | None:
    """Say what of a `watchbell …` command does not exist, or None."""
    words = shlex.split(command_line, comments=True)[1:]
    words = words[: next((at for at, word in enumerate(words) if word in {"|", "&&", ">", ";"}), len(words))]
    if words and words[0] in {"--version", "--help"}:
        return None
    if not words or words[0] not in DOORS:
        return f"no command {words[:1]}"
    command, rest = load(words[0]), words[1:]
    children = children_of(command)
    if children and rest[:1] != ["--help"]:
        default = getattr(command, "default", None)
        if default and rest[:1] and rest[0] not in children:
            rest = [default, *rest]
        if not rest or rest[0] not in children:
            return f"{words[0]} has no command {rest[:1]}"
        command, rest = children[rest[0]], rest[1:]
    return unparsable(command, rest)


def children_of(command: Any) -> dict[str, Any]:
    """The commands of a group, by name; none of a single command. Some groups load theirs when they are asked for."""
    names = command.list_commands(None) if hasattr(command, "list_commands") else []
    return {name: command.get_command(None, name) for name in names}


def unparsable(command: Any, words: list[str]) -> str | None:
    context = command.context_class(command)
    try:
        command.make_parser(context).parse_args(list(words))
    except Exception as error:  # noqa: BLE001  # whatever the parser says of it
        return str(error)
    required = [item.name for item in command.params if item.param_type_name == "argument" and item.required]
    values = [word for word in words if not word.startswith("-")]
    return f"{required} missing" if len(values) < len(required) and "--help" not in words else None


def test_every_command_shown_exists_and_can_be_parsed(commands: list[tuple[str, str]]) -> None:
    ours = [(page, command) for page, command in commands if command.startswith("watchbell")]
    assert ours
    problems = {f"{page}: {command}": found for page, command in ours if (found := problem(command))}
    assert not problems


def test_the_check_itself_can_fail() -> None:
    assert problem("watchbell detekt") is not None
    assert problem("watchbell detect --widow 60s") is not None
    assert problem("watchbell posts import") is not None


def test_every_option_named_in_running_text_exists(pages: list[Path]) -> None:
    named = {option for page in pages for option in OPTION.findall(prose(page))}
    known = {
        option for command in every_command() for item in command.params for option in item.opts + item.secondary_opts
    }
    others = {"--version", "--help", "--extra", "--locked"}  # of `watchbell` itself, and of uv
    assert named <= known | others


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def every_command() -> list[Any]:
    return [leaf for door in DOORS for leaf in leaves(load(door))]


def leaves(command: Any) -> list[Any]:
    """The commands below a group, however deep; of a single command, itself."""
    children = children_of(command)
    return [leaf for child in children.values() for leaf in leaves(child)] if children else [command]


def test_every_make_target_named_exists(pages: list[Path]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target for page in pages for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"))
    }
    assert named <= targets


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [
        (page, target)
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]
    local = [(page, target) for page, target in links if "://" not in target and not target.startswith("mailto:")]
    broken = [(page.name, target) for page, target in local if not (page.parent / target).exists()]
    assert not broken


def test_every_file_of_the_tree_that_a_page_names_exists(pages: list[Path]) -> None:
    named = {
        path
        for page in pages
        for path in re.findall(r"`((?:src|scripts|docs|tests|benchmarks)/[\w./-]+)`", prose(page))
    }
    assert not [path for path in sorted(named) if not (ROOT / path).exists()]
