"""Rules over rows, evaluated incrementally: what a scan costs follows what changed.

`relations.Relations` runs them beside an evaluator of everything else, `tables.Tables` alone; `reading` lists all that
was concluded. From the ground up: `calculus` (certainties and numbers), `rows` (tuples and indexes), `history` and
`cells` (what rules say of facts, by round), `shape` and `source` (a rule taken apart, its loops written out),
`closures` (the rest of its conditions), `holds` (`for`), `joinrule` (one rule at work), `compiled` (all of them),
`replay` (numbers that depend on themselves).
"""
