"""Shared types as plain JSON and back.

One rule per kind of type, derived from the declarations in `expert.values.types`, so a new field needs no code here:

- a dataclass is an object; fields at their default are left out, so records stay small and old records can be read
  after a field with a default was added;
- an `Interval` is ``[support, plausibility]`` in millionths;
- a `Sample` is ``[variable, source, arrival, count, quality, note]`` without the trailing defaults;
- a tuple is a list, a float is written as a float even when it is whole.

A document (`dump`, `load`) carries its version under ``v``.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from expert.trace.canonical import canonical, parse
from expert.trace.frames import TraceError
from expert.values.interval import Interval
from expert.values.types import Sample

VERSION = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """How values of one type are written and read; ``decode`` takes the place of the value for its messages."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any, str], Any]


def to_json(value: Any) -> Any:
    """Plain JSON of a shared type's instance.

    >>> to_json(Interval(250_000, 1_000_000))
    [250000, 1000000]
    """
    return plan_of(type(value)).encode(value)


def from_json(cls: type[T], data: Any) -> T:
    """Instance of a shared type from its plain JSON.

    Raises
    ------
    TraceError
        When the data do not have that form, naming the place.
    """
    decoded: T = plan_of(cls).decode(data, cls.__name__)
    return decoded


def dump(value: Any) -> bytes:
    """Canonical bytes of a document: an object with its version."""
    return canonical({"v": VERSION, **to_json(value)})


def load(cls: type[T], data: bytes) -> T:
    """Document from its bytes.

    Raises
    ------
    TraceError
        When they are no JSON, of a newer version, or not of this type.
    """
    plain = parse(data)
    if not isinstance(plain, dict) or "v" not in plain:
        raise TraceError(f"this is no {cls.__name__}: it carries no version")
    version = plain.pop("v")
    if version != VERSION:
        raise TraceError(f"this {cls.__name__} has version {version!r}; this program reads version {VERSION}")
    return from_json(cls, plain)


def plan_of(tp: Any) -> Plan:
    """Plan of a type, made once.

    Raises
    ------
    TypeError
        For a type that the rules of this module do not cover.
    """
    if tp not in _PLANS:
        _PLANS[tp] = _make_plan(tp)
    return _PLANS[tp]


_PLANS: dict[Any, Plan] = {}


def _make_plan(tp: Any) -> Plan:
    origin = typing.get_origin(tp)
    if tp is Any:
        return Plan(lambda x: x, lambda x, at: x)
    if tp in (int, str, bool):
        return _scalar(tp)
    if tp is float:
        return Plan(float, _float)
    if tp is Interval:
        return Plan(lambda x: [x.s, x.p], _interval)
    if tp is Sample:
        return _positional(Sample)
    if dataclasses.is_dataclass(tp):
        return _object(typing.cast(type, tp))
    if origin is typing.Literal:
        return _literal(typing.get_args(tp))
    if origin in (typing.Union, types.UnionType):
        return _optional(typing.get_args(tp))
    if origin is tuple:
        return _tuple(typing.get_args(tp))
    if origin is dict:
        return _mapping(typing.get_args(tp))
    raise TypeError(f"no JSON form for {tp!r}")


def _wrong(at: str, expected: str, found: Any) -> TraceError:
    return TraceError(f"{at}: expected {expected}, found {str(found)[:60]!r}")


def _scalar(tp: type) -> Plan:
    def decode(x: Any, at: str) -> Any:
        if type(x) is not tp:
            raise _wrong(at, {"int": "a whole number", "str": "text", "bool": "true or false"}[tp.__name__], x)
        return x

    return Plan(lambda x: x, decode)


def _float(x: Any, at: str) -> float:
    if type(x) not in (int, float):
        raise _wrong(at, "a number", x)
    return float(x)


def _interval(x: Any, at: str) -> Interval:
    if type(x) is not list or [type(n) for n in x] != [int, int]:
        raise _wrong(at, "[support, plausibility]", x)
    try:
        return Interval(*x)
    except ValueError as e:
        raise TraceError(f"{at}: {e}") from e


