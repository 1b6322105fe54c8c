"""A committee that says it is registered with the Federal Election Commission."""

from datetime import date

from watchbell.ads.evidence.finding import accepted, for_review, refused
from watchbell.ads.evidence.names import mixes_scripts
from watchbell.ads.register import Register, alike
from watchbell.model.advertisers import Finding


def committee(committee_id: str, organisation: str, register: Register, today: date) -> Finding:
    """Check an id against the FEC's committee master: it is there, bears the name, and is not terminated."""
    found = register.find(committee_id)
    if found is None:
        return refused(f"The {register.name} has no committee {committee_id.strip()}.")
    if mixes_scripts(organisation):
        return refused("The name has letters of another script that only look like those of the committee's name.")
    if not alike(organisation, found.name):
        return refused(f"The {register.name} knows {found.id} as {found.name}, not as {organisation}.")
    if found.terminated:
        return refused(f"The committee {found.name} was terminated.")
    facts = {"committee": f"{found.id} {found.name}", "treasurer": found.treasurer or "none given"}
    if found.candidate_id:
        facts["candidate"] = register.candidates.get(found.candidate_id, found.candidate_id)
    if not register.covers(today):
        return for_review(
            f"The {register.name} ends on {register.covers_until}: does the committee still stand?", facts
        )
    return accepted(f"The committee stands in the {register.name}.", facts, register.covers_until)
