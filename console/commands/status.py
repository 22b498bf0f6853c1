"""`cam status`: everything at a glance."""

import typer

from console import health
from console.access import reading
from console.output import Json, show
from shared.clock import utc_now
from shared.settings import Settings, load

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def status(*, as_json: Json = False) -> None:
    """Show services with their last sign of life, queues, mailboxes, campaigns and doubtful e-mails.

    Example: cam status --json
    """
    settings = load(Settings)
    now = utc_now()
    amqp_url = settings.amqp_url.get_secret_value()
    with reading() as connection:
        found = health.collect(connection, amqp_url, settings.heartbeat_ttl_seconds, now)
    show(found, health.told(found, now), as_json=as_json)
