"""The classifier's settings."""

from shared.settings import Settings


class ClassifierSettings(Settings):
    """What the classifier reads: nothing beyond the common settings yet."""
