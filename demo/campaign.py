"""The campaign that the demo runs: three steps in one thread, with waits short enough to watch."""

SENDER_NAME = "Alex Morgan"
LAST_STEP = 3
# From the first e-mail to giving a silent lead up: the waits, the end's, and the longest leave on top.
LONGEST_DAYS = 2 + 3 + 2 + 4

SEQUENCE = """\
name: {name}
end:
  policy: nurture
  after: 2
rules:
  auto_pause: false
steps:
  - subject: "{{{{ company }}}} and your morning routine"
    body: |
      Hello {{{{ first_name }}}},

      most teams like the one at {{{{ company }}}} lose an hour a day to sorting mail.
      We give it back. Would a short call next week be worth your time?

      Alex Morgan
      Morning Desk

      If you don't want to hear from me again, answer "unsubscribe".
  - wait: 2
    body: |
      Hello {{{{ first_name }}}},

      I wanted to make sure that my note reached you. Is this something for {{{{ company }}}}?

      Alex Morgan

      If you don't want to hear from me again, answer "unsubscribe".
  - wait: 3
    body: |
      Hello {{{{ first_name }}}},

      this is my last note. Should mornings ever become too long at {{{{ company }}}}, you know where I am.

      Alex Morgan

      If you don't want to hear from me again, answer "unsubscribe".
"""


def sequence(name: str) -> str:
    """Return the `sequence.yml` of a demo campaign."""
    return SEQUENCE.format(name=name)
