"""Printed things with Chinese text: paper ads, stencil marks, shop signs, notices, banners, bin labels, couplets."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from datasets.synth import handbills, interiors
from datasets.synth.drawing import FONTS, age, patches, phone, smooth, write

OFFERS = (
    "管道疏通", "高价回收", "开锁换锁", "防水补漏", "家电维修", "搬家拉货", "空调移机", "房屋出租", "打孔拆墙",
    "无抵押贷款", "当天放款", "急招日结", "代开发票", "办证刻章", "油烟机清洗", "疏通下水道",
)  # fmt: skip
SHOPS = (
    "便民超市", "鲜果时光", "五金建材", "烟酒茶行", "重庆小面", "兰州拉面", "平价药房", "早点快餐", "蔬菜水果",
    "日用百货", "电动车修理", "美发沙龙", "水暖电料", "土特产", "童装", "鲜花店", "手机维修", "裁缝改衣",
)  # fmt: skip
NOTICES = ("温馨提示", "消防通道 禁止停车", "社区公告", "垃圾分类 人人有责", "住户须知", "严禁飞线充电", "文明城市")
BANNERS = ("垃圾分类从我做起 美好家园靠大家", "创建文明城市 共享美好生活", "安全充电 守护家园 严禁飞线入户充电")
BINS = {
    "residual": ("其他垃圾", "Residual Waste", "#e8e8e8"),
    "food": ("厨余垃圾", "Food Waste", "#f4f4f4"),
    "recyclable": ("可回收物", "Recyclable", "#f4f4f4"),
    "plain": ("垃圾桶", "保持清洁", "#f4f4f4"),
}  # fmt: skip


def draw_print(name: str) -> Image.Image:
    """The picture of a print, RGBA; a name is `family/variant`, such as `ad/17` or `sign/便民超市`."""
    family, _, variant = name.partition("/")
    return _DRAWERS[family](variant, Random(name))


def _ad(_variant: str, rng: Random) -> Image.Image:
    width, height = rng.choice([(420, 594), (520, 380), (480, 640), (560, 300)])
    ground = rng.choice(["#fbfaf4", "#fff3a0", "#ffffff", "#ffd94a", "#f6c4c4", "#c9e3f7", "#ffffff"])
    ink = rng.choice(["#c8140f", "#151515", "#0a1f8c"])
    picture = Image.new("RGBA", (width, height), ground)
    draw = ImageDraw.Draw(picture)
    write(draw, rng.choice(OFFERS), (15, height * 0.05, width - 15, height * 0.36), ink, rng.choice(FONTS[:2]))
    y = 0.4
    for _ in range(rng.randint(1, 3 if height > width else 2)):
        write(draw, " ".join(rng.sample(OFFERS, 2)), (20, height * y, width - 20, height * (y + 0.09)), "#222222")
        y += 0.115
    write(draw, phone(rng), (12, height * 0.77, width - 12, height * 0.96), rng.choice([ink, "#c8140f"]))
    return age(picture, rng, 0.28)


def _stencil(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (640, 260), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice([(22, 22, 24), (140, 24, 20), (24, 34, 120), (22, 22, 24)])
    write(draw, rng.choice(OFFERS), (30, 14, 610, 128), (*ink, 255))
    write(draw, phone(rng), (12, 138, 628, 246), (*ink, 255))
    pixels = np.array(picture.filter(ImageFilter.GaussianBlur(rng.uniform(1.0, 2.0))), np.float32)
    pixels[..., :3] = ink
    patchy = patches(rng, 640, 260, 12)
    pixels[..., 3] *= np.clip(patchy * 2.4, 0.6, 1.0)
    halo = np.array(Image.fromarray(pixels[..., 3].astype(np.uint8)).filter(ImageFilter.GaussianBlur(9)), np.float32)
    pixels[..., 3] = np.maximum(pixels[..., 3], halo * 0.35)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _tag(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (900, 500), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ink = rng.choice([(18, 18, 20), (150, 20, 25), (20, 60, 150), (30, 110, 60)])
    for stroke in range(rng.randint(3, 5)):
        x, y = 90 + stroke * 170 + rng.uniform(-30, 30), rng.uniform(150, 350)
        points = [(x, y)]
        for _ in range(rng.randint(4, 7)):
            x, y = x + rng.uniform(-130, 150), min(440, max(60, y + rng.uniform(-190, 190)))
            points.append((x, y))
        draw.line(smooth(points), fill=(*ink, 235), width=rng.randint(15, 24), joint="curve")
    return picture.filter(ImageFilter.GaussianBlur(3.2))


def _sign(variant: str, rng: Random) -> Image.Image:
    ground = rng.choice(["#b8161c", "#17459c", "#0f6e40", "#efeee8", "#e9b21c", "#4a2d1c", "#c4471a", "#1f6f8b"])
    light = ground in ("#efeee8", "#e9b21c")
    picture = Image.new("RGBA", (1600, 320), ground)
    draw = ImageDraw.Draw(picture)
    for x in range(0, 1600, 200):
        draw.line((x, 0, x, 320), fill=(0, 0, 0, 40), width=2)
    words = variant.split("-")[0]
    write(draw, words, (180, 30, 1420, 225), "#a8100f" if light else "#ffffff", rng.choice(FONTS[:2]))
    small = "   ".join(rng.sample(SHOPS, 3)) + "   " + phone(rng)
    write(draw, small, (120, 245, 1480, 300), "#333333" if light else "#ffe27a")
    return age(picture, rng, 0.16, tear=False)


def _notice(_variant: str, rng: Random) -> Image.Image:
    ground = rng.choice(["#1a5aaa", "#f8f8f8", "#c61f1f", "#1f7a46"])
    ink = "#b41414" if ground == "#f8f8f8" else "#ffffff"
    picture = Image.new("RGBA", (640, 460), ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((10, 10, 629, 449), outline=ink, width=4)
    write(draw, rng.choice(NOTICES), (40, 30, 600, 130), ink)
    for line in range(5):
        write(draw, "；".join(rng.sample(NOTICES, 2)), (40, 155 + line * 56, 600, 193 + line * 56), ink, FONTS[2])
    return age(picture, rng, 0.2, tear=False)


def _banner(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (2000, 200), "#c3161b")
    write(ImageDraw.Draw(picture), rng.choice(BANNERS), (60, 30, 1940, 170), "#fff6d8", FONTS[0])
    return age(picture, rng, 0.2, tear=False)


def _bin(variant: str, rng: Random) -> Image.Image:
    zh, en, ink = BINS[variant]
    picture = Image.new("RGBA", (400, 420), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.polygon(((200, 20), (292, 180), (108, 180)), outline=ink, width=15)
    draw.line((200, 75, 200, 150), fill=ink, width=14)
    write(draw, zh, (30, 205, 370, 300), ink)
    write(draw, en, (40, 315, 360, 370), ink, FONTS[2])
    pixels = np.array(picture, np.float32)
    pixels[..., 3] *= np.clip(patches(rng, 400, 420, 8) * 2.4, 0.25, 0.92)
    return Image.fromarray(pixels.astype(np.uint8))


def _couplet(variant: str, rng: Random) -> Image.Image:
    words = rng.choice(("迎春接福万事兴旺", "平安如意年年富贵", "家和人顺四季安康"))
    picture = Image.new("RGBA", (150, 1000), "#b3161a")
    for i, letter in enumerate(words):
        write(ImageDraw.Draw(picture), letter, (22, 30 + i * 118, 128, 136 + i * 118), "#f2c94c", FONTS[1])
    return age(picture, rng, 0.3, tear=variant.endswith("old"))


def _carton(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (400, 300), rng.choice(["#a97f52", "#b58a5b", "#9c7448"]))
    draw = ImageDraw.Draw(picture)
    write(draw, rng.choice(("精品水果", "矿泉水", "方便食品", "日用百货", "易碎品")), (60, 60, 340, 150), "#7a1f16")
    write(draw, "↑↑ 轻拿轻放", (90, 190, 310, 235), "#3a2a1a")
    draw.rectangle((0, 140, 400, 150), fill=(205, 180, 130, 120))
    return age(picture, rng, 0.15, tear=False)


def _shelf(_variant: str, rng: Random) -> Image.Image:
    picture = Image.new("RGBA", (900, 800), "#2c2a26")
    draw = ImageDraw.Draw(picture)
    for row in range(5):
        x, foot = 10.0, 150 + row * 155
        while x < 880:
            width, height = rng.uniform(18, 60), rng.uniform(55, 125)
            hue = rng.random()
            colour = tuple(int(90 + 120 * abs(((hue * 3 + c) % 3) - 1.5) / 1.5 * rng.uniform(0.6, 1)) for c in range(3))
            for _ in range(rng.randint(1, 5)):
                draw.rectangle((x, foot - height, x + width - 2, foot), fill=colour)
                draw.rectangle((x + 3, foot - height * 0.7, x + width - 6, foot - height * 0.4), fill="#e8e2d2")
                x += width
        draw.rectangle((0, foot, 900, foot + 12), fill="#8d8a84")
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _curtain(_variant: str, rng: Random) -> Image.Image:
    tone = np.array(
        rng.choice([(150, 140, 120), (120, 130, 140), (165, 120, 110), (110, 125, 105), (40, 44, 48)]), np.float32
    )
    x = np.arange(400)
    folds = 0.72 + 0.2 * np.sin(x / rng.uniform(7, 14)) + 0.08 * np.sin(x / 3.1)
    open_px = rng.randint(0, 260)
    folds[open_px : open_px + rng.randint(60, 200)] = 0.16
    row = tone[None, :] * folds[:, None] * 0.62
    pixels = np.repeat(row[None], 300, 0) * np.linspace(0.75, 1.05, 300)[:, None, None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert("RGBA")


def _facade(_variant: str, rng: Random) -> Image.Image:
    """A building far away: 1200 x 1200 for 24 x 24 metres."""
    wall = rng.choice(["#b9ab95", "#a8a8a2", "#b58f78", "#c7bca6", "#8f9497", "#a5746a"])
    picture = Image.new("RGBA", (1200, 1200), wall)
    draw = ImageDraw.Draw(picture)
    bays = rng.randint(6, 8)
    for floor in range(8):
        top = 24 + floor * 150
        draw.rectangle((0, top + 118, 1200, top + 128), fill="#8a857c")
        for bay in range(bays):
            x = (bay + 0.18) * 1200 / bays
            wide = 1200 / bays * rng.choice([0.5, 0.62])
            pane = rng.choice(["#2f383d", "#3b4448", "#566066", "#222a2e", "#6d7475"])
            draw.rectangle((x - 5, top + 5, x + wide + 5, top + 100), fill="#d7d5cf")
            draw.rectangle((x, top + 10, x + wide, top + 95), fill=pane)
            draw.line((x + wide / 2, top + 10, x + wide / 2, top + 95), fill="#d7d5cf", width=5)
            if rng.random() < 0.45:
                for bar in range(9):
                    draw.line((x + bar * wide / 8, top + 6, x + bar * wide / 8, top + 99), fill="#a9aaa8", width=2)
            if rng.random() < 0.5:
                draw.rectangle((x + wide + 8, top + 60, x + wide + 42, top + 90), fill="#d9d6cc")
                draw.ellipse((x + wide + 12, top + 64, x + wide + 34, top + 86), fill="#9b9a93")
    return age(picture, rng, 0.25, tear=False)


def _decal(variant: str, rng: Random) -> Image.Image:
    """Dirt on glass-clear ground: `base` (along a wall's foot), `drip` (under a sill), `blot` (on a floor)."""
    width, height = {"base": (1200, 200), "drip": (300, 600), "blot": (500, 500)}[variant.split("-")[0]]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    blotches = np.zeros((height, width), np.float32)
    for cells, share in ((7, 0.4), (22, 0.3), (70, 0.3)):
        blotches += patches(rng, width, height, cells) * share
    if variant.startswith("base"):
        cover = np.clip(y * 1.5 - 0.4 - (blotches - 0.3) * 1.3, 0, 1) * 0.6
    elif variant.startswith("drip"):
        lines = np.repeat(patches(rng, width, 1, 60), height, 0)
        cover = np.clip(lines * 1.7 - 0.62, 0, 1) * (1 - y) ** 0.8 * np.clip(np.minimum(x, 1 - x) * 8, 0, 1) * 0.7
    else:
        cover = np.clip(1 - np.hypot(x - 0.5, y - 0.5) * 2.2 + (blotches - 0.5) * 0.9, 0, 1) ** 0.7 * 0.6
    pixels = np.zeros((height, width, 4), np.float32)
    pixels[..., :3] = (38, 34, 28)
    pixels[..., 3] = cover * 255
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


_DRAWERS: dict[str, Callable[[str, Random], Image.Image]] = {
    "ad": _ad, "stencil": _stencil, "tag": _tag, "sign": _sign, "notice": _notice, "banner": _banner, "bin": _bin,
    "couplet": _couplet, "carton": _carton, "shelf": _shelf, "curtain": _curtain, "facade": _facade, "decal": _decal,
    **handbills.DRAWERS,
    **interiors.DRAWERS,
}  # fmt: skip
