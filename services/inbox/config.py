"""Settings of the inbox: how mailboxes are shared among replicas, and how patient it is with servers."""

from pydantic import Field

from shared.settings import Settings


class InboxSettings(Settings):
    """What the inbox reads beside the common settings."""

    lease_seconds: float = Field(default=30, validation_alias="AICMO_CAM_MAILBOX_LEASE_SECONDS", gt=0, le=600)
    # How long a mailbox rests after a refused login: servers lock accounts that try too often.
    retry_seconds: float = Field(default=300, validation_alias="AICMO_CAM_MAILBOX_RETRY_SECONDS", gt=0, le=86_400)
    # RFC 2177 allows 29 minutes; but only the answer to the end of an IDLE proves that the server is still there.
    idle_seconds: float = Field(default=15, validation_alias="AICMO_CAM_IMAP_IDLE_SECONDS", gt=0, le=1740)
    timeout_seconds: float = Field(default=20, validation_alias="AICMO_CAM_IMAP_TIMEOUT_SECONDS", gt=0, le=300)
    max_email_bytes: int = Field(default=524_288, validation_alias="AICMO_CAM_MAX_EMAIL_BYTES", ge=16_384, le=1_048_576)
