"""Tuyere: a forward-chaining expert system that explains itself. This room knows no steel."""
