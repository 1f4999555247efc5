"""How long a condition has to last before a camera says it, as the policy in force has it at every look."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from detector.decisions import Persistence
from detector.passes import Pass
from service.domain.policy import Policy

LOWEST_SCORE: Final = 0.05
"""The model's own thresholds decide what is a hit, and the policy's scores what becomes of it."""


class Patient(Mapping[str, Persistence]):
    """What lasts so long becomes a candidate, which a person looks at before anybody is sent."""

    def __init__(self, in_force: Callable[[], Policy]) -> None:
        self._in_force = in_force

    def __getitem__(self, condition: str) -> Persistence:
        rule = self._in_force().rules[condition]
        patience = rule.patience
        return Persistence(
            lasting=patience.lasting,
            min_hits=patience.hits,
            open_score=LOWEST_SCORE,
            keep_score=LOWEST_SCORE,
            again_every=patience.again_every,
            gone_after=patience.gone_after,
            standing=rule.persistence,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_force().rules)

    def __len__(self) -> int:
        return len(self._in_force().rules)


class Passer(Mapping[str, Pass]):
    """What a camera that moves must have seen of a place in one pass."""

    def __init__(self, in_force: Callable[[], Policy]) -> None:
        self._in_force = in_force

    def __getitem__(self, condition: str) -> Pass:
        rule = self._in_force().rules[condition]
        return Pass(
            hits=rule.passing.hits,
            frames=rule.passing.frames,
            cell_m=rule.passing.cell_m,
            open_score=LOWEST_SCORE,
            keep_score=LOWEST_SCORE,
            again_every=rule.patience.again_every,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_force().rules)

    def __len__(self) -> int:
        return len(self._in_force().rules)
