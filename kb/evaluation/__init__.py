"""Evaluation: how much of what is injected into the virtual furnace a pack finds, names right, and says in vain."""
