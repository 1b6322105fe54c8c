"""The words inside an ad's pictures, so that a rule broken in a picture is broken all the same."""

import importlib
import io
from typing import Any

from watchbell.errors import InputError, MissingExtraError
from watchbell.model.ads import Ad, PolicyFinding

CODE_UNREAD = "IMAGE-UNREAD"

# Below this the engine itself doubts the line it read (its scores run from 0 to 1).
_SURE = 0.5
# The longest banner in use is 970 x 90 (IAB, "Fixed size ad specifications"); a sliver of a few hundred bytes would be
# widened for the engine until it is busy for minutes.
_LONGEST = 12


class ImageReader:
    """Reads the words in pictures."""

    def __init__(self) -> None:
        """Load the reading engine.

        Raises:
            MissingExtraError: it is not installed.
        """
        try:
            self._engine: Any = importlib.import_module("rapidocr_onnxruntime").RapidOCR()
            self._pictures: Any = importlib.import_module("PIL.Image")
            self._numpy: Any = importlib.import_module("numpy")
        except ModuleNotFoundError as error:
            raise MissingExtraError("Reading text inside images", "desk") from error

    def read(self, content: bytes) -> str:
        """Return the words in a picture of which it is known that it can be opened, line by line.

        Raises:
            InputError: it is too long for its width, or beyond the engine.
        """
        with self._pictures.open(io.BytesIO(content)) as picture:
            if max(picture.size) > _LONGEST * min(picture.size):
                raise InputError(f"it is more than {_LONGEST} times as long as it is wide")
            pixels = self._numpy.asarray(picture.convert("RGB"))
        try:
            # The engine takes blue first.
            lines, _ = self._engine(self._numpy.ascontiguousarray(pixels[:, :, ::-1]))
        except Exception as error:  # whatever a made-up picture does to the engine
            raise InputError("the reading engine failed over it") from error
        return "\n".join(text for _, text, score in lines or () if float(score) >= _SURE)


def with_picture_words(ad: Ad) -> tuple[Ad, tuple[PolicyFinding, ...]]:
    """Return the ad with its pictures' words added to its text, and a finding for each picture left unread."""
    if not ad.pictures:
        return ad, ()
    words = (ad.text, *(picture.words for picture in ad.pictures))
    unread = tuple(
        PolicyFinding(
            code=CODE_UNREAD,
            quote=picture.name,
            reason=f"The picture could not be read ({picture.problem}), so a person must look at it.",
        )
        for picture in ad.pictures
        if picture.problem
    )
    return ad.model_copy(update={"text": "\n\n".join(filter(None, words)) or None}), unread
