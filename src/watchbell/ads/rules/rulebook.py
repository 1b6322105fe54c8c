"""The rules as data: read from the YAML files beside this module, checked, compiled, and named by a digest."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from pydantic import Field

from watchbell.ads.concepts import Concepts, lexicon_texts
from watchbell.ads.expressions import Sieve, WordSearch
from watchbell.ads.normalise import Normalised
from watchbell.ads.political.answer import lexicon_text
from watchbell.ads.rules.frames import Frame, Frames
from watchbell.ads.rules.laws import LawBook, Laws
from watchbell.ads.written import entries_in, record_of, yaml_in
from watchbell.ids import short_digest
from watchbell.model.ads import Verdict
from watchbell.model.record import Record

_WORDS_FILE = "words.yaml"
_LAWS = "laws."
"""How the names of the files begin that say what one jurisdiction's law says."""
_BETWEEN_WORDS = "(?:[^a-z0-9.!?;:,]+)"
# A gap stops here: at the end of a sentence, and at the signs that head the items of a list.
_ENDS_CLAUSE = ".!?;•●▪✅✔☑➡→👉|"
_MACRO = re.compile(r"\{([a-z_]+)\}")


class Pattern(Record):
    """One way to break a rule, in one language; written in the small notation that `rules/words.yaml` explains."""

    lang: str
    text: str
    verdict: Verdict = Verdict.REJECT
    also: str | None = None
    """Must occur near the match too."""
    unless: str | None = None
    """Must not occur near the match."""


class Rule(Record):
    """One rule: what it forbids, where, by whose text, and examples it must and must not find."""

    code: str = Field(pattern=r"^[A-Z]{2,4}-[A-Z]+$")
    title: str
    jurisdictions: tuple[str, ...]
    source: str
    reason: str
    deniable: bool = False
    """Whether a denial inside its words softens a finding: the rule is about what is said to be so."""
    patterns: tuple[Pattern, ...]
    frames: tuple[Frame, ...] = ()
    """What the patterns miss, held for a person."""
    hits: tuple[str, ...]
    misses: tuple[str, ...]


class Words(Record):
    """What all rules share: named word groups, and the guards that take a finding back or soften it."""

    version: str
    notation: str
    context: str
    """No rule speaks to an ad without one of these words."""
    groups: dict[str, str]
    drops_before: tuple[str, ...]
    denials: tuple[str, ...]
    drops_after: tuple[str, ...]
    softens_inside: tuple[str, ...]
    softens_before: tuple[str, ...]
    softens_near: tuple[str, ...]


class CompiledPattern:
    """A pattern ready to search with."""

    def __init__(self, rule: Rule, pattern: Pattern, groups: Mapping[str, str]) -> None:
        """Compile the pattern's three parts."""
        self.rule = rule
        self.verdict = pattern.verdict
        self.text = compiled(pattern.text, groups)
        self.also = None if pattern.also is None else compiled(pattern.also, groups)
        self.unless = None if pattern.unless is None else compiled(pattern.unless, groups)


def compiled(written: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    """Compile the notation of the rule files: `{group}`, ` ` between words, `<40>` and `<<160>>` gaps."""
    expression = written.strip()
    while _MACRO.search(expression):
        expression = _MACRO.sub(lambda name: f"(?:{groups[name.group(1)].strip()})", expression)
    expression = re.sub(r"\s+", " ", re.sub(r"([|(])\n\s*", r"\1", expression))
    expression = re.sub(r" ?<<(\d+)>> ?", r"\\b(?s:.{0,\1}?)\\b", expression)
    expression = re.sub(r" ?<(\d+)> ?", rf"\\b[^{_ENDS_CLAUSE}]{{0,\1}}?\\b", expression)
    return re.compile(rf"\b(?:{expression.replace(' ', _BETWEEN_WORDS)})\b")


def any_of(written: Iterable[str], groups: Mapping[str, str]) -> re.Pattern[str]:
    """Compile several expressions into one that finds any of them."""
    return compiled("|".join(f"(?:{part.strip()})" for part in written), groups)


def leading_in(written: Iterable[str], groups: Mapping[str, str], *, at_most: int) -> re.Pattern[str]:
    """Compile guards that lead into what follows: in the same clause, `at_most` words before it."""
    return re.compile(any_of(written, groups).pattern + rf"(?:[^\w,.!?;]+\w+){{0,{at_most}}}[^\w.!?;]*$")


class RuleBook:
    """All rules of one version."""

    def __init__(self, words: Words, rules: Iterable[Rule], laws: Iterable[Laws], version: str) -> None:
        """Compile the rules and the guards."""
        self.version = version
        self.rules = tuple(rules)
        self.laws = LawBook(laws, {rule.code: rule.source for rule in self.rules})
        self.context = WordSearch(re.sub(r"\n\s*", "", words.context))
        self.patterns = tuple(
            CompiledPattern(rule, pattern, words.groups) for rule in self.rules for pattern in rule.patterns
        )
        self.frames = Frames(((rule.code, frame) for rule in self.rules for frame in rule.frames), Concepts.bundled())
        self._sieve = Sieve([pattern.text.pattern for pattern in self.patterns])
        self.drops_before = leading_in(words.drops_before, words.groups, at_most=6)
        self.denials = leading_in(words.denials, words.groups, at_most=2)
        self.drops_after = re.compile(r"^\W*(?:\w+\W+){0,2}" + any_of(words.drops_after, words.groups).pattern)
        self.softens_inside = any_of(words.softens_inside, words.groups)
        self.softens_before = leading_in(words.softens_before, words.groups, at_most=6)
        self.softens_near = any_of(words.softens_near, words.groups)

    def patterns_for(self, plains: Iterable[Normalised]) -> list[dict[str, list[CompiledPattern]]]:
        """Return for each text the patterns that may match it, by the code of their rule, in the order of the book."""
        return [self._by_code(numbers) for numbers in self._sieve.passing_each([plain.letters for plain in plains])]

    def _by_code(self, numbers: Iterable[int]) -> dict[str, list[CompiledPattern]]:
        found: dict[str, list[CompiledPattern]] = {}
        for number in numbers:
            found.setdefault(self.patterns[number].rule.code, []).append(self.patterns[number])
        return found

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "RuleBook":
        """Return the rules that come with Watchbell."""
        folder = resources.files("watchbell.ads.rules")
        return cls.of_files(
            {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")}
        )

    @classmethod
    def of_files(cls, files: Mapping[str, str]) -> "RuleBook":
        """Return the rules that these YAML texts spell out; `words.yaml` is one of them.

        Raises:
            InputError: a file is missing, is not YAML, or a rule in it is not a rule.
        """
        said = {name: f"The rule file {name}" for name in (_WORDS_FILE, *files)}
        words = record_of(Words, yaml_in(files.get(_WORDS_FILE, ""), said[_WORDS_FILE]), said[_WORDS_FILE], "the file")
        of_law = sorted(name for name in files if name.startswith(_LAWS))
        rules = [
            record_of(Rule, entry, said[name])
            for name in sorted(files.keys() - {_WORDS_FILE, *of_law})
            for entry in entries_in(files[name], "rules", said[name])
        ]
        laws = [record_of(Laws, yaml_in(files[name], said[name]), said[name], "the file") for name in of_law]
        lexicons = lexicon_texts()
        digest = short_digest(
            lexicon_text(),
            *(part for texts in (lexicons, files) for name in sorted(texts) for part in (name, texts[name])),
        )
        return cls(words, rules, laws, f"{words.version}+{digest}")
