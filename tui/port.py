"""What the screens and the plain lines need of a desk (`kb.desk.Desk` is one)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from expert.language.ast import Program
from expert.run.board import Peer
from expert.run.reload import Reload
from expert.values.types import ScanRecord


class Choice(Protocol):
    """Something a person can break: an id and a title by language."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> Mapping[str, str]: ...


class DeskPort(Protocol):
    """One running expert."""

    name: dict[str, str]
    reloads: list[Reload]
    peers: list[Peer]
    seed: int | None

    @property
    def program(self) -> Program: ...

    @property
    def breakable(self) -> Sequence[Choice]: ...

    @property
    def now(self) -> int: ...

    @property
    def speed(self) -> float: ...

    @property
    def record(self) -> ScanRecord | None: ...

    @property
    def records(self) -> Sequence[ScanRecord]: ...

    @property
    def data_share(self) -> float: ...

    @property
    def mean_data_share(self) -> float: ...

    @property
    def skipped(self) -> Mapping[str, int]: ...

    @property
    def raised(self) -> Mapping[str, int]: ...

    @property
    def end(self) -> int | None: ...

    @property
    def trace_folder(self) -> Path | None: ...

    @property
    def head(self) -> str: ...

    def tick(self) -> list[ScanRecord]: ...

    def run_until(self, until: int) -> Iterator[ScanRecord]: ...

    def history(self, variable: str, start: int, end: int) -> list[tuple[int, float | None]]: ...

    def baseline(self, variable: str) -> tuple[float, float] | None: ...

    def event(self, kind: str, target: str, text: str = "", value: float | None = None, who: str = "") -> None: ...

    def break_it(self, id_: str) -> Any: ...

    def close(self, reason: str = "end") -> None: ...


@runtime_checkable
class DesksPort(Protocol):
    """Several experts in one process (`kb.experts.Desks` is this)."""

    @property
    def desks(self) -> Mapping[str, Any]: ...

    @property
    def now(self) -> int: ...

    @property
    def speed(self) -> float: ...

    def tick(self) -> Iterator[tuple[str, ScanRecord]]: ...

    def run_until(self, until: int) -> Iterator[tuple[str, ScanRecord]]: ...

    def close(self, reason: str = "end") -> None: ...
