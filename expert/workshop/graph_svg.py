"""A program's graph as an SVG picture: strata from the bottom up, facts above the rules that conclude them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from expert.values.cells import cells
from expert.workshop.graph import Edge, Graph, Key
from expert.workshop.graph_dot import merged

_MARGIN, _GAP, _HEIGHT, _ROW, _CELL = 24, 18, 24, 74, 6.4
_LABEL, _LIMIT, _SWEEPS = 90, 1500, 4
_STROKES = {
    "needs settled": 'stroke-width="1.8"',
    "shows": 'stroke-dasharray="1 3"',
    "refutes": 'stroke-dasharray="6 2"',
    "blocks": 'stroke-dasharray="6 2"',
}
_HEAD = """<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 8 4 0 8z" fill="#777"/></marker>
<marker id="against" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M7 0V8" stroke="#777" stroke-width="2"/></marker></defs>
<rect width="100%" height="100%" fill="#fff"/>"""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def svg(graph: Graph, variables: bool) -> str:
    """The graph as SVG text, laid out in rows: inputs, then for each stratum its rules and what they conclude.

    Names in a row stand near the middle of what they hang on (the barycentre rule of K. Sugiyama, S. Tagawa and
    M. Toda, IEEE Trans. SMC 11 (1981) 109).
    """
    rows = _rows(graph, variables)
    edges = [e for e in merged(graph) if variables or e.source[0] != "variable"]
    _order(rows, edges)
    boxes, width = _placed(rows)
    height = 2 * _MARGIN + _ROW * (len(rows) - 1) + _HEIGHT
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" font-family="Helvetica, Arial, sans-serif" font-size="11">',
        _HEAD,
    ]
    out += [_line(e, boxes[e.source], boxes[e.target]) for e in edges if e.source in boxes and e.target in boxes]
    out += [_shape(key, box) for key, box in boxes.items()]
    for i, (label, _) in enumerate(rows):
        y = height - _MARGIN - _ROW * i - _HEIGHT / 2
        out.append(f'<text x="{_MARGIN}" y="{y + 4:.0f}" fill="#777">{escape(label)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _rows(graph: Graph, variables: bool) -> list[tuple[str, list[Key]]]:
    """Label and nodes of each row, from the bottom; a row that would be too wide goes on in the next."""
    groups: dict[tuple[int, int], list[Key]] = {}
    for key in graph.nodes:
        if key[0] == "variable" and not variables:
            continue
        if key in graph.stratum:
            place = (graph.stratum[key], 0 if key[0] == "rule" else 1)
        else:
            place = (10**6, 0) if key[0] == "action" else (-1, 0)
        groups.setdefault(place, []).append(key)
    names = {-1: "inputs", 10**6: "actions"}
    rows: list[tuple[str, list[Key]]] = []
    for (layer, facts), keys in sorted(groups.items()):
        label = "facts" if facts else names.get(layer, f"stratum {layer}")
        for i, part in enumerate(_parts(keys)):
            rows.append((label if i == 0 else "", part))
    return rows


def _parts(keys: list[Key]) -> list[list[Key]]:
    parts: list[list[Key]] = [[]]
    used = 0.0
    for key in keys:
        if parts[-1] and used + _width(key) > _LIMIT:
            parts.append([])
            used = 0.0
        parts[-1].append(key)
        used += _width(key) + _GAP
    return parts


def _order(rows: list[tuple[str, list[Key]]], edges: list[Edge]) -> None:
    """Sort each row by the mean place of its neighbours in the other rows, a few times up and down."""
    near: dict[Key, list[Key]] = {}
    for e in edges:
        near.setdefault(e.source, []).append(e.target)
        near.setdefault(e.target, []).append(e.source)
    place = {k: (i + 0.5) / len(keys) for _, keys in rows for i, k in enumerate(keys)}
    for sweep in range(_SWEEPS):
        for _, keys in rows if sweep % 2 == 0 else rows[::-1]:
            known = {k: [place[n] for n in near.get(k, []) if n in place and n not in keys] for k in keys}
            keys.sort(key=lambda k: (sum(known[k]) / len(known[k]) if known[k] else place[k], k))
            place |= {k: (i + 0.5) / len(keys) for i, k in enumerate(keys)}


def _placed(rows: list[tuple[str, list[Key]]]) -> tuple[dict[Key, _Box], float]:
    widths = [sum(_width(k) + _GAP for k in keys) - _GAP for _, keys in rows]
    total = max(widths, default=0.0)
    boxes = {}
    for i, (_, keys) in enumerate(rows):
        x = _MARGIN + _LABEL + (total - widths[i]) / 2
        y = _MARGIN + _ROW * (len(rows) - 1 - i)
        for key in keys:
            boxes[key] = _Box(x, y, _width(key))
            x += _width(key) + _GAP
    return boxes, total + 2 * _MARGIN + _LABEL


def _width(key: Key) -> float:
    return cells(key[1]) * _CELL + 18


def _shape(key: Key, box: _Box) -> str:
    kind, name = key
    frame = ""
    if kind != "variable":
        radius = {"rule": 4, "fact": _HEIGHT // 2}.get(kind, 0)
        fill = {"rule": "#f2f2f2", "fact": "#ffffff"}.get(kind, "#e8eef4")
        frame = (
            f'<rect x="{box.x:.1f}" y="{box.y}" width="{box.width:.1f}" height="{_HEIGHT}" rx="{radius}" '
            f'fill="{fill}" stroke="#555"/>'
        )
    text = f'<text x="{box.middle:.1f}" y="{box.y + 16}" text-anchor="middle">{escape(name)}</text>'
    return f"<g><title>{escape(f'{kind} {name}')}</title>{frame}{text}</g>"


def _line(edge: Edge, a: _Box, b: _Box) -> str:
    """A curve from the top of the lower node to the bottom of the upper; around the side where both are level."""
    up = a.y >= b.y
    y1, y2 = (a.y, b.y + _HEIGHT) if up else (a.y + _HEIGHT, b.y)
    bend = max(20.0, abs(y1 - y2) / 2) * (1 if up else -1)
    head = "against" if edge.kind in ("refutes", "blocks") else "to"
    path = f"M{a.middle:.1f} {y1}C{a.middle:.1f} {y1 - bend:.1f} {b.middle:.1f} {y2 + bend:.1f} {b.middle:.1f} {y2}"
    style = _STROKES.get(edge.kind, "")
    return f'<path d="{path}" fill="none" stroke="#777" {style} marker-end="url(#{head})"/>'.replace("  ", " ")
