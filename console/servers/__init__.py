"""Private PostgreSQL, RabbitMQ and Dovecot of one checkout: own data, own ports, loopback only."""

from console.servers.addresses import Servers
from console.servers.control import NAMES, ServerStatus, start, status, stop

__all__ = ["NAMES", "ServerStatus", "Servers", "start", "status", "stop"]
