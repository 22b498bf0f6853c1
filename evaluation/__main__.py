"""`make eval`: prints tables, writes evaluation/results.json, and fails only if it could not measure."""

import json
import os
import platform
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from evaluation import blind, corpus, own_words, short_replies, speed, tables, whole_messages
from evaluation.results import Part, Say
from services.classifier.rules import VERSION

RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Measure, print and write down; return the exit status: a figure that falls short is no failure."""
    options = _options()
    if why := corpus.missing(options.mail):
        sys.stderr.write(f"eval: skipped: {why}\n")
        return 0
    try:
        parts = _measure(options, _progress())
    except KeyboardInterrupt:
        sys.stderr.write("eval: interrupted: nothing is written down\n")
        return 130
    _write_down(parts, options)
    return 0


def _options() -> Namespace:
    parser = ArgumentParser(prog="make eval", description="Measure the classifier; see docs/evaluation.md.")
    parser.add_argument("--mail", type=Path, default=corpus.MAIL, help="the folder of sample mail (%(default)s)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the figures are written (%(default)s)")
    parser.add_argument("--fast", action="store_true", help="leave out the speeds")
    parser.add_argument("--wrong", action="store_true", help="also list what was misunderstood")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of tables")
    return parser.parse_args()


def _progress() -> Say:
    began = time.monotonic()

    def say(line: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - began:4.0f} s] {line}\n")

    return say


def _measure(options: Namespace, say: Say) -> list[Part]:
    say("short replies")
    replies, messages = corpus.replies(options.mail), corpus.messages(options.mail)
    judged = short_replies.understand(replies)
    false_bounces = sum(one.found == "BOUNCE" != one.expected for one in judged)
    say("whole messages")
    parts = [whole_messages.measure(messages, false_bounces), short_replies.measure(judged)]
    parts += [own_words.measure_quotes(corpus.quotes(options.mail)), own_words.measure_dates()]
    parts += [blind.measure(name, listed) for name, listed in blind.lists().items()]
    if not options.fast:
        parts.append(speed.measure(replies, [message.raw for message in messages], say=say))
    return parts


def _write_down(parts: Sequence[Part], options: Namespace) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    figures = [
        {"what": one.what, "asked": one.asked, "found": one.found, "reached": one.reached}
        for part in parts
        for one in part.figures
    ]
    result = {"version": VERSION, "machine": machine, "figures": figures, **{part.name: part.values for part in parts}}
    written = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    options.output.write_text(written, encoding="utf-8")
    if options.json:
        sys.stdout.write(written)
    else:
        tables.show(parts, wrong=options.wrong)


if __name__ == "__main__":
    sys.exit(main())
