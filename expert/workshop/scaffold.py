"""New packs and new rules with their cases: files that check and test clean as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from expert.language import ast
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.durations import format_duration
from expert.language.schema import DOTTED, NAME
from expert.language.strict_yaml import Listing, decode, read
from expert.language.strict_yaml import Mapping as YamlMapping
from expert.values.types import Variable
from expert.workshop.editor import modeline, write_schemas
from expert.workshop.sample import SampleLimit, sample_limit, suitable

BEFORE, HOLD, AFTER = 10, 5, 20  # scans before the sample's change, that it must hold, and after the change


class ScaffoldError(Exception):
    """Why nothing was written."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new rule should be.

    ``title``: language -> title, may be empty; ``variable``: '' takes the first suitable one.
    """

    id: str
    title: dict[str, str] = field(default_factory=dict)
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was made, or to which something was added."""

    path: Path
    added: bool


def new_pack(folder: Path, title: Mapping[str, str], site: ast.Site | None = None) -> list[Written]:
    """Make a pack folder with its ``pack.yaml``; the folder's name is the pack's.

    With a site, editors find the schemas of the pack's files in ``.schema``, and the files say so in their first line.

    Raises
    ------
    ScaffoldError
        When the name is badly formed or something of that name is there already.
    """
    name = folder.name
    if not NAME.fullmatch(name):
        raise ScaffoldError(f"{name!r} is not a name for a pack: lower-case letters, digits and _, a letter first")
    if folder.exists():
        raise ScaffoldError(f"{folder.as_posix()} exists already; nothing was written")
    words = name.replace("_", " ").capitalize()
    folder.mkdir(parents=True)
    schemas = write_schemas(folder / ".schema", site) if site is not None else []
    path = folder / "pack.yaml"
    text = (
        modeline(folder, "pack")
        + f"name: {name}\nversion: 0.1.0\ntitle: {_titles(words, title)}\nexports: []\nimports: []\n"
    )
    path.write_text(text, encoding="utf-8")
    return [Written(path, False), *(Written(p.parent, False) for p in schemas[:1])]


def new_rule(folder: Path, wish: Wish, program: ast.Program) -> list[Written]:
    """Write a rule, its fact and its two cases into a pack.

    What stands in the pack's files stays as it is: the new text is put behind it.

    Parameters
    ----------
    folder : Path
        The pack.
    wish : Wish
    program : Program
        The pack and its site, as they are.

    Raises
    ------
    ScaffoldError
        When the id is badly formed or taken, the variable does not serve, or a file cannot be added to.
    """
    _check_id(wish.id, program)
    variable, limit = _chosen(wish.variable, program.site)
    topic = wish.id.split(".", 1)[0]
    fact = _fact_name(wish.id, program)
    texts = _Texts(wish, fact, variable, limit, program.site)
    plan = [
        (folder / "facts.yaml", "facts", YamlMapping, texts.fact()),
        (folder / f"{topic}.yaml", "rules", Listing, texts.rule()),
        (folder / f"{topic}.test.yaml", "cases", Listing, texts.cases()),
    ]
    ready = [(path, _addition(path, key, kind, text)) for path, key, kind, text in plan]
    out = []
    for path, text in ready:
        there = path.exists()
        with path.open("a" if there else "x", encoding="utf-8", newline="") as f:
            f.write(text)
        out.append(Written(path, there))
    return out


# ---------------------------------------------------------------- choices


def _check_id(rule_id: str, program: ast.Program) -> None:
    if not DOTTED.fullmatch(rule_id):
        form = "lower-case letters, digits and _, with dots between, as in topic.finding"
        raise ScaffoldError(f"{rule_id!r} is not an id for a rule: {form}")
    if rule_id.split(".", 1)[0] in ("pack", "facts"):
        raise ScaffoldError(f"{rule_id.split('.', 1)[0]}.yaml has another purpose; choose another topic")
    if rule_id in program.rules:
        raise ScaffoldError(f"rule {rule_id} exists already; nothing was written")


def _chosen(name: str, site: ast.Site) -> tuple[Variable, SampleLimit]:
    fit = suitable(site.variables.values())
    if not fit:
        raise ScaffoldError(f"site {site.name} declares no variable with a normal range, so there is no sample limit")
    if not name:
        name = fit[0].id
    variable = site.variables.get(name)
    if variable is None:
        hint = did_you_mean(name, site.variables)
        raise ScaffoldError(f"site {site.name} has no variable {name}. {hint}".rstrip())
    limit = sample_limit(variable)
    if limit is None:
        some = ", ".join(v.id for v in fit[:5])
        raise ScaffoldError(f"{name} has no normal range with room for a limit beside it; these have: {some}, ...")
    return variable, limit


def _fact_name(rule_id: str, program: ast.Program) -> str:
    """A name that neither a fact nor anything else at the site has yet."""
    parts = re.sub(r"\.(?=[0-9])", "_", rule_id).split(".")
    site = program.site
    taken = {*program.facts, *site.sets, *site.models, *site.relations, *(v.split(".")[0] for v in site.variables)}
    wanted = ["_".join(parts[1:]), "_".join(parts)]
    wanted += [f"{wanted[1]}_{n}" for n in range(2, len(taken) + 3)]
    return next(n for n in wanted if NAME.fullmatch(n) and n not in taken)


