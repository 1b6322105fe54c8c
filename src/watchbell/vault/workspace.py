"""A workspace: the one folder that holds an installation's posts, records and settings."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import ValidationError

from watchbell.errors import WorkspaceError
from watchbell.settings import Settings

if TYPE_CHECKING:
    from watchbell.vault.posts import PostStore
    from watchbell.vault.vault import Vault

SETTINGS_FILE = "watchbell.toml"
DATABASE_FILE = "watchbell.db"
FOLDERS = ("posts", "blobs", "ledger", "runs", "rejects")

SETTINGS_TEXT = """\
# Settings of this Watchbell workspace. An environment variable WATCHBELL_<NAME> wins over a line here.

# The name that what you share carries.
# operator = "Watchbell operator"
# Where whoever disputes it writes to; it stands in dossiers.
# operator_contact = "disputes@example.org"

# The database. Without this line it is SQLite, in the file watchbell.db beside this one.
# It may hold a password: keep this file readable for its owner only.
# database_url = "postgresql+psycopg://watchbell:password@localhost/watchbell"

# How many hours a sign-in at the desk lasts, 1 to 168.
# session_hours = 12

# Within how many days whoever disputes an indicator is owed an answer, 1 to 90.
# dispute_days = 14

# The names by which `watchbell serve` may be asked, beside this machine's own.
# allowed_hosts = ["desk.example.org"]

# Addresses or networks of the proxies before it; only their X-Forwarded-For is believed.
# trusted_proxies = ["127.0.0.1"]

# The header in which a proxy names a partner's client certificate; it must take the header away from what clients send.
# client_certificate_header = "X-Client-Certificate"

# Networks inside the house in which a partner's TAXII server may stand; other inside addresses are never asked.
# peer_networks = ["10.20.0.0/16"]

# Whether advertisers are real: nothing may then go to a stand-in that only warns.
# production = true

# The key for advertisers' identity documents and codes (`watchbell advertiser key FILE` makes one; keep it out of this
# folder and its backups), and how many days after the decision a document is deleted.
# identity_key_file = "/etc/watchbell/identity.key"
# identity_document_days = 30

# The server that sends advertisers their codes, and where letters go to be printed and posted.
# smtp_host = "smtp.example.org"
# smtp_port = 587
# smtp_security = "starttls"
# smtp_user = "watchbell"
# smtp_password = "secret"
# smtp_from = "ads@example.org"
# letters_folder = "/var/spool/watchbell/letters"

# The gateway that sends text messages, and what it is sent: $to is the number, $text the words.
# sms_url = "https://sms.example.org/v1/messages"
# sms_encoding = "json"
# sms_fields = { "to" = "$to", "from" = "+15550100", "body" = "$text" }
# sms_headers = { "authorization" = "Bearer secret" }

# Whether advertisers may sign up and show who they are by themselves, at /advertiser; and routes to authorization of
# other jurisdictions, as YAML.
# advertiser_pages = false
# route_files = ["routes/fr.yaml"]

# Registers that evidence is held against (`watchbell ads registry refresh` takes newer editions), from where they
# come if not from their publishers, and the name servers asked for the domains of advertisers.
# committee_register = "/var/lib/watchbell/cm26.txt"
# candidate_register = "/var/lib/watchbell/cn26.txt"
# government_domains = "/var/lib/watchbell/current-full.csv"
# legislators = "/var/lib/watchbell/legislators-current.yaml"
# tax_register = "/var/lib/watchbell/tax.csv"
# register_urls = { "committee_register" = "https://mirror.example.org/cm26.zip" }
# name_servers = ["192.0.2.53"]

# Days within which a flag on an ad is answered, outside the month before a vote.
# flag_days = 7

# Whether a political ad is held unless the words that say who paid are bound to an advertiser who is here.
# payers_bound = false

# The key that signs the ad library's daily counts (`watchbell ads counts key FILE` makes one; keep it out of this
# folder).
# counts_key_file = "/etc/watchbell/counts.pem"

