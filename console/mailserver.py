"""The mail server of the demo in containers: Dovecot in the foreground, reached by the containers beside it.

The shared password is public on purpose: nothing but the demo's prospects writes to its mailboxes.
"""

import os
import tempfile
from pathlib import Path

from console.servers.dovecot import dovecot
from console.servers.site import Site
from shared.settings import ImapSettings, load

EVERY_ADDRESS = "*"


def main() -> None:
    """Become Dovecot, on the ports and with the password that the environment names."""
    imap = load(ImapSettings)
    ports = {"imap": imap.port, "lmtp": int(os.environ["DEMO_LMTP_PORT"])}
    site = Site(Path(tempfile.mkdtemp(prefix="mail-")), ports, {"mail": imap.password.get_secret_value()})
    server = dovecot(site, EVERY_ADDRESS)
    os.execve(server.command[0], server.command, dict(server.environment))  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
