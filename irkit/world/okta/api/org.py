"""The org itself, and the mark by which a drill knows that it talks to a simulated one."""

from irkit.world.okta.routing import Access, Ask, Reply, route
from irkit.world.okta.views import moment


@route("GET", "/api/v1/org", area="orgs")
def show_org(ask: Ask) -> Reply:
    """Show the org's settings."""
    state = ask.state
    return Reply(
        body={
            "id": state.org_id,
            "subdomain": state.subdomain,
            "companyName": state.subdomain,
            "status": "ACTIVE",
            "expiresAt": None,
            "created": moment(state.created),
            "lastUpdated": moment(state.created),
            "website": "https://acme.example",
            "phoneNumber": "",
            "endUserSupportHelpURL": "",
            "supportPhoneNumber": "",
            "address1": None,
            "address2": None,
            "city": None,
            "state": None,
            "country": None,
            "postalCode": None,
            "_links": {
                "oktaSupport": {"href": f"{ask.base}/api/v1/org/privacy/oktaSupport"},
            },
        }
    )


@route("GET", "/.well-known/okta-organization", access=Access.OPEN)
def well_known(ask: Ask) -> Reply:
    """Show the org's id to anybody."""
    return Reply(
        body={
            "id": ask.state.org_id,
            "pipeline": "idx",
            "settings": {"analyticsCollectionEnabled": False, "bugReportingEnabled": False},
            "_links": {"organization": {"href": ask.base}, "alternate": {"href": ask.base}},
        }
    )


@route("GET", "/irkit-world", access=Access.OPEN)
def marker(ask: Ask) -> Reply:
    """Say that this is a simulated org, of which seed."""
    return Reply(
        body={
            "irkit_world": 1,
            "seed": ask.state.seed,
            "provider": "okta",
            "org_id": ask.state.org_id,
        }
    )
