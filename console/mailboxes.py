"""Mailboxes: the one that the environment describes, and others that commands add."""

from collections.abc import Iterator, Mapping
from email.utils import parseaddr

from rich.console import RenderableType
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from console.addresses import normalised
from console.output import table
from shared.errors import ConfigurationError
from shared.settings import ImapSettings, ResendSettings, SmtpSettings
from shared.states import Provider
from shared.tables import mailboxes

DEFAULT = "default"
# Where mail of a dry run pretends to come from; nothing ever leaves.
_NOBODY = "cam@localhost"
_SHOWN = (
    "name", "address", "display_name", "provider", "smtp_host", "smtp_port", "smtp_security", "imap_host", "imap_port",
    "imap_security", "folders", "daily_cap", "send_paused_reason", "send_retry_at", "watch_paused_reason",
    "watch_retry_at", "watch_verified_at", "lease_holder", "lease_expires_at", "unmatched_count", "unparsable_count",
)  # fmt: skip


def from_environment(smtp: SmtpSettings, resend: ResendSettings, imap: ImapSettings) -> dict[str, object]:
    """Return the columns of the default mailbox; secrets stay where they are and are only named."""
    provider = (
        Provider.RESEND if resend.api_key.get_secret_value() else Provider.SMTP if smtp.host else Provider.DRY_RUN
    )
    name, address = _sender(provider, smtp, resend, imap)
    return {
        "name": DEFAULT,
        "address": address,
        "display_name": name,
        "provider": provider,
        "smtp_host": smtp.host or None,
        "smtp_port": smtp.port if smtp.host else None,
        "smtp_security": smtp.security,
        "smtp_username": smtp.username or None,
        "smtp_password_ref": "env:AICMO_SMTP_PASSWORD" if smtp.password.get_secret_value() else None,
        "resend_api_key_ref": "env:AICMO_RESEND_API_KEY" if resend.api_key.get_secret_value() else None,
        "imap_host": imap.server or None,
        "imap_port": imap.port if imap.server else None,
        "imap_security": imap.security,
        "imap_username": imap.email or None,
        "imap_password_ref": "env:AICMO_IMAP_PASSWORD" if imap.password.get_secret_value() else None,
    }


def _sender(provider: Provider, smtp: SmtpSettings, resend: ResendSettings, imap: ImapSettings) -> tuple[str, str]:
    given = {
        "AICMO_RESEND_FROM_EMAIL": resend.from_email if provider is Provider.RESEND else "",
        "AICMO_SMTP_FROM_EMAIL": smtp.from_email if provider is not Provider.RESEND else "",
        "AICMO_IMAP_EMAIL": imap.email,
    }
    for variable, text in given.items():
        if text.strip():
            return parsed(variable, text)
    if provider is Provider.DRY_RUN:
        return "", _NOBODY
    raise ConfigurationError(
        f"{next(iter(given)) if provider is Provider.RESEND else 'AICMO_SMTP_FROM_EMAIL'}: is not set"
    )


def parsed(where: str, text: str) -> tuple[str, str]:
    """Return name and address of `Name <a@b>` or `a@b`; raise `ConfigurationError` naming where it stands."""
    name, address = parseaddr(text)
    try:
        return name, normalised(address or text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: '{text}': {error}") from None


def put(connection: Connection, columns: Mapping[str, object]) -> None:
    """Create a mailbox, or bring the one of that name up to date; what services keep in it stays."""
    statement = upsert(mailboxes).values(columns)
    changed = {name: statement.excluded[name] for name in columns if name != "name"}
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))


def add(connection: Connection, columns: Mapping[str, object]) -> None:
    """Create a mailbox; raise `ConfigurationError` if there is one of that name."""
    try:
        with connection.begin_nested():
            connection.execute(insert(mailboxes).values(columns))
    except IntegrityError:
        raise ConfigurationError(f"there is a mailbox '{columns['name']}' already (--replace changes it)") from None


def all_(connection: Connection) -> list[dict[str, object]]:
    """Return all mailboxes, without their secret references."""
    statement = select(*(mailboxes.c[name] for name in _SHOWN)).order_by(mailboxes.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def told(found: list[dict[str, object]]) -> Iterator[RenderableType]:
    """Yield what people read of mailboxes."""
    if not found:
        yield "no mailboxes yet: cam setup makes one from the environment"
        return
    rows = [(box["name"], box["address"], _sends(box), _watches(box), box["daily_cap"]) for box in found]
    yield table("mailboxes", ["name", "address", "sends", "watches", "daily cap"], rows)


def _sends(box: Mapping[str, object]) -> str:
    if box["send_paused_reason"]:
        return f"PAUSED: {box['send_paused_reason']}"
    return {Provider.SMTP: f"SMTP {box['smtp_host']}:{box['smtp_port']}", Provider.RESEND: "Resend"}.get(
        Provider(str(box["provider"])), "dry run (nothing leaves)"
    )


def _watches(box: Mapping[str, object]) -> str:
    if box["watch_paused_reason"]:
        return f"PAUSED: {box['watch_paused_reason']}"
    return f"IMAP {box['imap_host']}:{box['imap_port']}" if box["imap_host"] else "not watched"
