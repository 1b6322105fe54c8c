"""What carries a code to an advertiser: e-mail, text message, letter. A stand-in warns, and production refuses it."""

import json
import os
import smtplib
import ssl
import warnings
from collections.abc import Callable
from email.message import EmailMessage
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from watchbell.desk.exchange.outgoing import networks_named, post_once
from watchbell.errors import NotSentError, PeerError, UsageError
from watchbell.settings import Settings

_SECONDS = 20


class Way(StrEnum):
    """How a code travels."""

    EMAIL = "e-mail"
    SMS = "text message"
    POST = "letter"


class Message(NamedTuple):
    """What is to be sent."""

    id: str
    """Names a letter's file."""
    to: str
    subject: str
    text: str
    letter: bytes = b""
    """The page as PDF, of what goes by post."""


class Sender(Protocol):
    """Sends messages one way."""

    is_real: bool

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            NotSentError: it could not be sent.
        """
        ...


class NullSender:
    """Sends nothing and warns. It never shows what it was to send."""

    is_real = False

    def __init__(self, way: Way) -> None:
        """Stand in for a way."""
        self._way = way

    def send(self, message: Message) -> None:  # noqa: ARG002  # a stand-in looks at nothing
        """Warn."""
        warnings.warn(f"No {self._way} was sent: nothing is set up that sends one.", stacklevel=2)


class SmtpSender:
    """Sends e-mail through a server (RFC 5321), encrypted unless the settings say otherwise."""

    is_real = True

    def __init__(self, settings: Settings) -> None:
        """Send as the settings `smtp_…` say."""
        self._settings = settings

    def send(self, message: Message) -> None:
        """Send an e-mail."""
        try:
            # Line ends in an address or subject would begin a header of their own: EmailMessage refuses them.
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = self._settings.smtp_from, message.to, message.subject
            mail.set_content(message.text)
            with self._server() as server:
                if self._settings.smtp_user is not None:
                    server.login(self._settings.smtp_user, self._settings.smtp_password or "")
                server.send_message(mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotSentError(f"The e-mail could not be sent: {error}.") from error

    def _server(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host or "localhost", self._settings.smtp_port
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
        if self._settings.smtp_security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


class SmsGateway:
    """Sends text messages by a gateway that takes an HTTP POST, in the fields that the settings `sms_…` say."""

    is_real = True

    def __init__(self, url: str, settings: Settings) -> None:
        """Send through `url`."""
        self._url = url
        self._settings = settings

    def send(self, message: Message) -> None:
        """Send a text message."""
        told = {"to": message.to, "text": message.text.strip()}
        fields = {name: Template(value).safe_substitute(told) for name, value in self._settings.sms_fields.items()}
        body, kind = _ENCODINGS[self._settings.sms_encoding](fields)
        headers = {"content-type": kind} | self._settings.sms_headers
        inside = networks_named(self._settings.peer_networks)
        try:
            answer = post_once(self._url, body, headers, inside=inside, authority=None, seconds=_SECONDS)
        except PeerError as error:
            raise NotSentError(f"The text message could not be sent: {error}") from error
        # A gateway may answer with what it was sent, so nothing of it is repeated.
        if answer.status not in _TAKEN:
            raise NotSentError(f"The text message could not be sent: the gateway answers with status {answer.status}.")


_TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT})
_ENCODINGS: dict[str, Callable[[dict[str, str]], tuple[bytes, str]]] = {
    "json": lambda fields: (json.dumps(fields).encode(), "application/json"),
    "form": lambda fields: (urlencode(fields).encode(), "application/x-www-form-urlencoded"),
}


class LetterTray:
    """Puts letters into a folder, from which a person prints and posts them."""

    is_real = True

    def __init__(self, folder: Path) -> None:
        """Put letters into `folder`, made if it is not there."""
        self._folder = folder

    def send(self, message: Message) -> None:
        """Write the letter into the folder, for its owner's eyes only."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder / f"{message.id}.pdf", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.letter)
        except OSError as error:
            raise NotSentError(f"The letter could not be written to {self._folder}: {error.strerror}.") from error


def sender_for(way: Way, settings: Settings) -> Sender:
    """Return what sends one way.

    Raises:
        UsageError: only a stand-in is there, and the setting `production` refuses it.
    """
    sender = _REAL[way](settings) or NullSender(way)
    if settings.production and not sender.is_real:
        raise UsageError(f"Nothing is set up that sends a {way}, and in production a code must arrive. See {_HOW}.")
    return sender


def _smtp(settings: Settings) -> Sender | None:
    return SmtpSender(settings) if settings.smtp_host else None


def _gateway(settings: Settings) -> Sender | None:
    return SmsGateway(settings.sms_url, settings) if settings.sms_url else None


def _tray(settings: Settings) -> Sender | None:
    return LetterTray(settings.letters_folder) if settings.letters_folder else None


_HOW = "docs/howto/authorize-an-advertiser.md"
_REAL: dict[Way, Callable[[Settings], Sender | None]] = {Way.EMAIL: _smtp, Way.SMS: _gateway, Way.POST: _tray}
