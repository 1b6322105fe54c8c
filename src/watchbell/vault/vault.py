"""The vault: the records that must survive, each kind on its shelf, in SQLite or PostgreSQL."""

from pathlib import Path
from typing import Self

from sqlalchemy import URL, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from watchbell.errors import WorkspaceError
from watchbell.vault.adcounts import AdCountShelf
from watchbell.vault.adds import AddShelf
from watchbell.vault.adflags import AdFlagShelf
from watchbell.vault.adnotices import AdNoticeShelf
from watchbell.vault.adoverviews import AdOverviewShelf
from watchbell.vault.adpictures import AdPictures
from watchbell.vault.ads import AdShelf
from watchbell.vault.adsums import AdSums
from watchbell.vault.advertiser_accounts import AdvertiserAccountShelf
from watchbell.vault.advertisers import AdvertiserShelf
from watchbell.vault.appeals import AppealShelf
from watchbell.vault.attempts import AttemptShelf
from watchbell.vault.cases import CaseShelf
from watchbell.vault.claims import ClaimShelf
from watchbell.vault.collections import CollectionShelf
from watchbell.vault.database import Database, connect
from watchbell.vault.deliveries import DeliveryShelf
from watchbell.vault.feedback import FeedbackShelf
from watchbell.vault.hits import HitShelf
from watchbell.vault.indicators import IndicatorShelf
from watchbell.vault.ledger import Ledger
from watchbell.vault.machines import MachineShelf
from watchbell.vault.partners import PartnerShelf
from watchbell.vault.payers import PayerShelf
from watchbell.vault.peers import PeerShelf
from watchbell.vault.requests import ReleaseShelf, RequestShelf
from watchbell.vault.runs import RunShelf
from watchbell.vault.schema import HEAD
from watchbell.vault.users import SessionShelf, UserShelf
from watchbell.vault.waiting import WaitingShelf
from watchbell.vault.webhooks import WebhookShelf


class Vault:
    """An open database and its shelves; use it as a context manager, or call `close`."""

    def __init__(self, database: Database) -> None:
        """Put up the shelves; `open_vault` makes sure that the tables are there."""
        self._database = database
        self.indicators = IndicatorShelf(database)
        self.hits = HitShelf(database)
        self.ads = AdShelf(database)
        self.ad_counts = AdCountShelf(database)
        self.ad_sums = AdSums(database)
        self.ad_overviews = AdOverviewShelf(database)
        self.ad_pictures = AdPictures(database)
        self.ad_flags = AdFlagShelf(database)
        self.ad_notices = AdNoticeShelf(database)
        self.claims = ClaimShelf(database)
        self.advertisers = AdvertiserShelf(database)
        self.advertiser_accounts = AdvertiserAccountShelf(database)
        self.appeals = AppealShelf(database)
        self.payers = PayerShelf(database)
        self.cases = CaseShelf(database)
        self.partners = PartnerShelf(database)
        self.peers = PeerShelf(database)
        self.webhooks = WebhookShelf(database)
        self.machines = MachineShelf(database)
        self.collections = CollectionShelf(database)
        self.adds = AddShelf(database)
        self.deliveries = DeliveryShelf(database)
        self.feedback = FeedbackShelf(database)
        self.waiting = WaitingShelf(database)
        self.requests = RequestShelf(database)
        self.releases = ReleaseShelf(database)
        self.users = UserShelf(database)
        self.attempts = AttemptShelf(database)
        self.sessions = SessionShelf(database)
        self.runs = RunShelf(database)
        self.ledger = Ledger(database)

    def close(self) -> None:
        """Close all connections to the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_vault(url: str) -> Vault:
    """Open the database at `url` (`sqlite:///…`, `postgresql+psycopg://…`) and bring its tables up to date.

    Raises:
        MissingExtraError: `url` is PostgreSQL's and its driver is not installed.
        WorkspaceError: the database cannot be reached, or a newer version of Watchbell wrote it.
    """
    database = connect(_parsed(url))
    try:
        if _revision(database) != HEAD:
            _migrate(database)
    except BaseException:
        database.close()
        raise
    return Vault(database)


def sqlite_url(file: Path) -> str:
    """Return the URL of the SQLite database in `file`."""
    return URL.create("sqlite", database=str(file.absolute())).render_as_string()


def _revision(database: Database) -> str | None:
    """Return which migration the database had last; None if it is new."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def _migrate(database: Database) -> None:
    from watchbell.vault.migrate import migrate  # noqa: PLC0415  # Alembic takes a while to load and is seldom needed

    migrate(database)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # SQLAlchemy's message repeats the URL, and it may hold a password.
        raise WorkspaceError(
            "The database URL cannot be read; it looks like postgresql+psycopg://user@host/name."
        ) from error
    plain = parsed.drivername in {"postgres", "postgresql"}
    return parsed.set(drivername="postgresql+psycopg") if plain else parsed
