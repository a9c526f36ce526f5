"""Strongly connected components of a graph (R. Tarjan, SIAM J. Comput. 1 (1972) 146), without recursion."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def components(nodes: Sequence[N], forward: Mapping[N, Sequence[N]]) -> list[list[N]]:
    """Components in topological order, sources first; the result depends on the order of ``nodes`` only.

    >>> components(["a", "b", "c"], {"a": ["b"], "b": ["a", "c"], "c": []})
    [['a', 'b'], ['c']]
    """
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    stack: list[N] = []
    on_stack: set[N] = set()
    found: list[list[N]] = []
    for root in nodes:
        if root in index:
            continue
        work: list[tuple[N, int]] = [(root, 0)]
        while work:
            node, i = work.pop()
            if i == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            following = forward[node]
            descended = False
            while i < len(following):
                other = following[i]
                i += 1
                if other not in index:
                    work += [(node, i), (other, 0)]
                    descended = True
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            if descended:
                continue
            if low[node] == index[node]:
                found.append(_pop(stack, on_stack, node, index))
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
    return found[::-1]


def _pop(stack: list[N], on_stack: set[N], node: N, index: Mapping[N, int]) -> list[N]:
    members = []
    while True:
        last = stack.pop()
        on_stack.discard(last)
        members.append(last)
        if last == node:
            return sorted(members, key=lambda n: index[n])
