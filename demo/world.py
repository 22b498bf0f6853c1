"""The pretend internet: an SMTP server full of prospects, and a postman who brings their answers."""

from pathlib import Path

from demo.characters import CHARACTERS
from demo.ledger import Ledger
from demo.mail import Mail
from demo.people import person_at
from demo.postman import Letterbox, Parcel, Postman
from demo.smtp import Exchange, listen
from shared.clock import Clock, utc_now

SHORTEST_DELAY_SECONDS = 0.05


class World:
    """Listens, thinks and answers until it is stopped; a day lasts `day_seconds`."""

    def __init__(
        self,
        letterbox: Letterbox,
        *,
        day_seconds: float,
        smtp_host: str = "127.0.0.1",
        smtp_port: int = 0,
        journal: Path | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.ledger = Ledger(journal)
        self._day_seconds = day_seconds
        self._postman = Postman(letterbox, self.ledger, clock)
        self._exchange = Exchange(self.ledger, self._read, clock)
        self._address = (smtp_host, smtp_port)
        self.smtp_port = 0

    def start(self) -> None:
        """Open the SMTP server and begin to answer."""
        self._postman.start()
        self._controller = listen(self._exchange, *self._address)
        self.smtp_port = self._controller.port

    def quiet(self) -> bool:
        """Tell whether no answer is on its way; a further e-mail may call for one."""
        return self._postman.idle()

    def stop(self) -> None:
        """Close the server; answers that are still on their way are never given."""
        if self.smtp_port:
            self._controller.stop()
            self._postman.stop()
            self.ledger.close()
            self.smtp_port = 0

    def _read(self, mail: Mail, number: int) -> None:
        person = person_at(mail.recipient)
        if person is None:
            return
        for answer in CHARACTERS[person.character].answers(person, mail, number):
            quiet = None if answer.quiet_days is None else answer.quiet_days * self._day_seconds
            parcel = Parcel(person.address, mail.reply_to, answer, quiet)
            self._postman.take(parcel, max(answer.after_days * self._day_seconds, SHORTEST_DELAY_SECONDS))
