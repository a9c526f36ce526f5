"""Why: the evidence of a firing down to samples, what it rests on, what would clear it, and the rule itself."""

from __future__ import annotations

from expert.explain import titles as t
from expert.explain.builder import Builder
from expert.explain.changes import smallest
from expert.explain.imported import Behind, Rests, heard, import_names, rests_text
from expert.explain.lines import Line, Segment, TreeLines, paragraph, plain_ascii
from expert.explain.missing import missing_text
from expert.explain.promises import expectation_text, track_text
from expert.explain.readings import History
from expert.explain.recorded import Recorded, environment
from expert.explain.source import own_yaml, wrapped
from expert.explain.wishes import changes_text
from expert.language import ast
from expert.language.durations import format_duration
from expert.values.interval import UNKNOWN, Interval
from expert.values.types import Episode, Firing, ScanRecord, rule_key

Bindings = tuple[tuple[str, str], ...]


def title_of(program: ast.Program, rule_id: str, bindings: Bindings, lang: str) -> str:
    """Title of a rule with its bindings, e.g. ``Channelling, suspected A (north)``."""
    return t.rule_title(program, program.rules[rule_id], bindings, lang)


def because_text(program: ast.Program, record: ScanRecord, rule_id: str, bindings: Bindings, lang: str) -> str:
    """The rule's own sentence with the values of this scan filled in."""
    return _sentence(Builder(Recorded(program, record), lang), program.rules[rule_id], bindings)


def _sentence(builder: Builder, rule: ast.Rule, bindings: Bindings) -> str:
    template = rule.because.get(builder.lang, "")
    env = environment(rule, bindings)
    for text, node in rule.because_parts.items():
        num = builder.r.num(node, env)
        shown = builder.reader.number(num, node, env) or builder.r.row_text(node, env)
        template = template.replace("{" + text + "}", shown or builder.reader.reason(num.why) or "?")
    sets = dict(rule.for_each)
    for name, value in bindings:
        member = t.member_title(builder.program, sets[name], value, builder.lang) if name in sets else value
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
    rests: Rests | None = None,
    behind: Behind | None = None,
) -> list[Line]:
    """Explain a rule's firing in a scan.

    Parameters
    ----------
    history : callable, optional
        Samples for the small plots.
    rests : tuple, optional
        What the episode rested on when it rose, for records after the rise.
    behind : callable, optional
        Knows the records of experts that this one reads: what an import rests on there, and how to open it.

    Returns
    -------
    list of Line
        At most ``width`` cells each.
    """
    rule = program.rules[rule_id]
    builder = Builder(Recorded(program, record), lang)
    page = Page(builder, rule, bindings, width)
    lines = [*page.header(), *page.because(), *page.evidence(TreeLines(width, record.input.time, history, ascii_only))]
    lines += [*page.hold(), *page.rests(rests, behind), *page.clears(), *page.expects(), *page.place()]
    return plain_ascii(lines) if ascii_only and lang == "en" else lines


