"""One policy of an org as actions see it: found by id. Okta lists policies by type only."""

from typing import Final

from irkit.actions.base import Readers
from irkit.actions.okta_things import look
from irkit.actions.refusal import no_such
from irkit.canonical import Json

POLICIES: Final = "/api/v1/policies"


async def fetch_policy(readers: Readers, policy: str) -> Json:
    """Return Okta's own record of the policy with that id.

    Raises:
        IrkitError: if there is none.
    """
    record = await look(readers, POLICIES, policy)
    if record is None:
        raise no_such(
            "policy", policy, "give its id (00p…, rst…): the Admin Console's address has it"
        )
    return record
