"""The rules that the design of this language was written with load as they stand.

The conditions are the design contract's own examples ("A rule, as its author writes it"), one topic a file; what the
contract leaves out of an example (a title, the declarations that it reads) is added here. One name differs: a variable
has a dot in it (``charge.count``), since a name without one is a fact.
"""

from expert.compile import load_program_from_sources

SITE = {
    "site/site.yaml": "name: T\ntitle: {en: T, zh: T}\nperiod: 1 min\n",
    "site/units.yaml": "- Nm3 = [normal_volume]\n- charge = [charge]\n",
    "site/equipment.yaml": """
sets:
  sectors:
    title: {en: Sectors, zh: 方位}
    members: {A: {en: north, zh: 北}, B: {en: south, zh: 南}}
  tuyeres:
    title: {en: Tuyeres, zh: 风口}
    attributes:
      sector: {set: sectors}
    members:
      T1: {en: T1, zh: T1, sector: A}
      T2: {en: T2, zh: T2, sector: A}
      T3: {en: T3, zh: T3, sector: A}
      T4: {en: T4, zh: T4, sector: B}
      T5: {en: T5, zh: T5, sector: B}
      T6: {en: T6, zh: T6, sector: B}
""",
    "site/variables.yaml": """
variables:
  - {id: charge.count, unit: charge, resolution: "1", valid: [0, 1000000], kind: counter, title: {en: C, zh: C}}
  - {id: blast.pressure, unit: kPa, resolution: "0.1", valid: [0, 550], normal: [380, 430], title: {en: P, zh: P}}
  - {id: blast.volume, unit: Nm3/min, resolution: "1", valid: [0, 7500], title: {en: V, zh: V}}
  - {id: pressure_drop.total, unit: kPa, resolution: "0.1", valid: [0, 300], title: {en: D, zh: D}}
  - {id: hot_metal.silicon, unit: "%", resolution: "0.01", valid: [0, 3], title: {en: Si, zh: Si}}
  - {id: tuyeres.heat_flux, of: tuyeres, unit: kW/m2, resolution: "1", valid: [0, 3000], title: {en: H, zh: H}}
""",
    "site/terms.yaml": """
terms:
  - {name: high, applies_to: z, zero: 1, one: 3, title: {en: high, zh: 高}}
  - {name: low, applies_to: z, zero: -1, one: -3, title: {en: low, zh: 低}}
""",
    "site/models.yaml": """
models:
  - {id: silicon_outlook, title: {en: O, zh: O}, target: hot_metal.silicon, horizons: [2 h], expiry: 4 h,
     artifact: none.json}
""",
    "site/relations.yaml": """
relations:
  operation: {key: [id], title: {en: Operation, zh: 工序}, fields: {id: text, order: text, step: number}}
""",
}

PACK = {
    "pack/pack.yaml": "name: p\nversion: 0.1.0\ntitle: {en: P, zh: P}\nowner: tests\n",
    "pack/facts.yaml": """
facts:
  probe_fault: {title: {en: Probe fault, zh: 探尺故障}}
  burden_slip: {title: {en: Slip, zh: 滑料}}
  hanging: {title: {en: Hanging, zh: 悬料}, fields: {stage: {values: [suspected, confirmed], order: ordered}}}
  cold_sector: {title: {en: Cold sector, zh: 方位凉}, fields: {sector: {set: sectors}}}
  thermal_state: {title: {en: State, zh: 炉温}, fields: {level: {values: [cooling, heating], order: exclusive}}}
  silicon_outlook: {title: {en: Outlook, zh: 硅趋势}, fields: {level: {values: [low, high], order: exclusive}}}
  late:
    title: {en: Late, zh: 延误}
    fields: {operation: {relation: operation}, blame: {values: [own, predecessor], order: exclusive}}
""",
    "pack/descent.yaml": """
rules:
  - id: descent.hanging.suspected
    title: {en: Hanging suspected, zh: 疑似悬料}
    kind: condition                    # condition | alarm | advice | note
    when:
      all:
        - minutes_since(charge.count) > 15 min          # charging holds the level: its slope says nothing
        - score:                       # weighted evidence; missing evidence widens the certainty
            at_least: 0.6
            of:
              - [20, z(blast.pressure, 60 min) is high]          # soft threshold, from kb
              - [20, z(blast.volume, 60 min) is low]
              - [15, z(pressure_drop.total, 60 min) is high]
        - not: probe_fault
    for: 5 min
    clear_for: 5 min
    conclude: hanging(stage: suspected)
    because:
      en: "No charge for {minutes_since(charge.count)} while
        blast pressure rose {z(blast.pressure, 60 min)} above normal."
      zh: "{minutes_since(charge.count)} 未下料，热风压力偏高 {z(blast.pressure, 60 min)}。"
    expect: {burden_slip: within 60 min, or: blast.pressure back_to normal within 60 min}
    source: "plant procedure 1780 m3, hanging; thresholds: site presets"
    owner: ironmaking
""",
    "pack/tuyeres.yaml": """
rules:
  - id: tuyeres.cold_sector
    title: {en: Cold sector, zh: 方位凉}
    for_each: s in sectors
    when:
      at_least: 3
      of: {t: tuyeres where t.sector == s}
      where: t.heat_flux < 0.7 * median(tuyeres.heat_flux)
    for: 10 min
    conclude: cold_sector(sector: s)
""",
    "pack/thermal.yaml": """
rules:
  - id: thermal.silicon_outlook_low
    title: {en: Silicon will be low, zh: 硅将偏低}
    when:
      - model(silicon_outlook).below(0.35 %, ahead: 2 h) >= 0.75     # calibrated interval
      - thermal_state(level: cooling) >= 0.4
    conclude: silicon_outlook(level: low)
""",
    "pack/schedule.yaml": """
rules:
  - id: schedule.late_by_predecessor        # a join over relations, recursive
    title: {en: Late by its predecessor, zh: 因前序延误}
    match: {a: operation, b: operation where b.order == a.order and b.step == a.step + 1}
    when: late(operation: a)
    conclude: late(operation: b, blame: predecessor)
""",
}


def test_every_example_of_the_design_loads() -> None:
    """All four rules, in one pack, without a finding."""
    program = load_program_from_sources({**SITE, **PACK})
    expected = {"descent.hanging.suspected", "schedule.late_by_predecessor", "thermal.silicon_outlook_low"}
    assert expected | {"tuyeres.cold_sector"} == set(program.rules)
    assert 2 == sum(g.rule.id == "tuyeres.cold_sector" and not g.off for layer in program.strata for g in layer)
