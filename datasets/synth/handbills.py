"""Prints that are pasted, sprayed or stamped on a street, and those that may hang there: their drawers.

Pasted: `note`, `strips`, `sticker`, `torn`, `daub` (an overpainted spot, no ad any more). Marks: `stamp`, `scrawl`,
`bubble`. Allowed: `poster`, `plate`, `number`, `lettering`, `warning`, `menu`. Shops': `board`, `price`, `pack`,
`awning`, `blade`.
"""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from datasets.synth.drawing import FONTS, age, patches, phone, smooth, write

OFFERS = (
    "房屋出租", "单间出租", "转让旺铺", "招聘服务员", "寻狗启示", "疏通管道", "专业搬家", "开锁",
    "高价收药", "回收旧家电", "刻章办证", "防水补漏", "低价机票", "贷款", "信用卡代还",
    "打孔", "装修", "清洗油烟机", "家教", "日结工",
)  # fmt: skip
BODY = (
    "精装修拎包入住", "交通便利近地铁", "价格面议", "上门服务随叫随到", "包吃住月休四天", "两室一厅家电齐全",
    "诚信经营", "无中介费", "有意者请联系", "二十四小时服务", "当天上门", "质量保证",
)  # fmt: skip
OFFICIAL = (
    "关爱老人 从我做起", "讲文明 树新风", "垃圾分类 人人参与", "消防安全 警钟长鸣", "珍爱生命 远离毒品",
    "全民健身", "节约用水", "尊老爱幼", "社区服务指南", "疫苗接种须知",
)  # fmt: skip
STREETS = ("石榴街", "油坊弄", "豆花弄", "梧桐里", "柳树巷", "南市路", "河沿街")
SALE = (
    "今日特价", "新品上市", "全场八折", "欢迎光临", "营业中", "早餐 豆浆 油条", "招牌牛肉面", "奶茶 第二杯半价",
    "水果批发", "清仓处理", "手机贴膜", "免费停车", "会员日",
)  # fmt: skip
GOODS = ("矿泉水", "香脆薯片", "纯牛奶", "冰淇淋", "方便面", "苹果", "脐橙", "洗衣液", "纸巾", "啤酒", "绿茶", "大米")

_INKS = ("#c8140f", "#151515", "#0a1f8c", "#1f5a2a", "#5a1f6a")
_BRIGHT = ("#ffd94a", "#fff3a0", "#f6c4c4", "#c9e3f7", "#f08a2a", "#e8402a", "#7ac86a", "#f070a8", "#4a8ae0", "#ffffff")


def _note(_variant: str, rng: Random) -> Image.Image:
    """A printed or hand-written notice on A4 or a half of it."""
    width, height = rng.choice([(420, 594), (420, 594), (594, 420), (420, 300)])
    picture = Image.new("RGBA", (width, height), rng.choice(["#fbfaf4", "#ffffff", "#f4f0e0", "#ffffff", "#f8e8e8"]))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice(_INKS[:3])
    write(draw, rng.choice(OFFERS), (30, height * 0.05, width - 30, height * 0.24), ink, rng.choice(FONTS))
    y = 0.3
    while y < 0.72:
        size = rng.uniform(0.055, 0.085)
        write(
            draw,
            rng.choice(BODY) + rng.choice(BODY),
            (26, height * y, width - 26, height * (y + size)),
            "#242424",
            FONTS[2],
        )
        y += size + 0.03
    write(draw, phone(rng), (30, height * 0.8, width - 30, height * 0.94), ink)
    return age(picture, rng, 0.4)


def _strips(_variant: str, rng: Random) -> Image.Image:
    """A notice whose lower edge is cut into strips with the number, some torn off."""
    width, height = rng.choice([(420, 560), (480, 420)])
    picture = _note("", rng).resize((width, height))
    draw = ImageDraw.Draw(picture)
    top, count = int(height * 0.7), rng.randint(7, 11)
    draw.rectangle((0, top, width, height), fill="#fbfaf4")
    for i in range(count):
        x0, x1 = i * width / count, (i + 1) * width / count
        if rng.random() < 0.35:
            draw.rectangle((x0, top + rng.uniform(0, 30), x1, height), fill=(0, 0, 0, 0))
            continue
        line = Image.new("RGBA", (height - top - 10, int(x1 - x0) - 6), (0, 0, 0, 0))
        write(ImageDraw.Draw(line), phone(rng), (2, 1, line.width - 2, line.height - 1), "#222222")
        picture.alpha_composite(line.rotate(90, expand=True), (int(x0) + 3, top + 5))
        draw.rectangle((x1 - 2, top, x1, height), fill=(0, 0, 0, 0))
    return picture


