"""ThreatInsight: what the org does with addresses that Okta has seen attacking."""

from irkit.world.okta import errors
from irkit.world.okta.routing import Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import hinted, moment

_PATH = "/api/v1/threats/configuration"
_ACTIONS = {"none", "audit", "block"}
_KIND = "threats"


@route("GET", _PATH, area="threatInsights")
def show_configuration(ask: Ask) -> Reply:
    """Show the configuration."""
    return _shown(ask)


@route("POST", _PATH, area="threatInsights")
def update_configuration(ask: Ask) -> Reply:
    """Set the action and the excluded zones."""
    action = ask.object().get("action")
    if action not in _ACTIONS:
        raise errors.invalid("action", "action: must be none, audit or block")
    zones = ask.object().get("excludeZones", [])
    content = {"action": action, "excludeZones": zones}
    ask.tables.documents[_KIND] = {_KIND: content}
    target = Party(id=_KIND, kind="ThreatInsight", alternate_id="unknown", name="ThreatInsight")
    ask.happened("security.threat.configuration.update", "Update ThreatInsight", target)
    return _shown(ask)


def _shown(ask: Ask) -> Reply:
    content = ask.tables.documents[_KIND][_KIND]
    created = moment(ask.state.created)
    return Reply(
        body={
            **content,
            "created": created,
            "lastUpdated": created,
            "_links": {"self": hinted(f"{ask.base}{_PATH}", "GET", "POST")},
        }
    )
