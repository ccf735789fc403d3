"""What single CloudTrail events say: sessions issued, keys and users made, machines started.

Events that carry an error are attempts and issue nothing.
"""

from datetime import UTC, datetime
from typing import Final

from irkit.actions.arn import role_of_session
from irkit.actions.shape import at, entries, maybe_text
from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339, rfc3339

SAML: Final = "AssumeRoleWithSAML"

_OLD_FORMS: Final = ("%b %d, %Y %I:%M:%S %p", "%b %d, %Y, %I:%M:%S %p")


def succeeded(event: JsonObject) -> bool:
    """Say whether the call that the event records was carried out."""
    return not maybe_text(event, "errorCode")


def session_of(event: JsonObject) -> "JsonObject | None":
    """Return the role session that an AssumeRole event of any kind issued, if it did."""
    seat = maybe_text(event, "responseElements", "credentials", "accessKeyId")
    arn = maybe_text(event, "responseElements", "assumedRoleUser", "arn")
    account, role, name = role_of_session(arn)
    if not (seat and role and succeeded(event)):
        return None
    given = maybe_text(event, "requestParameters", "roleArn")
    user_id = maybe_text(event, "responseElements", "assumedRoleUser", "assumedRoleId")
    return {
        "account": account,
        "role": given or f"arn:aws:iam::{account}:role/{role}",
        "role_id": user_id.partition(":")[0],
        "name": name,
        "seat": seat,
        "started_at": maybe_text(event, "eventTime"),
        "expires_at": expiry(event),
        "source_ip": maybe_text(event, "sourceIPAddress"),
    }


def user_session_of(event: JsonObject) -> "JsonObject | None":
    """Return the session that GetSessionToken or GetFederationToken issued, if it did."""
    kinds = {
        "GetSessionToken": "get_session_token",
        "GetFederationToken": "get_federation_token",
    }
    kind = kinds.get(maybe_text(event, "eventName"))
    seat = maybe_text(event, "responseElements", "credentials", "accessKeyId")
    if kind is None or not seat or not succeeded(event):
        return None
    return {
        "kind": kind,
        "account": maybe_text(event, "recipientAccountId"),
        "user": maybe_text(event, "userIdentity", "arn"),
        "seat": seat,
        "started_at": maybe_text(event, "eventTime"),
        "expires_at": expiry(event),
    }


def key_of(event: JsonObject) -> "JsonObject | None":
    """Return the access key that a CreateAccessKey event made, and whose it is."""
    key = maybe_text(event, "responseElements", "accessKey", "accessKeyId")
    user = maybe_text(event, "responseElements", "accessKey", "userName")
    if maybe_text(event, "eventName") != "CreateAccessKey" or not key or not succeeded(event):
        return None
    account = maybe_text(event, "recipientAccountId")
    return {"user": f"arn:aws:iam::{account}:user/{user}", "id": key}


def user_of(event: JsonObject) -> str:
    """Return the ARN of the user that a CreateUser event made, empty if it made none."""
    if maybe_text(event, "eventName") != "CreateUser" or not succeeded(event):
        return ""
    return maybe_text(event, "responseElements", "user", "arn")


def instances_of(event: JsonObject) -> tuple[str, ...]:
    """Return the ARNs of the machines that a RunInstances event started."""
    if maybe_text(event, "eventName") != "RunInstances" or not succeeded(event):
        return ()
    account = maybe_text(event, "recipientAccountId")
    region = maybe_text(event, "awsRegion")
    response = at(event, "responseElements")
    items = at(response, "instancesSet", "items")
    found = entries(response, "instancesSet", "items") if items else entries(response, "instances")
    ids = [maybe_text(item, "instanceId") for item in found]
    return tuple(f"arn:aws:ec2:{region}:{account}:instance/{item}" for item in ids if item)


def expiry(event: JsonObject) -> str:
    """Return when issued credentials end, as RFC 3339; empty if the event does not say."""
    said = maybe_text(event, "responseElements", "credentials", "expiration")
    try:
        return rfc3339(parse_rfc3339(said))
    except ValueError:
        pass
    for form in _OLD_FORMS:
        try:
            return rfc3339(datetime.strptime(said, form).replace(tzinfo=UTC))
        except ValueError:
            continue
    return ""
