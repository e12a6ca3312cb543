"""Pictures of people: what is sent is never kept, only what we drew from it."""

from __future__ import annotations

import io
import uuid
from typing import IO
from xml.sax.saxutils import escape

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 256
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


class UnfitPicture(ValueError):
    """The file cannot become an avatar; ``sentence`` says why."""

    def __init__(self, sentence: object) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def redraw(upload: IO[bytes], *, size: int) -> bytes:
    """An upload of ``size`` bytes as a square WebP of 256 px, without any of its metadata.

    The header is judged before a pixel is decoded, so a small file cannot unfold into gigabytes.
    Of an animation the first frame is kept. Raises UnfitPicture.
    """
    if size > MAX_BYTES:
        raise UnfitPicture(_("That picture is larger than 5 MB."))
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnfitPicture(_("That picture has too many pixels. 6000 × 6000 is plenty."))
            image.draft("RGB", (SIDE * 2, SIDE * 2))
            image.load()
            upright = ImageOps.exif_transpose(image)
            flat = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            square = ImageOps.fit(flat, (SIDE, SIDE), Image.Resampling.LANCZOS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnfitPicture(_("That picture has too many pixels. 6000 × 6000 is plenty.")) from error
    except UnidentifiedImageError as error:
        raise UnfitPicture(_("That is not a PNG, JPEG or WebP picture.")) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        if isinstance(error, UnfitPicture):
            raise
        raise UnfitPicture(_("That picture is damaged and cannot be read.")) from error
    square.info = {}
    out = io.BytesIO()
    square.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()


def draw(name: str, public_id: uuid.UUID) -> str:
    """An SVG for people without a picture: their initial on a colour that is theirs alone.

    No style and no script in it: it must pass the strictest content policy.
    """
    hue = public_id.int % 360
    initial = escape(name[:1].upper())
    turn = (public_id.int >> 16) % 360
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" width="{SIDE}" height="{SIDE}">'
        f'<defs><linearGradient id="g" gradientTransform="rotate({turn} .5 .5)">'
        f'<stop offset="0" stop-color="hsl({hue} 62% 40%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 48) % 360} 66% 32%)"/></linearGradient></defs>'
        '<rect width="256" height="256" fill="url(#g)"/>'
        '<text x="128" y="128" dy=".36em" text-anchor="middle" font-family="system-ui,sans-serif" font-size="124"'
        f' font-weight="650" fill="#fff">{initial}</text></svg>'
    )
