"""One checkout's place for servers: its folder, its ports, its secrets; remembered so that restarts keep them."""

import hashlib
import json
import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from console.servers.accounts import account, may_enter
from shared.errors import CamError, ConfigurationError

HOST = "127.0.0.1"
_PORTS = ("postgres", "rabbitmq", "management", "epmd", "distribution", "imap", "lmtp")
_SECRETS = ("postgres", "rabbitmq", "cookie", "mail")
_ACCOUNTS = ("postgres", "rabbitmq", "dovecot")
_STATE = "state.json"
# Below the range from which the kernel takes ports for outgoing connections, which could sit on a remembered one.
_FIRST_PORT, _LAST_PORT = 20_000, 32_000
# Dovecot puts UNIX sockets below its folder, and their paths end at 104 characters; RabbitMQ's scripts split at spaces.
_SUITABLE = re.compile(r"[A-Za-z0-9._/+-]{1,60}")


@dataclass(frozen=True, slots=True)
class Site:
    """Where one checkout's servers live."""

    folder: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]


def find_site(root: Path) -> Site | None:
    """Return the site of a checkout if it has one."""
    for folder in _candidates(root):
        if (folder / _STATE).is_file():
            return _load(folder)
    return None


def open_site(root: Path) -> Site:
    """Return the site of a checkout; make one the first time."""
    return find_site(root) or _create(root)


def keep_ports(site: Site, ports: Mapping[str, int]) -> Site:
    """Return the site with other ports, and remember them."""
    changed = Site(site.folder, dict(ports), site.secrets)
    _save(changed)
    return changed


def free_ports(names: list[str]) -> dict[str, int]:
    """Return a free port of the loopback for each name, all different."""
    found: dict[str, int] = {}
    while len(found) < len(names):
        port = secrets.choice(range(_FIRST_PORT, _LAST_PORT))
        if port not in found.values() and is_free(port):
            found[names[len(found)]] = port
    return found


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port of the loopback."""
    with socket.socket() as probe:
        # Without it, connections that a stopped server left in TIME_WAIT would make its own port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _candidates(root: Path) -> tuple[Path, Path]:
    path = str(root.resolve())
    name = re.sub(r"[^A-Za-z0-9]+", "-", root.resolve().name)[:20] or "root"
    digest = hashlib.sha256(path.encode()).hexdigest()[:10]
    return root.resolve() / ".cam" / "servers", Path(f"/var/tmp/cam-{name}-{os.geteuid()}-{digest}")  # noqa: S108 - made by _own, which checks its owner


def _create(root: Path) -> Site:
    inside, outside = _candidates(root)
    folder = inside if _suits(inside) else outside
    _own(folder)
    site = Site(folder, free_ports(list(_PORTS)), {name: secrets.token_hex(16) for name in _SECRETS})
    _save(site)
    return site


def _suits(folder: Path) -> bool:
    if not _SUITABLE.fullmatch(str(folder)):
        return False
    _own(folder)
    if os.geteuid() != 0 or all(may_enter(account(name), folder) for name in _ACCOUNTS):
        return True
    folder.rmdir()
    return False


def _own(folder: Path) -> None:
    """Make a folder that only we write to and that the servers' accounts may pass through."""
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise CamError(f"{folder} belongs to somebody else")
    folder.chmod(0o711)


def _load(folder: Path) -> Site:
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise ConfigurationError(f"the servers in {folder} belong to another user")
    try:
        stored = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        return Site(folder, {name: int(stored["ports"][name]) for name in _PORTS}, dict(stored["secrets"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CamError(f"{folder / _STATE} is damaged ({error}): remove {folder} and start again") from None


def _save(site: Site) -> None:
    fresh = site.folder / f"{_STATE}.new"
    fresh.touch(mode=0o600)
    content = asdict(site) | {"folder": str(site.folder)}
    fresh.write_text(json.dumps(content, indent=1), encoding="utf-8")
    fresh.replace(site.folder / _STATE)
