"""How a pack is written: severities, reasons, translations."""

from __future__ import annotations

import re
from collections import defaultdict

from expert.engine.nodes import roots
from expert.language import ast
from expert.language.diagnostics import Sink
from expert.workshop.graph import variable_uses

SEVERE, SHARE, ENOUGH = 4, 0.25, 8
_WORD = re.compile(r"[A-Za-z][a-z]{3,}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def find_style(program: ast.Program, sink: Sink) -> None:
    """Report packs where too much is severe, reasons without a value, and texts that were not translated."""
    packs: dict[str, list[ast.Rule]] = defaultdict(list)
    for rule in program.rules.values():
        packs[rule.span.file.split("/", 1)[0]].append(rule)
        _reason(rule, sink)
        _translation(rule, sink)
    for rules in packs.values():
        _severities(rules, sink)


def _severities(rules: list[ast.Rule], sink: Sink) -> None:
    """Where every finding is urgent none is: of those people see, at most a quarter may be of severity 4 or 5.

    ISA-18.2 and EEMUA 191 recommend about 5 % of the highest, 15 % of the middle and 80 % of the lowest priority; a
    pack of a few rules says nothing about its habits.
    """
    graded = sorted((r for r in rules if r.severity), key=lambda r: (r.span.file, r.span.line))
    severe = [r for r in graded if r.severity >= SEVERE]
    if len(graded) < ENOUGH or len(severe) <= SHARE * len(graded):
        return
    message = f"{len(severe)} of {len(graded)} rules with a severity are of severity {SEVERE} or more"
    notes = [
        f"at most {SHARE:.0%} should be: {', '.join(r.id for r in severe[:6])}{', ...' if len(severe) > 6 else ''}"
    ]
    sink.error("L108", message, severe[0].span, notes=notes)


def _reason(rule: ast.Rule, sink: Sink) -> None:
    """A rule that looks at instruments shows in its reason what it saw."""
    if not any(True for root in roots(rule, texts=False) for _ in variable_uses(root)):
        return
    for language, text in sorted(rule.because.items()):
        if "{" not in text:
            message = f"the reason ({language}) shows no value, though the rule looks at instruments"
            sink.error("L109", message, rule.span, help="put what it looks at in braces, as in {x.y}")
            return


def _translation(rule: ast.Rule, sink: Sink) -> None:
    """A text that both languages share, or whose Chinese has words and no Chinese character, waits for its translation.

    Formulas, tags and names of elements are the same everywhere.
    """
    for what, texts in (("title", rule.title), ("reason", rule.because)):
        en, zh = (re.sub(r"\{[^}]*\}", "", texts.get(k, "")) for k in ("en", "zh"))
        if not texts.get("en") or not _WORD.search(zh) or _CHINESE.search(zh):
            continue
        if texts["en"] == texts.get("zh") and en.isascii():
            sink.error("L110", f"the {what} is the same in both languages", rule.span, help="translate it")
        elif _WORD.search(en):
            sink.error("L110", f"the {what} in zh has no Chinese in it", rule.span, help="translate it")
