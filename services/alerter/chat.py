"""Alerts through every channel that the apprise library reaches: Slack, Telegram, Teams, ntfy and a hundred more."""

import logging
from collections.abc import Mapping

from services.alerter.rules import digest
from shared.errors import ConfigurationError


class ChatAlertProvider:
    """One apprise URL; it holds tokens, so its name is the kind of channel and a short digest."""

    def __init__(self, url: str) -> None:
        # The library is large: only who uses such a channel loads it.
        import apprise  # noqa: PLC0415 - see above

        # Its log lines can hold the URLs, and so the tokens.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        self._url = url
        self._kind = url.partition("://")[0].lower()
        self._channel = apprise.Apprise()
        if not self._channel.add(url):
            raise ConfigurationError(
                f"AICMO_CAM_ALERT_URLS: the {self._kind}:// URL is not one that apprise understands"
            )

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Return whether the channel took it; the library tells no reasons and knows no idempotency keys."""
        del metadata
        return bool(self._channel.notify(title=title, body=message))

    def is_configured(self) -> bool:
        """Need a URL."""
        return bool(self._url)

    def get_name(self) -> str:
        """Return `kind#digest`."""
        return f"{self._kind}#{digest(self._url)}"
