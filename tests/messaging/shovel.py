"""'Move messages' of the management console: the shovel that its page orders through the management API."""

import httpx

from tests.endpoints import Broker
from tests.waiting import eventually


def move(broker: Broker, amqp_url: str, source: str, target: str) -> None:
    """Move all messages of a queue to another one, and wait until the shovel is gone again."""
    vhost = amqp_url.rpartition("/")[2]
    parameters = f"{broker.management_url}/api/parameters/shovel/{vhost}"
    order = {
        "src-protocol": "amqp091",
        "src-uri": f"amqp:///{vhost}",
        "src-queue": source,
        "src-prefetch-count": 1000,
        "src-delete-after": "queue-length",
        "dest-protocol": "amqp091",
        "dest-uri": f"amqp:///{vhost}",
        "dest-queue": target,
        "dest-add-forward-headers": False,
        "ack-mode": "on-confirm",
    }
    name = f"Move from {source}".replace(" ", "%20")
    ordered = httpx.put(f"{parameters}/{name}", json={"component": "shovel", "name": name, "value": order})
    ordered.raise_for_status()
    eventually(lambda: httpx.get(parameters).json() == [], 30)
