"""Facts, evaluators, temporal operators, raising, session."""
