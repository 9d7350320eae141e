"""Private metadata taken out of pictures: nothing of it is left, and the picture stays as it was."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from preceptor.lib.errors import ProblemError
from preceptor.lib.picture_metadata import without_metadata
from preceptor.lib.pictures import picture_facts

SECRET = "Ms Duarte, 41.15N 8.61W"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()


def drawn(width=60, height=40, shade=90):
    picture = Image.new("RGB", (width, height), (shade, 160, 90))
    picture.paste((250, 30, 20), (0, 0, width // 3, height // 4))
    return picture


def exif(orientation=None):
    found = Image.Exif()
    found[0x013B] = SECRET  # the artist
    found.get_ifd(0x8825)[29] = SECRET  # the day, beside the place
    if orientation:
        found[0x0112] = orientation
    return found


def saved(picture, form, **options):
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def texts():
    found = PngImagePlugin.PngInfo()
    found.add_text("Author", SECRET)
    found.add_text("Comment", SECRET, zip=True)
    found.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return found


PICTURES = {
    "JPEG": saved(drawn(), "JPEG", exif=exif(), comment=SECRET, xmp=XMP, icc_profile=PROFILE, dpi=(300, 300)),
    "progressive": saved(drawn(), "JPEG", exif=exif(), progressive=True, quality=80, icc_profile=PROFILE),
    "grey": saved(drawn().convert("L"), "JPEG", exif=exif(), icc_profile=PROFILE),
    "CMYK": saved(drawn().convert("CMYK"), "JPEG", exif=exif(), icc_profile=PROFILE),
    "PNG": saved(drawn(), "PNG", exif=exif(), pnginfo=texts(), icc_profile=PROFILE),
    "palette": saved(drawn().quantize(8), "PNG", exif=exif(), pnginfo=texts(), transparency=0, icc_profile=PROFILE),
    "WebP": saved(drawn(), "WEBP", exif=exif(), xmp=XMP, icc_profile=PROFILE),
    "lossless": saved(drawn(), "WEBP", exif=exif(), xmp=XMP, lossless=True, icc_profile=PROFILE),
}


def pixels(data):
    with Image.open(BytesIO(data)) as picture:
        return picture.mode, picture.size, picture.tobytes()


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_written_beside_the_picture_is_gone_and_the_picture_is_not(name):
    before = PICTURES[name]
    with Image.open(BytesIO(before)) as picture:
        assert picture.getexif()
    after = without_metadata(before)
    assert SECRET.encode() not in after and b"Duarte" not in after
    with Image.open(BytesIO(after)) as picture:
        assert not picture.getexif()
        assert not picture.info.keys() & {"exif", "xmp", "comment", "Author", "Comment", "XML:com.adobe.xmp"}
        assert picture.info["icc_profile"] == PROFILE
        assert name != "JPEG" or picture.info["dpi"] == (300, 300)
    assert pixels(after) == pixels(before)
    assert without_metadata(after) == after


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_picture_without_metadata_stays_as_it_is(form):
    data = saved(drawn(), form)
    assert without_metadata(data) == data


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_that_says_it_is_turned_is_turned(form, orientation):
    options = {"lossless": True} if form == "WEBP" else {"quality": 90} if form == "JPEG" else {}
    before = saved(drawn(), form, exif=exif(orientation), icc_profile=PROFILE, **options)
    after = without_metadata(before)
    assert picture_facts(after) == picture_facts(before)
    with Image.open(BytesIO(before)) as source, Image.open(BytesIO(after)) as picture:
        shown = ImageOps.exif_transpose(source)
        assert not picture.getexif()
        assert picture.info["icc_profile"] == PROFILE
        near = [abs(one - other) for one, other in zip(shown.tobytes(), picture.tobytes(), strict=True)]
    assert sum(near) / len(near) < (0 if form == "PNG" else 3) + 1e-9
    assert b"Duarte" not in after


def test_what_follows_the_end_of_a_photograph_goes():
    # Phones put further pictures there, each with metadata of its own.
    first, second = drawn(), drawn(shade=10)
    data = saved(first, "MPO", save_all=True, append_images=[second], exif=exif())
    assert data.count(b"\xff\xd8\xff") > 1
    after = without_metadata(data)
    assert after.count(b"\xff\xd8\xff") == 1
    assert picture_facts(after).media_type == "image/jpeg"
    for plain in (PICTURES["JPEG"], PICTURES["PNG"], PICTURES["WebP"]):
        assert b"Duarte" not in without_metadata(plain + SECRET.encode())


def test_the_small_copy_in_a_photograph_goes():
    body = b"JFIF\0\x01\x02\x00\x00\x01\x00\x01" + bytes([2, 1]) + b"SECRET"
    plain = saved(drawn(), "JPEG")
    (length,) = struct.unpack_from(">H", plain, 4)
    data = plain[:2] + struct.pack(">BBH", 0xFF, 0xE0, len(body) + 2) + body + plain[4 + length :]
    after = without_metadata(data)
    assert b"SECRET" not in after
    assert pixels(after) == pixels(plain)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_moving_pictures_go_on_moving(form):
    frames = [drawn(shade=shade) for shade in (10, 120, 240)]
    options = {"comment": SECRET} if form == "GIF" else {"exif": exif(6)} if form == "WEBP" else {"pnginfo": texts()}
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=80, loop=0, **options)
    after = without_metadata(data)
    assert b"Duarte" not in after
    with Image.open(BytesIO(data)) as one, Image.open(BytesIO(after)) as other:
        assert one.n_frames == other.n_frames == 3
        assert other.info.get("loop") == one.info.get("loop") == 0
        for number in range(3):
            one.seek(number)
            other.seek(number)
            assert one.convert("RGB").tobytes() == other.convert("RGB").tobytes()
            assert one.info["duration"] == other.info["duration"]


def test_unknown_parts_of_a_png_go_however_they_are_called():
    plain = saved(drawn(), "PNG")
    chunk = b"prVt" + SECRET.encode()
    odd = struct.pack(">I", len(SECRET)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert without_metadata(plain[:33] + odd + plain[33:]) == plain


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says about broken metadata
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(PICTURES)),
    changes=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=4),
    cut=st.integers(0, 40),
)
def test_damaged_pictures_that_are_let_in_come_out_as_pictures(name, changes, cut):
    data = bytearray(PICTURES[name])
    for place, value in changes:
        data[place % len(data)] = value
    damaged = bytes(data[: len(data) - cut])
    try:
        facts = picture_facts(damaged)
    except ProblemError:
        return
    try:
        after = picture_facts(without_metadata(damaged))
    except ProblemError:
        return  # told like any other broken picture
    assert after == facts
