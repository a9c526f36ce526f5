"""Reading YAML mappings by a schema: known keys, required keys, kinds of values; every error has its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from expert.language.ast import Span
from expert.language.diagnostics import Sink, did_you_mean
from expert.language.durations import parse_duration
from expert.language.source import Text
from expert.language.strict_yaml import Broken, Listing, Mapping, YamlNode
from expert.values.interval import millionths

LANGUAGES = ("en", "zh")
NAME = re.compile(r"[a-z][a-z0-9_]*")
DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_KINDS = {Text: "a text", Listing: "a list", Mapping: "a mapping"}


class Table:
    """One mapping of a file, read key by key.

    Parameters
    ----------
    node : Mapping
    what : str
        What it is, for messages: "rule", "variable".
    sink : Sink
    keys : collection of str
        All keys that may stand there; others are reported at once.
    """

    def __init__(self, node: Mapping, what: str, sink: Sink, keys: Collection[str]) -> None:
        self.node, self.what, self.sink = node, what, sink
        for key, _ in node.entries:
            if key.value not in keys:
                sink.error(
                    "E0120",
                    f"unknown key {key.value} in a {what}",
                    key.span,
                    help=did_you_mean(key.value, keys, limit=0) or f"a {what} has {', '.join(sorted(keys))}",
                )

    @property
    def span(self) -> Span:
        """Place of the mapping's first line."""
        return self.node.span

    def has(self, key: str) -> bool:
        """True when the key is given."""
        return self.node.key(key) is not None

    def key_span(self, key: str) -> Span:
        """Place of a key, or of the mapping when it is not given."""
        text = self.node.key(key)
        return text.span if text else self.span

    def get(self, key: str, required: bool = False) -> YamlNode | None:
        """The value of a key, or None; a missing required key is reported."""
        node = self.node.find(key)
        if node is None and required:
            self.sink.error("E0121", f"{self.what} has no {key}", self.span, help=f"add {key}: ...")
        return None if isinstance(node, Broken) else node

    def broken(self, key: str) -> bool:
        """True when the key's value has been reported already."""
        return isinstance(self.node.find(key), Broken)

    def text(self, key: str, required: bool = False) -> Text | None:
        """A value that must be a text."""
        node = self.get(key, required)
        return as_text(node, key, self.sink) if node is not None else None

    def word(self, key: str, default: str = "", required: bool = False) -> str:
        """A text as string."""
        node = self.text(key, required)
        return default if node is None else node.value.strip()

    def name(self, key: str, pattern: re.Pattern[str] = NAME, required: bool = True) -> str:
        """A name of lower-case letters, digits and underscores (and dots, for ``DOTTED``)."""
        node = self.text(key, required)
        if node is None:
            return ""
        return check_name(node, self.sink, pattern)

    def choice(self, key: str, allowed: Collection[str], default: str = "", required: bool = False) -> str:
        """One of a few words."""
        node = self.text(key, required)
        if node is None:
            return default
        if node.value not in allowed:
            self.sink.error(
                "E0123",
                f"{key} is {node.value!r}, not one of {', '.join(allowed)}",
                node.span,
                help=did_you_mean(node.value, allowed, limit=0),
            )
            return default
        return node.value

    def duration(self, key: str, default: int = 0, required: bool = False) -> int:
        """A duration in ms."""
        node = self.text(key, required)
        return default if node is None else as_duration(node, self.sink, default)

    def number(self, key: str, low: float | None = None, high: float | None = None) -> Fraction | None:
        """A plain number within a range."""
        node = self.text(key)
        return None if node is None else as_number(node, self.sink, low, high)

    def certainty(self, key: str, default: int) -> int:
        """A number from 0 to 1 in millionths."""
        node = self.text(key)
        return default if node is None else as_certainty(node, self.sink, default)

    def titles(self, key: str, required: bool = True) -> dict[str, str]:
        """A text in every language."""
        node = self.get(key, required)
        return {} if node is None else {k: v.value for k, v in translations(node, key, self.sink).items()}

    def listing(self, key: str) -> list[YamlNode]:
        """Items of a list; broken ones are left out."""
        node = self.get(key)
        return [] if node is None else items(node, key, self.sink)

    def texts(self, key: str) -> list[Text]:
        """Items of a list of texts; one text alone counts as a list of one."""
        node = self.get(key)
        if isinstance(node, Text):
            return [node]
        found = [] if node is None else items(node, key, self.sink)
        return [t for t in (as_text(n, key, self.sink) for n in found) if t is not None]

    def table(self, key: str, keys: Collection[str], required: bool = False) -> Table | None:
        """A nested mapping with its own keys."""
        node = self.get(key, required)
        mapping = None if node is None else as_mapping(node, key, self.sink)
        return None if mapping is None else Table(mapping, key, self.sink, keys)


def kind(node: YamlNode) -> str:
    """Kind of a value in words."""
    return _KINDS.get(type(node), "something else")


def as_text(node: YamlNode, what: str, sink: Sink) -> Text | None:
    """``node`` as a text, or None after reporting."""
    if isinstance(node, Text):
        return node
    if not isinstance(node, Broken):
        help = "put it in quotes when it contains ': ' or starts with [ or {" if isinstance(node, Mapping) else ""
        sink.error("E0122", f"{what} must be a text, not {kind(node)}", node.span, help=help)
    return None


