"""Feeds: where samples come from. A recording is mapped to variables, units and times, and nothing is lost silently."""

from expert.feeds.plan import FeedError, RecordingMap
from expert.feeds.recording import Recording, RecordingFeed, load_recording
from expert.feeds.recording_map import read_map
from expert.feeds.series import Series

__all__ = ["FeedError", "Recording", "RecordingFeed", "RecordingMap", "Series", "load_recording", "read_map"]
