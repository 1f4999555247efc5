"""What plates look like, as a table: sizes, rows of signs and colours, in millimetres.

Chinese ones follow GA 36-2018 (motor vehicles). Plates of electric bicycles are each province's own; those here are
like the common ones of two rows. The rest stands for what else drives past, so that not one country's is learnt alone.
"""

from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]

PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CITIES: Final = ("南宁", "贵阳", "深圳", "杭州", "苏州", "昆明", "长沙", "西安", "北京", "天津", "重庆", "武汉")

BLUE, WHITE, YELLOW, BLACK, RED = (0, 60, 160), (245, 245, 245), (252, 196, 10), (20, 20, 24), (200, 20, 30)
GREEN, PALE = (60, 190, 110), (235, 250, 240)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of signs: where it starts and how large a sign is; gaps are wider after some of them.

    Attributes:
        signs: P a province, C a city, L a letter, D a digit or a letter, N a digit; anything else is itself.
        left: of the first sign.
        top: of all signs.
        size: width and height of one sign.
        gap: between two signs.
        wide_after: the index of the sign after which the gap is `wide_gap`; -1: none.
        wide_gap: see `wide_after`.
        has_dot: a round dot lies in the wide gap.
    """

    signs: str
    left: float
    top: float
    size: tuple[float, float]
    gap: float
    wide_after: int = -1
    wide_gap: float = 0
    has_dot: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of plate.

    Attributes:
        name: for people.
        size: width and height.
        ground: colour at the top and at the bottom; the same where there is no gradient.
        ink: of the signs and the frame.
        rows: of signs.
        share: how often it is drawn.
        strip: colour of a strip at the left edge, as on plates of the European Union.
        first_ink: of the first sign, if it differs.
    """

    name: str
    size: tuple[float, float]
    ground: tuple[Colour, Colour]
    ink: Colour
    rows: tuple[Row, ...]
    share: float
    strip: Colour | None = None
    first_ink: Colour | None = None


_CAR: Final = Row("PLDDDDD", 15.5, 25, (45, 90), 12, 1, 34, has_dot=True)
_NEW: Final = Row("PLDDDDDD", 15.5, 25, (43.5, 90), 9, 1, 49, has_dot=True)
_LARGE: Final = (Row("PL", 110, 15, (80, 60), 60), Row("DDDDD", 27, 90, (65, 110), 15))
_MOTOR: Final = (Row("PL", 60, 12, (38, 34), 24), Row("DDDDD", 16, 56, (30, 70), 9))
_BIKE: Final = (Row("C", 70, 10, (40, 34), 8), Row("NNNNNN", 16, 54, (27, 56), 5))
_BIKE_LETTERS: Final = (Row("PL", 62, 10, (40, 36), 20), Row("DDDDD", 18, 54, (32, 58), 5))

LAYOUTS: Final = (
    Layout("car", (440, 140), (BLUE, BLUE), WHITE, (_CAR,), 5),
    Layout("new energy", (480, 140), (PALE, GREEN), BLACK, (_NEW,), 3),
    Layout("new energy, large", (480, 140), (YELLOW, GREEN), BLACK, (_NEW,), 0.3),
    Layout("large, front", (440, 140), (YELLOW, YELLOW), BLACK, (_CAR,), 1),
    Layout("large, rear", (440, 220), (YELLOW, YELLOW), BLACK, _LARGE, 1.5),
    Layout("police", (440, 140), (WHITE, WHITE), BLACK, (Row("PLDDDD警", 15.5, 25, (45, 90), 12, 1, 34),), 0.5),
    Layout("forces", (440, 140), (WHITE, WHITE), BLACK, (_CAR,), 0.4, first_ink=RED),
    Layout("black", (440, 140), (BLACK, BLACK), WHITE, (_CAR,), 0.3),
    Layout("motorcycle", (220, 140), (YELLOW, YELLOW), BLACK, _MOTOR, 0.8),
    Layout("light motorcycle", (220, 140), (BLUE, BLUE), WHITE, _MOTOR, 0.6),
    Layout("e-bike, white", (220, 120), (WHITE, WHITE), (30, 60, 140), _BIKE, 1),
    Layout("e-bike, green", (220, 120), (GREEN, GREEN), WHITE, _BIKE, 1),
    Layout("e-bike, blue", (220, 120), (BLUE, BLUE), WHITE, _BIKE_LETTERS, 0.7),
    Layout("e-bike, yellow", (220, 120), (YELLOW, YELLOW), BLACK, _BIKE_LETTERS, 0.6),
    Layout(
        "European", (520, 113), (WHITE, WHITE), BLACK, (Row("LLL-NNNN", 62, 18, (46, 78), 9),), 1.5, strip=(10, 50, 150)
    ),
    Layout("white", (440, 140), (WHITE, WHITE), BLACK, (Row("LLLNNNN", 22, 28, (48, 84), 10),), 0.8),
    Layout("dark", (500, 120), (BLACK, BLACK), WHITE, (Row("LLLNNNNL", 24, 22, (46, 76), 11),), 0.5),
)
