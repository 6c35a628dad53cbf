# SPDX-License-Identifier: GPL-2.0-only
"""PNG files as rows of pixels, and how much two of them differ."""

import pathlib
import struct
import zlib


def read_png(path):
    """(width, height, octets of RGB, row by row) of a PNG with eight bits a channel, RGB or RGBA."""
    octets = pathlib.Path(path).read_bytes()
    assert octets[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    at, data = 8, b""
    while at < len(octets):
        length, kind = struct.unpack(">I4s", octets[at:at + 8])
        body = octets[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", octets[at + 8 + length:at + 12 + length])[0]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and color in (2, 6) and interlace == 0
            channels = 3 if color == 2 else 4
        elif kind == b"IDAT":
            data += body
        at += 12 + length
    return width, height, unfiltered(zlib.decompress(data), width, height, channels)


def unfiltered(data, width, height, channels):
    stride = width * channels
    before = bytearray(stride)
    pixels = bytearray()
    for y in range(height):
        how = data[y * (stride + 1)]
        row = bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        if how == 1:
            for i in range(channels, stride):
                row[i] = (row[i] + row[i - channels]) & 255
        elif how == 2:
            for i in range(stride):
                row[i] = (row[i] + before[i]) & 255
        elif how == 3:
            for i in range(stride):
                row[i] = (row[i] + ((row[i - channels] if i >= channels else 0) + before[i]) // 2) & 255
        elif how == 4:
            for i in range(stride):
                left = row[i - channels] if i >= channels else 0
                corner = before[i - channels] if i >= channels else 0
                guess = left + before[i] - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - before[i]), 1, before[i]),
                              (abs(guess - corner), 2, corner))[2]
                row[i] = (row[i] + nearest) & 255
        before = row
        if channels == 3:
            pixels += row
        else:
            for i in range(0, stride, 4):
                pixels += row[i:i + 3]
    return bytes(pixels)


def write_png(path, width, height, rgb):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + rgb[y * width * 3:(y + 1) * width * 3] for y in range(height))
    pathlib.Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                                   + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def difference(one, other):
    """(mean difference of a channel, 0 to 255; share of pixels that differ clearly) of two pictures of one size."""
    (width, height, a), (_, _, b) = one, other
    total = sum(abs(x - y) for x, y in zip(a, b))
    clear = sum(1 for i in range(0, len(a), 3) if max(abs(a[i + k] - b[i + k]) for k in range(3)) > 48)
    return total / len(a), clear / (width * height)


def colors(picture):
    """How many different colours it has."""
    _, _, rgb = picture
    return len({rgb[i:i + 3] for i in range(0, len(rgb), 3)})
