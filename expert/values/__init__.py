"""Interval certainty, samples and the other frozen types that all rooms share."""
