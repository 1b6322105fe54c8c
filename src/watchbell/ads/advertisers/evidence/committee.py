"""A committee that says it is registered with the Federal Election Commission."""

import importlib
from datetime import date
from typing import Any

from watchbell.ads.advertisers.evidence.finding import accepted, for_review, refused
from watchbell.ads.advertisers.evidence.names import mixes_scripts, same_organisation, words
from watchbell.ads.payers.register import Register
from watchbell.model.advertisers import Finding


def committee(committee_id: str, organisation: str, person: str, register: Register, today: date) -> Finding:
    """Check an id against the FEC's committee master: it is there, bears the name, and is not terminated.

    Ids are public: whoever is neither the committee's treasurer nor its candidate is left to a person's judgement.
    """
    found = register.find(committee_id)
    if found is None:
        return refused(f"The {register.name} has no committee {committee_id.strip()}.")
    if mixes_scripts(organisation):
        return refused("The name has letters of another script that only look like those of the committee's name.")
    if not same_organisation(organisation, found.name):
        return refused(f"The {register.name} knows {found.id} as {found.name}, not as {organisation}.")
    if found.terminated:
        return refused(f"The committee {found.name} was terminated.")
    candidate = register.candidates.get(found.candidate_id, found.candidate_id) if found.candidate_id else None
    facts = {"committee": f"{found.id} {found.name}", "treasurer": found.treasurer or "none given"}
    facts |= {"candidate": candidate} if candidate else {}
    doubts, until = [], register.covers_until if register.covers(today) else None
    if until is None:
        doubts.append(f"The {register.name} ends on {register.covers_until}: does the committee still stand?")
    if not any(_is(person, named) for named in (found.treasurer, candidate) if named):
        doubts.append(f"The {register.name} names {person} as neither treasurer nor candidate: do they act for it?")
    unique = f"committee {found.id}"
    if doubts:
        return for_review(" ".join(doubts), facts, until, unique=unique)
    return accepted(f"The committee stands in the {register.name}.", facts, until, unique=unique)


def _is(person: str, registered: str) -> bool:
    """Tell whether a person has the first and the last name that the register gives, in either order."""
    parser: Any = importlib.import_module("nameparser")
    name = parser.HumanName(registered)
    return bool(name.first and name.last) and set(words(f"{name.first} {name.last}")) <= set(words(person))
