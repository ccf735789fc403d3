"""Support cases: Okta's staff enter the org for one case, while its customer allows it."""

from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339
from irkit.world.okta import errors
from irkit.world.okta.records import Support
from irkit.world.okta.routing import Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.tables import Documents

_PATH: Final = "/api/v1/org/privacy/oktaSupport/cases"
_EVENTS: Final = {
    "ENABLED": "user.session.impersonation.grant",
    "DISABLED": "user.session.impersonation.revoke",
}


@route("GET", _PATH, area="orgs")
def list_cases(ask: Ask) -> Reply:
    """List the support cases (`add_support_case` opens them)."""
    return Reply(
        body={"supportCases": [_json(number, case) for number, case in _cases(ask).items()]}
    )


@route("PATCH", f"{_PATH}/{{caseNumber}}", area="orgs")
def update_case(ask: Ask) -> Reply:
    """Let support in for a case, for longer, or not any more."""
    number = ask.params["caseNumber"]
    if number not in _cases(ask):
        raise errors.not_found(number, "OktaSupportCase")
    given = ask.object().get("impersonation")
    status = str(given.get("status", "")) if isinstance(given, dict) else ""
    if status not in _EVENTS:
        raise errors.invalid("impersonation", "impersonation: must be ENABLED or DISABLED")
    until = given.get("expiration") if isinstance(given, dict) and status == "ENABLED" else None
    access: JsonObject = {"status": status, "expiration": until}
    _cases(ask)[number] = {**_cases(ask)[number], "impersonation": access}
    target = Party(id=number, kind="SupportCase", alternate_id="unknown", name=number)
    ask.happened(_EVENTS[status], "Okta support access", target)
    return Reply(body=_json(number, _cases(ask)[number]))


def open_case(ask: Ask) -> Support:
    """Return the access that the support cases give together."""
    for case in _cases(ask).values():
        access = case["impersonation"]
        if isinstance(access, dict) and access["status"] == "ENABLED":
            until = access["expiration"]
            return Support(enabled=True, until=parse_rfc3339(str(until)) if until else None)
    return Support()


def _cases(ask: Ask) -> Documents:
    return ask.tables.documents.setdefault("supportCases", {})


def _json(number: str, case: JsonObject) -> JsonObject:
    return {"caseNumber": number, **case}
