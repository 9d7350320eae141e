"""Makes pictures of pages small: PNG with a palette. Chromium reads and counts the pixels, zlib does the rest.

Screens hold few colours but many shades of them at the edges of letters; 256 well chosen ones cannot be told from all.
"""

import base64
import struct
import zlib

from playwright.sync_api import Page

# The most frequent colours in boxes of 4 bits a channel, then of 5, until 256 are found; every pixel takes the nearest.
COUNT = """
async (source) => {
  const image = new Image();
  image.src = `data:image/png;base64,${source}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  const exact = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    exact.set(colour, (exact.get(colour) ?? 0) + 1);
  }
  const byCount = [...exact].sort((one, other) => other[1] - one[1]);
  const chosen = [];
  const boxes = new Set();
  for (const keep of [48, 256]) {
    for (const [colour] of byCount) {
      if (chosen.length >= keep) break;
      const box = colour & (keep === 48 ? 0xfcfcfc : 0xf0f0f0);
      if (!boxes.has(box)) {
        boxes.add(box);
        chosen.push(colour);
      }
    }
  }
  const nearest = new Map();
  for (const [colour] of byCount) {
    let best = 0;
    let least = Infinity;
    for (let index = 0; index < chosen.length && least > 0; index += 1) {
      const other = chosen[index];
      const red = (colour >> 16) - (other >> 16);
      const green = ((colour >> 8) & 255) - ((other >> 8) & 255);
      const blue = (colour & 255) - (other & 255);
      const distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
      if (distance < least) [best, least] = [index, distance];
    }
    nearest.set(colour, best);
  }
  const indices = new Uint8Array(pixels.length / 4);
  for (let at = 0; at < pixels.length; at += 4)
    indices[at / 4] = nearest.get((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return { width: image.width, height: image.height, colours: chosen, indices: btoa(text) };
}
"""


def reduced(painter: Page, picture: bytes) -> bytes:
    """A PNG with at most 256 colours that looks like `picture`.

    Args:
        painter: any page; it is only used to compute in.
        picture: a PNG.
    """
    found = painter.evaluate(COUNT, base64.b64encode(picture).decode())
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    rows = b"".join(b"\0" + indices[at : at + width] for at in range(0, width * height, width))
    colours = b"".join(colour.to_bytes(3) for colour in found["colours"])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    """Source: the PNG specification, third edition, section 5.3."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
