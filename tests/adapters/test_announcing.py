"""The envelope of the next e-mail goes with the text of this one (RFC 2920), and nothing is mistaken for a text."""

import socket
from collections.abc import Iterator

import pytest

from services.sender.outgoing import OutgoingEmail
from services.sender.rules import Verdict
from services.sender.smtp import SmtpProvider
from shared.mail.smtp import SmtpServer, smtp
from tests.adapters.outgoing import an_email, begin
from tests.adapters.scripted_smtp import patient_server
from tests.adapters.smtp_server import HANG_UP, ProgrammedServer, smtp_server

_WELCOME = "250 ok\r\n250 ok\r\n354 go ahead\r\n"
_FIRST, _SECOND, _THIRD = (an_email(id=number, recipient=f"lead{number}@example.org") for number in (1, 2, 3))
_ENVELOPE = b"MAIL FROM:<sender@example.com>\r\nRCPT TO:<lead%d@example.org>\r\nDATA\r\n"


@pytest.fixture
def server() -> Iterator[ProgrammedServer]:
    with smtp_server(pipelining=True) as running:
        yield running


@pytest.fixture
def provider(server: ProgrammedServer) -> Iterator[SmtpProvider]:
    opened = SmtpProvider(settings(server.port), begin)
    yield opened
    opened.close()


def settings(port: int) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none", timeout_seconds=3, final_timeout_seconds=3)


def taken(server: ProgrammedServer) -> list[str]:
    return [str(mail["To"]) for mail in server.accepted]


def addresses(*emails: OutgoingEmail) -> list[str]:
    return [email.recipient for email in emails]


def test_a_server_hears_of_the_next_e_mail_before_it_has_answered_for_this_one() -> None:
    both = b"\r\n.\r\n" + _ENVELOPE % 2
    with patient_server(
        (_ENVELOPE % 1, _WELCOME), (both, f"250 first\r\n{_WELCOME}"), (b"\r\n.\r\n", "250 second\r\n"), (b"", "")
    ) as (port, told):
        provider = SmtpProvider(settings(port), begin)
        results = [provider.send(_FIRST, _SECOND), provider.send(_SECOND)]
        provider.close()
    assert [(result.verdict, result.provider_id) for result in results] == [
        (Verdict.SENT, "first"),
        (Verdict.SENT, "second"),
    ]
    assert told[2].startswith(b"From:")


def test_one_connection_carries_all_that_follow_each_other(server: ProgrammedServer, provider: SmtpProvider) -> None:
    emails = [_FIRST, _SECOND, _THIRD]
    for email, following in zip(emails, [*emails[1:], None], strict=True):
        assert provider.send(email, following).verdict is Verdict.SENT
    assert (taken(server), server.connections) == (addresses(*emails), 1)


@pytest.mark.parametrize("instead", [_THIRD, an_email(id=2, recipient="lead2@example.org")])
def test_another_e_mail_than_the_announced_one_gets_a_connection_of_its_own(
    server: ProgrammedServer, provider: SmtpProvider, instead: OutgoingEmail
) -> None:
    assert provider.send(_FIRST, _SECOND).verdict is Verdict.SENT
    assert provider.send(instead).verdict is Verdict.SENT
    assert (taken(server), server.connections) == (addresses(_FIRST, instead), 2)


def test_a_farewell_is_not_taken_for_the_text_of_the_announced_e_mail() -> None:
    both = b"\r\n.\r\n" + _ENVELOPE % 2
    with patient_server((_ENVELOPE % 1, _WELCOME), (both, f"250 ok\r\n{_WELCOME}")) as (port, told):
        provider = SmtpProvider(settings(port), begin)
        assert provider.send(_FIRST, _SECOND).verdict is Verdict.SENT
        provider.close()
    assert told[-1] == b""


@pytest.mark.parametrize(
    ("answer", "verdict", "accepted"),
    [
        ("554 5.7.1 spam", Verdict.ABOUT_US, [_SECOND]),
        ("451 4.3.0 later", Verdict.RETRY, [_SECOND]),
        (HANG_UP, Verdict.UNKNOWN, [_FIRST, _SECOND]),
    ],
)
def test_what_becomes_of_a_text_says_nothing_of_the_e_mail_announced_with_it(
    server: ProgrammedServer, provider: SmtpProvider, answer: str, verdict: Verdict, accepted: list[OutgoingEmail]
) -> None:
    server.program("DATA", answer)
    assert provider.send(_FIRST, _SECOND).verdict is verdict
    assert provider.send(_SECOND).verdict is Verdict.SENT
    assert taken(server) == addresses(*accepted)


@pytest.mark.parametrize(
    ("verb", "answer", "verdict"),
    [
        ("MAIL", HANG_UP, Verdict.SENT),
        ("MAIL", "421 4.7.0 too many e-mails on this connection", Verdict.SENT),
        ("RCPT", "550 5.1.1 no such user", Verdict.DEAD_ADDRESS),
    ],
)
def test_an_announced_e_mail_is_judged_when_its_turn_has_come(
    server: ProgrammedServer, provider: SmtpProvider, verb: str, answer: str, verdict: Verdict
) -> None:
    server.program(verb, "250 ok", answer)
    assert provider.send(_FIRST, _SECOND).verdict is Verdict.SENT
    assert provider.send(_SECOND, _THIRD).verdict is verdict
    assert provider.send(_THIRD).verdict is Verdict.SENT
    # Who hung up is called again; who only refused a recipient is not.
    accepted, connections = ([_FIRST, _SECOND, _THIRD], 2) if verdict is Verdict.SENT else ([_FIRST, _THIRD], 1)
    assert (taken(server), server.connections) == (addresses(*accepted), connections)


def test_an_e_mail_that_can_not_be_written_is_not_announced(server: ProgrammedServer, provider: SmtpProvider) -> None:
    unwritable = an_email(id=2, recipient="jürgen@example.org")
    assert provider.send(_FIRST, unwritable).verdict is Verdict.SENT
    assert provider.send(unwritable, _THIRD).verdict is Verdict.REFUSED
    assert provider.send(_THIRD).verdict is Verdict.SENT
    assert (taken(server), server.connections) == (addresses(_FIRST, _THIRD), 1)


def test_a_server_that_takes_no_groups_is_told_nothing_in_advance() -> None:
    with smtp_server(pipelining=False) as server:
        provider = SmtpProvider(settings(server.port), begin)
        assert provider.send(_FIRST, _SECOND).verdict is Verdict.SENT
        assert provider.send(_THIRD).verdict is Verdict.SENT
        provider.close()
    assert (taken(server), server.connections) == (addresses(_FIRST, _THIRD), 1)


def test_what_is_announced_does_not_wait_until_the_text_is_acknowledged(server: ProgrammedServer) -> None:
    with smtp(settings(server.port)) as connection:
        assert connection.sock is not None
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
