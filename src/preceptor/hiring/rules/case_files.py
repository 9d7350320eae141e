"""Files that are attached to a case: which kinds, how large, how many."""

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _

MOST_FILE_BYTES = 5_000_000
MOST_FILES = 5
"""By one person to one case."""
LONGEST_NAME = 200

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})


def kind_of_file(data: bytes) -> str:
    """The media type of a file by what it holds, whatever it is called.

    Raises:
        InvalidError: empty, too large, or of another kind.
    """
    if not data:
        raise _wrong(_("Choose a file; this one is empty."))
    if len(data) > MOST_FILE_BYTES:
        raise _wrong(_("A file may have {count} MB at most.").format(count=MOST_FILE_BYTES // 1_000_000))
    for beginning, media_type in BEGINNINGS:
        if data.startswith(beginning):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if all(one.isprintable() or one in "\t\r\n" for one in text):
        return "text/plain"
    raise _wrong(_("Attach a PDF, a picture (PNG, JPEG or WebP) or plain text."))


def clean_file_name(name: str) -> str:
    """The last part of a name, without what no screen shows; `file` where nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(one for one in last if one.isprintable()).strip()
    return shown[:LONGEST_NAME] or "file"


def _wrong(message: object) -> InvalidError:
    return InvalidError(fields=[FieldProblem("file", message)])  # type: ignore[arg-type]
