"""Why: the evidence of a firing down to samples, what it rests on, what would clear it, and the rule itself."""

from __future__ import annotations

from expert.engine.session import ground_variables
from expert.explain import phrases as p
from expert.explain.changes import smallest
from expert.explain.evidence import Builder, History
from expert.explain.lines import Line, Segment, TreeLines, paragraph
from expert.explain.recorded import Recorded, environment
from expert.language import ast
from expert.language.durations import format_duration
from expert.texts import say
from expert.values.interval import Interval
from expert.values.types import Episode, Firing, ScanRecord, rule_key

Bindings = tuple[tuple[str, str], ...]


def title_of(program: ast.Program, rule_id: str, bindings: Bindings, lang: str) -> str:
    """Title of a rule with its bindings, e.g. ``Channelling suspected A (north)``."""
    return p.rule_title(program, program.rules[rule_id], bindings, lang)


def because_text(program: ast.Program, record: ScanRecord, rule_id: str, bindings: Bindings, lang: str) -> str:
    """The rule's own sentence with the values of this scan filled in."""
    rule = program.rules[rule_id]
    template = rule.because.get(lang, "")
    builder = Builder(Recorded(program, record), lang)
    env = environment(rule, bindings)
    for text, node in rule.because_parts.items():
        unit = p.unit_of(program, node)
        num = builder.r.num(node, env)
        number = builder.number(num, unit, p.decimals_of(program, node, unit))
        shown = number or builder.r.row_text(node, env) or builder.reason(num.why) or "?"
        template = template.replace("{" + text + "}", shown)
    sets = dict(rule.for_each)
    for name, value in bindings:
        member = p.member_title(program, sets[name], value, lang) if name in sets else value
        template = template.replace("{" + name + "}", member)
    return template


def episode_of(record: ScanRecord, rule_id: str, bindings: Bindings) -> Episode | None:
    """The episode of a rule with its bindings in a record."""
    return next((e for e in record.episodes if (e.rule, e.bindings) == (rule_id, bindings)), None)


def why(
    program: ast.Program,
    record: ScanRecord,
    rule_id: str,
    bindings: Bindings,
    lang: str,
    history: History | None = None,
    ascii_only: bool = False,
    width: int = 80,
    rests: tuple[tuple[str, ...], ...] | None = None,
) -> list[Line]:
    """Explain a rule's firing in a scan.

    Parameters
    ----------
    history : callable, optional
        Samples for the small plots.
    rests : tuple, optional
        What the episode rested on when it rose, for records after the rise.

    Returns
    -------
    list of Line
        At most ``width`` cells each.
    """
    rule = program.rules[rule_id]
    builder = Builder(Recorded(program, record), lang)
    key = rule_key(rule_id, bindings)
    episode = episode_of(record, rule_id, bindings)
    firing = builder.r.firing(key)
    lines = [*_header(program, record, rule, bindings, episode, builder, lang)]
    sentence = because_text(program, record, rule_id, bindings, lang)
    if sentence:
        lines += paragraph("", sentence, width, 0)
    root = builder.rule(rule, bindings)
    heading = {ast.All: "because_all", ast.Any: "because_any"}.get(type(rule.when), "because")
    tags = {v.id: v.tag or v.id for v in ground_variables(program.site)}
    tree = TreeLines(width, record.input.time, history, ascii_only, tags)
    lines.append((Segment(say(lang, heading), "dim"),))
    for child in root.children if heading != "because" and root.children else (root,):
        lines += tree.tree(child)
    lines += _hold(rule, builder, key, lang, width)
    lines += _rests(firing, rests, tags, rule, lang, width)
    clears = smallest(builder, rule, bindings, raise_it=False)
    if episode is not None and clears:
        text = say(lang, "or").join(say(lang, "and").join(c.words) for c in clears)
        if rule.clear_for:
            text += f", {format_duration(rule.clear_for)}"
        lines += paragraph(say(lang, "clears_if"), text, width)
    return lines + _place(rule, lang, width)


def _header(
    program: ast.Program,
    record: ScanRecord,
    rule: ast.Rule,
    bindings: Bindings,
    episode: Episode | None,
    builder: Builder,
    lang: str,
) -> list[Line]:
    entry = builder.r.rule(rule_key(rule.id, bindings))
    x = Interval(*entry["out"][:2]) if entry else Interval(0, 1_000_000)
    parts = []
    if rule.severity:
        parts.append(say(lang, "severity", n=rule.severity))
    if episode is not None:
        parts.append(say(lang, "raised", time=p.clock(episode.raised)))
    parts.append(f"{p.certainty_word(x, lang)} {x}")
    if episode is not None:
        parts.append(say(lang, "episode", id=episode.id))
    lines: list[Line] = [(Segment(p.rule_title(program, rule, bindings, lang), "title"),)]
    lines.append((Segment("   ".join(parts), "key"),))
    extra = _state_notes(episode, lang)
    if extra:
        lines.append((Segment("! " + "   ".join(extra), "unknown"),))
    return lines


def _state_notes(episode: Episode | None, lang: str) -> list[str]:
    if episode is None:
        return []
    notes = []
    if episode.state == "held" and episode.held_since is not None:
        notes.append(say(lang, "state_held", time=p.clock(episode.held_since)))
    if episode.state == "clearing":
        notes.append(say(lang, "state_clearing"))
    if episode.open_question:
        notes.append(say(lang, "open_question"))
    if episode.found_late:
        notes.append(say(lang, "found_late"))
    return notes


def _hold(rule: ast.Rule, builder: Builder, key: str, lang: str, width: int) -> list[Line]:
    entry = builder.r.rule(key)
    if not rule.hold or entry is None:
        return []
    since = entry["since"]
    text = say(lang, "not_yet_held") if since is None else say(lang, "held_since", time=p.clock(since))
    return [(Segment(say(lang, "for", duration=format_duration(rule.hold), since=text), "dim"),)]


def _rests(
    firing: Firing | None,
    rests: tuple[tuple[str, ...], ...] | None,
    tags: dict[str, str],
    rule: ast.Rule,
    lang: str,
    width: int,
) -> list[Line]:
    sets = rests if rests is not None else (firing.rests_on if firing is not None else ())
    if rule.kind not in ("condition", "alarm") or rule.severity == 0 or firing is None:
        return []
    if not sets:
        return paragraph(say(lang, "rests_on"), say(lang, "rests_nothing"), width)
    return paragraph(say(lang, "rests_on"), rests_text(sets, tags, lang), width)


def rests_text(sets: tuple[tuple[str, ...], ...], tags: dict[str, str], lang: str) -> str:
    """Decisive instruments by their tags: singles, then pairs."""
    parts = []
    for names in sets[:6]:
        shown = [tags.get(n, n) for n in names]
        parts.append(shown[0] if len(shown) == 1 else say(lang, "rests_with", a=shown[0], b=shown[1]))
    return ", ".join(parts)


def _place(rule: ast.Rule, lang: str, width: int) -> list[Line]:
    source = say(lang, "unverified") if rule.source == "unverified" else rule.source
    lines = paragraph(say(lang, "rule"), f"{rule.span.file}:{rule.span.line}", width)
    lines += paragraph(say(lang, "source"), source, width)
    lines.append(())
    lines += [(Segment(text, "dim"),) for text in rule.yaml.rstrip().splitlines()]
    return lines
