"""Topic file -> rules as written."""

from __future__ import annotations

import textwrap

from expert.language import ast
from expert.language.conditions import read_condition
from expert.language.diagnostics import Sink
from expert.language.expecting import read_expected
from expert.language.expression import Parser, read_source, report
from expert.language.facts import parse_conclusion
from expert.language.lexer import ExpressionError
from expert.language.raw import RawAdvice, RawMatch, RawPack, RawRule
from expert.language.schema import DOTTED, Table, as_mapping, entries, translations
from expert.language.source import Text
from expert.language.strict_yaml import Mapping, YamlNode

RULE_KEYS = (
    "id",
    "title",
    "kind",
    "severity",
    "when",
    "for",
    "clear_for",
    "max_hold",
    "threshold",
    "clear_below",
    "strength",
    "conclude",
    "refute",
    "advise",
    "for_each",
    "match",
    "because",
    "expect",
    "status",
    "source",
    "owner",
    "single_instrument",
)
STATUSES = ("live", "shadow", "quarantine")
KINDS = ("condition", "alarm", "advice", "note")
HOUR = 3_600_000


def read_rules(pack: RawPack, node: YamlNode, file: str, sink: Sink) -> None:
    """Read the rules of one topic file into the pack."""
    topic = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    mapping = as_mapping(node, "topic file", sink)
    if mapping is None:
        return
    t = Table(mapping, "topic file", sink, ("rules",))
    if not t.has("rules"):
        sink.error("E0121", "the file has no rules", t.span, help="add rules: with a list of rules")
    for item in t.listing("rules"):
        inner = as_mapping(item, "rule", sink)
        if inner is not None:
            rule = _rule(Table(inner, "rule", sink, RULE_KEYS), topic, file, sink)
            _add(pack, rule, sink)


def _add(pack: RawPack, rule: RawRule, sink: Sink) -> None:
    first = next((r for r in pack.rules if r.id == rule.id and rule.id), None)
    if first is not None:
        sink.error(
            "E0125",
            f"rule {rule.id} is defined twice",
            rule.span,
            notes=[f"first in {first.span.file}:{first.span.line}"],
            help="give one of them another id",
        )
        rule.broken = True
    pack.rules.append(rule)


def _rule(t: Table, topic: str, file: str, sink: Sink) -> RawRule:
    errors = len(sink.found)
    name = t.name("id", DOTTED)
    if name and name.split(".", 1)[0] != topic:
        sink.error(
            "E0126",
            f"rule {name} stands in the file of topic {topic}",
            t.key_span("id") if not (node := t.text("id")) else node.span,
            help=f"write id: {topic}.{name.split('.', 1)[1]}, or move the rule",
        )
    node_when = t.get("when", required=True)
    rule = RawRule(
        id=name,
        span=t.text("id").span if name else t.span,  # type: ignore[union-attr]
        file=file,
        title=t.titles("title"),
        kind=t.choice("kind", KINDS, "condition"),  # type: ignore[arg-type]
        severity=int(t.number("severity", 0, 5) or 0),
        when=read_condition(node_when, sink) if node_when is not None else None,
        for_each=_for_each(t, sink),
        match=_match(t, sink),
        advise=_advise(t, sink),
        numbers=_numbers(t, sink),
        expect=read_expected(t, sink),
        texts={k: t.word(k) for k in ("owner", "single_instrument")}
        | {"source": t.word("source", "unverified"), "status": t.choice("status", STATUSES, "live")},
        keys={k.value: k.span for k, _ in t.node.entries},
        yaml=own_lines(t.node),
    )
    for key in ("conclude", "refute"):
        text = t.text(key)
        if text is not None:
            setattr(rule, key, parse_conclusion(text, sink))
    because = t.get("because")
    if because is not None:
        rule.because = translations(because, "because", sink)
    rule.broken = len(sink.found) > errors
    return rule


def _numbers(t: Table, sink: Sink) -> dict[str, int]:
    threshold = t.certainty("threshold", 500_000)
    out = {
        "hold": t.duration("for"),
        "clear_for": t.duration("clear_for"),
        "max_hold": t.duration("max_hold", 4 * HOUR),
        "threshold": threshold,
        "clear_below": t.certainty("clear_below", threshold),
        "strength": t.certainty("strength", 1_000_000),
    }
    if out["clear_below"] > out["threshold"]:
        sink.error("E0209", "clear_below lies above threshold", t.key_span("clear_below"))
    if out["threshold"] == 0:
        sink.error("E0209", "a threshold of 0 is always reached", t.key_span("threshold"))
    return out


def own_lines(node: Mapping) -> str:
    """The rule's own lines as the author wrote them, without the list's indentation."""
    source = node.source
    first = source.text.rfind("\n", 0, node.start) + 1
    lines = source.text[first : source.line_end(max(node.start, node.stop - 1))].rstrip()
    indent = node.start - first
    head, _, rest = lines.partition("\n")
    return head[indent:] + ("\n" + textwrap.dedent(_margin(rest, indent)) if rest else "")


def _margin(text: str, indent: int) -> str:
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in text.split("\n"))


def _for_each(t: Table, sink: Sink) -> list[tuple[str, str, ast.Span]]:
    out = []
    for text in t.texts("for_each"):
        try:
            p = Parser(text)
            start = p.token.start
            binding = p.name("a name for the member")
            p.expect("in")
            name = p.name("the name of a set")
            if p.token.kind != "end":
                raise p.unexpected("the end", "write for_each: s in sectors")
            out.append((binding.text, name.text, p.place(start)["span"]))
        except ExpressionError as e:
            report(e, sink)
    return out


def _match(t: Table, sink: Sink) -> list[RawMatch]:
    out = []
    for binding, value in entries(t.get("match"), "match", sink) if t.has("match") else ():
        if not isinstance(value, Text):
            sink.error("E0122", "a match is a text: relation where condition", value.span)
            continue
        found = read_source(value, "the name of a relation", sink)
        if found is not None:
            out.append(RawMatch(binding.value, found[0], found[1], binding.span))
    return out


def _advise(t: Table, sink: Sink) -> list[RawAdvice]:
    out = []
    for item in t.listing("advise") if t.has("advise") else []:
        inner = as_mapping(item, "advice", sink)
        if inner is None:
            continue
        step = Table(inner, "advice", sink, ("action", "amount"))
        action = step.text("action", required=True)
        if action is not None:
            out.append(RawAdvice(action, step.text("amount")))
    return out
