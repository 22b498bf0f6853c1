"""Resend's HTTP API: one POST for each e-mail, under an idempotency key (https://resend.com/docs/api-reference)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from shared.errors import OutageError, TransientError

_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class ResendAnswer:
    """What the API said: the e-mail's id, or the name and message of the error."""

    status: int
    id: str | None = None
    name: str = ""
    message: str = ""
    retry_after_seconds: float | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether Resend took the e-mail."""
        return self.status < httpx.codes.MULTIPLE_CHOICES


class ResendClient:
    """One connection pool to Resend for one API key."""

    def __init__(self, api_key: str, *, api_url: str = "https://api.resend.com", timeout_seconds: float = 30) -> None:
        self._client = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
            timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 10)),
        )

    def post_email(self, payload: Mapping[str, object], *, idempotency_key: str) -> ResendAnswer:
        """Hand one e-mail over; `OutageError`: it never arrived; `TransientError`: no answer, it may have."""
        body = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        try:
            response = self._client.post("/emails", content=body, headers={"Idempotency-Key": idempotency_key})
        except _NEVER_ARRIVED as error:
            raise OutageError(f"Resend: {type(error).__name__}: {error}") from error
        except httpx.HTTPError as error:
            raise TransientError(f"Resend: {type(error).__name__}: {error}") from error
        return _read(response)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _read(response: httpx.Response) -> ResendAnswer:
    try:
        parsed = response.json()
    except ValueError:
        parsed = None
    answer: dict[str, object] = parsed if isinstance(parsed, dict) else {}
    identity = answer.get("id")
    return ResendAnswer(
        status=response.status_code,
        id=str(identity) if identity else None,
        name=str(answer.get("name", ""))[:100],
        message=str(answer.get("message", ""))[:300],
        retry_after_seconds=_seconds(response.headers.get("retry-after")),
    )


def _seconds(value: str | None) -> float | None:
    try:
        return max(0.0, min(float(value), 86_400.0)) if value else None
    except ValueError:
        return None
