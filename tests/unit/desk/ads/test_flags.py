import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.unit.desk.advertisers.test_senders import Mailbox
from watchbell.desk.ads.flags import FlagGate, Told, answer_flag, due_for, raise_flag, redress_for
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.ads import Ad
from watchbell.model.flags import AdFlag, FlagState
from watchbell.model.partners import Role, User
from watchbell.settings import Settings
from watchbell.vault.vault import Vault, open_vault, sqlite_url

QUIET = datetime(2027, 3, 1, tzinfo=UTC)
BEFORE_A_VOTE = datetime(2029, 5, 20, tzinfo=UTC)
SETTINGS = Settings()


def ad(country: str | None = None) -> Ad:
    return Ad(id="jsonl:1", source="jsonl", platform="facebook", text="Vote on Monday", country=country)


def person(role: Role) -> User:
    return User(username="rev", role=role, password_hash="", created_at=QUIET)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(sqlite_url(tmp_path / "vault.db")) as opened:
        opened.ads.add([ad()])
        yield opened


def raised(vault: Vault, told: Told, settings: Settings = SETTINGS) -> AdFlag:
    return raise_flag(vault, ad(), told, settings, QUIET, admit=lambda: None)


def answered(vault: Vault, flag: AdFlag, settings: Settings = SETTINGS, role: Role = Role.REVIEWER) -> AdFlag:
    told = {"state": "upheld", "words": "You are right: it names a day that is none."}
    return answer_flag(vault, flag.id, told, settings, by=person(role), now=QUIET + timedelta(days=9))


# The bundled calendar expects the European Parliament's election on 7 to 10 June 2029.
@pytest.mark.parametrize(
    ("country", "now", "hours"),
    [
        ("DE", BEFORE_A_VOTE, 48),
        ("FR, DE", BEFORE_A_VOTE, 48),
        ("DE", datetime(2029, 6, 10, tzinfo=UTC), 48),
        ("DE", datetime(2029, 5, 6, tzinfo=UTC), 7 * 24),
        ("DE", datetime(2029, 6, 11, tzinfo=UTC), 7 * 24),
        ("US", BEFORE_A_VOTE, 7 * 24),
        (None, BEFORE_A_VOTE, 7 * 24),
    ],
)
def test_an_answer_takes_48_hours_in_the_month_before_a_vote_and_the_house_s_term_else(
    country: str | None, now: datetime, hours: int
) -> None:
    assert due_for(ad(country), SETTINGS, now).at == now + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Told("nonsense", "Look"), "Choose"),
        (Told("other", " \n"), "Say it in words"),
        (Told("other", "x" * 4001), "longer"),
        (Told("other", "Look", "no address\r\nBcc: all@example.org"), "no e-mail address"),
    ],
)
def test_a_flag_that_says_nothing_is_refused_with_a_sentence(vault: Vault, told: Told, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        raised(vault, told)
    assert vault.ad_flags.waiting() == []


def test_only_so_many_flags_come_in_within_an_hour() -> None:
    gate = FlagGate()
    for number in range(5):
        gate.admit(f"2001:db8::{number}", QUIET)
    with pytest.raises(UsageError, match="Too many"):
        gate.admit("2001:db8::99", QUIET)
    gate.admit("192.0.2.1", QUIET)
    gate.admit("2001:db8::99", QUIET + timedelta(hours=1))


def test_all_together_are_bounded_too() -> None:
    gate = FlagGate()
    for number in range(300):
        gate.admit(f"192.0.{number // 250}.{number % 250}", QUIET)
    with pytest.raises(UsageError, match="Too many"):
        gate.admit("198.51.100.1", QUIET)


def test_an_answer_stands_with_its_reason_and_whether_it_was_late(vault: Vault) -> None:
    done = answered(vault, raised(vault, Told("other", "It names a wrong day")))
    assert done.state is FlagState.UPHELD
    assert done.answered_late
    assert done == vault.ad_flags.get(done.id)
    assert vault.ledger.about("jsonl:1")[0].details == {"state": "upheld", "late": True}


def test_an_analyst_does_not_answer(vault: Vault) -> None:
    flag = raised(vault, Told("other", "It names a wrong day"))
    with pytest.raises(NotAllowedError):
        answered(vault, flag, role=Role.ANALYST)


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def test_the_answer_goes_to_the_address_which_is_then_forgotten(vault: Vault, free_port: int) -> None:
    settings = Settings(smtp_host="127.0.0.1", smtp_port=free_port, smtp_security="none")
    flag = raised(vault, Told("other", "It names a wrong day", "ann@example.org", "Ann"), settings)
    unsent = answered(vault, flag, settings)  # nobody listens at the port yet
    assert (unsent.told_at, unsent.email) == (None, "ann@example.org")
    assert (flag.received_at, unsent.name) == (None, "Ann")
    server = Controller(mailbox := Mailbox(), hostname="127.0.0.1", port=free_port)
    server.start()
    raised_flag = raised(vault, Told("other", "And <more>", "bob@example.org", "Bob"), settings)
    done = answered(vault, raised_flag, settings)
    server.stop()
    assert raised_flag.received_at == QUIET
    receipt, mail = mailbox.received
    assert receipt.rcpt_tos == mail.rcpt_tos == ["bob@example.org"]
    assert b"It came in on 2027-03-01 00:00 UTC" in receipt.content
    assert b"<more>" not in receipt.content
    assert b"a day that is none" in mail.content
    assert done.told_at is not None
    assert (done.email, done.name) == (None, None)
    assert vault.ad_flags.get(done.id) == done


def test_a_name_without_an_address_goes_with_the_answer_and_the_answer_names_the_authority(vault: Vault) -> None:
    flag = raised(vault, Told("other", "It names a wrong day", name=f"  Ann \n Roe {'x' * 300}"))
    assert (flag.name or "").startswith("Ann Roe x")
    assert len(flag.name or "") == 200
    assert answered(vault, flag).name is None
    assert "authority" in (redress_for(ad("FR, DE"), SETTINGS) or "")
    assert redress_for(ad("US"), SETTINGS) is None
    assert redress_for(None, SETTINGS) is None


def test_whose_term_it_is_is_said(tmp_path: Path) -> None:
    assert "(Regulation (EU) 2024/900, article 15(7))" in due_for(ad("DE"), SETTINGS, BEFORE_A_VOTE).by
    in_a_state = due_for(ad("US"), SETTINGS, datetime(2028, 11, 1, tzinfo=UTC))
    assert "the term that this house sets itself" in in_a_state.by
    own = tmp_path / "eu.yaml"
    bundled = (files("watchbell.ads.advertisers") / "routes" / "eu.yaml").read_text("utf-8")
    own.write_text(bundled.replace("hours_before_vote: 48", "hours_before_vote: 24"), "utf-8")
    due = due_for(ad("DE"), Settings(route_files=(own,)), BEFORE_A_VOTE)
    assert (due.at - BEFORE_A_VOTE, due.by[:8]) == (timedelta(hours=24), "24 hours")
