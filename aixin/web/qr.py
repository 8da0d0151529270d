"""QR codes drawn on the server: as an element that the content security policy allows, and as a picture."""

import io
from itertools import pairwise

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

# Any mask is right; fixing one saves trying all eight, and a sheet holds a hundred codes.
MASK = 3
BORDER = 4
# Pixels a module of a picture: sharp on paper at three centimetres.
MODULE = 8


def qr_path(text: str) -> tuple[int, str]:
    """Return the width of a QR code in modules, its quiet border included, and the path that fills the dark ones."""
    matrix = _matrix(text)
    steps = [
        f"M{start} {row}h{end - start}v1h-{end - start}z"
        for row, cells in enumerate(matrix)
        for start, end in _runs(cells)
    ]
    return len(matrix), "".join(steps)


def qr_png(text: str) -> bytes:
    """Return a QR code as a PNG, for documents."""
    matrix = _matrix(text)
    size = len(matrix)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([not dark for row in matrix for dark in row])
    buffer = io.BytesIO()
    picture.resize((size * MODULE, size * MODULE), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def _matrix(text: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _runs(cells: list[bool]) -> list[tuple[int, int]]:
    """Return where dark cells begin and end in a row."""
    edges = [
        0,
        *(column for column in range(1, len(cells)) if cells[column] != cells[column - 1]),
        len(cells),
    ]
    return [(start, end) for start, end in pairwise(edges) if cells[start]]
