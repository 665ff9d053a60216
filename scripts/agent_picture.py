"""Draw `chalicelib/web/shared/agent.png`: what Messenger's users see of an agent who has no picture.

Run `.venv/bin/python scripts/agent_picture.py` after changing it. The same sources give the same file.
"""

import struct
import sys
import zlib
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "chalicelib/web/shared/agent.png"
SIZE = 256
FINE = 4
"""Samples of a pixel in each direction, so that edges are smooth."""

GROUND, FIGURE = (0x4A, 0x5F, 0x7A), (0xE6, 0xEC, 0xF3)
HEAD = (128.0, 104.0, 43.0)
"""Centre and radius; Messenger cuts a circle out of the picture, so all of it stays near the middle."""

SHOULDERS = (128.0, 256.0, 84.0, 90.0)
"""Centre, and half of the width and of the height, of an ellipse that goes on below the picture."""


def is_figure(x: float, y: float) -> bool:
    """Whether the point belongs to the head or the shoulders."""
    head_x, head_y, radius = HEAD
    if (x - head_x) ** 2 + (y - head_y) ** 2 <= radius**2:
        return True
    middle_x, middle_y, half_width, half_height = SHOULDERS
    return ((x - middle_x) / half_width) ** 2 + ((y - middle_y) / half_height) ** 2 <= 1


def shade(column: int, row: int) -> int:
    """How much of a pixel the figure covers, as one of FINE * FINE steps."""
    steps = [(number + 0.5) / FINE for number in range(FINE)]
    return sum(is_figure(column + x, row + y) for x in steps for y in steps)


def palette() -> bytes:
    """A colour for each step from ground to figure."""
    last = FINE * FINE
    return bytes(
        round(ground + (figure - ground) * step / last)
        for step in range(last + 1)
        for ground, figure in zip(GROUND, FIGURE, strict=True)
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture() -> bytes:
    """The file."""
    rows = b"".join(b"\0" + bytes(shade(column, row) for column in range(SIZE)) for row in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)  # 8 bits a pixel, which are numbers of the palette
    parts = (b"IHDR", header), (b"PLTE", palette()), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def main() -> int:
    """The command; returns its exit status."""
    TARGET.write_bytes(picture())
    print(f"{TARGET} ({TARGET.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
