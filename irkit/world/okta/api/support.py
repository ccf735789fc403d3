"""Whether Okta's support staff may enter the org."""

from datetime import timedelta

from irkit.canonical import Json
from irkit.world.okta import errors
from irkit.world.okta.api.support_cases import open_case
from irkit.world.okta.records import Support
from irkit.world.okta.routing import Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment

_PATH = "/api/v1/org/privacy/oktaSupport"


@route("GET", _PATH, area="orgs")
def show_support(ask: Ask) -> Reply:
    """Show whether support has access, and until when."""
    return _shown(ask)


@route("POST", f"{_PATH}/grant", area="orgs")
def grant_support(ask: Ask) -> Reply:
    """Let support in for eight hours."""
    until = ask.state.now() + timedelta(hours=8)
    return _set(ask, Support(enabled=True, until=until), "user.session.impersonation.grant")


@route("POST", f"{_PATH}/extend", area="orgs")
def extend_support(ask: Ask) -> Reply:
    """Let support in for a day more."""
    support = ask.tables.support
    if not support.enabled or support.until is None:
        raise errors.wrong_status()
    longer = Support(enabled=True, until=support.until + timedelta(days=1))
    return _set(ask, longer, "user.session.impersonation.extend")


@route("POST", f"{_PATH}/revoke", area="orgs")
def revoke_support(ask: Ask) -> Reply:
    """Shut support out."""
    return _set(ask, Support(), "user.session.impersonation.revoke")


def _set(ask: Ask, support: Support, event_type: str) -> Reply:
    ask.tables.support = support
    org = ask.state.org_id
    target = Party(id=org, kind="Org", alternate_id="unknown", name=ask.state.subdomain)
    ask.happened(event_type, "Okta support access", target)
    return _shown(ask)


def _shown(ask: Ask) -> Reply:
    support = ask.tables.support if ask.tables.support.enabled else open_case(ask)
    verbs = ("extend", "revoke") if support.enabled else ("grant",)
    links: dict[str, Json] = {verb: hinted(f"{ask.base}{_PATH}/{verb}", "POST") for verb in verbs}
    return Reply(
        body={
            "support": "ENABLED" if support.enabled else "DISABLED",
            "expiration": moment(support.until),
            "_links": links,
        }
    )
