"""What else can act in the org: directory agents and API service integrations, to look at only."""

from irkit.world.okta.routing import Ask, Reply, route


@route("GET", "/api/v1/agentPools", area="agentPools")
def list_agent_pools(ask: Ask) -> Reply:
    """List the pools of directory agents (`add_document("agentPools", …)` makes them)."""
    return _listed(ask, "agentPools")


@route("GET", "/integrations/api/v1/api-services", area="apiServices", family="oauthIntegrations")
def list_api_services(ask: Ask) -> Reply:
    """List the API service integrations (`add_document("apiServices", …)` makes them)."""
    return _listed(ask, "apiServices")


def _listed(ask: Ask, kind: str) -> Reply:
    found = ask.tables.documents.get(kind, {})
    return Reply(body=[{"id": key, **content} for key, content in found.items()])
