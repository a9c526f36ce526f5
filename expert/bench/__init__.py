"""Measuring this engine beside others: the same work, the same conclusions, in one run.

Workloads are generated from a seed as packs of this language and translated for every peer. Nothing here knows a plant.
"""
