"""An OpenAI-compatible endpoint (POST /chat/completions with a JSON schema) that is asked for second opinions."""

import json
import re
import time
from collections.abc import Iterator

import httpx

from services.classifier import second_opinion
from services.classifier.second_opinion import NoAnswerError, Opinion

_PATH = "/chat/completions"
_MAX_ANSWER_BYTES = 64 * 1024
_MAX_TOKENS = 300
_CODE = re.compile(r"[^a-z0-9_]")


class LanguageModel:
    """One connection pool to one model; may be asked from several threads."""

    def __init__(self, url: str, name: str, api_key: str, *, timeout_seconds: float) -> None:
        self.name = name
        self._url = url if url.rstrip("/").endswith(_PATH) else url.rstrip("/") + _PATH
        self._timeout_seconds = timeout_seconds
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout_seconds)

    def ask(self, subject: str, text: str) -> Opinion:
        """Return what the model says a reply means; raise `NoAnswerError` for anything but a valid answer in time.

        The error names status and code only: what a server answers may repeat the mail.
        """
        body = {
            "model": self.name,
            "messages": second_opinion.messages(subject, text),
            "temperature": 0,
            "max_tokens": _MAX_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "opinion", "strict": True, "schema": second_opinion.SCHEMA},
            },
        }
        try:
            with self._client.stream("POST", self._url, json=body) as response:
                answer = b"".join(self._in_time(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise NoAnswerError(f"status {response.status_code}{_code(answer)}")
        opinion = second_opinion.read(_content(answer))
        if opinion is None:
            raise NoAnswerError("the answer does not follow the schema")
        return opinion

    def _in_time(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield the answer while it is neither too late nor too long: a slow one may send bytes for ever."""
        began, size = time.monotonic(), 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > _MAX_ANSWER_BYTES:
                raise NoAnswerError(f"the answer is longer than {_MAX_ANSWER_BYTES} bytes")
            if time.monotonic() - began > self._timeout_seconds:
                raise NoAnswerError("the time is over")
            yield chunk

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _content(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["choices"][0]["message"]["content"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _code(answer: bytes) -> str:
    try:
        code = json.loads(answer)["error"]["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return f" {_CODE.sub('', str(code).lower())[:40]}"