# ---------------------------------------------------------------- texts


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of one new rule, without the list that they stand in."""

    wish: Wish
    fact_name: str
    variable: Variable
    limit: SampleLimit
    site: ast.Site

    @property
    def words(self) -> str:
        return self.wish.id.split(".", 1)[1].replace(".", " ").replace("_", " ").capitalize()

    @property
    def reference(self) -> str:
        """The variable as the rule writes it: of one member when it belongs to a set."""
        return self.variable.id if self.variable.of is None else "m." + self.variable.id.split(".", 1)[1]

    @property
    def conclusion(self) -> str:
        """In quotes where it has a colon: the loader needs none, an editor's YAML does."""
        return self.fact_name if self.variable.of is None else f'"{self.fact_name}(member: m)"'

    def fact(self) -> str:
        fields = "" if self.variable.of is None else f"\n    fields: {{member: {{set: {self.variable.of}}}}}"
        return f"  {self.fact_name}:\n    title: {_titles(self.words, self.wish.title)}{fields}\n"

    def rule(self) -> str:
        of, seen = self.variable.of, "{" + self.reference + "}"
        names = {k: _inside(v) for k, v in self.variable.title.items()}
        lines = [f"  - id: {self.wish.id}", f"    title: {_titles(self.words, self.wish.title)}"]
        lines += ["    kind: condition", "    severity: 1"]
        lines += [f"    for_each: m in {of}"] if of is not None else []
        lines += [
            f"    when: {self.reference} {self.limit.op} {self.limit.limit}",
            f"    for: {format_duration(HOLD * self.site.period)}",
            f"    clear_for: {format_duration(HOLD * self.site.period)}",
            f"    conclude: {self.conclusion}",
            "    because:",
            f'      en: "{names.get("en", self.variable.id)} at {seen}; the limit is {self.limit.limit}."',
            f'      zh: "{names.get("zh", self.variable.id)} {seen}，界限 {self.limit.limit}。"',
            "    source: unverified",
        ]
        return "\n".join(lines) + "\n"

    def cases(self) -> str:
        period, own = self.site.period, self.variable.period
        change = -(-BEFORE * period // own) * own  # when a sample comes
        rise = change + HOLD * period
        told = f"{{{format_duration(rise - period)}: quiet, {format_duration(rise)}: raised, end: raised}}"
        crossing = f'"{self.limit.quiet} until {format_duration(change)}, {self.limit.fires}"'
        stories = [("goes beyond the limit", crossing, told), ("stays within the limit", self.limit.quiet, "quiet")]
        return "\n".join(self._case(*story, change + AFTER * period) for story in stories)

    def _case(self, name: str, value: str, expected: str, run: int) -> str:
        lines = [
            f"  - name: {self.variable.id} {name}",
            f"    rule: {self.wish.id}",
            f"    run: {format_duration(run)}",
            f"    given: {{{self.variable.id}: {value}}}",
            f"    expect: {expected}",
        ]
        return "\n".join(lines) + "\n"


def _titles(words: str, given: Mapping[str, str]) -> str:
    en = given.get("en") or words
    return f'{{en: "{_inside(en)}", zh: "{_inside(given.get("zh") or en)}"}}'


def _inside(text: str) -> str:
    """Text that can stand in double quotes."""
    return " ".join(text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "(").replace("}", ")").split())


# ---------------------------------------------------------------- files


def _addition(path: Path, key: str, kind: type, text: str) -> str:
    """What to write to a file so that ``text`` stands last under ``key``; checked by reading the result.

    Raises
    ------
    ScaffoldError
        When the file is written in a way that nothing can be put behind it.
    """
    if not path.exists():
        return modeline(path.parent, {"rules": "topic"}.get(key, key)) + f"{key}:\n{text}"
    old = path.read_bytes()
    before = _items(decode(old, path.name, Sink()), path, key, kind)
    gap = "" if key == "facts" else "\n"
    addition = ("" if old.endswith(b"\n") or not old else "\n") + gap + text
    after = _items(decode(old + addition.encode(), path.name, Sink()), path, key, kind)
    new = text.count("  - name: ") if key == "cases" else 1
    if before is None or after is None or after != before + new:
        raise ScaffoldError(
            f"{path.as_posix()} is not written as a block that ends with its {key}, two spaces in; add there by hand:\n"
            f"{text}"
        )
    return addition


def _items(text: str | None, path: Path, key: str, kind: type) -> int | None:
    """Number of entries under the only key of a file; None when it reads otherwise."""
    sink = Sink()
    node = None if text is None else read(text, path.name, sink)
    if sink.found or not isinstance(node, YamlMapping) or [k.value for k, _ in node.entries] != [key]:
        return None
    value = node.find(key)
    if kind is Listing and isinstance(value, Listing):
        return len(value.items)
    return len(value.entries) if kind is YamlMapping and isinstance(value, YamlMapping) else None
