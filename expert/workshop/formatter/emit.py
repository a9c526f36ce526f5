"""A YAML tree with its comments, written in the canonical form of rule files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from expert.language.source import Source, Text
from expert.language.strict_yaml import Listing, Mapping, YamlNode
from expert.workshop.formatter.comments import Attached, CannotKeep, end_of, is_flow
from expert.workshop.formatter.spacing import spaced

STEP = 2
RULE_ORDER = (
    "id",
    "title",
    "kind",
    "severity",
    "for_each",
    "match",
    "when",
    "threshold",
    "clear_below",
    "strength",
    "for",
    "clear_for",
    "max_hold",
    "conclude",
    "refute",
    "advise",
    "because",
    "expect",
    "status",
    "source",
    "owner",
    "single_instrument",
)
EXPRESSIONS = frozenset({"when", "conclude", "refute", "match", "for_each"})
_BLOCK_HEAD = re.compile(r"[|>]-?$")


class Emitter:
    """Writes a file anew.

    Parameters
    ----------
    source : Source
    attached : Attached
        Comments by node.
    """

    def __init__(self, source: Source, attached: Attached) -> None:
        self.source, self.attached = source, attached
        self.out: list[str] = []

    def file(self, root: Mapping) -> str:
        """The whole file."""
        for key, value in root.entries:
            self._lead(key, 0)
            rules = key.value == "rules" and isinstance(value, Listing) and not is_flow(value)
            self._entry(key, value, 0, False, rules)
        self._tail(root, 0)
        text = "\n".join(self.out).strip("\n")
        return text + "\n"

    # ------------------------------------------------------------ blocks

    def _mapping(self, node: Mapping, indent: int, expressions: bool, rule: bool = False, dash: bool = False) -> None:
        entries = self._in_order(node) if rule else node.entries
        for i, (key, value) in enumerate(entries):
            first = dash and i == 0
            self._lead(key, indent - STEP if first else indent)
            at = len(self.out)
            self._entry(key, value, indent, expressions or (rule and key.value in EXPRESSIONS))
            if first:
                self.out[at] = " " * (indent - STEP) + "- " + self.out[at][indent:]
        self._tail(node, indent)

    def _in_order(self, node: Mapping) -> list[tuple[Text, YamlNode]]:
        """Entries of a rule in canonical order; as they are where a comment heads several of them."""
        known = all(k.value in RULE_ORDER for k, _ in node.entries)
        if not known or any(self.attached.lead[id(k)].apart for k, _ in node.entries):
            return node.entries
        return sorted(node.entries, key=lambda e: RULE_ORDER.index(e[0].value))

    def _listing(self, node: Listing, indent: int, expressions: bool, rules: bool = False, dash: bool = False) -> None:
        for i, item in enumerate(node.items):
            first = dash and i == 0
            if rules and i and self.out[-1]:
                above = self.attached.lead[id(item)].above
                self.out += [""] if not above or above[0] is not None else []
            self._lead(item, indent - STEP if first else indent)
            at = len(self.out)
            if isinstance(item, Mapping) and not is_flow(item):
                self._mapping(item, indent + STEP, expressions, rule=rules, dash=True)
            elif isinstance(item, Listing) and not is_flow(item):
                self._listing(item, indent + STEP, expressions, dash=True)
            else:
                self._line(" " * indent + "- ", item, item, indent, expressions)
            if first:
                self.out[at] = " " * (indent - STEP) + "- " + self.out[at][indent:]
        self._tail(node, indent)

    def _entry(self, key: Text, value: YamlNode, indent: int, expressions: bool, rules: bool = False) -> None:
        head = " " * indent + self.source.text[key.start : key.stop] + ":"
        if isinstance(value, (Listing, Mapping)) and not is_flow(value):
            self.out.append(head)
            self._trail(key)
            if isinstance(value, Listing):
                self._listing(value, indent + STEP, expressions, rules)
            else:
                self._mapping(value, indent + STEP, expressions)
        else:
            self._line(head + " ", key, value, indent, expressions)

    def _line(self, head: str, owner: YamlNode, value: YamlNode, indent: int, expressions: bool) -> None:
        """A scalar or flow collection behind its key or dash."""
        raw = self.source.text[value.start : end_of(value)]
        if isinstance(value, Text) and value.style == "block":
            self._block_text(head, raw)
            return
        if "\n" in raw:
            shift = indent - (self._column(owner) - (STEP if owner is value else 0))
            first, *rest = raw.split("\n")
            self.out.append(head + first.rstrip())
            self.out += [self._shifted(line, shift) for line in rest]
        else:
            self.out.append(head + flow(value, expressions))
        self._trail(value)

    def _block_text(self, head: str, raw: str) -> None:
        """A block scalar: its lines one step deeper than its key, their own indentation kept."""
        first, *rest = raw.rstrip().split("\n")
        mark, _, comment = first.partition(" ")
        if not _BLOCK_HEAD.match(mark) or (comment.strip() and not comment.lstrip().startswith("#")):
            raise CannotKeep(f"a block text that begins with {first.strip()}")
        if any(line and not line.strip() for line in rest):
            raise CannotKeep("spaces in an empty line of a block text")
        margin = min((len(x) - len(x.lstrip()) for x in rest if x), default=0)
        if rest and len(rest[0]) - len(rest[0].lstrip()) != margin:
            raise CannotKeep("the indentation of a block text")
        deep = " " * (len(head) - len(head.lstrip(" ")) + STEP)
        self.out.append(head + first.rstrip())
        self.out += [deep + line[margin:] if line else "" for line in rest]

    def _shifted(self, line: str, shift: int) -> str:
        """A line of a value that goes over several, moved as far as its key."""
        words = line.strip()
        return " " * max(1, len(line) - len(line.lstrip()) + shift) + words if words else ""

    def _column(self, node: YamlNode) -> int:
        return self.source.place(node.start).column - 1

    # ------------------------------------------------------------ comments

    def _lead(self, node: YamlNode, indent: int) -> None:
        above = self.attached.lead[id(node)].above if id(node) in self.attached.lead else []
        self._comments(above, indent)

    def _tail(self, node: YamlNode, indent: int) -> None:
        self._comments(self.attached.tail.get(id(node), []), indent)

    def _comments(self, above: Sequence[str | None], indent: int) -> None:
        for comment in above:
            if comment is not None:
                self.out.append(" " * indent + comment)
            elif self.out and self.out[-1]:
                self.out.append("")

    def _trail(self, node: YamlNode) -> None:
        """A comment behind the last line: in its own column where there is room, two spaces behind at least."""
        comment = self.attached.trail.get(id(node))
        if comment is not None:
            self.out[-1] = self.out[-1].ljust(max(len(self.out[-1]) + 2, comment.column)) + comment.text


def flow(node: YamlNode, expressions: bool) -> str:
    """A scalar or a collection in brackets on one line."""
    if isinstance(node, Text):
        return _scalar(node, expressions)
    if isinstance(node, Listing) and is_flow(node):
        return "[" + ", ".join(flow(i, expressions) for i in node.items) + "]"
    if isinstance(node, Mapping) and is_flow(node):
        return "{" + ", ".join(f"{_scalar(k, False)}: {flow(v, expressions)}" for k, v in node.entries) + "}"
    raise CannotKeep("a pair without brackets in a list")


def _scalar(node: Text, expressions: bool) -> str:
    """A scalar as it is; single quotes become double ones where nothing needs them."""
    raw = node.source.text[node.start : node.stop]
    if node.style == "plain":
        return spaced(node.value) if expressions else raw
    if '"' in node.value or "\\" in raw or "\n" in raw:
        return raw
    return '"' + (spaced(node.value) if expressions else node.value) + '"'
