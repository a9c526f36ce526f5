"""What a rise promised to be seen, what came of it, and how often the rule was right, in words."""

from __future__ import annotations

from expert.engine.ledger import is_weak
from expert.engine.nodes import Env
from expert.explain import titles as t
from expert.explain.builder import Builder
from expert.explain.recorded import Recorded, environment
from expert.language import ast
from expert.texts import say
from expert.values.types import Expectation, ScanRecord, TrackRecord


def expectation_text(program: ast.Program, record: ScanRecord, e: Expectation, lang: str) -> str:
    """One expectation of a record: what is to be seen by when, or what was said and whether it came."""
    return _text(Builder(Recorded(program, record), lang), e)


def _text(b: Builder, e: Expectation) -> str:
    rule = b.program.rules[e.rule]
    env = environment(rule, e.bindings)
    parts = [
        b.words.say("by_time", what=_wish(b, x.when, env), time=t.clock(e.said + x.within))
        for x in rule.expect
    ]  # fmt: skip
    what = b.words.say("or").join(parts)
    if e.state == "open" or e.decided is None:
        return what
    came = b.words.say(f"came_{e.state}", time=t.clock(e.decided))
    return b.words.say("said_that", said=t.clock(e.said), what=what, came=came)


def _wish(b: Builder, node: ast.Cond, env: Env) -> str:
    """A condition with its limits, without present values."""
    if isinstance(node, ast.All | ast.Any):
        joint = b.words.say("and" if isinstance(node, ast.All) else "or")
        return joint.join(_wish(b, i, env) for i in node.items)
    if isinstance(node, ast.Not):
        return b.words.say("not", text=_wish(b, node.item, env))
    if isinstance(node, ast.Compare | ast.Graded | ast.Certainty):
        e = b.atoms.evidence(node, b.r.cond(node, env), env, frozenset())
        return f"{e.text} {e.limit}".strip()
    return b.words.condition(node, env)


def track_text(track: TrackRecord, lang: str) -> str:
    """A rule's track record in one sentence.

    >>> track_text(TrackRecord("t.a", 42, right=35, wrong=4, undecided=2), "en")
    'said this 42 times in 90 days, right 35 times, wrong 4 times; not to be told 2 times'
    """
    text = say(lang, "track", said=track.said, right=track.right, wrong=track.wrong)
    if track.undecided:
        text += say(lang, "track_undecided", n=track.undecided)
    return text + (say(lang, "track_weak") if is_weak(track) else "")
