"""Running a session against a plant: feeds, late scans, the run's trace, and reading it back."""
