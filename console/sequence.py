"""A campaign's sequence as its author writes it: the schema of `sequence.yml` (see examples/sequence.yml)."""

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shared.schedule import Window as SendingWindow
from shared.schedule import zone
from shared.states import EndPolicy

MAX_DAYS = 365
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_MINUTES_A_DAY = 24 * 60

Days = Annotated[float, Field(ge=0, le=MAX_DAYS, allow_inf_nan=False)]


class Part(BaseModel):
    """A part of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_line(subject: str | None) -> str | None:
    if subject is not None and (not subject.strip() or "\n" in subject.strip()):
        raise ValueError("must be one line of text")
    return subject.strip() if subject else None


Body = Annotated[str, Field(min_length=1, max_length=100_000)]


class Variant(Part):
    """Another wording of a step; what it leaves out is the step's own."""

    subject: str | None = Field(default=None, max_length=500)
    body: Body | None = None

    _subject_is_one_line = field_validator("subject")(_one_line)

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if self.subject is None and self.body is None:
            raise ValueError("a variant needs a subject or a body of its own")
        return self


class Step(Part):
    """One e-mail of the sequence; without a subject it is a reply in the same thread."""

    wait: Days = 0  # days after the step before
    subject: str | None = Field(default=None, max_length=500)
    body: Body
    variants: list[Variant] = Field(default=[], max_length=len(_LETTERS) - 1)

    _subject_is_one_line = field_validator("subject")(_one_line)


class End(Part):
    """What becomes of a lead that never answered, so many days after the last step."""

    policy: EndPolicy = EndPolicy.NURTURE
    after: Days = 7

    @field_validator("policy", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        if str(value).upper() not in set(EndPolicy):
            raise ValueError("must be 'nurture' or 'dead'")
        return str(value).upper()


class Limits(Part):
    """How much may leave in a day (UTC)."""

    daily: int | None = Field(default=None, ge=1)


class Window(Part):
    """When mail may leave, in the lead's own time zone or else here; an end before the start is on the next day."""

    timezone: str = "UTC"
    days: frozenset[int] = frozenset(range(1, 8))
    start: int = Field(default=0, alias="from")
    end: int = Field(default=_MINUTES_A_DAY, alias="to")

    @field_validator("timezone")
    @classmethod
    def _exists(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("days", mode="before")
    @classmethod
    def _weekdays(cls, value: object) -> frozenset[int]:
        parts = value if isinstance(value, list) else str(value).split(",")
        return frozenset(day for part in parts for day in _span(str(part)))

    @field_validator("start", "end", mode="before")
    @classmethod
    def _minute(cls, value: object) -> int:
        found = _CLOCK.fullmatch(str(value).strip())
        minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1  # noqa: PLR2004 - a clock
        if not 0 <= minute <= _MINUTES_A_DAY:
            raise ValueError('must be a time of day such as "09:00"')
        return minute

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.start == self.end:
            raise ValueError("'from' and 'to' must differ")
        SendingWindow(self.timezone, self.start, self.end, self.days)
        return self


class Rules(Part):
    """When the campaign is paused by itself; what is left out is as the settings say."""

    auto_pause: bool | None = None
    min_reply_rate: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    min_sends: int | None = Field(default=None, ge=1)


class Sequence(Part):
    """The whole file."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    end: End = End()
    limits: Limits = Limits()
    window: Window = Window()
    rules: Rules = Rules()
    steps: list[Step] = Field(min_length=1, max_length=50)


def _span(part: str) -> list[int]:
    ends = [name.strip()[:3].lower() for name in part.split("-")]
    if len(ends) > 2 or any(name not in _WEEKDAYS for name in ends):  # noqa: PLR2004 - from and to
        raise ValueError(f"{part.strip()!r} must be weekdays such as mon-fri or mon, wed")
    first, last = _WEEKDAYS.index(ends[0]), _WEEKDAYS.index(ends[-1])
    return [(first + offset) % 7 + 1 for offset in range((last - first) % 7 + 1)]


def wordings(step: Step) -> list[tuple[str, str | None, str]]:
    """Return the variants of a step as they are stored: letter, subject (None: same thread) and body."""
    others = [(variant.subject or step.subject, variant.body or step.body) for variant in step.variants]
    return [(_LETTERS[i], subject, body) for i, (subject, body) in enumerate([(step.subject, step.body), *others])]
