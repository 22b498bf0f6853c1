"""`cam trace`: what can be asked about, and what it costs."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from console.traces.asked import find
from console.traces.facts import read
from tests.handlers.console.conftest import Cam
from tests.handlers.console.past import ADDRESS, NOON, Past, after, told


@pytest.fixture
def past(engine: Engine) -> Past:
    return Past(engine)


def test_asked_about_an_e_mail_it_tells_what_led_to_it_and_what_followed(cam: Cam, past: Past) -> None:
    past.says_yes()
    second = past.sent(2, at=after(days=3))
    late = past.arrived(second, at=after(days=4)).data.inbound_email_id
    everything = told(cam, ADDRESS)
    assert len(everything) == 8
    for what in ("outbound/2", "<cam.2@cam.example>", "cam.2@cam.example"):
        assert [hop["kind"] for hop in told(cam, what)] == ["email", "reply", "missing"]
    for what in (f"inbound/{late}", "<120000@acme.example>"):
        assert [hop.get("outbound_email_id") for hop in told(cam, what)] == [second, None, None]
    for what in ("lead/1", "1"):
        assert told(cam, what) == everything


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize(
    "what",
    ["nobody@acme.example", "<no@such.example>", "lead/99", "outbound/99", "inbound/99", "x", "lead/0", "7" * 30],
)
def test_what_is_not_known_is_one_line_with_what_could_be_given(cam: Cam, what: str) -> None:
    ran = cam("trace", what)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"cam: nothing is known of '{what}': give a lead's address")
    assert ran.err.count("\n") == 1


def test_mail_that_belongs_to_nobody_led_to_nothing(cam: Cam, past: Past) -> None:
    past.arrived(None, at=NOON, lead_id=None, parse_error="no header")
    ran = cam("trace", "inbound/1")
    assert ran.status == 2
    assert ran.err == "cam: inbound/1 belongs to no lead (it could not be read): nothing followed\n"


@pytest.mark.usefixtures("past")
def test_a_lead_that_nothing_happened_to_is_said_to_be_one(cam: Cam) -> None:
    assert "nothing was queued for them and nothing came from them" in cam("trace", ADDRESS).out


def test_words_of_strangers_can_not_move_the_cursor(cam: Cam, past: Past) -> None:
    past.arrived(past.sent(1, at=NOON), at=NOON, from_address="a\x1b[2J\n@b")
    assert "\x1b" not in cam("trace", ADDRESS).out


SMALL = {"mailboxes", "campaigns", "outbox"}
Node = dict[str, Any]


def nodes(plan: Node) -> Iterator[Node]:
    """Return all nodes of a plan."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def finds_quickly(node: Node, leading: Mapping[str, str]) -> bool:
    """Tell whether a node goes straight to its rows: by an index, from the first of its columns on."""
    small = node.get("Relation Name", node.get("Index Name", "").removeprefix("pk_")) in SMALL
    if "Scan" not in node["Node Type"] or small:
        return True
    if "Index Name" in node:
        return bool(leading[node["Index Name"]] in node.get("Index Cond", ""))
    return bool(node["Node Type"] == "Bitmap Heap Scan")


def test_every_statement_goes_straight_to_its_rows(engine: Engine, past: Past) -> None:
    past.says_yes()
    plans: list[Node] = []

    def explain(_connection: Connection, cursor: Any, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401
        with cursor.connection.cursor() as other:
            other.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            plans.extend(nodes(other.fetchone()[0][0]["Plan"]))

    with engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        first = "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true) FROM pg_index"
        leading = {row[0]: row[1] for row in connection.exec_driver_sql(first)}
        event.listen(connection, "before_cursor_execute", explain)
        for what in (ADDRESS, "<cam.1@cam.example>", "<130000@acme.example>", "outbound/1", "inbound/1", "lead/1"):
            read(connection, find(connection, what).lead_ids[0])
    assert len(plans) > 50
    slow = [(node.get("Index Name"), node.get("Index Cond")) for node in plans if not finds_quickly(node, leading)]
    assert slow == []
