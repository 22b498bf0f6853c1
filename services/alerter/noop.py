"""The channel that stands in when nothing is configured: takes everything, tells nobody."""

from collections.abc import Mapping


class NoOpAlertProvider:
    """Alerts stay readable in the log (`cam alerts`); never an error."""

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Accept the alert."""
        del title, message, metadata
        return True

    def is_configured(self) -> bool:
        """Need nothing."""
        return True

    def get_name(self) -> str:
        """Return `noop`."""
        return "noop"
