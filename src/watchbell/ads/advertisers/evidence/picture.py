"""Pictures that advertisers send: opened within bounds, the way up that the camera says."""

import importlib
import io
import warnings
from typing import Any

from watchbell.errors import InputError

MOST_BYTES = 20 * 1024 * 1024
# A small file can unpack to a huge picture; a camera's is far below this.
_MOST_PIXELS = 40_000_000
# A sliver of a few hundred bytes would be widened for the reading engine until it is busy for minutes.
_LONGEST = 8


def opened(picture: bytes, mode: str) -> Any:
    """Return a picture as Pillow's image in a mode: "L" is grey, "RGB" in colours.

    Raises:
        InputError: the file is no picture, or beyond all measure.
    """
    if len(picture) > MOST_BYTES:
        raise InputError("The picture is larger than 20 MB.")
    pictures: Any = importlib.import_module("PIL.Image")
    turned: Any = importlib.import_module("PIL.ImageOps").exif_transpose
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is bounded here
            with pictures.open(io.BytesIO(picture)) as file:
                if file.width * file.height > _MOST_PIXELS:
                    raise InputError("The picture has more than 40 million pixels.")
                if max(file.size) > _LONGEST * min(file.size):
                    raise InputError(f"The picture is more than {_LONGEST} times as long as it is wide.")
                return turned(file).convert(mode)
    except (OSError, ValueError, SyntaxError, EOFError, pictures.DecompressionBombError) as error:
        raise InputError("The file is no picture that can be read.") from error
