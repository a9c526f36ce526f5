"""Compiled code on disk: whether it is there, and what people are told when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.columns import jit
from tui.commands.common import announce_compiling


def fresh(folder: Path) -> Path:
    """A folder of sources that nothing was compiled from."""
    (folder / "kernel.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "__pycache__").mkdir()
    return folder


def test_nothing_is_compiled_in_a_fresh_folder(tmp_path: Path) -> None:
    """Only the last function that is compiled says that all are there."""
    folder = fresh(tmp_path)
    (folder / "__pycache__" / "kernel.leaves-1.py311.nbi").touch()
    assert not jit.is_compiled(folder)


def test_the_function_that_is_compiled_last_is_one_of_the_kernels() -> None:
    """The name that is looked for on disk is the name that the compiler gives."""
    module, _, name = jit.LAST.partition(".")
    assert f"\ndef {name}(" in (jit.HERE / f"{module}.py").read_text(encoding="utf-8")


def test_code_of_other_sources_is_forgotten(tmp_path: Path) -> None:
    """One source changed: nothing that was compiled before counts any longer."""
    folder = fresh(tmp_path)
    jit.forget_stale(folder)
    (folder / "__pycache__" / f"{jit.LAST}-1.py311.nbi").touch()
    kept = (jit.forget_stale(folder), jit.is_compiled(folder))
    (folder / "kernel.py").write_text("x = 2\n", encoding="utf-8")
    assert ((False, True), (True, False)) == (kept, (jit.forget_stale(folder), jit.is_compiled(folder)))


def test_a_wait_for_the_compiler_is_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr, and only for an evaluator that is compiled."""
    monkeypatch.setattr(jit, "is_compiled", lambda: False)
    announce_compiling("live", "en")
    announce_compiling("reference", "en")
    out, err = capsys.readouterr()
    assert ("", "compiling the evaluators, once; this takes about a minute\n") == (out, err)


def test_nothing_is_announced_when_all_is_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second start is as quiet as ever."""
    monkeypatch.setattr(jit, "is_compiled", lambda: True)
    announce_compiling("batch", "en")
    assert ("", "") == tuple(capsys.readouterr())
