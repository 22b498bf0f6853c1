"""What all parts of one run of sending have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

from services.sender.config import SenderSettings
from services.sender.journals import Journals
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Mailbox
from services.sender.rules import SendResult
from services.sender.slots import Slots
from shared.states import Provider
from shared.unit_of_work import UnitOfWork


class MailProvider(Protocol):
    """Hands e-mails over; what goes wrong is in the result, never raised."""

    def send(self, email: OutgoingEmail, following: OutgoingEmail | None = None) -> SendResult:
        """Hand one e-mail over and say what came of it; `following` is probably the next."""

    def close(self) -> None:
        """Let go of the connection."""


# What is called with each e-mail just before it leaves, and forbids that by an `OSError`.
Begin = Callable[[OutgoingEmail], None]
ProviderFactory = Callable[[Mailbox, Provider, Begin], MailProvider]


@dataclass(frozen=True, slots=True)
class Run:
    """One run; no e-mail is claimed after `until`."""

    uow: UnitOfWork
    settings: SenderSettings
    slots: Slots
    journals: Journals
    open_provider: ProviderFactory
    stop: Event
    until: datetime

    def is_over(self) -> bool:
        """Tell whether no further e-mail may be claimed."""
        return self.stop.is_set() or self.uow.clock() >= self.until

    def provider_of(self, mailbox: Mailbox) -> Provider:
        """Return what sends for a mailbox in this run."""
        return Provider.DRY_RUN if self.settings.email_dry_run else Provider(mailbox.provider)
