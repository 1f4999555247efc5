"""Words, numbers and fonts of small ads, in the scripts that this machine can draw."""

from functools import cache
from pathlib import Path
from random import Random

from PIL import ImageDraw, ImageFont

from datasets.synth.prints import OFFERS

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]
Area = tuple[float, float, float, float]

FOLDER = Path("/usr/share/fonts")
DEJAVU = ("DejaVuSans-Bold.ttf", "DejaVuSansCondensed-Bold.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSans.ttf")
INTER = ("Inter-ExtraBold.otf", "InterDisplay-Bold.otf", "Inter-Regular.otf", "Inter-SemiBold.otf")
NOTO = ("NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc")
FACES = {"latin": DEJAVU + INTER, "greek": DEJAVU + INTER, "cyrillic": DEJAVU + INTER, "chinese": NOTO}
SIMPLIFIED = 2  # the face of Simplified Chinese inside each Noto collection

WORDS: dict[str, tuple[str, ...]] = {
    "latin": (
        "FOR RENT", "LESSONS", "LOST CAT", "REMOVALS", "LOCKSMITH", "CLEANING", "PIANO", "ENGLISH", "PLUMBER", "24 H",
        "REPAIRS", "WANTED", "ROOM", "GUITAR", "BUY GOLD", "OPEN AIR", "TONIGHT", "SALE", "STUDENTS", "FREE",
    ),
    "greek": (
        "ΕΝΟΙΚΙΑΖΕΤΑΙ", "ΠΩΛΕΙΤΑΙ", "ΚΛΕΙΔΑΡΑΣ", "ΜΑΘΗΜΑΤΑ", "ΜΕΤΑΦΟΡΕΣ", "ΥΔΡΑΥΛΙΚΟΣ", "ΖΗΤΕΙΤΑΙ", "ΑΠΟΦΡΑΞΕΙΣ",
        "ΣΥΝΑΥΛΙΑ", "ΣΥΓΚΕΝΤΡΩΣΗ", "ΠΟΡΕΙΑ", "ΑΓΟΡΑΖΩ", "ΚΑΘΑΡΙΣΜΟΙ", "ΙΔΙΑΙΤΕΡΑ", "ΨΥΚΤΙΚΟΣ", "ΔΙΑΜΕΡΙΣΜΑ",
    ),
    "cyrillic": (
        "СДАЮ", "РЕМОНТ", "ГРУЗЧИКИ", "КУПЛЮ", "ПРОДАЮ", "РЕПЕТИТОР", "ЗАМКИ", "УБОРКА", "САНТЕХНИК", "РАБОТА",
        "КВАРТИРА", "ПЕРЕЕЗДЫ", "ДЕНЬГИ", "АНГЛИЙСКИЙ", "ОКНА", "ЭЛЕКТРИК",
    ),
    "chinese": (*OFFERS, "招租", "出租", "转让", "招聘", "收药", "寻狗", "家教", "清洗", "保洁", "维修", "贷款"),
}  # fmt: skip


@cache
def installed() -> dict[str, Path]:
    """The font files of this machine by name; empty where there are none."""
    wanted = {name for names in FACES.values() for name in names}
    return {path.name: path for path in sorted(FOLDER.rglob("*.[ot]t[fc]")) if path.name in wanted}


@cache
def scripts() -> tuple[str, ...]:
    """The scripts that can be drawn here; Latin always can, with the letters that come with Pillow."""
    return tuple(script for script, names in FACES.items() if script == "latin" or set(names) & set(installed()))


def pick_face(script: str, rng: Random) -> str:
    """The name of an installed font of a script; empty for the letters that come with Pillow."""
    return rng.choice([name for name in FACES[script] if name in installed()] or [""])


@cache
def face(name: str, size_px: int) -> Font:
    """A font at a size; an empty name takes the letters that come with Pillow."""
    if not name:
        return ImageFont.load_default(size_px)
    return ImageFont.truetype(str(installed()[name]), size_px, index=SIMPLIFIED if name in NOTO else 0)


def number(rng: Random) -> str:
    """A phone number that cannot exist: its fourth digit is 0 and it is one digit short.

    >>> number(Random(3)).replace(" ", "").replace(".", "")[3]
    '0'
    """
    digits = [rng.choice("123456789") for _ in range(rng.choice((6, 8, 9)))]
    digits[3] = "0"
    parts = ["".join(digits[:3]), "".join(digits[3:])]
    return rng.choice(("", " ", ".")).join(parts)


def fit(draw: ImageDraw.ImageDraw, words: str, area: Area, ink: Colour, font: str) -> None:
    """Write words as large as an area (left, top, right, bottom in pixels) allows, in its middle."""
    x0, y0, x1, y1 = area
    size = max(5, int(y1 - y0))
    left, top, right, bottom = draw.textbbox((0, 0), words, font=face(font, size))
    shrink = min((x1 - x0) / max(1, right - left), (y1 - y0) / max(1, bottom - top), 1.6)
    size = max(5, int(size * shrink))
    left, top, right, bottom = draw.textbbox((0, 0), words, font=face(font, size))
    at = ((x0 + x1 - left - right) / 2, (y0 + y1 - top - bottom) / 2)
    draw.text(at, words, font=face(font, size), fill=ink)
