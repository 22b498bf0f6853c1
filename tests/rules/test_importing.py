"""How a CSV of leads is read, row by row."""

from pathlib import Path

import pytest

from console.addresses import normalised, target
from console.importing import LeadFile, Reason, Rejected, Row, identifier
from console.missing_columns import refuse
from console.templates import Needs
from shared.errors import ConfigurationError

_NOTHING = Needs(frozenset(), frozenset(), frozenset(), {})


def _file(folder: Path, content: str | bytes, needs: Needs = _NOTHING) -> LeadFile:
    path = folder / "leads.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return LeadFile(path, needs)


def _only(file: LeadFile) -> Row | Rejected:
    (row,) = file.rows()
    return row


def _bad(file: LeadFile) -> Rejected:
    row = _only(file)
    assert isinstance(row, Rejected)
    return row


@pytest.mark.parametrize("head", ["email", "E-Mail", "mail", " e_mail ", "\ufeffemail"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_address_column_and_the_delimiter_are_found(tmp_path: Path, head: str, delimiter: str) -> None:
    content = f"First Name{delimiter}{head}\nJoe{delimiter}joe@example.com\n".replace("First Name", "First Name")
    if head.startswith("\ufeff"):
        content = f"{head}{delimiter}First Name\njoe@example.com{delimiter}Joe\n"
    assert _only(_file(tmp_path, content)) == Row(2, "joe@example.com", {"first_name": "Joe"}, None)


def test_a_row_is_named_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    content = 'email,note\na@b.example,"two\nlines"\n\nnobody,\n'
    first, second = _file(tmp_path, content).rows()
    assert (first.line, second.line) == (2, 5)


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ("nobody,,", Reason.BAD_ADDRESS, "must have an @-sign"),
        (",Joe,", Reason.BAD_ADDRESS, "is empty"),
        ("joe@localhost,,", Reason.BAD_ADDRESS, "should have a period"),
        ("jo..e@example.com,,", Reason.BAD_ADDRESS, "two periods"),
        ("jörg@example.com,,", Reason.BAD_ADDRESS, "nternationalized characters"),
        ("joe@example.com,Joe,Mars/Olympus", Reason.BAD_TIMEZONE, "no time zone"),
        ("joe@example.com,,UTC", Reason.MISSING_VARIABLE, "'name' is empty"),
        ("joe@example.com", Reason.MISSING_VARIABLE, "'name' is empty"),
        ("joe@example.com,Joe,UTC,more", Reason.BAD_ROW, "has 4 columns, the header has 3"),
        ('joe@example.com,"J"oe,UTC', Reason.BAD_ROW, "expected after"),
        ("joe@example.com,J\x00e,UTC", Reason.BAD_ROW, "control character"),
    ],
)
def test_a_bad_row_says_why(tmp_path: Path, row: str, reason: Reason, detail: str) -> None:
    needs = Needs(frozenset({"name"}), frozenset(), frozenset(), {})
    bad = _bad(_file(tmp_path, f"email,name,timezone\n{row}\n", needs))
    assert (bad.line, bad.reason) == (2, reason)
    assert detail in bad.detail


def test_a_byte_that_is_no_utf8_spoils_its_own_row_only(tmp_path: Path) -> None:
    bad, good = _file(tmp_path, b"email,name\na@b.example,J\xf6rg\nc@d.example,J\xc3\xb6rg\n").rows()
    assert isinstance(bad, Rejected)
    assert bad.detail == "is not UTF-8"
    assert isinstance(good, Row)
    assert good.fields == {"name": "Jörg"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ":1: there is no header row"),
        (b"name,company\n", ":1: no column 'email' (there are: name, company)"),
        (b"email,mail\n", ":1: two columns of addresses"),
        (b"email,First Name,first_name\n", ":1: two columns are called 'first_name'"),
        ("email\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (
            b'email,n\na@b.example,"open\nc@d.example,x\n',
            ":2: a quotation mark that begins in this row is never closed",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_as_a_whole(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        list(_file(tmp_path, content).rows())
    assert told in str(caught.value)


def test_a_missing_column_is_said_once_with_what_may_have_been_meant(tmp_path: Path) -> None:
    needs = Needs(frozenset({"first_name"}), frozenset({"city"}), frozenset({"plan"}), {})
    file = _file(tmp_path, "email,Frist Name\n", needs)
    with pytest.raises(ConfigurationError, match=r"'city', 'first_name' - did you mean 'frist_name'\?$"):
        refuse(file.path, file.columns, needs)


def test_an_empty_cell_with_a_default_in_the_template_is_left_out(tmp_path: Path) -> None:
    needs = Needs(frozenset(), frozenset({"city"}), frozenset({"plan"}), {})
    row = _only(_file(tmp_path, "email,city,plan\na@b.example,,\n", needs))
    assert isinstance(row, Row)
    assert row.fields == {"city": ""}


@pytest.mark.parametrize(
    ("title", "name"), [("First Name", "first_name"), ("Größe (cm)", "größe_cm"), ("2nd line", "_2nd_line"), ("--", "")]
)
def test_a_title_becomes_the_name_of_a_variable(title: str, name: str) -> None:
    assert identifier(title) == name


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Joe.Doe+x@Example.COM", "joe.doe+x@example.com"),
        ("joe@Exämple.de", "joe@xn--exmple-cua.de"),
        ("joe@a-b.co.example", "joe@a-b.co.example"),
        ("o'brien@example.com", "o'brien@example.com"),
    ],
)
def test_an_address_is_stored_in_ascii_and_lower_case(written: str, stored: str) -> None:
    assert normalised(written) == stored


@pytest.mark.parametrize(
    "written", ["joe@example.local", "x" * 65 + "@example.com", "joe@-a.example", "joe@example.c_m"]
)
def test_an_address_that_can_not_be_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normalised(written)


def test_a_suppression_names_an_address_or_a_domain() -> None:
    assert (target(" Joe@Example.com"), target("@Example.COM")) == ("joe@example.com", "@example.com")
