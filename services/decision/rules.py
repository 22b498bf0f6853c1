"""The decisions of this service in one place; all of them pure."""

from services.decision.campaign_rules import Counts, Limits, Verdict, judge
from services.decision.fold import LeadState, Policy, Rule, fold
from services.decision.happenings import Suppression
from services.decision.steps import FollowUp, Steps

__all__ = [
    "Counts",
    "FollowUp",
    "LeadState",
    "Limits",
    "Policy",
    "Rule",
    "Steps",
    "Suppression",
    "Verdict",
    "fold",
    "judge",
]
