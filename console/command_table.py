"""Which word after `cam` lives in which module; a module is imported when its word is typed."""

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context

COMMANDS = {
    "setup": ("console.commands.setup", "Create or upgrade tables, topology and the default mailbox."),
    "up": ("console.commands.up", "Run all five services in this terminal."),
    "status": ("console.commands.status", "Services, queues, mailboxes, campaigns and doubtful sends."),
    "campaign": ("console.commands.campaign", "Create, preview, launch, pause, resume and show campaigns."),
    "leads": ("console.commands.leads", "Import leads; ask why nothing is sent to one."),
    "replies": ("console.commands.replies", "What came back, and what it was understood to mean."),
    "trace": ("console.commands.trace", "What became of an e-mail or a lead, hop by hop, with times and attempts."),
    "classify": ("console.commands.classify", "Say what e-mails mean: files, folders or JSON lines."),
    "reclassify": ("console.commands.reclassify", "Run today's classifier over a campaign's history."),
    "alerts": ("console.commands.alerts", "What humans were told, or could not be told."),
    "dlq": ("console.commands.dlq", "Dead letters: list, group, show, replay, edit, discard, export."),
    "suppress": ("console.commands.suppress", "Addresses and domains that are never written to."),
    "mailbox": ("console.commands.mailbox", "The mailboxes that send and are watched."),
    "servers": ("console.commands.servers", "Private PostgreSQL, RabbitMQ and Dovecot for trying things out."),
    "demo": ("console.commands.demo", "The whole system against a pretend internet."),
}


class Commands(TyperGroup):
    """The commands above; help lists them without importing one."""

    def list_commands(self, ctx: "Context") -> list[str]:  # noqa: ARG002 - Click's signature
        """Return the words in the order in which an operator meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":  # noqa: ARG002 - Click's signature
        """Return what help shows of a command."""
        known = COMMANDS.get(cmd_name)
        return TyperCommand(cmd_name, help=known[1], callback=None) if known else None

    def resolve_command(self, ctx: "Context", args: list[str]) -> "tuple[str | None, Command | None, list[str]]":
        """Import the command that was typed; then call what the process wants done before it runs."""
        word = args[0]
        if word not in COMMANDS:
            near = get_close_matches(word, COMMANDS, n=1)
            ctx.fail(f"no such command '{word}'" + (f" (did you mean '{near[0]}'?)" if near else ""))
        command = load(word)
        if callable(ctx.obj):
            ctx.obj()
        return word, command, args[1:]


def load(word: str) -> "Command":
    """Import the module of a command and return what its `app` does."""
    module = import_module(COMMANDS[word][0])
    app: typer.Typer = module.app
    return typer.main.get_command(app)
