"""The state of one simulated org, and how fixtures fill it.

The `add_…` methods are plain constructors: they apply no permission, write no event and return the
id of what they made (or its secret, where the caller is to use it). Times come from the clock that
is passed in, ids from the seed: `directory` has the people, `applications` and `credentials` the
rest.
"""

from irkit.canonical import JsonObject
from irkit.clock import Clock
from irkit.world.okta.applications import Applications
from irkit.world.okta.org_state import locked
from irkit.world.okta.tables import EVERYONE


class OktaState(Applications):
    """One org: its tables, its System Log, its keys and its lock."""

    def __init__(self, *, seed: int, clock: Clock, subdomain: str = "acme") -> None:
        """Make an org that has only the group Everyone."""
        super().__init__(seed=seed, clock=clock, subdomain=subdomain)
        self.everyone = self.add_group(EVERYONE, kind="BUILT_IN")

    @locked
    def add_document(self, kind: str, prefix: str, content: JsonObject) -> str:
        """Add an org-level object kept as JSON (`zones`, `idps`, `policies` …); return its id."""
        document_id = self.ids.new(prefix)
        self.tables.documents.setdefault(kind, {})[document_id] = {"status": "ACTIVE", **content}
        return document_id
