"""What the tests of the inbox at a real mail server begin with."""

import pytest

from tests.adapters.inbox import PostOffice
from tests.endpoints import Mailserver


@pytest.fixture
def office(mailserver: Mailserver, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    account = mailserver.new_account()
    monkeypatch.setenv("TEST_INBOX_PASSWORD", account.password)
    return PostOffice(mailserver, account)
