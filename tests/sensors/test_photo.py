"""Photos are made anew: upright, bounded, and with nothing in them but the picture."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sensors.photo import LONGEST_SIDE_PX, MOST_PIXELS, PhotoError, PhotoTypeError, develop
from tests.support.photos import BLUE, RED, SECRETS, a_photo, a_picture, markers_of

# Start, JFIF, tables, one frame, one scan, end: nothing that could hold words (no other APPn, no COM).
PLAIN = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
CHANCE = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    image.load()
    return image


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """JPEG changes a plain colour by a few parts in 255."""
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_left_of_what_was_beside_the_picture(kind: str) -> None:
    """Exif with place, XMP, profile, comment and what hung behind the file: no byte of it is there afterwards."""
    sent = a_photo(kind=kind)
    assert any(secret in sent for secret in SECRETS)
    jpeg = develop(sent).content
    assert not [secret for secret in (*SECRETS, b"Exif", b"http", b"ICC", b"PK\x03\x04", b"<script") if secret in jpeg]
    assert set(markers_of(jpeg)) == PLAIN
    image = opened(jpeg)
    assert not image.getexif()
    assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_same_picture_leaves_the_same_bytes_whatever_was_beside_it() -> None:
    plain = io.BytesIO()
    a_picture().save(plain, "PNG")
    assert develop(plain.getvalue()).content == develop(a_photo(kind="PNG")).content


@pytest.mark.parametrize(
    ("orientation", "size", "red_at", "blue_at"),
    [
        (1, (64, 48), (32, 4), (32, 44)),
        (3, (64, 48), (32, 44), (32, 4)),
        (4, (64, 48), (32, 44), (32, 4)),
        (5, (48, 64), (4, 32), (44, 32)),
        (6, (48, 64), (44, 32), (4, 32)),
        (8, (48, 64), (4, 32), (44, 32)),
        (99, (64, 48), (32, 4), (32, 44)),
    ],
)
def test_it_stands_upright(
    orientation: int, size: tuple[int, int], red_at: tuple[int, int], blue_at: tuple[int, int]
) -> None:
    photo = develop(a_photo(orientation=orientation))
    image = opened(photo.content)
    assert (photo.width_px, photo.height_px) == image.size == size
    assert is_near(image.getpixel(red_at), RED)
    assert is_near(image.getpixel(blue_at), BLUE)


def test_its_longest_side_is_bounded_and_a_small_one_stays() -> None:
    photo = develop(a_photo(4000, 3000, orientation=6))
    assert (photo.width_px, photo.height_px) == (LONGEST_SIDE_PX * 3 // 4, LONGEST_SIDE_PX)
    assert develop(a_photo(30, 20)).width_px == 30


def test_what_is_transparent_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(written, "PNG")
    assert is_near(opened(develop(written.getvalue()).content).getpixel((8, 8)), (255, 255, 255))


def a_bomb(side_px: int) -> bytes:
    """A PNG of a few kilobytes that says it is large."""
    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 4096)), (b"IEND", b""))
    written = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize("side_px", [int(MOST_PIXELS**0.5) + 1, 10_000, 20_000, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_decoded(side_px: int) -> None:
    with pytest.raises(PhotoError, match="million pixels"):
        develop(a_bomb(side_px))


@pytest.mark.parametrize(
    "body",
    [b"", b"GIF89a\x01\0\x01\0\0\0\0;", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM" + b"\0" * 60],
)
def test_another_format_is_refused_whatever_it_is_called(body: bytes) -> None:
    with pytest.raises(PhotoTypeError, match="JPEG, PNG or WebP"):
        develop(body)


def test_a_photo_that_ends_too_early_is_refused() -> None:
    with pytest.raises(PhotoError, match="broken"):
        develop(a_photo(400, 300, kind="JPEG")[:-900])


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of broken Exif so
@CHANCE
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
)
def test_a_damaged_photo_is_refused_or_written_anew_and_never_a_fault(
    kind: str, damages: list[tuple[int, bytes]]
) -> None:
    body = bytearray(a_photo(kind=kind))
    for at, damage in damages:
        start = at % len(body)
        body[start : start + len(damage)] = damage
    try:
        photo = develop(bytes(body))
    except PhotoError:
        return
    assert set(markers_of(photo.content)) == PLAIN
