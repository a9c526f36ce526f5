"""The rule language: syntax tree, parser, checker."""
