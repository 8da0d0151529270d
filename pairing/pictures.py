"""Photographs as telephones make them, turned upright, made small, and bare of everything but the picture."""

import io
from typing import Any

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()

FORMATS = ("JPEG", "PNG", "HEIF")
LONGEST_SIDE = 1200
# No telephone makes more; a small file that claims to be larger is there to exhaust the server.
MOST_PIXELS = 60_000_000
QUALITY = 85
_PAPER = "white"


class PictureError(Exception):
    """No photograph that can be used; the message is for the user."""


def upright_jpeg(content: bytes) -> bytes:
    """Return a photograph as a JPEG of at most `LONGEST_SIDE` pixels, without what its camera wrote into it.

    Raises PictureError for what is no JPEG, PNG or HEIC, breaks off, or is too large.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _check_size(opened)
            # A JPEG can be read at a fraction of its size.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _saved(ImageOps.exif_transpose(opened))
    except Image.DecompressionBombError as fault:
        raise PictureError(_TOO_LARGE) from fault
    # The libraries say in many ways that a file is broken.
    except (OSError, ValueError, SyntaxError, RuntimeError, EOFError, ArithmeticError, TypeError) as fault:
        raise PictureError("这个文件不是照片，或者没有传完整。请换一张 jpg、png 或 heic 照片。") from fault


_TOO_LARGE = "照片太大，请用手机裁小一些再传。"


def _check_size(picture: Any) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureError(_TOO_LARGE)


def _saved(picture: Any) -> bytes:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Drawn on a new sheet, which has neither place nor time, nor colours of its own, nor transparent parts.
    sheet = Image.new("RGB", picture.size, _PAPER)
    whole = picture.convert("RGBA") if "transparency" in picture.info or "A" in picture.mode else None
    sheet.paste(whole or picture.convert("RGB"), mask=whole)
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
