"""A workload as a pack of this language and the site that it runs on."""

from __future__ import annotations

from expert.bench.tree import Cond, Known, Limit, Negated, Rule
from expert.bench.workload import TOP, Workload

START = 480_000 * 3_600_000
"""Scan times begin at a full hour."""
MINUTE = 60_000


def sources(workload: Workload) -> dict[str, str]:
    """Files of the pack and its site, for `load_program_from_sources`.

    >>> from expert.bench.workload import make_workload
    >>> print(sources(make_workload(3, seed=1))["pack/layer0.yaml"].splitlines()[1])
      - id: layer0.r0
    """
    files = {
        "site/site.yaml": "name: bench\ntitle: {en: Bench, zh: 测试}\nperiod: 1 min\n",
        "site/variables.yaml": "variables:\n" + "".join(_variable(i) for i in range(workload.signals)),
        "pack/pack.yaml": "name: bench\nversion: 0.1.0\ntitle: {en: Bench, zh: 测试}\nowner: bench\n",
        "pack/facts.yaml": "facts:\n" + "".join(_fact(r) for r in workload.rules),
    }
    for stratum in sorted({r.stratum for r in workload.rules}):
        rules = [r for r in workload.rules if r.stratum == stratum]
        files[f"pack/layer{stratum}.yaml"] = "rules:\n" + "".join(_rule(r) for r in rules)
    return files


def rule_id(rule: Rule) -> str:
    """The name of a rule in the pack."""
    return f"layer{rule.stratum}.r{rule.number}"


def _variable(number: int) -> str:
    about = f'unit: "1", resolution: "1", period: 1 min, max_age: 11 min, valid: [0, {TOP}]'
    return f"  - {{id: in.s{number}, {about}, title: {{en: Signal {number}, zh: 信号 {number}}}}}\n"


def _fact(rule: Rule) -> str:
    return f"  f{rule.number}: {{title: {{en: Finding {rule.number}, zh: 结论 {rule.number}}}}}\n"


def _rule(rule: Rule) -> str:
    lines = [
        f"id: {rule_id(rule)}",
        f"title: {{en: Finding {rule.number}, zh: 结论 {rule.number}}}",
        f"when: {_condition(rule.when)}",
        *([f"for: {rule.hold} min"] if rule.hold else []),
        f"conclude: f{rule.number}",
    ]
    return "  - " + "\n    ".join(lines) + "\n"


def _condition(node: Cond) -> str:
    """In flow style: one line a rule."""
    if isinstance(node, Limit):
        signal = f"in.s{node.signal}"
        side = f"mean({signal}, {node.window} min)" if node.window else signal
        return f'"{side} {node.op} {node.limit}"'
    if isinstance(node, Known):
        return f"f{node.rule}"
    if isinstance(node, Negated):
        return f"{{not: {_condition(node.item)}}}"
    parts = ", ".join(_condition(p) for p in node.parts)
    if node.word == "some":
        return f"{{at_least: {node.k}, of: [{parts}]}}"
    return f"{{{node.word}: [{parts}]}}"
