"""Moves leads and campaigns: the decision service's composition root."""

import sys
from functools import partial

from services.decision.config import DecisionSettings
from services.decision.handlers import lead_timeout, reply_classified
from services.decision.jobs import evaluate_campaigns, keep_score, note_contacts, release_holds
from shared.database import service_engine
from shared.events import LeadTimeout, ReplyClassified
from shared.messaging.runtime import Job, Service, launch
from shared.settings import load


def build() -> Service:
    """Build the decision service from the environment."""
    settings = load(DecisionSettings)
    every = settings.interval_seconds
    return Service(
        name="decision",
        settings=settings,
        engine=service_engine(settings, "decision"),
        handlers={
            ReplyClassified: partial(reply_classified, terms=settings.terms),
            LeadTimeout: partial(lead_timeout, terms=settings.terms),
        },
        jobs=[
            Job("release_holds", every, partial(release_holds, terms=settings.terms)),
            Job("note_contacts", every, note_contacts),
            Job("keep_score", every, keep_score),
            Job("evaluate_campaigns", every, partial(evaluate_campaigns, limits=settings.limits)),
        ],
    )


if __name__ == "__main__":
    sys.exit(launch("decision", build))
