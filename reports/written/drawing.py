"""Charts of the written report as pictures, in the house's colours: bars and a line, nothing else (Pillow)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

# Where distributions put fonts that hold Chinese; `REPORT_FONT` goes before them.
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)
NOTO_SC = 2
# Those of the pages' charts (static/src/js/charts.js).
ACCENT, INK, GREY, LINE = "#3B858F", "#1F2329", "#4E5969", "#E5E6EB"
WIDTH, SIZE, SMALL = 1600, 34, 30
PAD, ROW, THICK = 48, 66, 34
CHART_HEIGHT = 620


@dataclass(frozen=True)
class Bar:
    """One bar: its name, how long it is, and what stands at its end."""

    name: str
    value: float
    text: str


@cache
def font_path() -> Path | None:
    """Return a font with Chinese in it, or None where the server has none: reports then go without charts."""
    named = (settings.REPORT_FONT, *FONTS)
    return next((Path(name) for name in named if name and Path(name).is_file()), None)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = font_path()
    assert path is not None
    index = NOTO_SC if path.name.startswith("NotoSansCJK") else 0
    return ImageFont.truetype(str(path), size, index=index)


def bars(items: Sequence[Bar], *, top: float | None = None) -> bytes:
    """Return a PNG of bars below each other; `top` is the value of a full one, by default the largest."""
    widest = max((_width(item.name, SIZE) for item in items), default=0)
    ends = max((_width(item.text, SMALL) for item in items), default=0)
    left = PAD + widest + 28
    room = WIDTH - left - ends - PAD - 16
    full = top or max((item.value for item in items), default=0) or 1
    image, draw = _canvas(2 * PAD + ROW * len(items))
    for place, item in enumerate(items):
        y = PAD + place * ROW
        middle = y + ROW // 2
        length = max(round(room * min(item.value / full, 1)), 2 if item.value else 0)
        draw.text((left - 28, middle), item.name, INK, _font(SIZE), anchor="rm")
        draw.rectangle((left, middle - THICK // 2, left + room, middle + THICK // 2), LINE)
        draw.rectangle((left, middle - THICK // 2, left + length, middle + THICK // 2), ACCENT)
        draw.text((left + room + 16, middle), item.text, INK, _font(SMALL), anchor="lm")
    return _png(image)


def line(labels: Sequence[str], values: Sequence[float]) -> bytes:
    """Return a PNG of one line over periods, with its value at each point."""
    image, draw = _canvas(CHART_HEIGHT)
    left, right, top, bottom = PAD + 40, WIDTH - PAD - 40, PAD + 60, CHART_HEIGHT - PAD - 50
    full = max(values, default=0) or 1
    for part in range(5):
        y = bottom - (bottom - top) * part // 4
        draw.line((left - 40, y, right + 40, y), LINE, 2)
    step = (right - left) / max(len(values) - 1, 1)
    points = [
        (round(left + step * place), round(bottom - (bottom - top) * value / full))
        for place, value in enumerate(values)
    ]
    draw.line(points, ACCENT, 5, joint="curve")
    for (x, y), label, value in zip(points, labels, values, strict=True):
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), "white", ACCENT, 5)
        draw.text((x, y - 22), f"{value:,.0f}", INK, _font(SMALL), anchor="mb")
        draw.text((x, bottom + 20), label, GREY, _font(SMALL), anchor="mt")
    return _png(image)


def _canvas(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, height), "white")
    return image, ImageDraw.Draw(image)


def _width(text: str, size: int) -> int:
    return round(_font(size).getlength(text))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
