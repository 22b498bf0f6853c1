"""What a run does to the broker by its management API."""

from urllib.parse import quote, urlsplit

import httpx

from shared.errors import OutageError

_TIMEOUT_SECONDS = 10.0


def close_connections(management_url: str, amqp_url: str, name: str = "cam") -> int:
    """Close the connections of a virtual host whose names begin so; return how many there were.

    The API learns of a new connection only after some seconds.
    """
    vhost = quote(urlsplit(amqp_url).path.removeprefix("/") or "/", safe="")
    with httpx.Client(base_url=f"{management_url}/api", timeout=_TIMEOUT_SECONDS, trust_env=False) as api:
        try:
            there = api.get(f"/vhosts/{vhost}/connections").raise_for_status().json()
            found = [each["name"] for each in there if _called(each).startswith(name)]
            for each in found:
                api.delete(f"/connections/{quote(each, safe='')}")
        except httpx.HTTPError as error:
            raise OutageError(f"RabbitMQ's management does not answer ({type(error).__name__})") from None
    return len(found)


def _called(connection: dict[str, object]) -> str:
    properties = connection.get("client_properties")
    return str(properties.get("connection_name", "")) if isinstance(properties, dict) else ""
