"""The state of one simulated org, and how fixtures fill it.

The `add_…` methods are plain constructors: they apply no permission, write no event and return the
id of what they made (or its secret, where the caller is to use it). Times come from the clock that
is passed in, ids from the seed: `directory` has the people, `applications` and `credentials` the
rest.
"""

from datetime import timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import Clock, rfc3339
from irkit.world.okta.applications import Applications
from irkit.world.okta.org_state import locked
from irkit.world.okta.tables import EVERYONE

_SYSTEM_ZONE: Final[JsonObject] = {
    "type": "IP",
    "status": "ACTIVE",
    "system": True,
    "gateways": [],
    "proxies": None,
}


class OktaState(Applications):
    """One org: its tables, its System Log, its keys and its lock."""

    def __init__(self, *, seed: int, clock: Clock, subdomain: str = "acme") -> None:
        """Make an org that has only what every org has."""
        super().__init__(seed=seed, clock=clock, subdomain=subdomain)
        self.everyone = self.add_group(EVERYONE, kind="BUILT_IN")
        self.tables.documents["threats"] = {"threats": {"action": "none", "excludeZones": []}}
        self.tables.documents["zones"] = {
            self.ids.given("nzo", name): {**_SYSTEM_ZONE, "name": name, "usage": usage}
            for name, usage in (("LegacyIpZone", "POLICY"), ("BlockedIpZone", "BLOCKLIST"))
        }

    @locked
    def add_support_case(self, number: str, subject: str, *, hours: int = 8) -> str:
        """Open a support case whose staff may enter the org for `hours`; return its number."""
        until = rfc3339(self.now() + timedelta(hours=hours))
        self.tables.documents.setdefault("supportCases", {})[number] = {
            "subject": subject,
            "impersonation": {"status": "ENABLED", "expiration": until},
            "selfAssigned": {"status": "NOT_REQUIRED"},
        }
        return number

    @locked
    def add_document(self, kind: str, prefix: str, content: JsonObject) -> str:
        """Add an org-level object kept as JSON (`zones`, `idps`, `policies` …); return its id."""
        document_id = self.ids.new(prefix)
        self.tables.documents.setdefault(kind, {})[document_id] = {"status": "ACTIVE", **content}
        return document_id
