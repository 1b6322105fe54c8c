"""Whose ad is it, and are the words that say who paid bound to them?

An ad is an advertiser's when it runs from an account of theirs, or bears their words and names no account that could
contradict. Words of theirs on an ad from another account are somebody else's claim, and a person must look.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.names import skeleton
from watchbell.ads.payers.disclaimers import statement_in
from watchbell.model.ads import Ad, AdDecision, DisclaimerFinding, DisclaimerState, PolicyFinding, Verdict
from watchbell.model.advertisers import DisclaimerVerdict, PayerDisclaimer
from watchbell.model.payers import AccountFace, AdAccount, Delivery, PaidAd

CODE_ACCOUNT = "PAYER-ACCOUNT"
CODE_UNBOUND = "PAYER-UNBOUND"
CODE_LOOKALIKE = "PAYER-LOOKALIKE"
_CODES = frozenset({CODE_ACCOUNT, CODE_UNBOUND, CODE_LOOKALIKE})


class Whose(NamedTuple):
    """The advertiser behind an ad, if one is known, and what speaks against the words that say who paid."""

    paid: PaidAd | None = None
    findings: tuple[PolicyFinding, ...] = ()


class PayerBook:
    """The words that are bound to advertisers, and the accounts from which their ads run."""

    def __init__(
        self, disclaimers: Iterable[PayerDisclaimer], accounts: Iterable[AdAccount], *, all_bound: bool = False
    ) -> None:
        """Keep the approved disclaimers and the accounts.

        Args:
            disclaimers: of all advertisers; those that are held or refused are bound to nobody.
            accounts: of all advertisers.
            all_bound: whether a political ad is held whose words are bound to nobody here.
        """
        bound = [one for one in disclaimers if one.verdict is DisclaimerVerdict.APPROVED]
        self._by_words = {_plain(words): one for one in bound for words in _forms(one)}
        self._by_name = {_plain(one.payer): one for one in bound}
        self._by_look = {_look(one.payer): one for one in bound}
        self._owners = {(_plain(one.platform), _plain(one.account)): one.advertiser_id for one in accounts}
        self._all_bound = all_bound

    def whose(self, ad: Ad, said: DisclaimerFinding) -> Whose:
        """Return whose an ad is.

        Args:
            ad: the ad.
            said: what was found of its disclaimer.
        """
        owner = self._owner(ad)
        claimed = self._claimed(ad, said)
        if owner is None:
            return self._from_no_known_account(ad, said, claimed)
        if said.payer is None or (claimed is not None and claimed.advertiser_id == owner):
            words = claimed.id if claimed else None
            return Whose(PaidAd(ad_id=ad.id, advertiser_id=owner, disclaimer_id=words))
        paid = PaidAd(ad_id=ad.id, advertiser_id=owner)
        if claimed is not None:
            reason = f"These words are bound to {claimed.payer}, and the ad ran from another advertiser's account."
            return Whose(paid, (PolicyFinding(code=CODE_ACCOUNT, quote=said.payer, reason=reason),))
        if said.state is DisclaimerState.NOT_NEEDED:
            return Whose(paid)
        reason = "The advertiser whose account it ran from has no such words approved."
        return Whose(paid, (PolicyFinding(code=CODE_UNBOUND, quote=said.payer, reason=reason),))

    def _from_no_known_account(self, ad: Ad, said: DisclaimerFinding, claimed: PayerDisclaimer | None) -> Whose:
        account = account_of(ad)
        if claimed is not None and account is None:
            return Whose(PaidAd(ad_id=ad.id, advertiser_id=claimed.advertiser_id, disclaimer_id=claimed.id))
        if said.payer is None:
            return Whose()
        if claimed is not None:
            reason = f"These words are bound to {claimed.payer}, and the account {account} is not known to be theirs."
            return Whose(findings=(PolicyFinding(code=CODE_ACCOUNT, quote=said.payer, reason=reason),))
        like = self._by_look.get(_look(said.payer)) if self._by_look else None
        if like is not None:
            reason = f"The name only looks like that of {like.payer}, to whom it is not bound."
            return Whose(findings=(PolicyFinding(code=CODE_LOOKALIKE, quote=said.payer, reason=reason),))
        if self._all_bound and said.state is DisclaimerState.PRESENT:
            reason = "No advertiser who proved who they are is bound to these words."
            return Whose(findings=(PolicyFinding(code=CODE_UNBOUND, quote=said.payer, reason=reason),))
        return Whose()

    def _owner(self, ad: Ad) -> str | None:
        account = _plain(account_of(ad) or "")
        keys = ((_plain(platform), account) for platform in platforms_of(ad))
        return next((self._owners[key] for key in keys if key in self._owners), None)

    def _claimed(self, ad: Ad, said: DisclaimerFinding) -> PayerDisclaimer | None:
        """Return the disclaimer that an ad bears: its very words, or the payer's name where it gives no more."""
        words = next((_plain(one) for one in (ad.disclaimer, said.quote) if one), None)
        if words is None:
            return None
        exact = self._by_words.get(words)
        named = self._by_name.get(_plain(said.payer or ""))
        only_the_name = named is not None and words in {_plain(said.payer or ""), _plain(ad.payer or "")}
        return exact or (named if only_the_name else None)


