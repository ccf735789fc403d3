"""Okta's error codes and the statuses they come with, worded as recorded from real orgs."""

from dataclasses import dataclass

from irkit.canonical import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One Okta error: HTTP status, E-code, summary and causes.

    A missing OAuth `scope` is told in a header (RFC 6750) and has no body.
    """

    status: int
    code: str
    summary: str
    causes: tuple[str, ...] = ()
    scope: str = ""

    def body(self, error_id: str) -> JsonObject:
        """Return the JSON body Okta sends."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": error_id,
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


class OktaError(Exception):
    """Raised by an endpoint that refuses; carries the problem to answer with."""

    def __init__(self, problem: Problem) -> None:
        """Carry `problem`."""
        super().__init__(f"{problem.code}: {problem.summary}")
        self.problem = problem


def invalid(field: str, *causes: str) -> OktaError:
    """E0000001: the request does not pass validation."""
    summary = f"Api validation failed: {field}"
    return OktaError(Problem(status=400, code="E0000001", summary=summary, causes=causes))


def malformed() -> OktaError:
    """E0000003: the body is not what the endpoint reads."""
    summary = "The request body was not well-formed."
    return OktaError(Problem(status=400, code="E0000003", summary=summary))


def authentication_failed() -> OktaError:
    """E0000004: no such user, a wrong password, or a user who may not sign in."""
    return OktaError(Problem(status=401, code="E0000004", summary="Authentication failed"))


def no_session() -> OktaError:
    """E0000005: no credential, or a session that is over (403, unlike a bad token)."""
    return OktaError(Problem(status=403, code="E0000005", summary="Invalid session"))


def forbidden() -> OktaError:
    """E0000006: a known caller without the right to do this."""
    summary = "You do not have permission to perform the requested action"
    return OktaError(Problem(status=403, code="E0000006", summary=summary))


def insufficient_scope(scope: str) -> OktaError:
    """An access token without the scope that the endpoint takes: no E-code, no body."""
    summary = "The access token provided does not contain the required scopes."
    return OktaError(Problem(status=403, code="", summary=summary, scope=scope))


def not_found(what: str, noun: str) -> OktaError:
    """E0000007: nothing of this kind has this id."""
    summary = f"Not found: Resource not found: {what} ({noun})"
    return OktaError(Problem(status=404, code="E0000007", summary=summary))


def bad_token() -> OktaError:
    """E0000011: a token that is unknown, revoked, expired or without an active owner."""
    return OktaError(Problem(status=401, code="E0000011", summary="Invalid token provided"))


def already_active() -> OktaError:
    """E0000016: activation of a user who is active."""
    summary = "Activation failed because the user is already active"
    return OktaError(Problem(status=403, code="E0000016", summary=summary))


def wrong_status() -> OktaError:
    """E0000038: the operation does not exist in the user's status."""
    summary = "This operation is not allowed in the user's current status."
    return OktaError(Problem(status=403, code="E0000038", summary=summary))


def not_locked() -> OktaError:
    """E0000032: unlocking a user who is not locked out."""
    summary = "Unlock is not allowed for this user."
    cause = ("The user is not locked out.",)
    return OktaError(Problem(status=403, code="E0000032", summary=summary, causes=cause))


def bad_search() -> OktaError:
    """E0000031: a search, filter or cursor that cannot be read."""
    return OktaError(Problem(status=400, code="E0000031", summary="Invalid search criteria."))


def bad_code() -> OktaError:
    """E0000068: a wrong pass code of a factor."""
    summary = "Invalid Passcode/Answer"
    cause = ("Your passcode doesn't match our records. Please try again.",)
    return OktaError(Problem(status=403, code="E0000068", summary=summary, causes=cause))


def role_already_assigned() -> OktaError:
    """E0000090: the assignee has the role."""
    summary = "Duplicate role assignment exception."
    cause = ("The role specified is already assigned to the user.",)
    return OktaError(Problem(status=409, code="E0000090", summary=summary, causes=cause))


def wrong_group_kind() -> OktaError:
    """E0000060: a built-in or application group cannot be changed."""
    summary = "Unsupported operation."
    return OktaError(Problem(status=501, code="E0000060", summary=summary))


NO_SUCH_ENDPOINT = Problem(
    status=404, code="E0000022", summary="The endpoint does not support the provided HTTP method"
)
WRONG_METHOD = Problem(
    status=405, code="E0000022", summary="The endpoint does not support the provided HTTP method"
)
THROTTLED = Problem(
    status=429,
    code="E0000047",
    summary="API call exceeded rate limit due to too many requests.",
)
INTERNAL = Problem(status=500, code="E0000009", summary="Internal Server Error")