def _sticker(_variant: str, rng: Random) -> Image.Image:
    """A small printed sticker of bright ground: a locksmith's, a drain cleaner's."""
    width, height = rng.choice([(420, 260), (420, 180), (360, 360)])
    ground = rng.choice(_BRIGHT)
    ink = "#ffffff" if ground in ("#e8402a", "#4a8ae0") else rng.choice(_INKS)
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), rng.choice((0, 0, 24, 60)), fill=ground)
    write(draw, rng.choice(OFFERS), (20, height * 0.08, width - 20, height * 0.5), ink)
    write(draw, phone(rng), (20, height * 0.56, width - 20, height * 0.92), ink)
    return age(picture, rng, 0.3)


def _torn(_variant: str, rng: Random) -> Image.Image:
    """What is left of a sheet that somebody tore off: a ragged piece, white where the paper split."""
    picture = _note("", rng)
    pixels = np.array(picture, np.float32)
    height, width = pixels.shape[:2]
    ragged = (
        patches(rng, width, height, 5) * 0.55
        + patches(rng, width, height, 17) * 0.3
        + patches(rng, width, height, 60) * 0.15
    )
    split = ragged > rng.uniform(0.5, 0.6)
    pixels[..., :3][split] = pixels[..., :3][split] * 0.25 + np.array((226, 220, 206), np.float32) * 0.75
    pixels[..., 3] *= ragged > rng.uniform(0.3, 0.42)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _daub(_variant: str, rng: Random) -> Image.Image:
    """A patch of paint where an ad has been covered: clean, of another shade than the wall."""
    width, height = 600, 400
    paint = rng.choice([(196, 194, 186), (170, 170, 166), (214, 206, 188), (150, 152, 150)])
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    edge = np.minimum.reduce([x, 1 - x, y * 0.9, (1 - y) * 0.9]) + (patches(rng, width, height, 9) - 0.5) * 0.16
    cover = np.clip((edge - 0.05) * 14, 0, 1) * (0.8 + 0.2 * patches(rng, width, height, 30))
    pixels = np.dstack([np.full((height, width, 3), paint, np.float32), cover * 245])
    pixels[..., :3] *= (0.92 + 0.14 * patches(rng, width, 1, 40)).repeat(height, 0)[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _stamp(_variant: str, rng: Random) -> Image.Image:
    """A number and a word stamped with a roller, small, patchy, repeated once or thrice."""
    picture = Image.new("RGBA", (520, 300), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice([(20, 20, 24), (150, 24, 20), (24, 40, 130), (90, 20, 90)])
    number, word, rows = phone(rng), rng.choice(OFFERS), rng.randint(1, 3)
    for row in range(rows):
        top = row * 300 / rows
        wide = 160 if rng.random() < 0.5 else 0
        if wide:
            write(draw, word[:4], (8, top + 14, wide, top + 300 / rows - 14), (*ink, 255))
        write(draw, number, (wide + 10, top + 10, 512, top + 300 / rows - 10), (*ink, 255))
    pixels = np.array(picture.filter(ImageFilter.GaussianBlur(1.1)), np.float32)
    pixels[..., :3] = ink
    pixels[..., 3] *= np.clip(patches(rng, 520, 300, 26) * 2.6, 0.35, 1.0)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _scrawl(_variant: str, rng: Random) -> Image.Image:
    """A number or a word from a brush or a can, shaky, with runs of paint."""
    picture = Image.new("RGBA", (900, 320), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice([(18, 18, 20), (160, 24, 24), (20, 60, 150), (230, 228, 220), (30, 110, 60)])
    words = rng.choice((phone(rng), rng.choice(OFFERS), rng.choice(OFFERS)[:2] + phone(rng)))
    x, wide = 20.0, 860 / len(words)
    for letter in words:
        tall = rng.uniform(0.75, 1.1) * min(wide * 1.6, 220)
        tile = Image.new("RGBA", (int(wide * 1.5), 300), (0, 0, 0, 0))
        write(ImageDraw.Draw(tile), letter, (4, 150 - tall / 2, wide * 1.4, 150 + tall / 2), (*ink, 255), FONTS[2])
        picture.alpha_composite(tile.rotate(rng.gauss(0, 7)), (int(x), int(rng.uniform(0, 20))))
        x += wide
    for _ in range(rng.randint(0, 5)):
        at, top = rng.uniform(40, 860), rng.uniform(120, 200)
        draw.line(
            (at, top, at + rng.gauss(0, 2), top + rng.uniform(30, 110)), fill=(*ink, 220), width=rng.randint(3, 6)
        )
    thick = picture.filter(ImageFilter.MaxFilter(rng.choice((3, 5, 7))))
    return thick.filter(ImageFilter.GaussianBlur(rng.uniform(1.2, 2.6)))


def _bubble(_variant: str, rng: Random) -> Image.Image:
    """Graffiti: fat letters without a meaning, filled and outlined, or a quick signature under a sweep."""
    picture = Image.new("RGBA", (1000, 520), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    fills = [
        (220, 60, 120),
        (60, 150, 220),
        (240, 200, 50),
        (230, 230, 226),
        (90, 190, 90),
        (150, 90, 200),
        (230, 110, 40),
    ]
    fill, rim = rng.choice(fills), rng.choice([(16, 16, 18), (240, 240, 236), (30, 30, 110), (120, 16, 30)])
    count = rng.randint(3, 6)
    blobs = []
    for i in range(count):
        cx, cy = 130 + i * 740 / max(count - 1, 1), 260 + rng.gauss(0, 25)
        ring = []
        for step in range(9):
            turn = step / 9 * 6.283
            radius = rng.uniform(80, 170)
            ring.append((cx + radius * 0.8 * np.cos(turn), cy + radius * 1.15 * np.sin(turn)))
        blobs.append(smooth([*ring, ring[0]]))
    for blob in blobs:
        draw.polygon(blob, fill=(*fill, 250))
        draw.line([*blob, blob[0]], fill=(*rim, 255), width=rng.randint(10, 20), joint="curve")
    for blob in blobs:
        if rng.random() < 0.7:
            cx, cy = blob[0][0] - 60, blob[0][1]
            draw.ellipse((cx - 25, cy - 35, cx + 20, cy + 35), outline=(*rim, 255), width=9)
    if rng.random() < 0.5:
        for _ in range(rng.randint(10, 30)):
            x, y = rng.uniform(40, 960), rng.uniform(30, 480)
            radius = rng.uniform(2, 9)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*rim, 200))
    return picture.filter(ImageFilter.GaussianBlur(1.8))


def _poster(_variant: str, rng: Random) -> Image.Image:
    """An official poster: a coloured head, a picture and lines, neatly framed."""
    picture = Image.new(
        "RGBA", (600, 840), rng.choice(["#c3161b", "#1a5aaa", "#1f7a46", "#f4efe2", "#e8c23a", "#e8f0f4"])
    )
    draw = ImageDraw.Draw(picture)
    draw.rectangle((14, 14, 585, 825), outline="#ffffff", width=6)
    write(draw, rng.choice(OFFICIAL), (40, 40, 560, 170), "#ffffff" if rng.random() < 0.6 else "#a8100f")
    draw.rectangle((50, 200, 550, 560), fill=rng.choice(["#8ac0e8", "#f0d890", "#a8d8a0", "#e8a8a0"]))
    for _ in range(rng.randint(3, 7)):
        x, y, r = rng.uniform(80, 520), rng.uniform(240, 540), rng.uniform(25, 80)
        draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=rng.choice(["#3a8a4a", "#d84a3a", "#f4f4f0", "#3a6ab0", "#e8b83a"])
        )
    for line in range(4):
        write(
            draw, "，".join(rng.sample(OFFICIAL, 2)), (60, 590 + line * 55, 540, 628 + line * 55), "#202020", FONTS[2]
        )
    return age(picture, rng, 0.15, tear=False)


def _plate(_variant: str, rng: Random) -> Image.Image:
    """A door plate or a brass plate of an office."""
    ground, ink = rng.choice(
        [("#17459c", "#ffffff"), ("#c9a24a", "#3a2a10"), ("#f0f0ec", "#b41414"), ("#1f7a46", "#ffffff")]
    )
    picture = Image.new("RGBA", (520, 300), ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((10, 10, 509, 289), outline=ink, width=6)
    write(draw, rng.choice(STREETS), (50, 30, 470, 140), ink)
    write(draw, f"{rng.randint(1, 299)}号", (90, 155, 430, 275), ink)
    return age(picture, rng, 0.12, tear=False)


def _number(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((6, 6, 294, 294), fill=rng.choice(["#17459c", "#b8161c", "#2b2b2b"]))
    write(draw, str(rng.randint(1, 48)), (60, 70, 240, 230), "#ffffff")
    return picture


def _lettering(_variant: str, rng: Random) -> Image.Image:
    """Words cut out of film on a shop's window."""
    picture = Image.new("RGBA", (800, 380), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice(["#ffffff", "#d8262a", "#f2c94c", "#2a7ac8"])
    write(draw, rng.choice(SALE), (10, 20, 790, 230), ink)
    write(draw, " ".join(rng.sample(GOODS, 3)), (20, 260, 780, 350), ink, FONTS[2])
    return picture


def _warning(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (300, 300), "#e8c21a")
    draw = ImageDraw.Draw(picture)
    draw.polygon(((150, 20), (270, 215), (30, 215)), fill="#e8c21a", outline="#101010", width=12)
    draw.line((160, 80, 135, 140, 165, 140, 140, 200), fill="#101010", width=12)
    write(draw, rng.choice(("当心触电", "有电危险", "止步")), (30, 228, 270, 290), "#101010")
    return age(picture, rng, 0.15, tear=False)


def _menu(_variant: str, rng: Random) -> Image.Image:
    """A framed price list beside a shop's door."""
    picture = Image.new("RGBA", (560, 760), rng.choice(["#b8161c", "#f4e8c8", "#2b2b2b", "#fafaf6"]))
    draw = ImageDraw.Draw(picture)
    dark = picture.getpixel((5, 5)) in ((184, 22, 28, 255), (43, 43, 43, 255))
    ink = "#ffe9b0" if dark else "#3a1a10"
    draw.rectangle((12, 12, 547, 747), outline=ink, width=5)
    write(draw, "价目表", (150, 30, 410, 120), ink)
    for line in range(9):
        write(draw, rng.choice(GOODS), (50, 145 + line * 64, 300, 190 + line * 64), ink, FONTS[2])
        write(draw, f"{rng.randint(3, 48)}元", (380, 145 + line * 64, 500, 190 + line * 64), ink, FONTS[2])
    return age(picture, rng, 0.12, tear=False)


def _board(_variant: str, rng: Random) -> Image.Image:
    """What an A-board or a cart says: big words, a price, a drawing of the dish."""
    ground = rng.choice(["#b8161c", "#1f3a2a", "#2b2b2b", "#e9b21c", "#f4efe2", "#1a5aaa", "#d84a1a", "#f6a8b8"])
    light = ground in ("#e9b21c", "#f4efe2", "#f6a8b8")
    picture = Image.new("RGBA", (480, 840), ground)
    draw = ImageDraw.Draw(picture)
    ink = "#8a1010" if light else rng.choice(("#ffffff", "#ffe27a"))
    words = rng.choice(SALE).split(" ")[0]
    for i, letter in enumerate(words[:4]):
        write(draw, letter, (140, 30 + i * 110, 340, 130 + i * 110), ink)
    r = rng.uniform(70, 110)
    draw.ellipse(
        (240 - r, 600 - r * 0.7, 240 + r, 600 + r * 0.7), fill=rng.choice(["#e8d8b8", "#d8722a", "#7a4a2a", "#9ac86a"])
    )
    write(draw, f"{rng.randint(3, 98)}元", (60, 690, 420, 810), ink)
    return age(picture, rng, 0.15, tear=False)


def _price(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (280, 200), rng.choice(["#f2f2ee", "#e8d44a", "#f6a070", "#ffffff"]))
    draw = ImageDraw.Draw(picture)
    write(draw, rng.choice(GOODS), (20, 10, 260, 80), "#202020", FONTS[2])
    write(draw, f"{rng.randint(1, 15)}.{rng.choice('058')}元", (20, 90, 260, 190), "#c8140f")
    return picture


def _pack(_variant: str, rng: Random) -> Image.Image:
    """The printed side of a carton or a freezer."""
    ground = rng.choice(
        ["#1a5aaa", "#c3161b", "#1f7a46", "#f0eee8", "#e9b21c", "#7a3a8a", "#f08a2a", "#5ab0d8", "#a8102a"]
    )
    light = ground in ("#f0eee8", "#e9b21c")
    picture = Image.new("RGBA", (420, 320), ground)
    draw = ImageDraw.Draw(picture)
    swirl = rng.choice(["#ffffff", "#f2c94c", "#f4a8a0", "#9ad0f0"])
    draw.pieslice((rng.uniform(-200, 100), 120, 500, 520), 180, 360, fill=swirl)
    write(draw, rng.choice(GOODS), (30, 30, 390, 150), "#a8100f" if light else "#ffffff")
    for _ in range(rng.randint(1, 4)):
        x, y, r = rng.uniform(60, 360), rng.uniform(180, 290), rng.uniform(20, 48)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=rng.choice(["#d8722a", "#9ac86a", "#c8283a", "#f4f0e0"]))
    return age(picture, rng, 0.12, tear=False)


def _awning(_variant: str, rng: Random) -> Image.Image:
    """The hanging edge of an awning: stripes or words."""
    one, two = rng.choice(
        [
            ("#c3161b", "#f4f0e6"),
            ("#1a5aaa", "#f4f0e6"),
            ("#1f7a46", "#f4f0e6"),
            ("#c3161b", "#c3161b"),
            ("#1a5aaa", "#1a5aaa"),
            ("#e9b21c", "#c3161b"),
        ]
    )
    picture = Image.new("RGBA", (1200, 120), one)
    draw = ImageDraw.Draw(picture)
    for x in range(0, 1200, 100):
        draw.rectangle((x, 0, x + 50, 120), fill=two)
    if one == two:
        write(draw, "  ".join(rng.sample(SALE, 3)), (60, 20, 1140, 100), "#ffffff")
    return age(picture, rng, 0.25, tear=False)


def _blade(_variant: str, rng: Random) -> Image.Image:
    """A sign that stands out from the wall, its words one below another."""
    ground = rng.choice(["#b8161c", "#17459c", "#0f6e40", "#efeee8", "#e9b21c"])
    picture = Image.new("RGBA", (240, 740), ground)
    draw = ImageDraw.Draw(picture)
    words = rng.choice(("旅馆住宿", "足浴保健", "网吧", "药房", "烟酒", "理发", "宾馆", "诊所"))
    for i, letter in enumerate(words):
        top = 20 + i * 700 / len(words)
        write(
            draw,
            letter,
            (30, top, 210, top + 640 / len(words)),
            "#a8100f" if ground in ("#efeee8", "#e9b21c") else "#ffffff",
        )
    return age(picture, rng, 0.15, tear=False)


DRAWERS: dict[str, Callable[[str, Random], Image.Image]] = {
    "note": _note, "strips": _strips, "sticker": _sticker, "torn": _torn, "daub": _daub, "stamp": _stamp,
    "scrawl": _scrawl, "bubble": _bubble, "poster": _poster, "plate": _plate, "number": _number,
    "lettering": _lettering, "warning": _warning, "menu": _menu, "board": _board, "price": _price, "pack": _pack,
    "awning": _awning, "blade": _blade,
}  # fmt: skip
