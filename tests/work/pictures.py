"""Pictures made for tests, and a project in which they are labelled."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from preceptor.kinds.pictures import Picture
from preceptor.kinds.registry import task_kinds


def picture_bytes(width: int = 320, height: int = 240, *, form: str = "PNG", shade: int = 200, **options: Any) -> bytes:
    """A grey picture with a cross through it."""
    picture = Image.new("RGB", (width, height), (shade, shade, shade))
    draw = ImageDraw.Draw(picture)
    draw.line((0, 0, width, height), fill=(20, 90, 160), width=5)
    draw.line((0, height, width, 0), fill=(160, 40, 40), width=5)
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def picture_kind() -> str:
    """The key of the kind that is made for pictures."""
    return next(key for key, kind in task_kinds().items() if kind.accepts[:1] == (Picture,))
