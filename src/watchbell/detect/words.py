"""The words of a post, written so that one text is one thing however it was typed."""

import polars as pl

# What is not read: format characters and all else that Unicode says to ignore (zero width, direction marks, variation
# selectors); the Arabic stretching line and vowel signs, which Arabic writers leave out at will (Lucene's Arabic
# normalisation drops the same).
_UNREAD = r"[\p{Cf}\p{Default_Ignorable_Code_Point}\x{0640}\x{064B}-\x{0652}]"
# A link ends at white space, or where a script begins that is written without any.
_LINK = r"https?://[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]+"

WORDS = (
    pl.col("text")
    # Decomposed first: what is left out may hide inside a ligature, or stand between a letter and its accent.
    .str.normalize("NFKD")
    .str.replace_all(_UNREAD, "")
    .str.to_lowercase()
    .str.normalize("NFKC")
    .str.replace_all(_LINK, " ")
    .str.replace_all(r"[\s\p{Cc}]+", " ")
    .str.strip_chars()
    .str.replace(r"^(?:rt @\w+: ?)+", "")
    .str.strip_chars()
)
"""Column `text` in one spelling: no letter case, links, names of who was retweeted, or characters that are not read."""
