"""What an operator can set, from the environment. One struct, read once, handed down."""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from preceptor.lib.mail.servers import BadMailUrlError, parse_mail_url
from preceptor.lib.networks import BadNetworksError, parse_networks


class Settings(msgspec.Struct, frozen=True):
    """Everything an installation can set.

    Each field is read from the environment variable `PRECEPTOR_<FIELD>`, but for `database_url`, which is
    `DATABASE_URL`. Times are in seconds.
    """

    home: Path
    """Folder of everything this installation keeps (`PRECEPTOR_HOME`)."""
    database_url: str = ""
    """PostgreSQL 16 or later; empty: the embedded server under `home`."""
    secret_key: str = ""
    """Encrypts endpoint keys and the like; empty: made once and kept in `home/secret.key`."""
    base_url: str = "http://127.0.0.1:8080"
    """Address people reach the installation at; stands in mails and links."""
    host: str = "127.0.0.1"
    """Address the web processes listen on."""
    port: int = 8080
    """Port the web processes listen on."""
    web_workers: int = 0
    """Web processes; 0: one for every two processors, so that PostgreSQL, the worker and a model have theirs."""
    trusted_proxies: str = ""
    """Addresses or networks of reverse proxies whose `X-Forwarded-For` and `-Proto` are believed, with commas."""
    secure_cookies: bool = False
    """Send cookies over HTTPS only. Set it wherever HTTPS is served."""
    rate_notice_days: int = 14
    """So many days before somebody is paid less per hour it must have been said; a rise may hold at once."""
    session_days: int = 30
    """A sign-in ends after so many days."""
    sign_in_attempts: int = 10
    """Failed sign-ins allowed per address and per account in fifteen minutes."""
    max_body_bytes: int = 2_000_000
    """Largest JSON or form body, in bytes."""
    max_upload_bytes: int = 2_000_000_000
    """Largest uploaded file, in bytes."""
    webhook_networks: str = ""
    """Private networks that webhooks may be sent to, with commas, such as `10.1.0.0/16`; without HTTPS too."""
    picture_sources: str = ""
    """Addresses below which pictures may be fetched, with commas: `https://…/, s3://bucket/…/`; empty: nowhere."""
    mail_url: str = ""
    """Server that takes mail, `smtp://user:password@host:587` or `smtps://…:465`; empty: into `home/mail`."""
    mail_from: str = ""
    """Whom mails come from, such as `Preceptor <preceptor@example.org>`; empty: no-reply at the host of `base_url`."""
    second_factor_required: str = ""
    """Roles that need a second factor, with commas, such as `manager,operator`; empty: nobody has to."""
    payer_name: str = ""
    """Who pays people: the holder of the account that SEPA payouts go from."""
    payer_iban: str = ""
    """IBAN of that account."""
    payer_bic: str = ""
    """BIC of its bank, where the bank asks for it."""
    pdf_font: str = ""
    """A font file (TrueType) for statements as PDF, for scripts that the font that comes along does not write."""
    pool_size: int = 8
    """Database connections per process and kind of use."""
    notice_days: Annotated[int, msgspec.Meta(ge=7, le=365)] = 14
    """Days from the announcement of a restriction, suspension or removal until it is in force; 7 at least."""
    appeal_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14
    """Days in which an appeal is to be decided; after them the measure is lifted until it is."""
    renewal_days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 30
    """Days before a certificate ends that its person is told and reminded to renew it; it can be renewed from 30 on."""
    erasure_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14
    """Days a person can change their mind before they are erased."""
    download_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    """Days the file with all of a person's data is kept for them."""
    upload_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    """Days a file that was handed in for an import waits for somebody to say whether its items are to be added."""
    daily_minutes: Annotated[int, msgspec.Meta(ge=5, le=480)] = 120
    """Most minutes a day with content of one category, where a project does not say."""
    break_minutes: Annotated[int, msgspec.Meta(ge=0, le=480)] = 50
    """Minutes at work after which a break is proposed; 0: never. Each person can choose otherwise."""
    help_contact: str = ""
    """Whom people can turn to when content weighs on them, in a sentence; empty: a general word of where to ask."""
    help_contact_url: str = ""
    """Where that help is found."""
    log_level: str = "info"
    """debug, info, warning or error."""
    demo: bool = False
    """Show the demo accounts on the sign-in page."""
    model_url: str = ""
    """Address of the embedded model's server; set by the supervisor."""
    model_key: str = ""
    """Its key; set by the supervisor."""

    @property
    def notice_time(self) -> timedelta:
        """From the announcement of a measure until it is in force."""
        return timedelta(days=self.notice_days)

    @property
    def appeal_time(self) -> timedelta:
        """In which an appeal is to be decided."""
        return timedelta(days=self.appeal_days)

    @property
    def renewal_time(self) -> timedelta:
        """Before the end of a certificate its person is told."""
        return timedelta(days=self.renewal_days)

    @property
    def erasure_time(self) -> timedelta:
        """In which a person can change their mind about being erased."""
        return timedelta(days=self.erasure_days)

    @property
    def web_processes(self) -> int:
        """Web processes, counted out."""
        return self.web_workers or max(1, len(os.sched_getaffinity(0)) // 2)


def default_home() -> Path:
    """`/var/lib/preceptor` as root, else `preceptor` in the XDG data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/preceptor")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "preceptor"


def load_settings(environment: dict[str, str] | None = None) -> Settings:
    """The settings of this environment.

    Raises:
        msgspec.ValidationError: a variable has the wrong type; the message names it.
    """
    env = dict(os.environ) if environment is None else environment
    values: dict[str, object] = {"home": env.get("PRECEPTOR_HOME") or str(default_home())}
    for field in msgspec.structs.fields(Settings):
        raw = env.get("DATABASE_URL" if field.name == "database_url" else f"PRECEPTOR_{field.name.upper()}")
        if raw is not None and field.name != "home":
            values[field.name] = raw
    settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    try:
        parse_networks(settings.webhook_networks)
    except BadNetworksError as error:
        raise msgspec.ValidationError(f"{error} - at `$.webhook_networks`") from error
    if settings.mail_url:
        try:
            parse_mail_url(settings.mail_url)
        except BadMailUrlError as error:
            raise msgspec.ValidationError(f"{error} - at `$.mail_url`") from error
    return msgspec.structs.replace(settings, home=settings.home.expanduser().resolve())


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def secret_key(settings: Settings) -> str:
    """The installation's secret: the one set, or one made on first use and kept readable to its owner alone."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.home / "secret.key"
    settings.home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written whole under another name, then linked: nobody ever reads half a secret, and the first one stays.
        with tempfile.NamedTemporaryFile("w", dir=settings.home) as stream:  # made with mode 0600
            stream.write(secrets.token_urlsafe(48))
            stream.flush()
            with suppress(FileExistsError):
                os.link(stream.name, path)
    return path.read_text()
