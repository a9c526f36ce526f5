"""The rule language: strict YAML with positions, expressions with units, checks, diagnostics."""
