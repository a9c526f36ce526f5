"""What may import what, and what an import may cost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("expert", "kb", "tui")
KERNELS = ("conditions", "exact", "features", "inference", "kernel", "memory", "numbers", "rings", "since")


@pytest.mark.parametrize("module", ["expert", "tui.main"])
def test_an_import_brings_no_heavy_library(module: str) -> None:
    """Starting costs neither the screen library nor the learning libraries."""
    code = f"import sys, {module}; print([m for m in ('textual', 'sklearn', 'scipy', 'numba') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ("[]\n", "") == (out.stdout, out.stderr)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*OURS)


def test_kernels_share_no_code_with_the_reference(graph: grimp.ImportGraph) -> None:
    """What is compiled stands on compiled code alone, so that a mistake in one evaluator is not in the other."""
    reached = {m for kernel in KERNELS for m in graph.find_upstream_modules(f"expert.columns.{kernel}")}
    assert [] == sorted(m for m in reached if not m.startswith("expert.columns"))


def test_the_reference_leaves_other_evaluators_alone(graph: grimp.ImportGraph) -> None:
    """Only a session knows of columns, to hand over to them."""
    engine = graph.find_descendants("expert.engine")
    others = ("expert.columns", "expert.joins", "expert.compat")
    found = {(m, i) for m in engine for i in graph.find_modules_directly_imported_by(m) if i.startswith(others)}
    assert {("expert.engine.session", "expert.columns.evaluator")} == found


@pytest.mark.parametrize("room", ["kb.furnace", "kb.physics"])
def test_the_virtual_furnace_knows_no_rules(graph: grimp.ImportGraph, room: str) -> None:
    """The furnace and its physics stand on the values alone: labels cannot leak from rules, nor rules from labels."""
    members = {room} | graph.find_descendants(room)
    reached = {m for member in members for m in graph.find_upstream_modules(member)}
    allowed = ("kb.furnace", "kb.physics", "expert.values")
    assert [] == sorted(m for m in reached if not m.startswith(allowed) and m not in OURS)
