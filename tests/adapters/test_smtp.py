"""Sending through a real SMTP conversation."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.sender.rules import Verdict
from services.sender.smtp import SmtpProvider
from shared.mail.smtp import SmtpServer
from tests.adapters.outgoing import a_follow_up, an_email, begin
from tests.adapters.scripted_smtp import patient_server, scripted_server, unwilling_server
from tests.adapters.smtp_server import (
    HANG_UP,
    ProgrammedServer,
    free_port,
    smtp_server,
)


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def server(request: pytest.FixtureRequest) -> Iterator[ProgrammedServer]:
    with smtp_server(pipelining=request.param) as running:
        yield running


@pytest.fixture
def provider(server: ProgrammedServer) -> Iterator[SmtpProvider]:
    opened = SmtpProvider(plain(server.port), begin)
    yield opened
    opened.close()


def plain(port: int, **more: str) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none", timeout_seconds=3, final_timeout_seconds=3, **more)


def test_an_e_mail_arrives_with_its_headers_and_text(server: ProgrammedServer, provider: SmtpProvider) -> None:
    assert provider.send(an_email(body="Grüße,\n.dot\n", subject="Käse?")).verdict is Verdict.SENT
    arrived = server.accepted[0]
    assert arrived["From"] == "Sally Sender <sender@example.com>"
    assert arrived["To"] == "ann@example.org"
    assert arrived["Subject"] == "Käse?"
    assert arrived["Message-ID"] == an_email().message_id
    assert arrived["Date"].datetime == an_email().date
    assert arrived["List-Unsubscribe"] == "<mailto:sender@example.com?subject=unsubscribe>"
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content().replace("\r\n", "\n") == "Grüße,\n.dot\n"
    assert arrived["References"] is None


def test_a_follow_up_carries_its_thread(server: ProgrammedServer, provider: SmtpProvider) -> None:
    provider.send(a_follow_up())
    assert server.accepted[0]["In-Reply-To"] == "<cam.2.b@x>"
    assert server.accepted[0]["References"].split() == ["<cam.1.a@x>", "<cam.2.b@x>"]


def test_a_long_message_id_is_never_torn_apart(server: ProgrammedServer, provider: SmtpProvider) -> None:
    ids = tuple(f"<cam.{n}.0123456789@{'long-domain-' * 8}.example>" for n in range(4))
    provider.send(an_email(message_id=ids[3], in_reply_to=ids[2], references=ids[:3]))
    head = server.raw[0].partition(b"\r\n\r\n")[0]
    assert f"Message-ID: {ids[3]}\r\n".encode() in head
    assert "References: " + "\r\n ".join(ids[:3]) in head.decode()


def test_one_connection_carries_many_e_mails(server: ProgrammedServer, provider: SmtpProvider) -> None:
    for number in range(5):
        assert provider.send(an_email(id=number)).verdict is Verdict.SENT
    assert server.connections == 1


@pytest.mark.parametrize(
    ("verb", "answer", "verdict"),
    [
        ("RCPT", "550 5.1.1 no such user", Verdict.DEAD_ADDRESS),
        ("RCPT", "452 4.2.2 full", Verdict.RETRY),
        ("RCPT", "552 5.2.2 full", Verdict.RETRY),
        ("RCPT", "451 4.7.1 greylisted", Verdict.RETRY),
        ("RCPT", "550 5.7.1 blocked", Verdict.ABOUT_US),
        ("RCPT", "550 go away", Verdict.REFUSED),
        ("MAIL", "550 5.4.5 daily limit", Verdict.QUOTA),
        ("MAIL", "530 5.7.0 authenticate", Verdict.LOGIN_REFUSED),
        ("DATA", "554 5.7.1 spam", Verdict.ABOUT_US),
        ("DATA", "451 4.3.0 later", Verdict.RETRY),
        ("DATA", "421 4.3.2 closing", Verdict.CLOSING),
    ],
)
def test_a_refusal_is_judged_and_the_next_e_mail_goes_out(
    server: ProgrammedServer, provider: SmtpProvider, verb: str, answer: str, verdict: Verdict
) -> None:
    server.program(verb, answer)
    result = provider.send(an_email())
    assert result.verdict is verdict
    assert answer[:3] in result.detail
    assert provider.send(an_email(id=43)).verdict is Verdict.SENT
    assert len(server.accepted) == 1


def test_the_envelope_goes_out_in_one_piece_where_the_server_takes_it() -> None:
    with scripted_server("550 5.1.0 no", "503 5.5.1 no", "503 5.5.1 no") as (port, told):
        SmtpProvider(plain(port), begin).send(an_email())
    assert told[0] == b"MAIL FROM:<sender@example.com>\r\nRCPT TO:<ann@example.org>\r\nDATA\r\n"


@pytest.mark.parametrize(
    ("answers", "verdict", "detail"),
    [
        (("550 5.7.1 not you", "503 no", "503 no"), Verdict.ABOUT_US, "550 5.7.1 not you"),
        (("250 ok", "550 5.1.1 no such user", "354 go ahead"), Verdict.DEAD_ADDRESS, "550 5.1.1 no such user"),
        (("550 5.4.5 daily limit", "250 ok", "354 go ahead"), Verdict.QUOTA, "550 5.4.5 daily limit"),
        (("250 ok", "250 ok", "451 4.3.0 later"), Verdict.RETRY, "451 4.3.0 later"),
        (("250 ok", "250 ok", "550 5.7.1 spam"), Verdict.ABOUT_US, "550 5.7.1 spam"),
        (("421 4.3.2 closing",), Verdict.CLOSING, "421 4.3.2 closing"),
        (("250 ok", "450 4.2.1 busy"), Verdict.RETRY, "450 4.2.1 busy"),
        (("250 ok", "250 ok"), Verdict.OUTAGE, "closed"),
        (("250 ok", "gibberish"), Verdict.OUTAGE, ""),
    ],
)
def test_of_several_answers_at_once_the_first_refusal_counts_and_no_text_follows(
    answers: tuple[str, ...], verdict: Verdict, detail: str
) -> None:
    with scripted_server(*answers) as (port, told):
        provider = SmtpProvider(plain(port), begin)
        result = provider.send(an_email())
        provider.close()
    assert result.verdict is verdict
    assert detail in result.detail
    assert not any(b"Subject" in piece for piece in told)
    assert b".\r\n" not in told
    # Whatever is said to a server that waits for the text is the text.
    assert len(told) == 1 or "354 go ahead" not in answers


def test_the_server_s_words_are_kept_for_people(server: ProgrammedServer, provider: SmtpProvider) -> None:
    server.program("RCPT", "550 5.1.1 no such user")
    assert provider.send(an_email()).detail == "550 5.1.1 no such user"


def test_silence_after_the_final_dot_is_unknown(server: ProgrammedServer, provider: SmtpProvider) -> None:
    server.program("DATA", HANG_UP)
    assert provider.send(an_email()).verdict is Verdict.UNKNOWN
    assert len(server.accepted) == 1


def test_a_connection_lost_before_the_text_is_an_outage(server: ProgrammedServer, provider: SmtpProvider) -> None:
    server.program("RCPT", HANG_UP)
    assert provider.send(an_email()).verdict is Verdict.OUTAGE
    assert server.accepted == []


def test_a_kept_connection_that_the_server_closed_is_opened_anew(
    server: ProgrammedServer, provider: SmtpProvider
) -> None:
    provider.send(an_email())
    server.program("MAIL", HANG_UP)
    assert provider.send(an_email(id=43)).verdict is Verdict.SENT
    assert server.connections == 2


def test_after_a_refused_text_nobody_waits_longer_than_for_any_answer() -> None:
    envelope = b"MAIL FROM:<sender@example.com>\r\nRCPT TO:<ann@example.org>\r\nDATA\r\n"
    steps = (envelope, "250 ok\r\n250 ok\r\n354 go ahead\r\n"), (b"\r\n.\r\n", "554 5.7.1 spam\r\n")
    with patient_server(*steps) as (port, told):
        server = SmtpServer("127.0.0.1", port, "none", timeout_seconds=0.5, final_timeout_seconds=60)
        assert SmtpProvider(server, begin).send(an_email()).verdict is Verdict.ABOUT_US
    # It hung up when RSET was not answered, before this server lost its own patience.
    assert told[-1] == b"rset\r\n"


def test_where_nobody_listens_the_server_is_away() -> None:
    assert SmtpProvider(plain(free_port()), begin).send(an_email()).verdict is Verdict.AWAY


@pytest.mark.parametrize("greeting", ["421 4.3.2 too busy", "554 no mail here"])
def test_a_server_that_turns_us_away_is_an_outage(greeting: str) -> None:
    with unwilling_server(greeting) as port:
        result = SmtpProvider(plain(port), begin).send(an_email())
    assert (result.verdict, result.detail) == (Verdict.OUTAGE, greeting)


def test_a_host_that_is_not_known_is_away() -> None:
    provider = SmtpProvider(SmtpServer("no-such-host.invalid", 25, "none"), begin)
    assert provider.send(an_email()).verdict is Verdict.AWAY


def test_a_server_that_is_gone_at_quit_changes_nothing() -> None:
    with smtp_server() as server:
        provider = SmtpProvider(plain(server.port), begin)
        assert provider.send(an_email()).verdict is Verdict.SENT
    provider.close()


@pytest.mark.parametrize(("password", "verdict"), [("right", Verdict.SENT), ("wrong", Verdict.LOGIN_REFUSED)])
def test_a_wrong_password_is_about_the_mailbox(password: str, verdict: Verdict) -> None:
    with smtp_server() as server:
        provider = SmtpProvider(plain(server.port, username="sender@example.com", password=password), begin)
        assert provider.send(an_email()).verdict is verdict
        provider.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_encrypted_connection_needs_a_certificate_we_trust(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with smtp_server(tls=context, implicit=security == "tls") as server:
        settings = SmtpServer("127.0.0.1", server.port, security, timeout_seconds=3)
        stranger = SmtpProvider(settings, begin)
        assert stranger.send(an_email()).verdict is Verdict.LOGIN_REFUSED
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        friend = SmtpProvider(settings, begin)
        assert friend.send(an_email()).verdict is Verdict.SENT
        friend.close()


def test_a_server_without_starttls_is_not_spoken_to_in_the_clear(server: ProgrammedServer) -> None:
    provider = SmtpProvider(SmtpServer("127.0.0.1", server.port, "starttls", timeout_seconds=3), begin)
    assert provider.send(an_email()).verdict is Verdict.LOGIN_REFUSED
    assert server.accepted == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate for 127.0.0.1, key and certificate in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = (folder / name for name in ("key.pem", "cert.pem", "both.pem"))
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    subprocess.run(
        [*command.split(), "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    both.write_text(key.read_text() + cert.read_text())
    return both
