"""The servers that a test talks to: where they are, and what they are asked for."""

import uuid
from dataclasses import dataclass
from typing import NamedTuple

import httpx


class Account(NamedTuple):
    """A mailbox of the tests' Dovecot."""

    address: str
    password: str


@dataclass(frozen=True, slots=True)
class Mailserver:
    """A running Dovecot, where every address is an account."""

    imap_host: str
    imap_port: int
    lmtp_host: str
    lmtp_port: int
    password: str

    def new_account(self) -> Account:
        """Return an address that nobody has used yet; its mailbox comes into being by itself."""
        return Account(f"box-{uuid.uuid4().hex[:12]}@cam.test", self.password)


class Connection(NamedTuple):
    """A connection to RabbitMQ: the server's name of it, and what its client says it is."""

    name: str
    client: str


@dataclass(frozen=True, slots=True)
class Broker:
    """A running RabbitMQ and its management API; both URLs carry the login."""

    amqp_url: str
    management_url: str

    def new_vhost(self) -> str:
        """Make an empty virtual host and return its AMQP URL."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        httpx.put(f"{self.management_url}/api/vhosts/{name}").raise_for_status()
        return f"{self.amqp_url.rpartition('/')[0]}/{name}"

    def drop_vhost(self, amqp_url: str) -> None:
        """Delete a virtual host with all in it; its connections are closed by force."""
        httpx.delete(f"{self.management_url}/api/vhosts/{amqp_url.rpartition('/')[2]}").raise_for_status()

    def connections(self, amqp_url: str) -> list[Connection]:
        """Return the open connections to a virtual host."""
        vhost = amqp_url.rpartition("/")[2]
        found = httpx.get(f"{self.management_url}/api/vhosts/{vhost}/connections").raise_for_status().json()
        return [Connection(each["name"], each["client_properties"].get("connection_name", "")) for each in found]

    def close_connections(self, amqp_url: str) -> int:
        """Close all connections to a virtual host; return how many there were."""
        found = self.connections(amqp_url)
        for connection in found:
            httpx.delete(f"{self.management_url}/api/connections/{connection.name}")
        return len(found)
