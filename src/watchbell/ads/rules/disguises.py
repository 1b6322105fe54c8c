"""Words about voting whose letters are of two scripts: no honest keyboard writes them so."""

from functools import lru_cache

from watchbell.ads.concepts import Concepts
from watchbell.ads.normalise import mixed_words, normalise
from watchbell.model.ads import PolicyFinding

CODE_DISGUISED = "WORD-DISGUISED"
# What the lexicons' voting words are read from.
_OF_VOTING = ("vote", "ballot", "election", "voters")


def disguised_words(text: str) -> tuple[PolicyFinding, ...]:
    """Hold an ad for the first word that passes for one about voting; a text in another script is no disguise."""
    for word in mixed_words(text):
        if normalise(word).text in _voting_words():
            reason = (
                "The word has letters of another script that only look like its others, so a person must look at it."
            )
            return (PolicyFinding(code=CODE_DISGUISED, quote=word, reason=reason),)
    return ()


@lru_cache(maxsize=1)
def _voting_words() -> frozenset[str]:
    return Concepts.bundled().telling_words(_OF_VOTING)
