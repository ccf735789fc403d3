"""One CloudTrail event from one call: who, what, from where, with what answer.

Follows the record format of CloudTrail (version 1.10) where investigators rely on it: user
identities with their session context, request parameters and response elements with lower-case
first letters, the ids of issued keys. Secret values never enter an event.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import create_parser

from irkit.canonical import Json
from irkit.model.access import CredentialKind
from irkit.world.aws.answer import Answer
from irkit.world.aws.cloud import Caller, Cloud, principal_of
from irkit.world.aws.event_history import Event
from irkit.world.aws.iam_view import AccessState
from irkit.world.aws.naming import (
    changes_something,
    event_name,
    event_region,
    event_source,
    is_data_event,
)
from irkit.world.aws.resources import Subject
from irkit.world.aws.wire import ApiCall

_SECRET: Final = frozenset(
    {
        "secretString",
        "secretBinary",
        "password",
        "newPassword",
        "oldPassword",
        "sAMLAssertion",
        "tokenCode",
        "userData",
        "zipFile",
        "body",
        "plaintext",
    }
)
_LEFT_OUT: Final = frozenset({"secretAccessKey", "sessionToken"})
_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_ISSUES_CREDENTIALS: Final = ("AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken")


def record(
    cloud: Cloud,
    state: AccessState,
    call: ApiCall,
    *,
    caller: Caller,
    subject: Subject,
    answer: Answer,
) -> None:
    """Add the event of a call, in the other account too if a role there was entered."""
    identity = user_identity(state, caller)
    credential = caller.credential
    body = _body(cloud, call, identity, caller.account, answer)
    entered = _entered_role(subject)
    if entered:
        body |= {"resources": [entered], "sharedEventID": cloud.new_id()}
    username = credential.session_name or credential.name
    _add(cloud, call, body, subject, username=username, key_id=credential.access_key_id)
    if subject.account in state.accounts and subject.account != caller.account:
        if not answer.succeeded:
            return
        shared: dict[str, Json] = {
            **body,
            "eventID": cloud.new_id(),
            "recipientAccountId": subject.account,
            "userIdentity": {
                "type": "AWSAccount",
                "principalId": credential.user_id,
                "accountId": caller.account,
            },
        }
        _add(cloud, call, shared, subject, username=credential.user_id, key_id="")


def _entered_role(subject: Subject) -> Mapping[str, Json]:
    """The role that an AssumeRole call was about, as its event lists it."""
    if not subject.account:
        return {}
    return {"ARN": subject.arn, "accountId": subject.account, "type": "AWS::IAM::Role"}


def record_federated(
    cloud: Cloud,
    call: ApiCall,
    *,
    account: str,
    subject: Subject,
    identity: Mapping[str, Json],
    answer: Answer,
) -> None:
    """Add the event of a call that carries an assertion instead of a signature."""
    body = _body(cloud, call, identity, account, answer)
    _add(cloud, call, body, subject, username=str(identity.get("userName", "")), key_id="")


def user_identity(state: AccessState, caller: Caller) -> Mapping[str, Json]:
    """Return the `userIdentity` element of a caller."""
    credential = caller.credential
    identity: dict[str, Json] = {
        "type": "Root" if credential.is_root else _identity_type(credential.kind),
        "principalId": credential.user_id,
        "arn": credential.arn,
        "accountId": credential.account,
        "accessKeyId": credential.access_key_id,
    }
    if credential.kind in {CredentialKind.LONG_TERM_KEY, CredentialKind.GET_SESSION_TOKEN}:
        identity["userName"] = credential.name
    if caller.session is not None:
        identity["sessionContext"] = _session_context(state, caller)
    return identity


def _identity_type(kind: CredentialKind) -> str:
    if kind in {CredentialKind.LONG_TERM_KEY, CredentialKind.GET_SESSION_TOKEN}:
        return "IAMUser"
    return "FederatedUser" if kind is CredentialKind.GET_FEDERATION_TOKEN else "AssumedRole"


def _session_context(state: AccessState, caller: Caller) -> Mapping[str, Json]:
    credential = caller.credential
    context: dict[str, Json] = {
        "attributes": {
            "creationDate": _second(credential.issued_at) if credential.issued_at else "",
            "mfaAuthenticated": "true" if credential.mfa_at else "false",
        }
    }
    holder = principal_of(state, caller)
    if credential.kind is not CredentialKind.GET_SESSION_TOKEN and holder is not None:
        context["sessionIssuer"] = {
            "type": "Role" if credential.is_role else "IAMUser",
            "principalId": holder.id,
            "arn": holder.arn,
            "accountId": credential.account,
            "userName": holder.name,
        }
    if credential.source_identity:
        context["sourceIdentity"] = credential.source_identity
    return context


def _body(
    cloud: Cloud, call: ApiCall, identity: Mapping[str, Json], account: str, answer: Answer
) -> dict[str, Json]:
    writes = changes_something(call.operation)
    body: dict[str, Json] = {
        "eventVersion": "1.10",
        "userIdentity": identity,
        "eventTime": _second(cloud.now()),
        "eventSource": f"{event_source(call.signing_name)}.amazonaws.com",
        "eventName": event_name(call.signing_name, call.operation),
        "awsRegion": event_region(call.signing_name, call.region),
        "sourceIPAddress": call.source_ip,
        "userAgent": call.user_agent,
        "requestParameters": _asked(call) or None,
        "responseElements": _response(call, answer) if answer.succeeded else None,
        "requestID": answer.header("x-amzn-RequestId"),
        "eventID": cloud.new_id(),
        "readOnly": not writes,
        "eventType": "AwsApiCall",
        "managementEvent": not is_data_event(call.signing_name, call.operation),
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    if not answer.succeeded:
        code = answer.error_code or "InternalFailure"
        body["errorCode"] = f"Client.{code}" if call.protocol == "ec2" else code
        body["errorMessage"] = answer.error_message
    return body


def _asked(call: ApiCall) -> Json:
    """Return the request's parameters; S3 has a name of its own for the bucket."""
    asked = _plain(call.params)
    if call.signing_name != "s3" or not isinstance(asked, dict):
        return asked
    return {"bucketName" if key == "bucket" else key: value for key, value in asked.items()}


