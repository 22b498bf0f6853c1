"""Finding the server programs: outside the PATH on Debian (PostgreSQL, RabbitMQ's own scripts) and on macOS."""

import re
import shutil
from pathlib import Path

from shared.errors import ConfigurationError

_FOLDERS = {
    "postgres": (
        "/usr/lib/postgresql/*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/usr/pgsql-*/bin",
    ),
    # Debian's /usr/sbin/rabbitmq-server is a wrapper that insists on the machine's own folders.
    "rabbitmq-server": ("/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"),
    "epmd": (
        "/opt/homebrew/opt/erlang/bin",
        "/usr/local/opt/erlang/bin",
        "/usr/lib/erlang/bin",
        "/usr/lib64/erlang/bin",
    ),
    "dovecot": ("/usr/sbin", "/opt/homebrew/opt/dovecot/sbin", "/usr/local/opt/dovecot/sbin"),
}
_PRODUCTS = {
    "postgres": "PostgreSQL 15 or newer",
    "rabbitmq-server": "RabbitMQ 3.10 or newer",
    "epmd": "Erlang",
    "dovecot": "Dovecot with IMAP and LMTP",
}
# Dovecot's protocols are packages of their own on Debian, with their programs here.
_DOVECOT_PARTS = ("/usr/lib/dovecot", "/usr/libexec/dovecot", "/opt/homebrew/opt/dovecot/libexec/dovecot")


def program(name: str) -> Path:
    """Return the newest installed program of that name; raise `ConfigurationError` saying what to install."""
    found = [path / name for pattern in _FOLDERS[name] for path in Path("/").glob(pattern.removeprefix("/"))]
    found = [path for path in found if path.is_file()]
    if found:
        return max(found, key=_version)
    on_path = shutil.which(name)
    if on_path is None:
        raise ConfigurationError(f"{_PRODUCTS[name]} is not installed: run `make setup`")
    return Path(on_path).resolve()


def missing() -> list[str]:
    """Return which of the three servers `make setup` has yet to install."""
    return [name for name in ("postgres", "rabbitmq-server", "dovecot") if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        program(name)
    except ConfigurationError:
        return False
    parts = [part for part in map(Path, _DOVECOT_PARTS) if part.is_dir()] if name == "dovecot" else []
    return all((part / protocol).exists() for part in parts for protocol in ("imap", "lmtp"))


def _version(path: Path) -> int:
    numbers = re.findall(r"\d+", str(path))
    return int(numbers[0]) if numbers else 0
