"""Any bytes are read as an e-mail, or refused with a reason; never anything else."""

from datetime import UTC, datetime

import pytest

from shared.mail.parsing import MAX_TEXT, UnparsableError, parse_email
from tests.handlers.inbox.letters import bounce, letter

HEAD = b"From: Jane <Jane@Acme.Example>\r\nSubject: Re: Hello\r\nMessage-ID: <1@acme.example>\r\n"


def test_the_facts_of_a_plain_reply() -> None:
    mail = parse_email(letter("Yes, call me.", message_id="<1@acme.example>").as_bytes())

    assert mail.message_id == "<1@acme.example>"
    assert mail.in_reply_to == "<cam.1.65f0a1b2@cam.test>"
    assert mail.references == ("<cam.1.65f0a1b2@cam.test>",)
    assert (mail.from_name, mail.from_address) == ("Jane Doe", "jane@acme.example")
    assert mail.date == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert mail.text.strip() == "Yes, call me."
    assert mail.report is None


def test_encoded_words_and_charsets_become_text() -> None:
    raw = (
        b"From: =?iso-8859-1?q?J=FCrgen?= <j@x.example>\r\nSubject: =?utf-8?B?S2VpbiBJbnRlcmVzc2Ug4oCT?=\r\n danke\r\n"
    )
    mail = parse_email(raw + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nSch\xf6ne Gr\xfc\xdfe")

    assert (mail.from_name, mail.subject, mail.text) == ("Jürgen", "Kein Interesse \N{EN DASH} danke", "Schöne Grüße")


@pytest.mark.parametrize("charset", [b"no-such-thing", b"punycode", b"unicode_escape", b"base64", b"utf-8", b"'utf8'"])
def test_a_wrong_charset_costs_nothing(charset: bytes) -> None:
    mail = parse_email(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nGr\xc3\xbc\xc3\x9fe")

    assert mail.text == "Grüße"


def test_the_plain_text_is_preferred_to_its_html() -> None:
    mail = letter("Plain answer")
    mail.add_alternative("<p>HTML answer</p>", subtype="html")
    mail.add_attachment("Attached text", filename="notes.txt")

    assert parse_email(mail.as_bytes()).text.strip() == "Plain answer"


GMAIL = """<div dir="ltr">Yes, <b>please</b> call me.<br>Jane &amp; Co</div>
<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Monday we wrote:<br></div>
<blockquote class="gmail_quote"><div>Our pitch</div><div>unsubscribe</div></blockquote><div>And below.</div></div>"""
OUTLOOK = """<style>p {color: red}</style>
<p>Sure, 3 &lt; 4</p><div id="divRplyFwdMsg"><b>From:</b> us</div><p>Our pitch</p>"""
UNCLOSED = "<div>Fine<blockquote>Our pitch<div>more</blockquote>Below<!-- never closed"


@pytest.mark.parametrize(
    ("html", "own", "quoted"),
    [
        (
            GMAIL,
            ["Yes, please call me.", "Jane & Co", "And below."],
            ["On Monday we wrote:", "Our pitch", "unsubscribe"],
        ),
        (OUTLOOK, ["Sure, 3 < 4"], ["From: us", "Our pitch"]),
        (UNCLOSED, ["Fine", "Below"], ["Our pitch", "more"]),
        ("a < b and <3", ["a < b and <3"], []),
    ],
)
def test_html_becomes_text_and_its_quotes_are_marked(html: str, own: list[str], quoted: list[str]) -> None:
    raw = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    lines = [line for line in parse_email(raw).text.splitlines() if line]

    assert [line for line in lines if not line.startswith(">")] == own
    assert [line.lstrip("> ") for line in lines if line.startswith(">")] == quoted


def test_a_delivery_report_names_recipient_status_and_the_returned_mail() -> None:
    assert parse_email(bounce()).report == {
        "type": "delivery-status",
        "recipients": [
            {
                "action": "failed",
                "status": "5.1.1",
                "final_recipient": "jane@acme.example",
                "diagnostic": "smtp; 550 5.1.1 no such user",
            }
        ],
        "returned_message_id": "<cam.1.65f0a1b2@cam.test>",
        "returned_to": "jane@acme.example",
        "returned_references": [],
    }


def test_a_bounce_of_no_standard_names_the_mail_that_its_text_quotes() -> None:
    raw = b"From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n<jane@acme.example>: no such user\r\n"
    raw += b"--- Below this line is a copy.\r\nMessage-ID: <ours@cam.test>\r\nTo: jane@acme.example\r\n\r\nOur pitch"

    report = parse_email(raw).report

    assert report
    assert (report["type"], report["returned_message_id"]) == ("returned-message", "<ours@cam.test>")
    assert report["mentioned"] == ["jane@acme.example", "ours@cam.test"]


def test_a_person_who_quotes_header_lines_reports_nothing() -> None:
    assert parse_email(letter("> Message-ID: <ours@cam.test>\n> To: jane@acme.example\nYes!").as_bytes()).report is None


def test_a_complaint_names_the_mail_that_was_complained_about() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\n"
        b"A complaint\r\n--b\r\n"
        b"Content-Type: message/feedback-report\r\n\r\n"
        b"Feedback-Type: abuse\r\nOriginal-Rcpt-To: Jane@acme.example\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@cam.test>\r\n\r\n--b--\r\n"
    )

    report = parse_email(raw).report

    assert report
    assert (report["type"], report["feedback_type"]) == ("feedback-report", "abuse")
    assert (report["recipient"], report["returned_message_id"]) == ("jane@acme.example", "<ours@cam.test>")


def test_the_headers_that_tell_machines_from_people_are_kept() -> None:
    raw = HEAD + b"Auto-Submitted: auto-replied\r\nX-Custom: no\r\nReturn-Path: <>\r\n\r\nAway"

    headers = parse_email(raw).headers

    assert (headers["auto-submitted"], headers["return-path"]) == ("auto-replied", "<>")
    assert "x-custom" not in headers


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"// no e-mail at all", bytes(range(256)) * 9])
def test_what_is_no_e_mail_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(UnparsableError, match=r"empty|no header field"):
        parse_email(raw)