@lru_cache(maxsize=10_000)
def _look(name: str) -> str:
    """Return what a name looks like; most ads of a library are paid for by few payers."""
    return skeleton(name)


def _forms(bound: PayerDisclaimer) -> list[str]:
    """Return the forms in which bound words may stand: whole, adapted, and the sentence that texts are read for."""
    said = statement_in(bound.text)
    return [words for words in (said.quote if said else None, bound.adapted, bound.text) if words]


def account_of(ad: Ad) -> str | None:
    """Return the account or page that an ad ran from: its id where the source tells it, else its name."""
    return ad.account_id or ad.advertiser


def platforms_of(ad: Ad) -> list[str]:
    """Return the platforms that an ad ran on."""
    return ad.platform.split(", ")


def judged_anew(decision: AdDecision, findings: tuple[PolicyFinding, ...]) -> AdDecision:
    """Return a first decision with other findings about the payer: what is held only for them is held no longer."""
    others = tuple(finding for finding in decision.policies if finding.code not in _CODES)
    policies = others + findings
    if policies == decision.policies or decision.verdict is Verdict.REJECT:
        return decision
    verdict = Verdict.REVIEW if policies else Verdict.APPROVE
    return decision.model_copy(update={"policies": policies, "verdict": verdict})


def changed(before: AccountFace, after: AccountFace) -> dict[str, tuple[str, str]]:
    """Return what an account shows otherwise than before, by what it is; an unknown country is no change."""
    found = {}
    if _plain(before.name) != _plain(after.name):
        found["name"] = (before.name, after.name)
    if before.countries and after.countries and before.countries != after.countries:
        found["countries of administrators"] = (", ".join(before.countries), ", ".join(after.countries))
    return found


def face_of(ad: Ad, platform: str, now: datetime) -> AccountFace | None:
    """Return what the ad shows of its account; None where the source has no id that outlives a name."""
    if ad.account_id is None or not (ad.advertiser or ad.admin_countries):
        return None
    return AccountFace(
        platform=platform,
        account=ad.account_id,
        name=ad.advertiser or "",
        countries=tuple(sorted(ad.admin_countries)),
        first_at=ad.started_at or now,
    )


def delivery(ad: Ad, decision: AdDecision | None, now: datetime, *, may_run: bool = True) -> Delivery:
    """Return whether an ad runs. It follows from what was decided and from its advertiser's standing, at any time anew.

    Args:
        ad: the ad.
        decision: the one that stands.
        now: the moment asked about.
        may_run: whether its advertiser is authorised; True where none is known.
    """
    if decision is not None and decision.verdict is not Verdict.APPROVE:
        lacks = decision.disclaimer.state is DisclaimerState.MISSING
        if lacks and ad.started_at is not None and ad.started_at <= decision.decided_at:
            return Delivery.UNDISCLOSED
        return Delivery.STOPPED if decision.verdict is Verdict.REJECT else Delivery.HELD
    if ad.ended_at is not None and ad.ended_at <= now:
        return Delivery.ENDED
    return Delivery.RUNS if may_run else Delivery.PAUSED


def _plain(text: str) -> str:
    """Return words without differences of case, of spaces, or of the full stop at their end."""
    return " ".join(text.casefold().split()).rstrip(".")
