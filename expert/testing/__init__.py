"""Cases of rules: small stories with an expected end, beside the rules they try.

``<topic>.test.yaml`` stands beside ``<topic>.yaml`` and holds ``cases``::

    cases:
      - name: no charge for 40 min, pressure rises
        rule: descent.hanging.suspected
        bind: {s: A}                       # only for rules over members or rows; left out: any of them
        run: 40 min                        # default 30 min, scanned every `every` (default: the site's period)
        baseline: {blast.pressure: 420 kPa +- 6 kPa}      # median +- inter-quartile range
        arrival: {hot_metal.silicon: 30 min}              # samples come so much later than they were true
        given:
          charge.count: every 8 min until 0 min
          blast.pressure: 420 kPa for 10 min, ramp to 450 kPa over 20 min
          sectors.uptake_temperature: 190 degC            # all members; one of them: sectors[A].uptake_temperature
        rows: {operation: [{id: a, order: O1, step: 1, resource: LF 1, release: 0 min, duration: 40 min, due: 30 min}]}
        model: {silicon_outlook: {below: 0.35 %, ahead: 2 h, certainty: [0.6, 0.7]}}
        expect: raised                     # or {10 min: quiet, end: raised}
        support: [0.6, 1]                  # optional, at the end

A series is a list of pieces, the last one may be without an end:

===========================  =====================================================================================
``412 kPa [+- 3 kPa]``       alternates around the value, by one resolution or by what is given
``ramp to 440 kPa over D``   from the last value
``saw 1.0 m to 1.7 m every D``  sawtooth
``every D`` / ``still``      a counter that advances once in D / that stands
``missing`` / ``silent``     samples of bad quality / no samples at all
``frozen``                   exactly the last value
===========================  =====================================================================================

Each may go on ``for D`` or ``until D`` (counted from the start of the run). What is true at the start has been so
before, as far back as the rule looks. Variables that a rule reads and a case does not name lie in the middle of their
normal range; a baseline that is not given is the middle and 0.41 of the width of that range, which is the
inter-quartile range of a bell curve whose 5th and 95th percentiles the normal range marks.

What is expected is one of ``raised``, ``held`` (raised before, now without data), ``clearing``, ``possible`` (support
below, plausibility above the threshold) and ``quiet``. A refuter is raised when its support reaches its threshold.
A rule needs a case that expects ``raised`` somewhere and one that ends ``quiet`` or ``possible`` without a rise.
"""

from expert.testing.cases import Case, case_files, load_cases
from expert.testing.report import CaseReport, CaseResult, merged, run_cases

__all__ = ["Case", "CaseReport", "CaseResult", "case_files", "load_cases", "merged", "run_cases"]
