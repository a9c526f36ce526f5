"""The virtual blast furnace: hidden state, physics, instruments, and causes that break them.

It never reads rules; its labels come from the hidden state.
"""

from kb.furnace.causes import Cause
from kb.furnace.labels import Label
from kb.furnace.simulator import History, VirtualFurnace

__all__ = ["Cause", "History", "Label", "VirtualFurnace"]
