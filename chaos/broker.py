"""What a run sees of the broker and does to it by its management API."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import httpx

from shared.errors import OutageError
from shared.messaging.topology import EXCHANGE

# The API's numbers, and its list of connections, lag behind for up to five seconds.
STATISTICS_SECONDS = 6.0
_TIMEOUT_SECONDS = 10.0


def close_connections(management_url: str, amqp_url: str, name: str = "cam") -> int:
    """Close the connections of a virtual host whose names begin so; return how many there were.

    The API learns of a new connection only after some seconds.
    """
    with _api(management_url) as api:
        there = api.get(f"/vhosts/{_vhost(amqp_url)}/connections").raise_for_status().json()
        found = [each["name"] for each in there if _called(each).startswith(name)]
        for each in found:
            api.delete(f"/connections/{quote(each, safe='')}")
    return len(found)


def redelivered(management_url: str, amqp_url: str) -> dict[str, int]:
    """Return for each queue how many deliveries were not an event's first, since the queue is there."""
    with _api(management_url) as api:
        queues = api.get(f"/queues/{_vhost(amqp_url)}").raise_for_status().json()
    return {queue["name"]: int(queue.get("message_stats", {}).get("redeliver", 0)) for queue in queues}


def delete_queue(management_url: str, amqp_url: str, queue: str) -> None:
    """Delete a queue with what is in it, as a slip of the hand in the console would."""
    with _api(management_url) as api:
        api.delete(f"/queues/{_vhost(amqp_url)}/{queue}").raise_for_status()


def publish(management_url: str, amqp_url: str, *, event_type: str, identity: str, body: bytes) -> None:
    """Publish an event as a service does; raises `OutageError` if no queue took it."""
    properties = {"delivery_mode": 2, "message_id": identity, "type": event_type}
    payload = {"payload": b64encode(body).decode(), "payload_encoding": "base64"}
    message = {"properties": properties, "routing_key": event_type, **payload}
    with _api(management_url) as api:
        _publish(api, _vhost(amqp_url), EXCHANGE, message)


def move(management_url: str, amqp_url: str, queue: str, *, to: str) -> int:
    """Move what waits in a queue to the end of another with its own headers; return how much that was."""
    vhost, wanted = _vhost(amqp_url), {"count": 100, "ackmode": "ack_requeue_false", "encoding": "base64"}
    with _api(management_url) as api:
        found = api.post(f"/queues/{vhost}/{queue}/get", json=wanted).raise_for_status().json()
        for message in found:
            properties = {name: value for name, value in message["properties"].items() if name != "expiration"}
            _publish(api, vhost, "amq.default", {**message, "properties": properties, "routing_key": to})
    return len(found)


def _publish(api: httpx.Client, vhost: str, exchange: str, message: Mapping[str, object]) -> None:
    answer = api.post(f"/exchanges/{vhost}/{exchange}/publish", json=message).raise_for_status().json()
    if not answer["routed"]:
        raise OutageError(f"no queue took what was published as {message['routing_key']}")


@contextmanager
def _api(management_url: str) -> Iterator[httpx.Client]:
    """Open the API; raises `OutageError` if it does not answer as it should."""
    with httpx.Client(base_url=f"{management_url}/api", timeout=_TIMEOUT_SECONDS, trust_env=False) as api:
        try:
            yield api
        except httpx.HTTPError as error:
            raise OutageError(f"RabbitMQ's management does not answer ({type(error).__name__})") from None


def _vhost(amqp_url: str) -> str:
    return quote(urlsplit(amqp_url).path.removeprefix("/") or "/", safe="")


def _called(connection: dict[str, object]) -> str:
    properties = connection.get("client_properties")
    return str(properties.get("connection_name", "")) if isinstance(properties, dict) else ""
