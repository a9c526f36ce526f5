"""A snapshot of one program goes on under another, or is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expert.compile import load_program_from_sources
from expert.engine.formats import FORMAT, STEPS
from expert.engine.migrate import migrate, take_over
from expert.engine.session import Session, SessionError
from expert.language.ast import Program
from expert.values.types import Dropped, Episode, OperatorEvent, Row, Sample, ScanInput, ScanRecord
from tests.engine.build import MINUTE, SITE, T0, VARIABLES, Bench, bytes_of, good, out, program, rule, state

HELD = rule("held", "a.x > 50 kPa", "for: 10 min", "clear_for: 5 min", "severity: 2")
OTHER = rule("other", "a.y > 50 kPa", "clear_for: 5 min", conclude="b")
BACK = rule("back", "a.x > lag(a.x, 5 min) + 1 kPa", conclude="c")
SEEN = rule("seen", "a.y > 50 kPa", "expect: a.v > 50 kPa within 30 min", conclude="d")
FIRST = rule("aaa", "lag(a.v, 7 min) > 50 kPa", conclude="gate")
"""By its id it comes first, so every node has another number."""


def played(*rules: str, minutes: int = 8, **more: Any) -> Bench:
    """A bench whose values have been high for some minutes."""
    bench = Bench(*rules, **more)
    for m in range(minutes):
        bench.scan(m, [good("a.x", m, 60), good("a.y", m, 60), good("a.v", m, 10)])
    return bench


def moved(bench: Bench, new: Program) -> tuple[Bench, Any]:
    """A bench on the new program with what went on, and the report."""
    found, switch = migrate(json.loads(json.dumps(bench.session.snapshot())), bench.program, new)
    after = Bench(of=new)
    after.session = Session.restore(new, found)
    return after, switch


def next_scan(bench: Bench, minute: float = 8, x: int = 60) -> ScanRecord:
    """One more scan like those before."""
    return bench.scan(minute, [good("a.x", minute, x), good("a.y", minute, 60), good("a.v", minute, 10)])


def episode(record: ScanRecord, name: str) -> Episode:
    return next(e for e in record.episodes if e.rule == f"t.{name}")


def test_the_same_program_goes_on_to_the_same_bytes() -> None:
    """Migrating to the program itself changes nothing."""
    bench = played(HELD, OTHER, BACK, SEEN)
    after, switch = moved(bench, bench.program)
    assert bytes_of(next_scan(bench)) == bytes_of(next_scan(after))
    assert () == switch.dropped == switch.added


def test_a_hold_of_an_unchanged_rule_goes_on() -> None:
    """Eight minutes before the switch and two after it make ten."""
    after, switch = moved(played(HELD, OTHER), program(HELD, rule("other", "a.y > 70 kPa", conclude="b")))
    assert [(0, 1_000_000), (0, 1_000_000), (1_000_000, 1_000_000)] == [
        out(next_scan(after, m), "held") for m in (8, 9, 10)
    ]
    assert ("t.held",) == switch.kept


def test_a_hold_of_a_changed_rule_starts_anew() -> None:
    """With another limit the ten minutes begin at the switch."""
    after, switch = moved(played(HELD), program(rule("held", "a.x > 51 kPa", "for: 10 min", "clear_for: 5 min")))
    assert (0, 1_000_000) == [out(next_scan(after, m), "held") for m in range(8, 18)][-1]
    assert (1_000_000, 1_000_000) == out(next_scan(after, 18), "held")
    assert (Dropped("rule", "t.held", "changed"),) == switch.dropped


def test_an_episode_of_an_unchanged_rule_goes_on_acknowledged() -> None:
    """Id, time of rise and acknowledgement stay."""
    bench = played(OTHER)
    before = episode(next_scan(bench, 8), "other")
    bench.scan(9, [good("a.y", 9, 60)], events=[OperatorEvent(T0 + 9 * MINUTE, "ack", before.id)])
    after, _ = moved(bench, program(OTHER, HELD))
    found = episode(next_scan(after, 10), "other")
    assert (before.id, before.raised, T0 + 9 * MINUTE) == (found.id, found.raised, found.acknowledged)


def test_clearing_goes_on() -> None:
    """Two minutes of clearing before the switch and three after it make five."""
    bench = played(OTHER)
    for m in (8, 9, 10):
        bench.scan(m, [good("a.y", m, 10)])
    after, _ = moved(bench, program(OTHER, HELD))
    states = [state(after.scan(m, [good("a.y", m, 10)]), "other") for m in (11, 12, 13, 14)]
    assert ["clearing", "clearing", "normal", "normal"] == states


@pytest.mark.parametrize(
    ("rules", "why"),
    [((HELD,), "removed"), ((HELD, rule("other", "a.y > 51 kPa", "clear_for: 5 min", conclude="b")), "changed")],
)
def test_machines_of_other_rules_are_closed_with_the_reason(rules: tuple[str, ...], why: Any) -> None:
    """The report names the episode; a changed rule raises a new one."""
    bench = played(HELD, OTHER)
    old = episode(next_scan(bench), "other")
    after, switch = moved(bench, program(*rules))
    assert (Dropped("rule", "t.other", why, (old.id,)),) == switch.dropped
    assert old.id not in {e.id for e in next_scan(after, 9).episodes}


def test_words_do_not_matter() -> None:
    """A rule with another title and owner goes on."""
    reworded = OTHER.replace("{en: other, zh: other}", "{en: Otherwise, zh: 否}").replace(
        "when:", "owner: me\n    when:"
    )
    after, switch = moved(played(OTHER), program(reworded))
    assert (("t.other",), ()) == (switch.kept, switch.dropped)
    assert T0 == episode(next_scan(after), "other").raised


def test_another_severity_goes_on() -> None:
    """The open episode keeps its id and its rise, and is as severe as the rule from the next scan on."""
    bench = played(HELD, OTHER, minutes=12)
    before = episode(next_scan(bench, 12), "held")
    after, switch = moved(bench, program(HELD.replace("severity: 2", "severity: 1"), OTHER))
    assert (("t.held", "t.other"), ()) == (switch.kept, switch.dropped)
    record = next_scan(after, 13)
    assert (before.id, before.raised) == (episode(record, "held").id, episode(record, "held").raised)
    assert (2, 1) == (before.severity, episode(record, "held").severity)


def test_a_new_rule_starts_fresh() -> None:
    """Its hold begins at the switch though the values were there before."""
    after, switch = moved(played(OTHER), program(OTHER, HELD))
    assert ("t.held",) == switch.added
    assert [0, 1_000_000] == [out(next_scan(after, m), "held")[0] for m in range(8, 19)][-2:]


def test_a_lag_goes_on_under_its_new_number() -> None:
    """The value five minutes ago is known though a rule before it moved every number."""
    bench = played(BACK)
    after, _ = moved(bench, program(FIRST, BACK))
    assert (1_000_000, 1_000_000) == out(next_scan(after, 8, x=70), "back")
    (number,) = bench.session.lagged
    assert number != max(after.session.lagged, key=lambda k: len(after.session.lagged[k]))


def test_promises_and_track_records_go_on() -> None:
    """What was promised before the switch is scored after it."""
    after, _ = moved(played(SEEN), program(SEEN, HELD))
    record = after.scan(9, [good("a.v", 9, 60), good("a.y", 9, 60)])
    assert ["right"] == [e.state for e in record.expectations]
    assert [(1, 1)] == [(t.said, t.right) for t in record.tracks]


def test_promises_of_a_changed_rule_are_forgotten() -> None:
    """Nobody can keep a promise of a rule that is not there any more, and its record says nothing of the new one."""
    other = rule("seen", "a.y > 50 kPa", "expect: a.v > 60 kPa within 30 min", conclude="d")
    after, _ = moved(played(SEEN), program(other))
    assert ({}, {}) == (after.session.ledger.open, after.session.ledger.log)


def test_samples_and_baselines_go_on() -> None:
    """A window over half an hour knows what was before the switch."""
    bench = played(OTHER, minutes=40)
    bench.session.set_baseline("a.e", 7.0, 1.0)
    after, _ = moved(bench, program(rule("wide", "mean(a.x, 30 min) > 50 kPa")))
    assert (1_000_000, 1_000_000) == out(next_scan(after, 40), "wide")
    assert (7.0, 1.0) == after.session.memory.series["a.e"].hourly.fixed


def test_samples_of_a_variable_that_is_measured_otherwise_are_dropped() -> None:
    """Counts of another resolution are other numbers."""
    finer = VARIABLES.replace('{id: a.x, unit: kPa, resolution: "1"', '{id: a.x, unit: kPa, resolution: "0.1"')
    after, switch = moved(played(OTHER), program(OTHER, files={"site/variables.yaml": finer}))
    assert (Dropped("variable", "a.x", "changed"),) == switch.dropped
    assert [] == after.session.memory.series["a.x"].sources


def test_rows_of_a_table_with_other_fields_are_dropped() -> None:
    """Rows stay where the table is declared alike."""
    bench = played(OTHER)
    job = {"id": "1", "after": "", "step": 1.0, "duration": 5.0, "due": 9.0}
    bench.scan(8, rows=[Row("job", "1", job)])
    kept, _ = moved(bench, program(OTHER, HELD))
    table = SITE["site/relations.yaml"].replace("duration: min", "duration: h")
    lost, switch = moved(bench, program(OTHER, files={"site/relations.yaml": table}))
    assert ({"job": {"1": job}}, {}) == (kept.session.rows, lost.session.rows)
    assert (Dropped("relation", "job", "changed"),) == switch.dropped


def test_a_member_that_is_gone_takes_its_machine_along() -> None:
    """The rule goes on for the others."""
    each = rule("pump", "p.t > 50 degC", "for_each: p in pumps", conclude="hot(pump: p)")
    bench = Bench(each)
    first = bench.scan(0, [good("pumps[A].t", 0, 60), good("pumps[B].t", 0, 60)])
    lost = next(e.id for e in first.episodes if ("p", "B") in e.bindings)
    fewer = SITE["site/equipment.yaml"].replace(", B: {en: B, zh: B, line: east}", "")
    after, switch = moved(bench, program(each, files={"site/equipment.yaml": fewer}))
    assert Dropped("rule", "t.pump[p=B]", "gone", (lost,)) in switch.dropped
    assert [(("p", "A"),)] == [e.bindings for e in after.scan(1, [good("pumps[A].t", 1, 60)]).episodes]


@pytest.mark.parametrize(
    ("of", "to", "message"),
    [
        ("name: T1", "name: T2", "a snapshot of site T1 cannot go on at site T2"),
        ("period: 1 min", "period: 2 min", "the scan period was 60000 ms and is 120000 ms: timers cannot go on"),
    ],
)
def test_another_plant_is_refused(of: str, to: str, message: str) -> None:
    """Timers cannot go on at another site or on another grid."""
    text = SITE["site/site.yaml"].replace(of, to)
    slower = VARIABLES.replace("period: 1 min", "period: 2 min")
    new = program(OTHER, files={"site/site.yaml": text, "site/variables.yaml": slower})
    with pytest.raises(SessionError, match=message):
        moved(played(OTHER), new)


def test_a_session_stays_with_its_evaluator() -> None:
    """Columns or the reference: the state that goes on is the same."""
    new = program(OTHER, BACK, rule("held", "a.x > 50 kPa", "for: 9 min", "severity: 2"))
    bench = played(HELD, OTHER, BACK)
    live = Session.restore(bench.program, bench.session.snapshot(), "live")
    next_input = [
        ScanInput(at, at, (Sample("a.x", at, at, 60), Sample("a.y", at, at, 60)))
        for at in (T0 + m * MINUTE for m in (8, 9, 10))
    ]
    found = []
    for session in (live, bench.session):
        session.scan(next_input[0])
        after, _ = take_over(session, new)
        found.append((after.evaluator, [bytes_of(after.scan(i)) for i in next_input[1:]]))
    assert ["live", "reference"] == [evaluator for evaluator, _ in found]
    assert found[0][1] == found[1][1]


def test_a_snapshot_of_a_third_program_is_refused() -> None:
    """The old program must be the one that the snapshot was taken of."""
    with pytest.raises(SessionError, match="snapshot of program"):
        migrate(played(OTHER).session.snapshot(), program(HELD), program(HELD))


def test_a_damaged_snapshot_is_refused() -> None:
    """One sentence, no traceback."""
    bench = played(OTHER)
    broken = {k: v for k, v in bench.session.snapshot().items() if k != "machines"}
    with pytest.raises(SessionError, match="the snapshot is damaged: KeyError"):
        migrate(broken, bench.program, program(HELD))


# ---------------------------------------------------------------- older formats


STORED = Path(__file__).parents[1] / "data" / "snapshots" / "format2.json"


def test_a_stored_snapshot_of_an_older_format_goes_on() -> None:
    """Format 2, written before there was a ledger: the hold, the episode and its acknowledgement go on."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    old = load_program_from_sources(stored["sources"])
    more = stored["sources"]["pack/t.yaml"] + HELD.replace('conclude: "a"', "conclude: gate")
    new = program(files={**stored["sources"], "pack/t.yaml": more})
    found, switch = migrate(stored["snapshot"], old, new, rebuilt=True)
    after = Bench(of=new)
    after.session = Session.restore(new, found)
    record = after.scan(10, [good("a.x", 10, 70), good("a.y", 10, 60)])
    two = episode(record, "two")
    assert (FORMAT, "f64daf81a2", T0 + 9 * MINUTE) == (found["format"], two.id, two.acknowledged)
    assert "raised" == state(record, "one")
    assert (("t.held",), ("t.four", "t.one", "t.three", "t.two")) == (switch.added, switch.kept)


def test_what_a_program_of_another_version_calls_its_lags_is_not_guessed() -> None:
    """A program that was rebuilt to another digest may number its nodes otherwise."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    old = load_program_from_sources(stored["sources"])
    found, switch = migrate({**stored["snapshot"], "program": "0" * 64}, old, old, rebuilt=True)
    assert ({}, (Dropped("lag", "all", "renumbered"),)) == (found["lagged"], switch.dropped)


def test_a_format_without_steps_is_refused_with_both_named() -> None:
    """The sentence says which format it is and which can be read."""
    with pytest.raises(SessionError, match=f"snapshot format 1; this version reads {FORMAT}, and 2 or later"):
        Session.restore(program(HELD), {"format": 1})


def test_every_format_between_has_its_step() -> None:
    """The steps lead from the oldest without a hole to the newest."""
    assert list(range(min(STEPS), FORMAT)) == sorted(STEPS)
