"""Pictures without what is written into them beside the picture: where it was taken, when, with what, by whom.

Files are taken apart and put together again without such parts; what makes up the picture, its colour profile included,
stays as it is, byte for byte. Only a photograph that says it is to be turned is written anew, turned: many tools do not
look at that note. Sources: ITU-T T.81, annex B (JPEG); PNG, third edition, section 5; RFC 9649 (WebP); GIF89a.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin

_ORIENTATION = 0x0112
_UPRIGHT = 1

_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_MARK, _JPEG_SCAN, _COMMENT = 0xFF, 0xDA, 0xFE
_JFIF, _COLOUR, _ADOBE = 0xE0, 0xE2, 0xEE
_APPLICATIONS = range(0xE0, 0xF0)
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers that nothing belongs to."""
_JPEG_NEXT = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""The next marker after the bytes of a scan."""
_JFIF_BYTES = 12
"""Of JFIF's own segment, before the size of the small picture in it."""

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_METADATA_FLAGS = 0x08 | 0x04
"""Of `VP8X`: Exif and XMP."""

_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B
_GIF_CONTROL, _GIF_PLAIN_TEXT, _GIF_APPLICATION = 0xF9, 0x01, 0xFF
_GIF_KEPT_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


class _OddError(Exception):
    """The file is not put together as its format says; decoders may take it all the same."""


def without_metadata(data: bytes) -> bytes:
    """The same picture without Exif, XMP, IPTC, comments, texts, small copies and whatever follows its end.

    Args:
        data: a JPEG, PNG, WebP, GIF or BMP file that Pillow can read.
    """
    with Image.open(BytesIO(data)) as picture:
        kind = str(picture.format)
        moves = getattr(picture, "n_frames", 1) > 1 and kind != "MPO"
        if picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT and not moves:
            return _written(ImageOps.exif_transpose(picture), picture, kind)
        try:
            return b"".join(_PARTS.get(kind, _whole)(data))
        except (_OddError, IndexError, struct.error):
            return data if moves else _written(picture.copy(), picture, kind)


def _written(picture: Image.Image, source: Image.Image, kind: str) -> bytes:
    """`picture` as a file like the one it came from, with as little lost as can be."""
    out = BytesIO()
    options: dict[str, Any] = {"icc_profile": source.info.get("icc_profile")}
    if kind in {"JPEG", "MPO"}:
        assert isinstance(source, JpegImagePlugin.JpegImageFile)
        kind = "JPEG"
        options |= {"qtables": source.quantization, "subsampling": JpegImagePlugin.get_sampling(source)}
        options |= {"progressive": bool(source.info.get("progressive")), "optimize": True}
    elif kind == "WEBP":
        options |= {"quality": 95, "exact": True}
    picture.info = {name: value for name, value in picture.info.items() if name in {"transparency", "background"}}
    picture.save(out, kind, **options)
    return out.getvalue()


def _whole(data: bytes) -> Iterator[bytes]:
    yield data


def _jpeg(data: bytes) -> Iterator[bytes]:
    if data[:2] != _JPEG_START:
        raise _OddError
    yield _JPEG_START
    marker, at = _jpeg_marker(data, 2)
    while marker != _JPEG_END[1]:
        if marker in _JPEG_BARE:
            marker, at = _jpeg_marker(data, at)
            continue
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if len(body) != length - 2:
            raise _OddError
        if (kept := _jpeg_kept(marker, body)) is not None:
            yield struct.pack(">BBH", _MARK, marker, len(kept) + 2) + kept
        at += length
        if marker == _JPEG_SCAN:
            found = _JPEG_NEXT.search(data, at)
            end = len(data) if found is None else found.start()
            yield data[at:end]
            if found is None:
                break
            at = end
        marker, at = _jpeg_marker(data, at)
    yield _JPEG_END


def _jpeg_marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker that stands here, and the place after it."""
    if data[at] != _MARK:
        raise _OddError
    while data[at] == _MARK:
        at += 1
    return data[at], at + 1


def _jpeg_kept(marker: int, body: bytes) -> bytes | None:
    """What stays of a segment; None for nothing."""
    if marker == _JFIF and body.startswith(b"JFIF\0"):
        return body[:_JFIF_BYTES].ljust(_JFIF_BYTES, b"\0") + b"\0\0"
    colour = (marker == _COLOUR and body.startswith(b"ICC_PROFILE\0")) or (marker == _ADOBE and body[:5] == b"Adobe")
    beside = marker == _COMMENT or (marker in _APPLICATIONS and not colour)
    return None if beside else body


def _png(data: bytes) -> Iterator[bytes]:
    if not data.startswith(_PNG_START):
        raise _OddError
    yield _PNG_START
    at, name = len(_PNG_START), b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _OddError
        if name in _PNG_KEPT:
            yield data[at:end]
        at = end


def _webp(data: bytes) -> Iterator[bytes]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise _OddError
    kept, at, end = bytearray(b"WEBP"), 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        chunk = bytearray(data[at : at + 8 + length + (length & 1)])
        if len(chunk) < 8 + length:
            raise _OddError
        if name == b"VP8X":
            chunk[8] &= ~_WEBP_METADATA_FLAGS & 0xFF
        if name in _WEBP_KEPT:
            kept += chunk.ljust(8 + length + (length & 1), b"\0")
        at += len(chunk)
    yield b"RIFF" + struct.pack("<I", len(kept)) + bytes(kept)


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _gif_colours(data[10])
    yield data[:at]
    while data[at] != _GIF_END:
        start, kind = at, data[at]
        if kind == _GIF_IMAGE:
            at = _gif_blocks(data, at + 10 + _gif_colours(data[at + 9]) + 1)
            yield data[start:at]
        elif kind == _GIF_EXTENSION:
            what = data[at + 1]
            at = _gif_blocks(data, at + 2)
            application = what == _GIF_APPLICATION and data[start + 3 : start + 14] in _GIF_KEPT_APPLICATIONS
            if application or what in {_GIF_CONTROL, _GIF_PLAIN_TEXT}:
                yield data[start:at]
        else:
            raise _OddError
    yield bytes([_GIF_END])


def _gif_colours(flags: int) -> int:
    """Bytes of the table of colours that `flags` announces."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> int:
    """Where a row of blocks ends, the empty one at its end included."""
    while data[at]:
        at += 1 + data[at]
    return at + 1


_PARTS = {"JPEG": _jpeg, "MPO": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}
