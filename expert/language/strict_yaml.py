"""Strict YAML: words, core numbers, lists and mappings, each with its place; YAML's traps are errors.

What other readers silently turn into something else (``off``, ``012``, ``1e3``, ``12:30``, duplicate keys, anchors,
tags, ``tuyere #3``) is reported here, so a file that loads means what it looks like.

Commas and colons inside the brackets of a call need no quotes: ``[20, z(blast.pressure, 60 min) is high]`` and
``conclude: hanging(stage: suspected)`` are read as their author sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from expert.language.ast import Span
from expert.language.diagnostics import Sink
from expert.language.masking import mask, unmask
from expert.language.source import Source, Text

MAX_DEPTH = 40
_WORDS = re.compile(r"(?i)^(on|off|yes|no|true|false|y|n)$")
_NULL = re.compile(r"^(~|null|Null|NULL|)$")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TRAPS: tuple[tuple[re.Pattern[str], str, str, str], ...] = (
    (
        re.compile(r"^[-+]?(0[0-9_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$"),
        "E0108",
        "{0} is not a plain decimal number: other YAML readers take it for octal or hexadecimal",
        'write it without leading zeros, or in quotes when it is a name: "{0}"',
    ),
    (
        re.compile(r"^[-+]?[0-9][0-9_]*_[0-9_.]*$"),
        "E0108",
        "{0} has underscores",
        "write the digits without underscores",
    ),
    (
        re.compile(r"(?i)^[-+]?([0-9]+\.?[0-9]*e[-+]?[0-9]+|\.inf|\.nan)$"),
        "E0109",
        "{0} is text for some YAML readers and a number for others",
        "write the number in full, for example 1000",
    ),
    (
        re.compile(r"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?$"),
        "E0110",
        "{0} is a base-60 number for YAML",
        'put it in quotes: "{0}", or write a duration such as 30 min',
    ),
)


@dataclass(eq=False, slots=True)
class Listing:
    """A YAML list."""

    items: list[YamlNode]
    source: Source = field(repr=False)
    start: int
    stop: int

    @property
    def span(self) -> Span:
        """Place of its first line."""
        return _first_line(self.source, self.start, self.stop)


@dataclass(eq=False, slots=True)
class Mapping:
    """A YAML mapping; entries in the author's order, keys unique."""

    entries: list[tuple[Text, YamlNode]]
    source: Source = field(repr=False)
    start: int
    stop: int
    _index: dict[str, tuple[Text, YamlNode]] = field(default_factory=dict, repr=False)

    @property
    def span(self) -> Span:
        """Place of its first line."""
        return _first_line(self.source, self.start, self.stop)

    def find(self, key: str) -> YamlNode | None:
        """Value of a key, or None."""
        entry = self._index.get(key)
        return entry[1] if entry else None

    def key(self, key: str) -> Text | None:
        """The key itself with its place, or None."""
        entry = self._index.get(key)
        return entry[0] if entry else None


@dataclass(eq=False, slots=True)
class Broken:
    """A value that has been reported already; readers pass over it in silence."""

    source: Source = field(repr=False)
    start: int
    stop: int

    @property
    def span(self) -> Span:
        """Place of its first line."""
        return _first_line(self.source, self.start, self.stop)


YamlNode = Text | Listing | Mapping | Broken


def _first_line(source: Source, start: int, stop: int) -> Span:
    end = min(stop, source.line_end(start))
    return source.place(start, max(1, len(source.text[start:end].rstrip())))


