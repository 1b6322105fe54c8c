"""Who paid, in the words that laws ask for and advertisers use."""

import pytest

from watchbell.ads.payers.disclaimers import disclaimer, missing, statement_in
from watchbell.model.ads import Ad, DisclaimerState


def an_ad(**fields: object) -> Ad:
    return Ad.model_validate({"id": "a:1", "source": "a", "platform": "p"} | fields)


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        ("Vote Lee. Paid for by Friends of Ann Lee", "Friends of Ann Lee"),
        ("PAID FOR BY LEE FOR SENATE, INC. NOT AUTHORIZED BY ANY CANDIDATE", "LEE FOR SENATE, INC"),
        ("Paid for by Acme PAC and not authorized by any candidate or candidate's committee.", "Acme PAC"),
        ("Paid for by Acme PAC (acmepac.example), not authorized by any candidate", "Acme PAC"),
        ("Paid & authorized by Lee Campaign", "Lee Campaign"),
        ("Paid for and authorized by Lee Campaign. Thank you!", "Lee Campaign"),
        (
            "Promoted by J. Bell on behalf of the Harbour Party, 1 Quay St",
            "J. Bell on behalf of the Harbour Party, 1 Quay St",
        ),
        ("Authorised by P. Reed, Harbour Party, Sydney", "P. Reed, Harbour Party, Sydney"),
        ("Pagado por Amigos de Ana López", "Amigos de Ana López"),
        ("Politische Anzeige der Hafenpartei", "Hafenpartei"),
        ("V.i.S.d.P.: Jan Boje, Hafenstr. 1", "Jan Boje, Hafenstr. 1"),
        ("Payé par le Parti du Port", "le Parti du Port"),
    ],
)
def test_statements_are_read(text: str, payer: str) -> None:
    found = statement_in(text)
    assert found is not None
    assert found.payer == payer
    assert found.quote in text


@pytest.mark.parametrize(
    "text", ["I paid for this by working", "Authorized by Congress in 1965", "Get paid for it", ""]
)
def test_other_words_are_no_statement(text: str) -> None:
    assert statement_in(text) is None


def test_a_political_ad_without_one_is_held_with_the_law() -> None:
    found = disclaimer(an_ad(text="Vote Lee"), political=True)
    assert found.state is DisclaimerState.MISSING
    (finding,) = missing(found)
    assert finding.code == "DISC-MISSING"
    assert "52 U.S.C. 30120" in finding.reason
    assert "2024/900" in finding.reason


def test_a_record_without_a_place_for_the_payer_is_not_blamed_for_naming_none() -> None:
    found = disclaimer(an_ad(text="Vote Lee", reports_payer=False), political=True)
    assert found.state is DisclaimerState.UNKNOWN
    assert missing(found) == ()
    claimed = disclaimer(an_ad(text="Vote Lee. Paid for by Lee Campaign", reports_payer=False), political=True)
    assert claimed.state is DisclaimerState.PRESENT


def test_other_ads_need_none() -> None:
    found = disclaimer(an_ad(text="Shoes"), political=False)
    assert found.state is DisclaimerState.NOT_NEEDED
    assert missing(found) == ()


def test_the_librarys_payer_counts_and_a_claim_in_the_text_is_called_one() -> None:
    given = disclaimer(an_ad(text="Vote Lee", payer="Lee Campaign"), political=True)
    assert (given.state, given.payer) == (DisclaimerState.PRESENT, "Lee Campaign")
    claimed = disclaimer(an_ad(text="Vote Lee. Paid for by Lee Campaign"), political=True)
    assert (claimed.state, claimed.payer) == (DisclaimerState.PRESENT, "Lee Campaign")
    assert "claim" in claimed.reason