def _literal(words: tuple[Any, ...]) -> Plan:
    def decode(x: Any, at: str) -> Any:
        if x not in words:
            raise _wrong(at, " or ".join(str(w) for w in words), x)
        return x

    return Plan(lambda x: x, decode)


def _optional(parts: tuple[Any, ...]) -> Plan:
    inner = [p for p in parts if p is not type(None)]
    if len(inner) != 1 or len(parts) != 2:
        raise TypeError(f"only a type or None has a JSON form, not {parts}")
    plan = plan_of(inner[0])
    return Plan(
        lambda x: None if x is None else plan.encode(x),
        lambda x, at: None if x is None else plan.decode(x, at),
    )


def _tuple(parts: tuple[Any, ...]) -> Plan:
    if parts[-1] is Ellipsis:
        item = plan_of(parts[0])

        def decode_all(x: Any, at: str) -> Any:
            if type(x) is not list:
                raise _wrong(at, "a list", x)
            return tuple(item.decode(v, f"{at}[{i}]") for i, v in enumerate(x))

        return Plan(lambda x: [item.encode(v) for v in x], decode_all)
    items = [plan_of(p) for p in parts]

    def decode_each(x: Any, at: str) -> Any:
        if type(x) is not list or len(x) != len(items):
            raise _wrong(at, f"a list of {len(items)}", x)
        return tuple(p.decode(v, f"{at}[{i}]") for i, (p, v) in enumerate(zip(items, x, strict=True)))

    return Plan(lambda x: [p.encode(v) for p, v in zip(items, x, strict=True)], decode_each)


def _mapping(parts: tuple[Any, ...]) -> Plan:
    if parts[0] is not str:
        raise TypeError("only text has a JSON form as a key")
    value = plan_of(parts[1])

    def decode(x: Any, at: str) -> Any:
        if type(x) is not dict:
            raise _wrong(at, "an object", x)
        return {k: value.decode(v, f"{at}.{k}") for k, v in x.items()}

    return Plan(lambda x: {k: value.encode(v) for k, v in x.items()}, decode)


_NOTHING = object()


def _default(f: dataclasses.Field[Any]) -> Any:
    if f.default is not dataclasses.MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not dataclasses.MISSING else _NOTHING


def _fields(cls: type) -> list[tuple[str, Any, Plan]]:
    """Name, default and plan of each field."""
    hints = typing.get_type_hints(cls)
    return [(f.name, _default(f), plan_of(hints[f.name])) for f in dataclasses.fields(cls)]


def _object(cls: type) -> Plan:
    fields = _fields(cls)
    known = {name: plan for name, _, plan in fields}
    required = [name for name, default, _ in fields if default is _NOTHING]

    def encode(x: Any) -> Any:
        out = {}
        for name, default, plan in fields:
            v = getattr(x, name)
            if default is _NOTHING or v != default:
                out[name] = plan.encode(v)
        return out

    def decode(x: Any, at: str) -> Any:
        if type(x) is not dict:
            raise _wrong(at, "an object", x)
        for name in x:
            if name not in known:
                raise TraceError(f"{at}: unknown field {name!r}; was it written by a newer version?")
        for name in required:
            if name not in x:
                raise TraceError(f"{at}: field {name!r} is missing")
        return cls(**{name: known[name].decode(v, f"{at}.{name}") for name, v in x.items()})

    return Plan(encode, decode)


def _positional(cls: type) -> Plan:
    """A dataclass as a list without its trailing defaults."""
    fields = _fields(cls)
    least = sum(default is _NOTHING for _, default, _ in fields)

    def encode(x: Any) -> Any:
        out = [plan.encode(getattr(x, name)) for name, _, plan in fields]
        while len(out) > least and out[-1] == fields[len(out) - 1][1]:
            out.pop()
        return out

    def decode(x: Any, at: str) -> Any:
        if type(x) is not list or not least <= len(x) <= len(fields):
            raise _wrong(at, f"a list of {least} to {len(fields)}", x)
        return cls(*(plan.decode(v, f"{at}.{name}") for (name, _, plan), v in zip(fields, x, strict=False)))

    return Plan(encode, decode)
