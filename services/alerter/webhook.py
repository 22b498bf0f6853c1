"""Alerts as an HTTP POST of JSON; Slack and Mattermost read its `text`."""

from collections.abc import Mapping

import httpx

from services.alerter.rules import channel_name, header_key
from shared.errors import OutageError, TransientError


class WebhookAlertProvider:
    """One URL; the URL itself is a secret, so its name is the host and a short digest."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        self._url = url
        self._client = client

    def send_alert(self, title: str, message: str, metadata: Mapping[str, str]) -> bool:
        """Post the alert; any 2xx is a yes. Receivers can tell a repeated one by its Idempotency-Key."""
        body = {**metadata, "title": title, "message": message, "text": f"{title}\n\n{message}"}
        headers = {"Idempotency-Key": header_key(metadata.get("key", title))}
        try:
            answer = self._client.post(self._url, json=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise OutageError(f"nobody answers ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransientError(f"no answer ({type(error).__name__})") from None
        if not answer.is_success:
            raise TransientError(f"HTTP {answer.status_code}")
        return True

    def is_configured(self) -> bool:
        """Need a URL."""
        return bool(self._url)

    def get_name(self) -> str:
        """Return `webhook:host#digest`."""
        return f"webhook:{channel_name(self._url)}"
