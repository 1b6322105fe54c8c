"""One spelling for words that are compared: texts, account names, phone numbers."""

import importlib
import re
from functools import cache
from typing import Any

import polars as pl

from watchbell.match.links import account_key

# Format characters and all else that Unicode says to ignore.
_UNREAD = r"[\p{Cf}\p{Default_Ignorable_Code_Point}]"
_LINK = r"https?://\S+"
# As `model.addresses.normalise_handle` has it, for whole columns.
_HANDLE_NOISE = r"[\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"


def spelled(text: pl.Expr) -> pl.Expr:
    """Return text in one spelling: no letter case, links, hashtags, mentions, or characters that are not read."""
    plain = text.str.normalize("NFKC").str.replace_all(_UNREAD, "").str.to_lowercase()
    bare = plain.str.replace_all(_LINK, " ").str.replace_all(r"[#@]\w+", " ")
    return bare.str.replace_all(r"[\s\p{Cc}]+", " ").str.strip_chars().str.replace(r"^rt ?: ?", "")


def accounts_named(platform: pl.Expr, name: pl.Expr) -> pl.Expr:
    """Return the keys of accounts that are named: a handle or an id, with or without `@` and the platform before it.

    None where a blank stands inside: that is a person's name, not a handle.
    """
    bare = name.str.strip_chars()
    prefixed = bare.str.starts_with(platform + ":")
    bare = pl.when(prefixed).then(bare.str.slice(platform.str.len_chars() + 1)).otherwise(bare)
    handle = bare.str.replace_all(_HANDLE_NOISE, "").str.replace("^@", "").str.to_lowercase()
    key = pl.concat_str(platform.fill_null(""), handle, separator=account_key("", ""))
    return pl.when(~bare.str.contains(r"\s")).then(key)


def digits_of(number: str) -> str:
    """Return a phone number in international form as digits only, `(0)` and all dress left out.

    By Google's numbering plans (`phonenumbers`) where they are installed.
    """
    plans = _numbering_plans()
    if plans is not None:
        try:
            return str(plans.format_number(plans.parse(number), plans.PhoneNumberFormat.E164))[1:]
        except plans.NumberParseException:
            pass
    return re.sub(r"\D", "", number)


@cache
def _numbering_plans() -> Any:
    try:
        return importlib.import_module("phonenumbers")
    except ModuleNotFoundError:
        return None
