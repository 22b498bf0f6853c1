"""`cam mailbox`: list and add mailboxes."""

from typing import Annotated

import typer

from console import mailboxes
from console.access import reading, writing
from console.output import Json, show
from shared.errors import ConfigurationError
from shared.states import Provider

app = typer.Typer(
    help="The mailboxes that send and are watched. `cam setup` makes 'default' from the environment.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_SECURITIES = ("none", "starttls", "tls")
Security = Annotated[str, typer.Option(help="none, starttls or tls.")]
Reference = Annotated[str, typer.Option(help="env:NAME or file:/path; never the secret itself.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List mailboxes: how they send, how they are watched, and why not.

    Example: cam mailbox list
    """
    with reading() as connection:
        found = mailboxes.all_(connection)
    show(found, mailboxes.told(found), as_json=as_json)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What campaigns call it.", show_default=False)],
    *,
    address: Annotated[str, typer.Option(help="From: a@b.example, or 'Name <a@b.example>'.", show_default=False)],
    provider: Annotated[str, typer.Option(help="smtp, resend or dry_run.")] = "smtp",
    smtp_host: str = "",
    smtp_port: Annotated[int, typer.Option(min=1, max=65_535)] = 587,
    smtp_security: Security = "starttls",
    smtp_username: str = "",
    smtp_password_ref: Reference = "",
    resend_api_key_ref: Reference = "",
    imap_host: Annotated[str, typer.Option(help="Without it, nobody watches this mailbox.")] = "",
    imap_port: Annotated[int, typer.Option(min=1, max=65_535)] = 993,
    imap_security: Security = "tls",
    imap_username: Annotated[str, typer.Option(help="Default: the address.")] = "",
    imap_password_ref: Reference = "",
    folder: Annotated[
        list[str] | None, typer.Option(help="A folder to watch; may be repeated. Default: INBOX.")
    ] = None,
    daily_cap: Annotated[int | None, typer.Option(min=1, help="E-mails a day (UTC).")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change the mailbox if it is there.")] = False,
    as_json: Json = False,
) -> None:
    """Add a mailbox. Secrets are named, not given: env:NAME or file:/path.

    Example: cam mailbox add ada --address "Ada <ada@example.com>" --smtp-host smtp.example.com
    --smtp-username ada@example.com --smtp-password-ref env:ADA_PASSWORD --imap-host imap.example.com
    --imap-password-ref env:ADA_PASSWORD
    """
    display_name, bare = mailboxes.parsed("--address", address)
    columns: dict[str, object] = {
        "name": name,
        "address": bare,
        "display_name": display_name,
        "provider": _provider(provider),
        "smtp_host": smtp_host or None,
        "smtp_port": smtp_port if smtp_host else None,
        "smtp_security": _security("--smtp-security", smtp_security),
        "smtp_username": smtp_username or None,
        "smtp_password_ref": _reference("--smtp-password-ref", smtp_password_ref),
        "resend_api_key_ref": _reference("--resend-api-key-ref", resend_api_key_ref),
        "imap_host": imap_host or None,
        "imap_port": imap_port if imap_host else None,
        "imap_security": _security("--imap-security", imap_security),
        "imap_username": (imap_username or bare) if imap_host else None,
        "imap_password_ref": _reference("--imap-password-ref", imap_password_ref),
        "folders": folder or ["INBOX"],
        "daily_cap": daily_cap,
    }
    _complete(columns)
    with writing() as connection:
        (mailboxes.put if replace else mailboxes.add)(connection, columns)
    data = {"mailbox": name, "address": bare, "provider": columns["provider"], "watched": bool(imap_host)}
    show(data, [f"mailbox '{name}' is there: {bare}, {columns['provider']}"], as_json=as_json)


def _provider(text: str) -> Provider:
    try:
        return Provider(text.upper().replace("-", "_"))
    except ValueError:
        raise ConfigurationError(f"--provider: must be smtp, resend or dry_run, not '{text}'") from None


def _security(option: str, text: str) -> str:
    if text not in _SECURITIES:
        raise ConfigurationError(f"{option}: must be none, starttls or tls, not '{text}'")
    return text


def _reference(option: str, text: str) -> str | None:
    # What was given may be the secret itself, so that it is not repeated in the error.
    if text and not text.startswith(("env:", "file:")):
        raise ConfigurationError(f"{option}: must begin with env: or file: (never the secret itself)")
    return text or None


def _complete(columns: dict[str, object]) -> None:
    needed = {Provider.SMTP: "smtp_host", Provider.RESEND: "resend_api_key_ref"}
    missing = needed.get(Provider(str(columns["provider"])))
    if missing and not columns[missing]:
        raise ConfigurationError(f"--{missing.replace('_', '-')}: is missing (provider {columns['provider']})")
    if columns["imap_host"] and not columns["imap_password_ref"]:
        raise ConfigurationError("--imap-password-ref: is missing")
