"""Photos made anew from their pixels: upright, no larger than needed, with nothing in them but the picture.

A photo as a telephone sends it tells where and when it was taken, with which device, and may hold a second picture or
another file behind it. None of that is copied: a new JPEG is written, of which only the pixels come from outside.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageFile, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # what telephones take; one decoded takes 200 MB at most
LONGEST_SIDE_PX = 1600
QUALITY = 85
ORIENTATION = 0x0112  # Exif 2.32, table 4
# What brings the picture upright, by its orientation (Exif 2.32, section 4.6.4).
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow raises on bytes that are no picture, or a broken one.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    AttributeError,
    struct.error,
    zlib.error,
)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PhotoError(ValueError):
    """A photo that is not taken: what to do about it, in both languages."""

    def __init__(self, sentence_fr: str, sentence_en: str) -> None:
        super().__init__(sentence_en)
        self.sentence_fr, self.sentence_en = sentence_fr, sentence_en


class PhotoTypeError(PhotoError):
    """The bytes are no photo of a format that is taken, whatever they are called."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG (JFIF) with its size [px], and the SHA-256 of what it was made from."""

    content: bytes
    width_px: int
    height_px: int
    sent_sha256: str


def develop(body: bytes) -> Photo:
    """Write a photo anew: the first picture of it, turned as its orientation says, transparent parts white.

    Parameters
    ----------
    body
        JPEG, PNG or WebP, told by its content.

    Raises
    ------
    PhotoTypeError
        It is of another format.
    PhotoError
        It has more than `MOST_PIXELS`, or cannot be decoded to its end.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            require_size(image)
            return Photo(*print_anew(image), hashlib.sha256(body).hexdigest())
    except BOMBS as error:
        raise too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise PhotoTypeError(
            "ce n’est pas une photo JPEG, PNG ou WebP", "this is no photo in JPEG, PNG or WebP"
        ) from error
    except PhotoError:
        raise
    except BROKEN as error:
        raise PhotoError(
            "la photo est abîmée : reprenez-la", "the photo is broken and cannot be decoded: take it again"
        ) from error


def require_size(image: ImageFile.ImageFile) -> None:
    """Refuse a picture before it is decoded. Raises PhotoError."""
    if image.width * image.height > MOST_PIXELS:
        raise too_many_pixels()


def too_many_pixels() -> PhotoError:
    """Say that a picture is too large."""
    millions = MOST_PIXELS // 1_000_000
    return PhotoError(
        f"la photo a plus de {millions} millions de pixels : réduisez-la",
        f"the photo has more than {millions} million pixels: make it smaller",
    )


def print_anew(image: ImageFile.ImageFile) -> tuple[bytes, int, int]:
    """Put the pixels on white paper that knows nothing of where they come from; give it with its size [px]."""
    turn = TURNS.get(orientation_of(image))
    image.draft("RGB", (2 * LONGEST_SIDE_PX, 2 * LONGEST_SIDE_PX))  # a large JPEG need not be decoded whole
    shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
    shown.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    paper = Image.new("RGB", shown.size, "white")
    paper.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    upright = paper if turn is None else paper.transpose(turn)
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue(), upright.width, upright.height


def orientation_of(image: ImageFile.ImageFile) -> int:
    """Give the orientation; 1 (upright) where none is said, or what says it cannot be read."""
    try:
        said = image.getexif().get(ORIENTATION, 1)
    except BROKEN:
        return 1
    return said if isinstance(said, int) else 1
