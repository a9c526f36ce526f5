"""Why, why not and how sure: pure functions of a program and its records."""

from expert.explain.imported import resting_there, rests_text
from expert.explain.lines import Line, Segment, text_of
from expert.explain.promises import expectation_text, track_text
from expert.explain.readings import History
from expert.explain.titles import certainty_word, clock, duration, fact_text, family, tags_of, variable_title
from expert.explain.why import because_text, title_of, why
from expert.explain.why_not import why_not

__all__ = [
    "History",
    "Line",
    "Segment",
    "because_text",
    "certainty_word",
    "clock",
    "duration",
    "expectation_text",
    "fact_text",
    "family",
    "resting_there",
    "rests_text",
    "tags_of",
    "text_of",
    "title_of",
    "track_text",
    "variable_title",
    "why",
    "why_not",
]
