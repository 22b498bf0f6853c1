"""`cam setup`: tables, topology and the default mailbox; running it again changes nothing that is right."""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from console import mailboxes
from console.access import answering, writing
from console.creating import create_database, create_virtual_host
from console.output import Json, notices, show
from shared import migrate
from shared.errors import ConfigurationError, OutageError
from shared.messaging import topology
from shared.settings import ImapSettings, ResendSettings, Settings, SmtpSettings, load

_PAUSE_SECONDS = 0.5

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def setup(
    *,
    wait: Annotated[float, typer.Option(help="Seconds to wait for database and broker.", min=0, max=3600)] = 60,
    create: Annotated[
        bool, typer.Option("--create", help="First create the database and the virtual host if they are missing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create or upgrade tables and roles, exchanges and queues, and the default mailbox from the environment.

    Running it again is safe: what is right stays as it is. --create asks RabbitMQ's management API
    (AICMO_AMQP_MANAGEMENT_URL) for the virtual host.

    Example: cam setup --create --wait 120
    """
    settings = load(Settings)
    mailbox = mailboxes.from_environment(load(SmtpSettings), load(ResendSettings), load(ImapSettings))
    until = time.monotonic() + wait
    url, amqp_url = settings.database_url.get_secret_value(), settings.amqp_url.get_secret_value()
    if create:
        _create(settings, until)
    _patiently("the database", lambda: migrate.upgrade(url), until)
    _patiently("the broker", lambda: topology.set_up(amqp_url, patience_seconds=1), until)
    with writing() as connection:
        mailboxes.put(connection, mailbox)
    data = {
        "database": "ready",
        "broker": "ready",
        "mailbox": {key: mailbox[key] for key in ("name", "address", "provider", "imap_host")},
    }
    watched = f"watched at {mailbox['imap_host']}" if mailbox["imap_host"] else "not watched (no AICMO_IMAP_SERVER)"
    show(
        data,
        [
            "tables and roles are there",
            "exchanges and queues are there",
            f"mailbox 'default': {mailbox['address']} sends by {mailbox['provider']}, {watched}",
        ],
        as_json=as_json,
    )


def _create(settings: Settings, until: float) -> None:
    url, amqp_url = settings.database_url.get_secret_value(), settings.amqp_url.get_secret_value()
    management = settings.amqp_management_url.get_secret_value()
    if not management:
        raise ConfigurationError("AICMO_AMQP_MANAGEMENT_URL: is not set, and --create needs it")
    _patiently("the database", lambda: create_database(url), until)
    _patiently("the broker", lambda: create_virtual_host(management, amqp_url), until)


def _patiently(what: str, attempt: Callable[[], object], until: float) -> None:
    """Try until the server is there, saying once that it is waited for; raise `OutageError` at the end."""
    told = False
    while True:
        try:
            with answering():
                attempt()
                return
        except OutageError as error:
            if time.monotonic() >= until:
                raise
            if not told:
                notices().print(f"waiting for {what} ({error})")
            told = True
            time.sleep(_PAUSE_SECONDS)
