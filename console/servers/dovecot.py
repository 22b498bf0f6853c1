"""A private Dovecot: any address is an account, one shared password, IMAP and LMTP on the loopback, no TLS."""

import grp
import re
import socket
from collections.abc import Mapping

from console.servers.accounts import Account, account, run_as
from console.servers.programs import program
from console.servers.server import Server, base_environment, own_folder, write_config
from console.servers.site import HOST, Site
from shared.errors import ConfigurationError

_FIRST_WITH_NEW_SYNTAX = (2, 4)
_VERSION = re.compile(r"(\d+)\.(\d+)")

# Everything runs as one ordinary account, so nothing may ask for chroot or for a change of user. The anvil penalty
# and the failure delay would make a wrong password in a test cost seconds.
_COMMON = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap lmtp
listen = {host}
ssl = no
auth_mechanisms = plain login
auth_username_format = {lowercase_user}
auth_failure_delay = 0 secs
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_fsync = never
mail_max_userip_connections = 2000
mailbox_idle_check_interval = 1 secs
default_client_limit = 2000
default_process_limit = 1000
default_vsz_limit = 1 G

service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  client_limit = 10000
}}
service anvil {{
  chroot =
  client_limit = 10000
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
"""
_OLD_SYNTAX = """\
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%Ld/%Ln allow_all_users=yes
}}
"""
_NEW_SYNTAX = """\
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
passdb static {{
  passdb_static_password = {password}
}}
userdb static {{
  userdb_static_allow_all_users = yes
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user | domain | lower}}/%{{user | username | lower}}
  }}
}}
"""


def dovecot(site: Site, listen: str = HOST) -> Server:
    """Prepare Dovecot; it answers when both IMAP and LMTP greet."""
    who = account("dovecot")
    folder = own_folder(site, "dovecot", who)
    binary = str(program("dovecot"))
    environment = base_environment(folder)
    text = _configuration(site, who, listen, _version(run_as(who, [binary, "--version"], environment)))
    config = write_config(site.folder / "config" / "dovecot.conf", text, who)
    return Server(
        name="dovecot",
        port=site.ports["imap"],
        account=who,
        command=[binary, "-F", "-c", str(config)],
        environment=environment,
        log=folder / "server.log",
        answers=lambda: _answers(site.ports),
    )


def _configuration(site: Site, who: Account, listen: str, version: tuple[int, int]) -> str:
    new = version >= _FIRST_WITH_NEW_SYNTAX
    head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if new else ""
    return head + (_COMMON + (_NEW_SYNTAX if new else _OLD_SYNTAX)).format(
        folder=site.folder / "dovecot",
        host=listen,
        user=who.name,
        group=grp.getgrgid(who.gid).gr_name,
        uid=who.uid,
        gid=who.gid,
        imap=site.ports["imap"],
        lmtp=site.ports["lmtp"],
        password=site.secrets["mail"],
        lowercase_user="%{user | lower}" if new else "%Lu",
    )


def _version(printed: str) -> tuple[int, int]:
    found = _VERSION.search(printed)
    if found is None:
        raise ConfigurationError(f"dovecot --version says {printed.strip()[:80]!r}, which is no version")
    return int(found[1]), int(found[2])


def _answers(ports: Mapping[str, int]) -> None:
    for name, greeting in (("imap", b"* OK"), ("lmtp", b"220 ")):
        with socket.create_connection((HOST, ports[name]), timeout=3) as connection:
            if not connection.recv(200).startswith(greeting):
                raise ConnectionError(f"no {name} greeting yet")
