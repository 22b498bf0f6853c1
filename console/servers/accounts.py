"""The operating system's accounts that the servers run under."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import CamError, ConfigurationError


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system, and its first group."""

    name: str
    uid: int
    gid: int


def account(name: str) -> Account:
    """Return the account `name` if we are root (PostgreSQL and Dovecot refuse to run as root), else our own."""
    try:
        entry = pwd.getpwnam(name) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ConfigurationError(
            f"there is no user {name} to run the server as: install it with `make setup`"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run_as(who: Account, command: list[str], environment: Mapping[str, str]) -> str:
    """Run a command to its end and return what it printed; raise `CamError` with its last line if it fails."""
    switch = os.geteuid() == 0
    done = subprocess.run(  # noqa: S603 - commands are the servers' own programs, never input
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        check=False,
        start_new_session=True,
        user=who.uid if switch else None,
        group=who.gid if switch else None,
        extra_groups=[] if switch else None,
    )
    if done.returncode != 0:
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        raise CamError(f"{Path(command[0]).name} failed: {last}")
    return done.stdout


def may_enter(who: Account, folder: Path) -> bool:
    """Tell whether an account reaches a folder that exists: the clone of a careful root is closed to others."""
    try:
        run_as(who, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], {"PATH": "/usr/bin:/bin"})
    except CamError:
        return False
    return True
