"""One error class for each decision a caller can take."""


class CamError(Exception):
    """Something went wrong in CAM."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class ConfigurationError(CamError):
    """A setting or an input file is wrong: say so in one line and exit with status 2."""


class PermanentError(CamError):
    """Trying again can't help: the event goes to the dead letters at once."""


class SchemaInvalidError(PermanentError):
    """The event does not follow its contract."""


class TransientError(CamError):
    """It may work later: the event is tried again on the ladder of delays."""


class OutageError(CamError):
    """The database or a provider is away: pause and wait; this is no event's fault."""


class LostLeaseError(CamError):
    """Another instance took this work over; whatever was about to be written is refused."""
