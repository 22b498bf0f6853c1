"""Where the private servers answer, and the environment that points the services at them."""

from dataclasses import dataclass

from console.servers.site import HOST, Site

DATABASE = USER = "cam"
CAMPAIGN_ADDRESS = "campaign@cam.test"


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses and passwords of one checkout's servers."""

    database_url: str
    amqp_url: str
    management_url: str
    imap_host: str
    imap_port: int
    lmtp_host: str
    lmtp_port: int
    mail_password: str

    def environment(self) -> dict[str, str]:
        """Return the variables that make CAM use these servers."""
        return {
            "DATABASE_URL": self.database_url,
            "AICMO_AMQP_URL": self.amqp_url,
            "AICMO_AMQP_MANAGEMENT_URL": self.management_url,
            "AICMO_IMAP_SERVER": self.imap_host,
            "AICMO_IMAP_PORT": str(self.imap_port),
            "AICMO_IMAP_EMAIL": CAMPAIGN_ADDRESS,
            "AICMO_IMAP_PASSWORD": self.mail_password,
            "AICMO_IMAP_SECURITY": "none",
            "DEMO_LMTP_HOST": self.lmtp_host,
            "DEMO_LMTP_PORT": str(self.lmtp_port),
        }


def addresses(site: Site) -> Servers:
    """Return the addresses of a site's servers, running or not."""
    ports, secrets = site.ports, site.secrets
    return Servers(
        database_url=f"postgresql://{USER}:{secrets['postgres']}@{HOST}:{ports['postgres']}/{DATABASE}",
        amqp_url=f"amqp://{USER}:{secrets['rabbitmq']}@{HOST}:{ports['rabbitmq']}/",
        management_url=f"http://{USER}:{secrets['rabbitmq']}@{HOST}:{ports['management']}",
        imap_host=HOST,
        imap_port=ports["imap"],
        lmtp_host=HOST,
        lmtp_port=ports["lmtp"],
        mail_password=secrets["mail"],
    )
