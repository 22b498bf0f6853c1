"""How a sequence file is read, and how its mistakes are told."""

from pathlib import Path

import pytest

from console.sequence import wordings
from console.sequence_file import SequenceFile, load
from console.templates import needs
from shared.errors import ConfigurationError

_EXAMPLE = Path(__file__).parents[2] / "examples/sequence.yml"
_STEP = 'steps:\n  - subject: "Hi"\n    body: Hello\n'


def _read(folder: Path, text: str) -> SequenceFile:
    file = folder / "s.yml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_example_is_a_valid_sequence() -> None:
    read = load(_EXAMPLE)
    assert [step.wait for step in read.sequence.steps] == [0, 3, 5]
    assert read.needs.filled == {"first_name", "company"}
    assert read.needs.present == {"city"}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    sequence = _read(tmp_path, _STEP).sequence
    assert (sequence.end.policy, sequence.end.after) == ("NURTURE", 7)
    assert (sequence.window.timezone, sequence.window.start, sequence.window.end) == ("UTC", 0, 1440)
    assert sequence.window.days == set(range(1, 8))
    assert sequence.limits.daily is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("steps: [\n", ":2:1: expected the node content"),
        (_STEP + "limit:\n  daily: 5\n", ":4:1: unknown key 'limit' (did you mean 'limits'?)"),
        ("steps:\n  - subject: A\n    bdy: x\n", ":3:5: unknown key 'bdy' (did you mean 'body'?) (and 1 more)"),
        ("steps:\n  - subject: A\n    body: x\n    wiat: 3\n", ":4:5: unknown key 'wiat' (did you mean 'wait'?)"),
        ("steps:\n  - subject: A\n    body: x\n    wait: soon\n", ":4:11: wait: should be a valid number"),
        ("steps:\n  - subject: A\n    body: x\n    wait: .nan\n", ":4:11: wait: "),
        ("steps:\n  - subject: A\n    body: x\n    wait: -1\n", ":4:11: wait: should be greater than or equal to 0"),
        ("steps:\n  - body: x\n", ":2:5: the first step must have a subject"),
        ("steps: []\n", ":1:8: steps: list should have at least 1 item"),
        ("- a\n", ":1:1: must have keys such as 'steps:'"),
        ("", ": the file is empty"),
        (_STEP + _STEP, ":4:1: 'steps' is given twice"),
        (_STEP + "end: {policy: forget}\n", ":4:15: policy: must be 'nurture' or 'dead'"),
        (_STEP + "window: {timezone: Mars/Olympus}\n", ":4:20: timezone: 'Mars/Olympus' is no time zone"),
        (_STEP + "window: {days: mon-fun}\n", ":4:16: days: 'mon-fun' must be weekdays"),
        (
            _STEP + 'window: {from: "9:00", to: "09:00"}\n',
            ":4:9: window: 'from' and 'to' must differ",
        ),
        (_STEP + "window: {from: 9}\n", ":4:16: from: must be a time of day"),
        (
            "steps:\n  - subject: Hi\n    body: |\n      one\n\n      {{ two\n",
            ":6: template: unexpected end of template",
        ),
        ("steps:\n  - subject: '{% if %}'\n    body: x\n", ":2: template: Expected an expression"),
        ("steps:\n  - subject: A\n    body: &b [*b]\n", "there is too much in here, or it contains itself"),
        (_STEP + "    variants: [{}]\n", ":4:16: variants: a variant needs a subject or a body of its own"),
        ("steps:\n  - subject: A\x07\n", ":2: character 7 is not allowed"),
    ],
)
def test_a_mistake_is_told_with_file_line_column_and_reason(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "s.yml"))
    assert told in message
    assert "\n" not in message


def test_a_window_may_end_on_the_next_day(tmp_path: Path) -> None:
    window = _read(tmp_path, _STEP + 'window: {from: "22:00", to: "02:00"}\n').sequence.window
    assert (window.start, window.end) == (22 * 60, 2 * 60)


def test_a_clock_time_needs_no_quotes(tmp_path: Path) -> None:
    window = _read(tmp_path, _STEP + "window: {from: 9:30, to: 17:00}\n").sequence.window
    assert (window.start, window.end) == (9 * 60 + 30, 17 * 60)


@pytest.mark.parametrize(
    ("written", "days"),
    [("mon-fri", {1, 2, 3, 4, 5}), ("sat-mon", {6, 7, 1}), ("[mon, wed]", {1, 3}), ("Tuesday, thu", {2, 4})],
)
def test_days_are_spans_or_lists(tmp_path: Path, written: str, days: set[int]) -> None:
    quoted = written if written.startswith("[") else f"'{written}'"
    assert _read(tmp_path, _STEP + f"window:\n  days: {quoted}\n").sequence.window.days == days


def test_a_variant_takes_from_its_step_what_it_leaves_out(tmp_path: Path) -> None:
    text = "steps:\n  - subject: A\n    body: one\n    variants:\n      - subject: B\n      - body: two\n"
    step = _read(tmp_path, text).sequence.steps[0]
    assert wordings(step) == [("A", "A", "one"), ("B", "B", "one"), ("C", "A", "two")]


@pytest.mark.parametrize(
    ("source", "filled", "present", "optional"),
    [
        ("{{ name }}", {"name"}, set(), set()),
        ("{{ name | upper }}", {"name"}, set(), set()),
        ("{{ name | default('you') }}", set(), set(), {"name"}),
        ("{{ name | default('you') }} {{ name }}", {"name"}, set(), set()),
        ("{% if name %}{{ name }}{% endif %}", set(), {"name"}, set()),
        ("{% if name is defined %}{{ name }}{% endif %}", set(), set(), {"name"}),
        ("{{ name or 'you' }}", set(), {"name"}, set()),
        ("{{ email }} {% set x = 1 %}{{ x }} {% for i in range(2) %}{{ i }}{% endfor %}", set(), set(), set()),
    ],
)
def test_what_a_template_asks_of_a_lead(source: str, filled: set[str], present: set[str], optional: set[str]) -> None:
    asked = needs(source)
    assert [set(asked.filled), set(asked.present), set(asked.optional)] == [filled, present, optional]
