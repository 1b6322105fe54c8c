"""Settings an operator may change: environment variables `WATCHBELL_…`, else the workspace's `watchbell.toml`."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one workspace. An environment variable wins over the file."""

    model_config = SettingsConfigDict(env_prefix="WATCHBELL_", extra="forbid", frozen=True)

    database_url: str | None = Field(default=None, repr=False)
    """SQLAlchemy URL of the database. None: SQLite in the workspace. May hold a password, so it is never shown."""
    operator: str = "Watchbell operator"
    """Name of the organisation that runs this workspace; what it shares carries this name."""
    operator_contact: str | None = None
    """Where whoever disputes what it shares writes to: an e-mail or a postal address. It stands in dossiers."""
    session_hours: int = Field(default=12, ge=1, le=168)
    """How long a sign-in at the desk lasts."""
    dispute_days: int = Field(default=14, ge=1, le=90)
    """Within how many days whoever disputes an indicator is owed an answer."""
    flag_days: int = Field(default=7, ge=1, le=30)
    """Within how many days whoever flags an ad is owed an answer; in the last month before a vote it is 48 hours."""
    allowed_hosts: tuple[str, ...] = ()
    """The names by which `watchbell serve` may be asked, beside this machine's own; in the environment, a JSON list.
    Empty behind a proxy: any name, for the proxy sees to it."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies before `watchbell serve`: 127.0.0.1, 10.20.0.0/16; in the environment, a
    JSON list. Only their `X-Forwarded-For` is believed; without it, all who come through a proxy share its limit of
    flags an hour."""
    client_certificate_header: str | None = None
    """The header in which a proxy names a partner's client certificate: its SHA-256, or the certificate as PEM.
    None: no certificate is believed. The proxy must take this header away from what clients send."""

    peer_networks: tuple[str, ...] = ()
    """Networks inside the house, or on this machine, in which a partner's server may stand: 10.20.0.0/16, 127.0.0.0/8;
    in the environment, a JSON list. Only there is it asked without TLS. Other inside addresses are never asked."""

    spark_master: str | None = None
    """Where Spark counts: local[4], yarn, spark://host:7077. None: what spark-submit says, else all cores here."""
    spark_conf: dict[str, str] = {}
    """Properties of the Spark session, by Spark's own names; in the environment, a JSON object."""

    production: bool = False
    """Whether advertisers are real: nothing that must be sent may then go to a stand-in that only warns."""
    identity_key_file: Path | None = None
    """The key for identity documents and codes, outside the database: `watchbell advertiser key` makes one."""
    identity_document_days: int = Field(default=30, ge=0, le=365)
    """How many days after the decision an identity document is deleted."""
    advertiser_pages: bool = False
    """Whether advertisers sign up and show who they are by themselves, on the pages under `/advertiser`."""
    route_files: tuple[Path, ...] = ()
    """Routes of other jurisdictions beside the bundled ones, YAML; in the environment, a JSON list."""
    committee_register: Path | None = None
    """The FEC's committee master, such as `cm26.txt`: committees are looked up in it, and their names held."""
    candidate_register: Path | None = None
    """The FEC's candidate master, such as `cn26.txt`: names the candidates of committees."""
    government_domains: Path | None = None
    """The registry of .gov domains, `current-full.csv`: governmental hosts are looked up in it, and names held."""
    legislators: Path | None = None
    """Members of Congress whose names are held, `legislators-current.yaml`."""
    tax_register: Path | None = None
    """Employer identification numbers and whose they are, CSV with the columns EIN and NAME, such as the IRS's extract
    of exempt organisations: a number in it must be the organisation's. It need not be complete."""
    register_urls: dict[str, str] = {}
    """From where `watchbell ads registry refresh` takes a register, by the setting that names its file, where that is
    not its publisher's address; in the environment, a JSON object."""
    name_servers: tuple[str, ...] = ()
    """Name servers (`address` or `address:port`) asked for the TXT records of advertisers' domains; in the environment,
    a JSON list. Empty: those that this machine asks."""
    smtp_host: str | None = None
    """The server that sends e-mail. None: codes by e-mail are not sent, and whoever asks for one is warned."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = Field(default=None, repr=False)
    smtp_from: str = "watchbell@localhost"
    """Whom e-mail comes from."""
    sms_url: str | None = None
    """The gateway that sends text messages, asked by HTTP POST. None: no code goes by text message, and whoever asks
    for one is warned. One inside the house stands in a network of `peer_networks`."""
    sms_encoding: Literal["json", "form"] = "json"
    """Whether the gateway takes the fields as a JSON object or as a form."""
    sms_fields: dict[str, str] = {"to": "$to", "text": "$text"}
    """What the gateway is sent: `$to` stands for the number (E.164), `$text` for the words; in the environment, a JSON
    object."""
    sms_headers: dict[str, str] = Field(default={}, repr=False)
    """Headers beside, such as `authorization`; in the environment, a JSON object. They hold a secret, so they are never
    shown."""
    letters_folder: Path | None = None
    """Where letters go as PDF, to be printed and posted. None: none is made, and whoever asks for one is warned."""

    payers_bound: bool = False
    """Whether a political ad is held unless the words that say who paid are bound to an advertiser who is here. For a
    house that runs ads; a library of other houses' ads knows few of their payers."""

    counts_key_file: Path | None = None
    """The key that signs the ad library's daily counts, outside the database: `watchbell ads counts key` makes one."""

    case_hit_targets: int = Field(default=3, ge=1)
    """In how many posts and ads an indicator must be found to open a case by itself. In an ad, or in the posts of a
    group, once is enough; and a hit of what a case already holds always joins it."""
    case_hit_confidence: int = Field(default=0, ge=0, le=100)
    """The least confidence, faded to the day of the search, with which a hit opens a case."""
    case_lookalike_score: int = Field(default=80, ge=0, le=100)
    """The least score with which an imitation of a protected name opens a case."""
    case_warned_hits: bool = False
    """Whether hits of indicators on a warning list open cases."""

    @classmethod
    def load(cls, file: Path) -> "Settings":
        """Return the settings with `file` (TOML, may be absent) under the environment.

        Raises:
            ValueError: the file is not TOML, or names a setting that does not exist or a value that cannot be.
        """
        return cls(**tomllib.loads(file.read_text("utf-8")) if file.exists() else {})

    @classmethod
    def settings_customise_sources(  # the environment stands above what `load` passes from the file
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: the environment, then the file."""
        return env_settings, init_settings
