"""Screens of the terminal: they draw rows of the view-models and turn keys into wishes and jobs."""
