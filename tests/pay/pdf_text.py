"""What stands in a PDF of ours, as its reader would copy it: enough of ISO 32000 for files that fpdf2 writes."""

import re
import zlib

ESCAPED = re.compile(rb"\\([\\()nrtbf])")
BYTES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\)(?= Tj|[^()]*\] TJ|[^\]]*\] TJ)", re.DOTALL)


def texts_of(pdf: bytes) -> list[str]:
    """Every piece of text, in the order in which it is drawn."""
    streams = []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            # Its checksum may end in what looks like the end of the line, and is not asked for.
            streams.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            streams.append(found[1])
    fonts = [_letters(one) for one in streams if b"begincmap" in one]
    pages = [one for one in streams if b" Tj" in one or b"] TJ" in one]
    return [text for page in pages for text in _texts(page, fonts)]


def _letters(cmap: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, letters in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    return found


def _texts(page: bytes, fonts: list[dict[int, str]]) -> list[str]:
    said, letters = [], fonts[0]
    for found in SHOWN.finditer(page):
        if found[1]:
            letters = fonts[int(found[1]) - 1]
            continue
        raw = ESCAPED.sub(lambda one: BYTES.get(one[1], one[1]), found[2])
        codes = (int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2))
        said.append("".join(letters.get(code, "?") for code in codes))
    return said
