"""Every sender takes the same messages; the real ones are looked at where the message arrives."""

import json
import warnings
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller

from tests.loopback_site import Site, site_of
from watchbell.desk.advertisers.senders import LetterTray, Message, NullSender, Sender, SmtpSender, Way, sender_for
from watchbell.errors import NotSentError, UsageError
from watchbell.settings import Settings

MESSAGE = Message("shown--1", "ann@example.org", "Your code", "It is ABCD-2345.\n", b"%PDF-1.3 made up")


class Mailbox:
    """Keeps what a real SMTP server receives."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[Settings]:
    # Port 0 would be simplest, but aiosmtpd connects to the port that it was given.
    import socket  # noqa: PLC0415  # for this alone

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    yield Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", smtp_from="ads@example.org")
    server.stop()


@pytest.fixture
def gateway() -> Iterator[Site]:
    with site_of({"/v1": (202, {}, b"{}"), "/full": (402, {}, b"ABCD-2345")}) as site:
        yield site


def texting(site: Site, path: str = "/v1", **settings: Any) -> Settings:
    return Settings(sms_url=site.url(path), peer_networks=("127.0.0.0/8",), **settings)


@pytest.fixture(params=["smtp", "tray", "null", "gateway"])
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Sender:
    if request.param == "smtp":
        return SmtpSender(request.getfixturevalue("smtp"))
    if request.param == "gateway":
        return sender_for(Way.SMS, texting(request.getfixturevalue("gateway")))
    return LetterTray(tmp_path / "letters") if request.param == "tray" else NullSender(Way.SMS)


def test_every_sender_takes_a_message_and_only_the_stand_in_warns(sender: Sender) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sender.send(MESSAGE)
    ours = [str(one.message) for one in caught if one.category is UserWarning]
    assert bool(ours) is not sender.is_real
    assert "ABCD" not in str(ours)


def test_an_e_mail_arrives(smtp: Settings, mailbox: Mailbox) -> None:
    sender_for(Way.EMAIL, smtp).send(MESSAGE)
    (envelope,) = mailbox.received
    mail = message_from_bytes(envelope.content)
    assert (envelope.rcpt_tos, mail["From"], mail["Subject"]) == (["ann@example.org"], "ads@example.org", "Your code")
    assert "ABCD-2345" in str(mail.get_payload())


def test_a_letter_lies_in_the_tray_for_its_owner_only(tmp_path: Path) -> None:
    sender_for(Way.POST, Settings(letters_folder=tmp_path / "letters")).send(MESSAGE)
    file = tmp_path / "letters" / "shown--1.pdf"
    assert file.read_bytes() == MESSAGE.letter
    assert file.stat().st_mode & 0o077 == 0


def test_a_text_message_reaches_the_gateway_in_its_own_fields(gateway: Site) -> None:
    message = MESSAGE._replace(to="+14155550123", text='It is "ABCD" & $to.\n')
    headers = {"authorization": "Bearer t0ken"}
    fields = {"To": "$to", "From": "+15550100", "Body": "$text"}
    for encoding in ("json", "form"):
        settings = texting(gateway, sms_encoding=encoding, sms_fields=fields, sms_headers=headers)
        assert "t0ken" not in repr(settings)
        sender_for(Way.SMS, settings).send(message)
    as_json, as_form = gateway.asked
    told = {"To": "+14155550123", "From": "+15550100", "Body": 'It is "ABCD" & $to.'}
    assert json.loads(as_json.body) == told
    assert parse_qs(as_form.body.decode()) == {name: [value] for name, value in told.items()}
    assert as_form.headers["authorization"] == "Bearer t0ken"
    assert as_form.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_gateway_that_refuses_or_stands_inside_is_said_without_the_code(gateway: Site) -> None:
    with pytest.raises(NotSentError, match="status 402") as refused:
        sender_for(Way.SMS, texting(gateway, "/full")).send(MESSAGE)
    assert "ABCD" not in str(refused.value)
    with pytest.raises(NotSentError, match="inside the house"):
        sender_for(Way.SMS, Settings(sms_url=gateway.url("/v1"))).send(MESSAGE)


def test_what_cannot_be_sent_is_said(smtp: Settings, tmp_path: Path) -> None:
    closed = Settings(smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    with pytest.raises(NotSentError, match="could not be sent"):
        SmtpSender(closed).send(MESSAGE)
    with pytest.raises(NotSentError, match="could not be sent"):
        SmtpSender(smtp).send(MESSAGE._replace(to="ann@example.org\r\nBcc: everybody@example.org"))
    with pytest.raises(NotSentError, match="could not be sent"):
        SmtpSender(smtp.model_copy(update={"smtp_security": "starttls"})).send(MESSAGE)
    (tmp_path / "file").touch()
    with pytest.raises(NotSentError, match="could not be written"):
        LetterTray(tmp_path / "file").send(MESSAGE)


@pytest.mark.parametrize("way", list(Way))
def test_production_refuses_a_stand_in(way: Way) -> None:
    assert not sender_for(way, Settings()).is_real
    with pytest.raises(UsageError, match="in production"):
        sender_for(way, Settings(production=True))
