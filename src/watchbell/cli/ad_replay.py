"""What `watchbell ads replay` shows: a decision, the rules it names, and whether it is the same again."""

from watchbell.cli.options import print_json
from watchbell.cli.screen import console
from watchbell.desk.ads.replay import Replay


def tell(again: Replay, *, as_json: bool) -> None:
    """Print a replay."""
    if as_json:
        kept, now = again.kept.model_dump(mode="json"), again.now.model_dump(mode="json")
        print_json({"kept": kept, "now": now, "same_rules": again.same_rules, "differs": again.differs})
        return
    proposed = f", proposed: {again.now.proposed.value}" if again.now.proposed else ""
    console.say(f"{again.now.ad_id}: {again.now.verdict.value}{proposed}")
    for finding in again.now.policies:
        console.say(f"{finding.code}: “{finding.quote}”" if finding.quote else finding.code)
        console.say(f"  {finding.reason}")
        if finding.source:
            console.say(f"  Source: {finding.source}")
    console.say(_compared(again))


def _compared(again: Replay) -> str:
    kept, now = again.kept.rules_version, again.now.rules_version
    if not again.same_rules:
        what = f"what differs ({', '.join(again.differs)}) may be theirs" if again.differs else "they say the same"
        return f"It was decided under the rules {kept}; these are {now}: {what}."
    if again.differs:
        return f"The same rules ({now}) say something else now: {', '.join(again.differs)}."
    return f"The same rules ({now}) say the same as on {again.kept.decided_at:%Y-%m-%d %H:%M} UTC."
