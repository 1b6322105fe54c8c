"""Languages as exports name them, in the codes that posts carry (ISO 639-1)."""

import re
from typing import Any

_CODE = re.compile(r"([a-z]{2,3})(?:[-_]\w+)*")
# English names of the languages that Twitter's and other platforms' detectors report.
_NAMES = {
    "albanian": "sq", "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr",
    "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "farsi (persian)": "fa",
    "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "gujarati": "gu", "hebrew": "he",
    "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it", "japanese": "ja",
    "kannada": "kn", "korean": "ko", "kurdish": "ku", "latvian": "lv", "lithuanian": "lt", "macedonian": "mk",
    "malay": "ms", "malayalam": "ml", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt",
    "pushto": "ps", "romanian": "ro", "russian": "ru", "serbian": "sr", "simplified chinese": "zh",
    "slovak": "sk", "slovenian": "sl", "somali": "so", "spanish": "es", "swedish": "sv",
    "tagalog (filipino)": "tl", "tamil": "ta", "telugu": "te", "thai": "th", "traditional chinese": "zh",
    "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "uzbek": "uz", "vietnamese": "vi",
}  # fmt: skip
_UNKNOWN = frozenset({"und", "unk", "zxx", "nan"})


def language_of(value: Any) -> str | None:
    """Return the code of a language given by code, with or without a region, or by its English name."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in _NAMES:
        return _NAMES[text]
    found = _CODE.fullmatch(text)
    return found[1] if found and found[1] not in _UNKNOWN else None
