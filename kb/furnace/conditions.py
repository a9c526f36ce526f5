"""The conditions that the furnace can be in, and which leads to which: the causal table of the truth side.

Severities, time scales and pairs that are easily confused follow the project's blast-furnace knowledge base
(unverified starting values there).
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.furnace.causes import MINUTE
from kb.furnace.mechanisms import REGISTRY


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the furnace.

    ``severity``: 1 watch to 5 emergency; ``neighbours``: conditions with which it is easily confused;
    ``consequences``: conditions that it may bring about.
    """

    id: str
    title: str
    severity: int
    neighbours: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of causes of this condition; C52 is caused by the faults of instruments."""
        own = tuple(e.kind for e in REGISTRY.values() if e.condition == self.id)
        return own + (("freeze", "dropout", "drift", "bias") if self.id == "C52" else ())

    @property
    def kind(self) -> str:
        """The first of its kinds, '' when nothing causes it yet."""
        return next(iter(self.kinds), "")

    @property
    def causes(self) -> tuple[str, ...]:
        """Why it may happen, over all its kinds."""
        return tuple(dict.fromkeys(why for kind in self.kinds if kind in REGISTRY for why in REGISTRY[kind].causes))

    @property
    def window(self) -> int:
        """Time after the onset within which it shows, ms."""
        return MINUTE * max((REGISTRY[k].window for k in self.kinds if k in REGISTRY), default=60)


def _table(text: str) -> dict[str, Condition]:
    out = {}
    for line in text.strip().splitlines():
        key, severity, title, neighbours, consequences = (part.strip() for part in line.split("|"))
        out[key] = Condition(key, title, int(severity), tuple(neighbours.split()), tuple(consequences.split()))
    return out


CONDITIONS = _table("""
C01 | 4 | hanging                      | C52 C09 C25     | C02 C03 C04 C08 C15 C18 C16
C02 | 2 | slip                         | C52             | C03 C08 C18
C03 | 4 | collapse                     | C02 C05         | C04 C08 C10 C16 C18 C20
C04 | 3 | low stockline                | C52 C16         | C08 C16 C20
C05 | 4 | channelling                  | C06 C18         | C02 C08 C16 C20 C15
C06 | 3 | edge flow over-developed     | C05 C12 C24     | C08 C13 C16 C20 C42
C07 | 3 | edge flow deficient          | C11             | C01 C15
C08 | 3 | furnace cooling              | C21             | C10 C33 C35
C09 | 2 | furnace overheating          | C15             | C01 C15 C34
C10 | 5 | chilled hearth               | C29 C31         | C08 C33 C35
C11 | 3 | scaffold                     | C07 C52         | C02 C05 C12 C13 C15
C12 | 4 | peel-off                     | C05 C06 C52     | C08 C42
C13 | 3 | uneven descent               | C11 C52         | C20
C14 | 2 | cohesive zone rising         | C15             | C01 C20
C15 | 3 | permeability deterioration   | C09 C25 C14     | C01
C16 | 3 | high top temperature         | C04 C52         |
C17 | 2 | low top temperature          | C08             |
C18 | 4 | top-pressure surge           | C05             |
C19 | 3 | top-pressure control fault   | C18             | C18
C20 | 2 | gas utilisation fall         | C52             | C08
C21 | 4 | water in the furnace         | C08 C41 C37     | C08 C10
C22 | 5 | oxygen in top gas            | C52             |
C23 | 5 | blower surge or stop         | C54             | C08
C24 | 3 | inactive hearth              | C25 C06         | C25 C33
C25 | 4 | high liquid level            | C15 C24         | C15 C01
C26 | 2 | late cast                    | C25             | C25
C27 | 3 | short taphole                | C28             | C28
C28 | 4 | runaway flow                 |                 |
C29 | 4 | taphole cannot be opened     | C10 C26         | C25 C26
C30 | 3 | iron in slag                 | C28             |
C31 | 2 | viscous slag                 | C10             | C25 C33
C32 | 2 | low basicity                 | C33             | C33
C33 | 2 | high sulphur                 | C32 C08         |
C34 | 2 | high silicon                 | C09             |
C35 | 2 | low silicon                  | C08             |
C36 | 2 | silicon and sulphur disagree | C33 C34         |
C37 | 3 | tuyere leak                  | C21 C41         | C08 C21
C38 | 5 | tuyere burn-through          | C37             | C08
C39 | 3 | tuyere blocked               | C52             |
C40 | 3 | serial tuyere burning        | C37             |
C41 | 3 | stave leak                   | C21 C37         | C08 C21
C42 | 4 | cooling overload             | C12 C06         | C44
C43 | 5 | hearth wear                  | C52             |
C44 | 5 | shell hot spot               | C42             |
C45 | 3 | coal interruption            | C52             | C08
C46 | 2 | poor coal combustion         | C15             | C15 C24
C47 | 3 | oxygen loss                  | C52             |
C48 | 3 | stove fault                  | C52             | C08
C49 | 1 | humidity step                | C52             | C08 C09
C50 | 2 | raw-material shift           | C15 C08         | C08 C09 C15
C51 | 2 | alkali and zinc load         | C11             | C11 C24
C52 | 2 | sensor fault                 |                 |
C53 | 3 | charging equipment fault     | C04             | C04
C54 | 2 | planned stop                 | C23             | C08
""")


def condition_of(kind: str) -> str:
    """Condition that a kind of cause brings about.

    Examples
    --------
    >>> condition_of("hang"), condition_of("freeze")
    ('C01', 'C52')
    """
    return REGISTRY[kind].condition if kind in REGISTRY else "C52"
