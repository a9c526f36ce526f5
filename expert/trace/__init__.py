"""The trace: append-only, hash-chained records of what came in and what followed from it."""

from expert.trace.artifacts import ArtifactStore
from expert.trace.canonical import canonical
from expert.trace.frames import Fault, TraceError
from expert.trace.reader import Entry, TraceReader, verify
from expert.trace.writer import TraceWriter

__all__ = ["ArtifactStore", "Entry", "Fault", "TraceError", "TraceReader", "TraceWriter", "canonical", "verify"]
