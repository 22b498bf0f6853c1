"""What there is to know about one server program: how it starts, when it answers, how it ends."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console.servers.accounts import Account
from console.servers.site import Site

UTF8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


@dataclass(frozen=True, slots=True)
class Server:
    """One program, ready to be started; `answers` raises `OSError` until the server really serves."""

    name: str
    port: int
    account: Account
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    answers: Callable[[], None] = field(repr=False)


def base_environment(home: Path) -> dict[str, str]:
    """Return the little of our environment that a server needs; nothing of the caller's settings leaks in."""
    path = os.environ.get("PATH", "")
    return {"PATH": f"{path}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "LANG": UTF8, "LC_ALL": UTF8}


def own_folder(site: Site, name: str, who: Account) -> Path:
    """Return a server's own data folder; only its account may look inside."""
    folder = site.folder / name
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, who.uid, who.gid)
    return folder


def write_config(path: Path, text: str, who: Account) -> Path:
    """Write a file that a server reads and nobody else (it may hold a password)."""
    path.parent.mkdir(mode=0o711, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    os.chown(fresh, os.geteuid(), who.gid)
    fresh.chmod(0o640)
    return fresh.replace(path)