def decode(data: bytes, file: str, sink: Sink) -> str | None:
    """Text of a file in UTF-8, line ends unified; None after reporting E0101."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = data[: e.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1
        sink.error(
            "E0101",
            f"byte 0x{data[e.start]:02x} is not UTF-8",
            Span(file, line, column, 1),
            help="save the file as UTF-8",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(text: str, file: str, sink: Sink) -> YamlNode | None:
    """Read one YAML document; findings go to ``sink``; None when there is nothing to go on with.

    >>> from expert.language.diagnostics import Sink
    >>> sink = Sink()
    >>> read("a: off", "x.yaml", sink) is None, [d.code for d in sink.found]
    (False, ['E0107'])
    """
    source = Source(file, text)
    tabs = _report_tabs(source, sink)
    try:
        composer = _Composer(source, sink, _events(mask(text)))
        return composer.document()
    except yaml.MarkedYAMLError as e:
        if not tabs:
            _report_syntax(e, source, sink)
    except yaml.reader.ReaderError as e:
        position = e.position if isinstance(e.position, int) else 0
        sink.error("E0102", "a control character cannot stand in YAML", source.place(min(position, len(text))))
    return None


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_LOADER))


def _report_tabs(source: Source, sink: Sink) -> bool:
    found = False
    for number, line in enumerate(source.text.split("\n")):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            at = source.index(number, indent.index("\t"))
            sink.error("E0105", "tab in the indentation", source.place(at), help="indent with spaces")
            found = True
    return found


def _report_syntax(e: yaml.MarkedYAMLError, source: Source, sink: Sink) -> None:
    mark = e.problem_mark or e.context_mark
    at = source.index(mark.line, mark.column) if mark else 0
    problem = (e.problem or e.context or "not YAML").strip()
    help = ""
    if "undefined alias" in problem or "anchor" in problem or "alias" in problem:
        sink.error("E0111", "anchors and aliases are not part of the rule language", source.place(at))
        return
    if "undefined tag" in problem or "tag" in problem:
        sink.error("E0112", "tags are not part of the rule language", source.place(at))
        return
    if "mapping values are not allowed" in problem:
        help = "put the text in quotes when it contains ': ', or check the indentation"
    elif "did not find expected key" in problem:
        help = "check the indentation of this line and of the one above"
    elif "cannot start any token" in problem:
        help = "put the value in quotes"
    opened = e.context_mark
    notes = [f"it begins in line {opened.line + 1}"] if opened and mark and opened.line < mark.line else []
    context = f" {e.context}" if e.context and e.context != e.problem else ""
    sink.error("E0102", f"YAML cannot be read{context}: {problem}", source.place(at), notes=notes, help=help)


class _Composer:
    """Builds nodes from YAML events."""

    def __init__(self, source: Source, sink: Sink, events: Iterator[Any]) -> None:
        self.source, self.sink, self.events = source, sink, events
        self.build: dict[type, Callable[[Any, int], YamlNode]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: self._listing,
            yaml.MappingStartEvent: self._mapping,
            yaml.AliasEvent: self._alias,
        }

    def document(self) -> YamlNode | None:
        """The only document of the stream."""
        node: YamlNode | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    at, _ = self._ends(event)
                    self.sink.error("E0104", "a second document starts here", self.source.place(at, 3))
                    break
            elif type(event) in self.build:
                node = self._node(event, 0)
        if node is None or (isinstance(node, Broken) and not self.source.text.strip("- \n")):
            self.sink.error("E0103", "the file is empty", Span(self.source.file, 1, 1, 1))
            return None
        return node

    def _ends(self, event: Any) -> tuple[int, int]:
        a, b = event.start_mark, event.end_mark
        return self.source.index(a.line, a.column), self.source.index(b.line, b.column)

    def _node(self, event: Any, depth: int) -> YamlNode:
        start, stop = self._ends(event)
        if depth > MAX_DEPTH:
            self.sink.error("E0136", f"nested deeper than {MAX_DEPTH} levels", self.source.place(start))
            self._skip(event)
            return Broken(self.source, start, stop)
        if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
            self.sink.error(
                "E0111", f"anchor &{event.anchor}: anchors are not part of the rule language", self._at(event)
            )
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self.sink.error("E0112", "tags are not part of the rule language", self._at(event), help="leave it out")
        return self.build[type(event)](event, depth)

    def _at(self, event: Any) -> Span:
        start, _ = self._ends(event)
        end = start
        while end < len(self.source.text) and not self.source.text[end].isspace():
            end += 1
        return self.source.place(start, max(1, end - start))

    def _skip(self, event: Any) -> None:
        level = 1 if isinstance(event, yaml.CollectionStartEvent) else 0
        while level:
            event = next(self.events)
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _alias(self, event: Any, depth: int) -> YamlNode:
        start, stop = self._ends(event)
        self.sink.error(
            "E0111",
            f"alias *{event.anchor}: aliases are not part of the rule language",
            self.source.place(start, max(1, stop - start)),
            help="write the value again",
        )
        return Broken(self.source, start, stop)

    def _scalar(self, event: Any, depth: int) -> YamlNode:
        start, stop = self._ends(event)
        if not event.style:  # the C parser says "" where the other says None
            return self._plain(unmask(event.value), start, stop)
        style = "block" if event.style in "|>" else "quoted"
        while start < stop and self.source.text[start] in "!&":  # an anchor or tag stands before the quote
            start = self._past_word(start)
        return Text(unmask(event.value), self.source, start, stop, "block" if style == "block" else "quoted")

    def _past_word(self, start: int) -> int:
        text = self.source.text
        while start < len(text) and not text[start].isspace():
            start += 1
        while start < len(text) and text[start].isspace():
            start += 1
        return start

    def _plain(self, value: str, start: int, stop: int) -> YamlNode:
        span = self.source.place(start, max(1, stop - start))
        if _NULL.match(value):
            self.sink.error("E0115", "no value", span, help="write a value, or leave the key out")
            return Broken(self.source, start, stop)
        if _WORDS.match(value) and len(value) > 1:
            self.sink.error(
                "E0107", f"{value} is read as true or false by YAML", span, help=f'put it in quotes: "{value}"'
            )
            return Broken(self.source, start, stop)
        for pattern, code, message, help in _TRAPS:
            if pattern.match(value):
                self.sink.error(code, message.format(value), span, help=help.format(value))
                return Broken(self.source, start, stop)
        self._report_cut(value, stop)
        return Text(value, self.source, start, stop)

    def _report_cut(self, value: str, stop: int) -> None:
        rest = self.source.text[stop : self.source.line_end(stop)]
        cut = re.match(r"^ +(#\S+)", rest)
        if cut:
            self.sink.error(
                "E0114",
                f"'#' starts a comment here, so the value is only {value[:40]!r}",
                self.source.place(stop + cut.start(1), len(cut.group(1))),
                help="put the value in quotes, or a space behind the # of a comment",
            )

    def _listing(self, event: Any, depth: int) -> YamlNode:
        start, _ = self._ends(event)
        items = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(self._node(inner, depth + 1))
        return Listing(items, self.source, start, items[-1].stop if items else self._ends(inner)[1])

    def _mapping(self, event: Any, depth: int) -> YamlNode:
        start, _ = self._ends(event)
        out = Mapping([], self.source, start, start)
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            key = self._key(inner, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if key is not None:
                self._add(out, key, value)
            out.stop = value.stop
        if not out.entries:
            out.stop = self._ends(inner)[1]
        return out

    def _key(self, event: Any, depth: int) -> Text | None:
        if not isinstance(event, yaml.ScalarEvent):
            start, _ = self._ends(event)
            self.sink.error("E0113", "a key must be a word", self.source.place(start))
            if isinstance(event, yaml.CollectionStartEvent):
                self._skip(event)
            return None
        node = self._node(event, depth)
        if not isinstance(node, Text):
            return None
        if node.value == "<<" and node.style == "plain":
            self.sink.error("E0111", "merge keys are not part of the rule language", node.span)
            return None
        if node.style == "plain" and re.match(r"^[-+]?[0-9]+(\.[0-9]*)?$", node.value):
            self.sink.error(
                "E0113",
                f"key {node.value} is a number, not a word",
                node.span,
                help=f'put it in quotes: "{node.value}"',
            )
        return node

    def _add(self, out: Mapping, key: Text, value: YamlNode) -> None:
        first = out.key(key.value)
        if first is not None:
            self.sink.error(
                "E0106",
                f"key {key.value} is given twice",
                key.span,
                notes=[f"first given in line {first.span.line}"],
                help="keep one of them",
            )
            return
        out.entries.append((key, value))
        out._index[key.value] = (key, value)