# What opens a case by itself: an indicator found in so many posts and ads, hits of at least this confidence, imitations
# of protected names of at least this score, and whether indicators on warning lists do.
# case_hit_targets = 3
# case_hit_confidence = 0
# case_lookalike_score = 80
# case_warned_hits = false

# Where `watchbell detect --engine spark` counts, and properties of its session, by Spark's own names.
# spark_master = "local[4]"
# spark_conf = { "spark.executor.memory" = "8g" }
"""


class Workspace:
    """An open workspace; use it as a context manager, or call `close`."""

    def __init__(self, root: Path, settings: Settings) -> None:
        """Stand at `root`; `create` and `open` check that it is a workspace."""
        self.root = root
        self.settings = settings
        self.blobs = root / "blobs"
        self.runs = root / "runs"
        self.dumps = root / "dumps"
        self.counts = root / "counts"
        self.rejects = root / "rejects"

    @staticmethod
    def is_at(root: Path) -> bool:
        """Tell whether `root` is a workspace."""
        return (root / SETTINGS_FILE).is_file()

    @classmethod
    def create(cls, root: Path) -> Self:
        """Make `root` a workspace, or complete one that is there; what exists is left as it is.

        Raises:
            WorkspaceError: the folder cannot be written, or the workspace in it cannot be opened.
        """
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in FOLDERS:
                (root / folder).mkdir(mode=0o700, exist_ok=True)
            if not cls.is_at(root):
                _touch_private(root / SETTINGS_FILE)
                (root / SETTINGS_FILE).write_text(SETTINGS_TEXT, "utf-8")
        except OSError as error:
            raise WorkspaceError(f"No workspace can be made at {root}: {error.strerror}.") from error
        workspace = cls.open(root)
        _ = workspace.vault
        return workspace

    @classmethod
    def open(cls, root: Path) -> Self:
        """Return the workspace at `root`.

        Raises:
            WorkspaceError: there is none, or its settings cannot be used.
        """
        if not cls.is_at(root):
            raise WorkspaceError(
                f"{root} is no Watchbell workspace. Make one with `watchbell init {root}`, "
                "or name one with --workspace or WATCHBELL_WORKSPACE."
            )
        return cls(root, settings_in(root))

    # Posts and records are opened when they are first asked for: pyarrow and SQLAlchemy take a while to load.

    @cached_property
    def posts(self) -> "PostStore":
        """The posts."""
        from watchbell.vault.posts import PostStore  # noqa: PLC0415

        return PostStore(self.root / "posts")

    @cached_property
    def vault(self) -> "Vault":
        """The records.

        Raises:
            MissingExtraError: the database is PostgreSQL's and its driver is not installed.
            WorkspaceError: the database cannot be opened.
        """
        from watchbell.vault.vault import open_vault, sqlite_url  # noqa: PLC0415

        if self.settings.database_url is not None:
            return open_vault(self.settings.database_url)
        _touch_private(self.root / DATABASE_FILE)
        return open_vault(sqlite_url(self.root / DATABASE_FILE))

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "vault" in self.__dict__:
            self.vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _touch_private(file: Path) -> None:
    """Make an empty file that only its owner may read, unless there is one.

    Raises:
        WorkspaceError: the folder cannot be written.
    """
    try:
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        raise WorkspaceError(f"{file} cannot be written: {error.strerror}.") from error


def settings_in(root: Path) -> Settings:
    """Return the settings of the workspace at `root`; outside one, those of the environment.

    Raises:
        WorkspaceError: they cannot be read or used.
    """
    file = root / SETTINGS_FILE
    try:
        return Settings.load(file)
    except OSError as error:
        raise WorkspaceError(f"The settings in {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise WorkspaceError(f"The settings in {file} or the environment cannot be used: {_reason(error)}.") from error


def _reason(error: ValueError) -> str:
    """Say what is wrong without the values: the database URL may hold a password."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
