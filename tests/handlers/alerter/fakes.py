"""A channel that keeps what it was told, and says no as often as a test wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.errors import TransientError


@dataclass(slots=True)
class FakeChannel:
    """An `AlertProvider` in memory; `refusals` counts down, `watch` looks on while it sends."""

    name: str = "fake"
    refusals: int = 0
    watch: Callable[[], None] = lambda: None
    told: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Keep the alert, or refuse it."""
        self.watch()
        if self.refusals:
            self.refusals -= 1
            raise TransientError("the channel is down")
        self.told.append((title, message, metadata))
        return True

    def is_configured(self) -> bool:
        """Need nothing."""
        return True

    def get_name(self) -> str:
        """Return the name it was given."""
        return self.name

    @property
    def titles(self) -> list[str]:
        """Return the titles in the order they came."""
        return [title for title, _, _ in self.told]
