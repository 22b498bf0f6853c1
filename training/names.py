"""Names, numbers and addresses that fill slots in every language; none of them may tell one class from another."""

from collections.abc import Callable, Mapping
from random import Random

_FIRST = """
alex sam maria john jane peter anna tom lisa paul laura mark julia chris nina david emma michael sophie daniel lena
carlos lucia pablo carmen javier elena miguel sara pedro rosa luis marta jean marie pierre claire nicolas camille
giulia marco luca francesca matteo chiara paolo jan pieter sanne daan eva bas joao ana rui beatriz tiago ines raj
priya wei li ahmed fatima olga ivan kim yuki hans petra klaus sabine jurgen heike
"""
_LAST = """
smith miller jones weber schmidt fischer becker garcia lopez martinez rossi bianchi ferrari dubois moreau laurent
petit jansen devries bakker silva santos oliveira costa brown taylor wilson lee patel khan novak larsen berg
hoffmann wagner klein meyer ortiz romero diaz conti greco girard
"""
_FIRMS = """
acme globex initech umbrella hooli stark wayne vandelay northwind contoso fabrikam litware proseware hubspot
salesforce mailchimp zoho oracle sap
"""
_TOOLS = """
salesforce hubspot shopify sap outlook slack zapier excel odoo dynamics wordpress woocommerce magento stripe jira
quickbooks datev exact gmail notion teams sharepoint pipedrive
"""
_PLACES = """
london berlin madrid paris rome amsterdam lisbon germany spain france italy portugal brazil mexico texas ohio canada
vienna zurich munich hamburg barcelona milan rotterdam porto europe
"""


def _one(names: str, random: Random) -> str:
    return random.choice(names.split())


def _phone(random: Random) -> str:
    digits = "".join(random.choice("0123456789") for _ in range(7))
    return random.choice(("0170 {}", "+1 555 {}", "06 {}", "555-{}", "(0)30 {}", "600 {}")).format(digits)


def _address(random: Random) -> str:
    return f"{_one(_FIRST, random)}.{_one(_LAST, random)}@{_one(_FIRMS, random)}.example"


def _time(random: Random) -> str:
    hour = random.randint(8, 18)
    return random.choice((f"{hour}:{random.choice(('00', '15', '30'))}", f"{hour}h", f"{hour % 12 or 12}pm", f"{hour}"))


SLOTS: Mapping[str, Callable[[Random], str]] = {
    "name": lambda random: _one(_FIRST, random),
    "surname": lambda random: _one(_LAST, random),
    "person": lambda random: random.choice(("{0} {1}", "{0}", "{0}")).format(_one(_FIRST, random), _one(_LAST, random)),
    "firm": lambda random: _one(_FIRMS, random),
    "company": lambda random: _one(_FIRMS, random),
    "tool": lambda random: _one(_TOOLS, random),
    "place": lambda random: _one(_PLACES, random),
    "number": lambda random: str(random.randint(2, 30)),
    "phone": _phone,
    "address": _address,
    "time": _time,
    "link": lambda random: f"https://{_one(_FIRMS, random)}.example/{_one(_FIRST, random)}",
}
