"""Blast-furnace formulas: pure functions of floats or NumPy arrays, each with its units and its source.

The worked case of the doctests is a furnace of the 2650 m3 class ("RF-2650"): 275 t/h hot metal,
5000 Nm3/min dry blast, 14 400 Nm3/h oxygen, 12 g/Nm3 moisture, 1180 degC blast, 43.175 t/h coal.
"""