def as_mapping(node: YamlNode, what: str, sink: Sink) -> Mapping | None:
    """``node`` as a mapping, or None after reporting."""
    if isinstance(node, Mapping):
        return node
    if not isinstance(node, Broken):
        sink.error("E0122", f"{what} must be a mapping (key: value), not {kind(node)}", node.span)
    return None


def items(node: YamlNode, what: str, sink: Sink) -> list[YamlNode]:
    """Items of a list without broken ones; something else is reported."""
    if isinstance(node, Listing):
        return [n for n in node.items if not isinstance(n, Broken)]
    if not isinstance(node, Broken):
        sink.error("E0122", f"{what} must be a list, not {kind(node)}", node.span, help="start each item with '- '")
    return []


def entries(node: YamlNode | None, what: str, sink: Sink) -> Iterator[tuple[Text, YamlNode]]:
    """Entries of a mapping without broken ones; something else is reported."""
    mapping = None if node is None else as_mapping(node, what, sink)
    if mapping is not None:
        yield from ((k, v) for k, v in mapping.entries if not isinstance(v, Broken))


def check_name(node: Text, sink: Sink, pattern: re.Pattern[str] = NAME) -> str:
    """The text as a name; '' after reporting a badly formed one."""
    if pattern.fullmatch(node.value):
        return node.value
    form = (
        "lower-case letters, digits and _, with dots between"
        if pattern is DOTTED
        else "lower-case letters, digits and _"
    )
    sink.error("E0127", f"{node.value!r} is not a name", node.span, help=f"a name here has {form}")
    return ""


def as_duration(node: Text, sink: Sink, default: int = 0) -> int:
    """A duration in ms."""
    try:
        return parse_duration(node.value)
    except ValueError as e:
        sink.error("E0203", str(e), node.span, help="write a number and a unit of time, as in 15 min")
        return default


def as_number(node: Text, sink: Sink, low: float | None = None, high: float | None = None) -> Fraction | None:
    """A plain number; out of its range is reported."""
    if not _NUMBER.fullmatch(node.value.strip()):
        sink.error("E0204", f"{node.value!r} is not a number", node.span)
        return None
    value = Fraction(node.value.strip())
    if (low is not None and value < low) or (high is not None and value > high):
        ends = f"from {low:g} to {high:g}" if low is not None and high is not None else f"at least {low}"
        sink.error("E0205", f"{node.value} is out of range: it must be {ends}", node.span)
        return None
    return value


def as_certainty(node: Text, sink: Sink, default: int) -> int:
    """A number from 0 to 1 in millionths."""
    if not _NUMBER.fullmatch(node.value.strip()) or not 0 <= Fraction(node.value.strip()) <= 1:
        sink.error("E0209", f"a certainty lies between 0 and 1, not at {node.value!r}", node.span)
        return default
    return millionths(Fraction(node.value.strip()))


def as_range(node: YamlNode, what: str, sink: Sink) -> tuple[float, float] | None:
    """``[low, high]`` with low < high."""
    found = [as_text(n, what, sink) for n in items(node, what, sink)]
    numbers = [as_number(t, sink) for t in found if t is not None]
    if any(n is None for n in numbers):
        return None
    if len(numbers) != 2 or numbers[0] >= numbers[1]:  # type: ignore[operator]
        if isinstance(node, Listing):
            sink.error("E0205", f"{what} must be [low, high] with low below high", node.span)
        return None
    return float(numbers[0]), float(numbers[1])  # type: ignore[arg-type]


def quantity(node: Text, sink: Sink) -> tuple[Fraction, str] | None:
    """``number unit`` -> number and unit; the unit may be missing."""
    match = re.fullmatch(r"\s*([-+]?[0-9]+(?:\.[0-9]+)?)\s*(.*?)\s*", node.value)
    if match is None:
        sink.error("E0204", f"{node.value!r} is not a number with a unit", node.span, help="write for example 10 %")
        return None
    return Fraction(match.group(1)), match.group(2)


def translations(node: YamlNode, what: str, sink: Sink, beside: tuple[str, ...] = ()) -> dict[str, Text]:
    """Language -> text; each language is required. ``beside``: keys that somebody else reads."""
    if isinstance(node, Text):
        sink.error(
            "E0124",
            f"{what} is in one language only",
            node.span,
            help=f"write {{{', '.join(f'{k}: ...' for k in LANGUAGES)}}}",
        )
        return {}
    mapping = as_mapping(node, what, sink)
    if mapping is None:
        return {}
    table = Table(mapping, what, sink, (*LANGUAGES, *beside))
    found = {k: table.text(k) for k in LANGUAGES}
    for language, text in found.items():
        if (text is None and not table.has(language)) or (text is not None and not text.value.strip()):
            sink.error("E0124", f"{what} has no text for {language}", node.span, help=f"add {language}: ...")
    return {k: v for k, v in found.items() if v is not None}


def plain(node: YamlNode) -> Any:
    """Lists, dicts and strings of a node, for messages and other readers."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Listing):
        return [plain(i) for i in node.items]
    if isinstance(node, Mapping):
        return {k.value: plain(v) for k, v in node.entries}
    return None