class Page:
    """The parts of one explanation."""

    def __init__(self, builder: Builder, rule: ast.Rule, bindings: Bindings, width: int) -> None:
        self.b = builder
        self.rule = rule
        self.bindings = bindings
        self.width = width
        self.say = builder.words.say
        self.key = rule_key(rule.id, bindings)
        self.record = builder.r.record
        self.episode = episode_of(self.record, rule.id, bindings)
        self.firing: Firing | None = builder.r.firing(self.key)

    def header(self) -> list[Line]:
        """Title; severity, since when, how sure; what is special about the episode."""
        entry, e = self.b.r.rule(self.key), self.episode
        x = Interval(*entry["out"][:2]) if entry else UNKNOWN
        now = self.record.input.time
        parts = [
            self.say("severity", n=self.rule.severity) if self.rule.severity else "",
            self.say("state_normal") if e is None else self.say("raised", time=t.clock(e.raised)),
            "" if e is None or e.raised == now else self.say("as_of", time=t.clock(now)),
            f"{t.certainty_word(x, self.b.lang)} {x}",
            "" if e is None else self.say("episode", id=e.id),
        ]
        title = t.rule_title(self.b.program, self.rule, self.bindings, self.b.lang)
        lines: list[Line] = [(Segment(part, "title"),) for part in _wrapped(title, self.width)]
        lines += [(Segment(part, "key"),) for part in _wrapped("   ".join(p for p in parts if p), self.width)]
        for note in self._notes():
            lines += [(Segment(part, "unknown"),) for part in _wrapped(f"! {note}", self.width)]
        return lines

    def _notes(self) -> list[str]:
        e, notes = self.episode, []
        if self.firing is not None and self.firing.disputed:
            notes.append(self.say("disputed"))
        if e is None:
            return notes
        if e.cleared is not None:
            notes.append(self.say("state_cleared", time=t.clock(e.cleared)))
        elif e.state == "held" and e.held_since is not None:
            notes.append(self.say("state_held", time=t.clock(e.held_since)))
        elif e.state == "clearing":
            notes.append(self.say("state_clearing", rest=format_duration(self.rule.clear_for)))
        if e.open_question:
            notes.append(self.say("open_question"))
        if e.found_late:
            notes.append(self.say("found_late"))
        return notes

    def because(self) -> list[Line]:
        """The rule's own sentence."""
        sentence = _sentence(self.b, self.rule, self.bindings)
        return paragraph("", sentence, self.width, 0) if sentence else []

    def evidence(self, tree: TreeLines) -> list[Line]:
        """The tree, and what speaks against the conclusion."""
        root = self.b.rule(self.rule, self.bindings)
        grouped = root.heading and not isinstance(self.rule.when, ast.Score)
        kind = {"All": "because_all", "Any": "because_any"}.get(type(self.rule.when).__name__, "")
        heading = kind if grouped and kind else "because"
        lines: list[Line] = [(Segment(self.say(heading), "dim"),)]
        lines += tree.trees(root.children if heading != "because" else (root,))
        against = self.b.facts.refuters(self.rule, self.bindings)
        if against:
            lines.append((Segment(self.say("against"), "dim"),))
            seen = frozenset({self.key})
            lines += tree.trees([self.b.facts.against(g, seen) for g in against])
        gone = missing_text(self.b, self.rule, self.bindings)
        return lines + (paragraph(self.say("left_out"), gone, self.width) if gone else [])

    def hold(self) -> list[Line]:
        """Since when the condition has held, or how long it still has to."""
        entry = self.b.r.rule(self.key)
        if not self.rule.hold or entry is None:
            return []
        since = entry["since"]
        text = self.say("not_yet_held") if since is None else self.say("held_since", time=t.clock(since))
        if since is not None and entry["held"][0] < self.rule.threshold <= entry["when"][0]:
            text = self.b.words.listed(text, self.say("still_to_hold", left=self.b.facts.left(self.rule, entry)))
        duration = format_duration(self.rule.hold)
        return paragraph("", self.say("for", duration=duration, since=text), self.width, 0)

    def rests(self, rests: Rests | None, behind: Behind | None = None) -> list[Line]:
        """The instruments that it would not stand without, and what other experts said that it would not."""
        if self.rule.kind not in ("condition", "alarm") or self.rule.severity == 0 or self.firing is None:
            return []
        sets = rests if rests is not None else self.firing.rests_on
        if not sets and not self.firing.rising and rests is None:
            return []
        program, lang = self.b.program, self.b.lang
        named = rests_text(sets, t.tags_of(program) | import_names(program, self.record, lang), lang)
        text = self.say("rests_all", what=named) if sets else self.say("rests_nothing")
        if self.rule.single_instrument:
            text = self.b.words.listed(text, self.say("single_instrument"))
        lines = paragraph(self.say("rests_on"), text, self.width)
        for pack, _, type_ in (n.partition("/") for n in sorted({n for s in sets for n in s if "/" in n})):
            export = heard(self.record, pack, type_)
            for sentence in behind(export, type_) if behind is not None and export is not None else []:
                lines += paragraph(self.say("there", pack=pack), sentence, self.width)
        return lines

    def clears(self) -> list[Line]:
        """The smallest changes that would clear it."""
        if self.episode is None or self.episode.cleared is not None or self.episode.state == "clearing":
            return []
        text = changes_text(smallest(self.b.r, self.rule, self.bindings, raise_it=False), self.b)
        if not text:
            return []
        if self.rule.clear_for:
            text = self.say("lasting", what=text, duration=format_duration(self.rule.clear_for))
        return paragraph(self.say("clears_if"), text, self.width)

    def expects(self) -> list[Line]:
        """What is to be seen if it is right, or whether it came; how often it came before."""
        lines: list[Line] = []
        for e in self.record.expectations:
            if (e.rule, e.bindings) == (self.rule.id, self.bindings):
                lines += paragraph(self.say("expects"), expectation_text(self.b.program, self.record, e, self.b.lang),
                                   self.width)  # fmt: skip
        for track in self.record.tracks:
            if track.rule == self.rule.id:
                lines += paragraph(self.say("track_record"), track_text(track, self.b.lang), self.width)
        return lines

    def place(self) -> list[Line]:
        """Where the rule stands, where it comes from, and its own lines."""
        rule, width = self.rule, self.width
        lines = paragraph(self.say("rule"), f"{rule.id}   {rule.span.file}:{rule.span.line}", width)
        lines += [*paragraph(self.say("source"), self._source(), width), ()]
        yaml = (part for line in own_yaml(rule.yaml, self.b.lang) for part in wrapped(line, width))
        return lines + [(Segment(part, "dim"),) for part in yaml]

    def _source(self) -> str:
        """The author's words where the reader has his language; else that they stand below, and what is unverified."""
        source = self.rule.source
        if source == "unverified":
            return self.say("unverified")
        if self.b.lang == "en" or not source.isascii():
            return source
        partly = self.say("partly_unverified") if "unverified" in source else ""
        return self.b.words.listed(self.say("source_below"), partly)


def _wrapped(text: str, width: int) -> list[str]:
    return [s[1].text for s in paragraph("", text, width, 0)]