@pytest.mark.parametrize(
    "headers",
    [
        b"Date: Mon, 99 Foo 20266 99:99:99\r\n",
        b"From: " + b"(" * 5_000 + b"\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n",
        b"Subject: =?x?q?=00=FF?=\r\n",
        b"Content-Type: ;;;=\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: multipart/mixed; boundary=\r\n",
        b"Content-Type: text/plain; charset*0*=x''%\r\n",
        b"References: <\r\nIn-Reply-To: >\r\n",
        b"X" * 20_000 + b": long\r\n" + b"odd\r\n",
    ],
)
def test_odd_headers_stop_nothing(headers: bytes) -> None:
    assert parse_email(headers + HEAD + b"\r\nHello \x00\xff")


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(300))
        + b"\n" * 300_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 60_000,
        HEAD + b"Content-Type: text/plain; " + b'";\\"' * 200_000 + b"\r\n\r\nx",
        HEAD + b"References: " + b"<" * 900_000 + b"\r\n\r\nx",
        HEAD + b"Return-Path: <>\r\n\r\n" + b"message-id:\n> " * 70_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--<a " * 140_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote><div>" * 60_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#" + b"9" * 900_000,
        HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\na-" + b"z" * 900_000,
        HEAD + b"\r\n" + b"a" * 1_000_000,
        b"Subject: " + b"=?utf-8?q?=41?= " * 60_000 + b"\r\n\r\nx",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n\xff" + b" " * 1_000_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b;;\r\n\r\n" + b"--b\r\n" * 200_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>" * 300_000,
        b"a:\n" * 300_000,
    ],
    ids=[
        "nested",
        "boundaries",
        "parts",
        "parameters",
        "references",
        "quoted",
        "comments",
        "quotes",
        "number",
        "punycode",
        "line",
        "words",
        "blanks",
        "odd parts",
        "tags",
        "fields",
    ],
)
def test_hostile_mail_of_a_megabyte_costs_little(raw: bytes) -> None:
    try:
        assert len(parse_email(raw).text) <= MAX_TEXT
    except UnparsableError as error:
        assert str(error)  # noqa: PT017 - being refused is as good as being read


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"=?utf-8?b?R3LDvMM=?= =?utf-8?b?n2U=?=", "Grüße"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?q?_J=FCrgen?=", "Grüße Jürgen"),
        (b"Re: =?utf-8*de?Q?Gr=C3=BC=C3=9Fe?= an alle", "Re: Grüße an alle"),
        (b"=?utf-8?q?=E2=9C=93?= ok =?utf-8?q?=E2=9C=93?=", "\N{CHECK MARK} ok \N{CHECK MARK}"),
        (b"=?utf-8?b?!?= ok", "ok"),
        (b"=?nonsense", "=?nonsense"),
    ],
)
def test_subjects_are_decoded_however_they_are_written(raw: bytes, subject: str) -> None:
    assert parse_email(b"Subject: " + raw + b"\r\n\r\nbody").subject == subject


@pytest.mark.parametrize(
    "block",
    [
        "Final-Recipient: rfc822; jane@acme.example\r\nAction: failed\r\nStatus: 5.1.1",
        "Final-Recipient : rfc822;<Jane@acme.example>\r\nAction : failed (expired)\r\nStatus : 5.1.1 (unknown)",
        "\tfor somebody\r\nOriginal-Recipient: rfc822;jane@acme.example\r\nodd\r\nAction: failed\r\nStatus: 5.1.1",
    ],
)
def test_reports_of_careless_mail_systems_are_read(block: str) -> None:
    raw = bounce().decode()
    begin, end = raw.index("Final-Recipient"), raw.index("\r\nDiagnostic-Code")
    report = parse_email((raw[:begin] + block + raw[end:]).encode()).report

    assert report
    assert report["recipients"] == [
        {
            "action": "failed",
            "status": "5.1.1",
            "final_recipient": "jane@acme.example",
            "diagnostic": "smtp; 550 5.1.1 no such user",
        }
    ]