def _response(call: ApiCall, answer: Answer) -> Json:
    """Return the response elements: writes have them, and so has whatever issues credentials."""
    if not changes_something(call.operation) and not call.operation.startswith(_ISSUES_CREDENTIALS):
        return None
    output = call.model.output_shape
    if output is None or not answer.body:
        return None
    parsed = create_parser(call.protocol).parse(
        {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body},
        output,
    )
    parsed.pop("ResponseMetadata", None)
    return _plain(_elements(parsed, output) if call.protocol == "ec2" else parsed) or None


def _elements(value: object, shape: Shape | None) -> object:
    """Name EC2's answers by their XML elements, as its events do: `instancesSet.items`."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        members = shape.members
        return {
            members[key].serialization.get("name", key): _elements(item, members[key])
            for key, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return {"items": [_elements(item, shape.member) for item in value]}
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value


def _add(
    cloud: Cloud,
    call: ApiCall,
    body: Mapping[str, Json],
    subject: Subject,
    *,
    username: str,
    key_id: str,
) -> None:
    event = Event(
        account=str(body["recipientAccountId"]),
        region=event_region(call.signing_name, call.region),
        at=cloud.now(),
        body=body,
        username=username,
        access_key_id=key_id,
        resources=(*subject.listed, *_issued(body)),
        management=not is_data_event(call.signing_name, call.operation),
    )
    cloud.events.add(event)


def _issued(body: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    """An issued key is listed among the resources, so that it can be looked up by name."""
    response = body.get("responseElements")
    if not isinstance(response, Mapping):
        return ()
    for name in ("credentials", "accessKey"):
        key = response.get(name)
        if isinstance(key, Mapping) and key.get("accessKeyId"):
            return (("AWS::IAM::AccessKey", str(key["accessKeyId"])),)
    return ()


def _plain(value: object, name: str = "") -> Json:
    """Return `value` as JSON with lower-case first letters, secrets hidden."""
    if name in _SECRET:
        return _HIDDEN
    if isinstance(value, Mapping):
        pairs = ((_lower(str(key)), item) for key, item in value.items())
        return {key: _plain(item, key) for key, item in pairs if key not in _LEFT_OUT}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return _spoken(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _spoken(moment: datetime) -> str:
    """CloudTrail's way with times inside of events: `Sep 14, 2020, 7:01:26 AM`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%b} {utc.day}, {utc.year}, {utc.hour % 12 or 12}:{utc:%M:%S %p}"


def _second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
