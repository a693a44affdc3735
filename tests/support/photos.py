"""Photos as telephones send them."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

GPS_IFD, MAKE, MODEL, ORIENTATION = 0x8825, 0x010F, 0x0110, 0x0112
SECRETS = (
    b"Vigiephone",
    b"Model 12",
    b"2026:05:01",
    b"xmp:secret",
    b"said in a comment",
    b"behind it",
    b"chunk of text",
)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmp:secret="xmp:secret"/></x:xmpmeta>'
RED, BLUE = (220, 30, 20), (20, 30, 220)


def a_picture(width_px: int = 64, height_px: int = 48) -> Image.Image:
    """Give a picture that is red above and blue below."""
    image = Image.new("RGB", (width_px, height_px), RED)
    image.paste(BLUE, (0, height_px // 2, width_px, height_px))
    return image


def a_photo(width_px: int = 64, height_px: int = 48, orientation: int = 1, kind: str = "JPEG") -> bytes:
    """Write a picture with all that could tell of its maker: Exif, place, XMP, profile, comment, bytes behind it."""
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[ORIENTATION], exif[0x0132] = (
        "Vigiephone",
        "Model 12",
        orientation,
        "2026:05:01 10:00:00",
    )
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (47.0, 31.0, 31.44), 3: "E", 4: (5.0, 6.0, 12.96), 29: "2026:05:01"})
    text = PngInfo()
    text.add_text("Comment", "chunk of text")
    beside = {"JPEG": {"comment": b"said in a comment", "xmp": XMP}, "WEBP": {"xmp": XMP}, "PNG": {"pnginfo": text}}
    written = io.BytesIO()
    profile = b"\0" * 36 + b"acsp" + b"Vigiephone profile".ljust(88, b"\0")
    a_picture(width_px, height_px).save(written, kind, exif=exif, icc_profile=profile, **beside[kind])
    return written.getvalue() + b"PK\x03\x04<script>behind it</script>"


def markers_of(jpeg: bytes) -> list[int]:
    """Walk through a JPEG (ITU-T T.81, annex B) and give its markers; it must end where the picture does."""
    assert jpeg[:2] == b"\xff\xd8"
    found, at = [0xD8], 2
    while found[-1] != 0xD9:
        assert jpeg[at] == 0xFF, at
        found.append(jpeg[at + 1])
        at += 2
        if found[-1] == 0xD9:
            break
        at += int.from_bytes(jpeg[at : at + 2], "big")
        while found[-1] == 0xDA and (jpeg[at] != 0xFF or jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7):
            at += 1
    assert at == len(jpeg)
    return found
