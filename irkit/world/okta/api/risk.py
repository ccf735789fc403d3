"""A user's risk level."""

from irkit.world.okta import errors
from irkit.world.okta.records import User
from irkit.world.okta.routing import Ask, Reply, route

_LEVELS = {"HIGH", "MEDIUM", "LOW"}


@route("GET", "/api/v1/users/{userId}/risk", area="users", family="userRisk")
def get_risk(ask: Ask) -> Reply:
    """Show a user's risk; NONE where none has been set."""
    return _shown(ask, ask.user("userId"), 200)


@route("PUT", "/api/v1/users/{userId}/risk", area="users", family="userRisk")
def put_risk(ask: Ask) -> Reply:
    """Set a user's risk; NONE cannot be set."""
    user = ask.user("userId")
    level = str(ask.object().get("riskLevel", ""))
    if level not in _LEVELS:
        raise errors.invalid("riskLevel", "riskLevel: must be HIGH, MEDIUM or LOW")
    status = 200 if user.id in ask.tables.risks else 201
    ask.tables.risks[user.id] = level
    ask.happened_to("user.risk.change", f"User risk is {level}", user)
    return _shown(ask, user, status)


def _shown(ask: Ask, user: User, status: int) -> Reply:
    me = f"{ask.base}/api/v1/users/{user.id}"
    return Reply(
        status=status,
        body={
            "riskLevel": ask.tables.risks.get(user.id, "NONE"),
            "reason": None,
            "_links": {
                "self": {"href": f"{me}/risk", "hints": {"allow": ["GET", "PUT"]}},
                "user": {"href": me, "hints": {"allow": ["GET"]}},
            },
        },
    )
