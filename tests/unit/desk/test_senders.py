"""Every sender takes the same messages; the real ones are looked at where the message arrives."""

import warnings
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from watchbell.desk.senders import LetterTray, Message, NullSender, Sender, SmtpSender, Way, sender_for
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


@pytest.fixture(params=["smtp", "tray", "null"])
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Sender:
    if request.param == "smtp":
        return SmtpSender(request.getfixturevalue("smtp"))
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
