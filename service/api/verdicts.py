"""A reviewer's word as it travels, and what becomes of it."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from detector.types import Box
from service.api.body import TEXT
from service.domain.verdict import Verdict, Word
from service.errors import Unprocessable
from service.store.pictures import Picture

MOST_BOXES: Final = 300

Xyxy = tuple[float, float, float, float]


class VerdictWish(BaseModel):
    """A reviewer's word. `false` needs a reason, `other_condition` the condition, `other_box` the box or the boxes.

    `boxes` are all that stand on the picture afterwards, `xyxy` says the same of one; a `condition` beside them makes
    it another condition as well. `same_as` is an open ticket nearby that this one is merged into.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"verdict": "false", "reason": "legal_sign"}]}
    )

    verdict: bool | Word
    reason: Annotated[str, Field(max_length=500, pattern=TEXT)] | None = None
    condition: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    xyxy: Xyxy | None = None
    boxes: Annotated[list[Xyxy], Field(max_length=MOST_BOXES)] = []
    same_as: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None

    def on(self, picture: Picture) -> Verdict:
        """The word about that picture; Unprocessable for a box that does not lie on it, or what the word lacks."""
        return Verdict(self._word(), self.reason, self.condition, self._boxes(picture), self.same_as)

    def _word(self) -> Word:
        """JSON's `true` and `false` are words, too."""
        if isinstance(self.verdict, bool):
            return Word.TRUE if self.verdict else Word.FALSE
        return self.verdict

    def _boxes(self, picture: Picture) -> tuple[Box, ...]:
        if self.boxes:
            return tuple(_box(xyxy, picture, "boxes") for xyxy in self.boxes)
        return () if self.xyxy is None else (_box(self.xyxy, picture, "xyxy"),)


def _box(xyxy: Xyxy, picture: Picture, field: str) -> Box:
    """The part of a drawn box that lies on the picture; Unprocessable if none does."""
    x0, y0, x1, y1 = xyxy
    try:
        return Box(x0, y0, min(x1, picture.width), min(y1, picture.height))
    except ValueError as error:
        raise Unprocessable(field=field, problem="not_a_box") from error
