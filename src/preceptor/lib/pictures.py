"""Pictures from outside: what they are, and whether a browser may be given them.

What is let in is one of a few raster formats that every browser shows and none runs: JPEG, PNG, WebP, GIF and BMP, read
to its end by Pillow. SVG can hold scripts and is refused, like everything else.
"""

from __future__ import annotations

import struct
from io import BytesIO

import msgspec
from PIL import Image

from preceptor.lib.errors import InvalidError, TooLargeError
from preceptor.lib.i18n import _

MOST_BYTES = 25_000_000
"""Of one picture."""
MOST_PIXELS = 50_000_000
"""Of one picture: a few kilobytes can otherwise unfold into gigabytes."""
LONGEST_SIDE = 30_000

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with more behind it, as phones make them
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
}
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
"""Of the names of files that are taken for pictures."""

_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_ORIENTATION = 0x0112
_TURNED = {5, 6, 7, 8}
# What Pillow's decoders raise on bytes that are not what they claim to be.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, struct.error)


class NotAPictureError(InvalidError):
    """No picture that can be shown here, or a broken one."""

    code = "not_a_picture"
    title = _("This is no picture that can be shown here. Give a JPEG, PNG, WebP, GIF or BMP file.")


class PictureTooLargeError(TooLargeError):
    """More bytes or pixels than a picture may have here."""

    code = "picture_too_large"
    title = _("This picture is too large. It may have 25 MB and 50 million pixels; make it smaller first.")


class PictureFacts(msgspec.Struct, frozen=True):
    """What is known of a picture. Width and height are as it is shown: a photograph may say that it is turned."""

    media_type: str
    width: int
    height: int


def picture_facts(data: bytes) -> PictureFacts:
    """What these bytes are, once all of them were read.

    The size stands in the first bytes and is checked before any pixel is made. JPEG is read to its end at an eighth
    of its size, which is enough to find what is broken.

    Raises:
        NotAPictureError: another format, or broken.
        PictureTooLargeError: over `MOST_BYTES`, `MOST_PIXELS` or `LONGEST_SIDE`.
    """
    if len(data) > MOST_BYTES:
        raise PictureTooLargeError
    try:
        with Image.open(BytesIO(data), formats=_READ) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise PictureTooLargeError
            media_type = MEDIA_TYPES[str(picture.format)]
            turned = picture.getexif().get(_ORIENTATION) in _TURNED
            picture.draft("L", (width // 8, height // 8))
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLargeError from error
    except _BROKEN as error:
        raise NotAPictureError from error
    return PictureFacts(media_type, *((height, width) if turned else (width, height)))
