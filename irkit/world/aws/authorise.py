"""May this caller do this: the evaluator applied to the world's own state, for every call."""

from collections.abc import Mapping
from dataclasses import replace

from irkit.model.access import Decision, ExplicitDeny, Request, decide
from irkit.model.iam_actions import iam_action
from irkit.world.aws.answer import ApiError, Refusal, refusal
from irkit.world.aws.cloud import Caller, Cloud, policies_for
from irkit.world.aws.iam_view import AccessState
from irkit.world.aws.request_keys import request_keys
from irkit.world.aws.resources import Subject
from irkit.world.aws.wire import ApiCall


def request_for(cloud: Cloud, call: ApiCall, subject: Subject, **keys: tuple[str, ...]) -> Request:
    """Return the access request that `call` amounts to, with further condition keys."""
    return Request(
        action=iam_action(call.signing_name, call.operation),
        time=cloud.now(),
        resource=subject.arn,
        resource_account=subject.account,
        keys={
            "aws:SourceIp": (call.source_ip,),
            "aws:RequestedRegion": (call.region,),
            "aws:UserAgent": (call.user_agent,),
            "aws:SecureTransport": ("true",),
            **request_keys(cloud, call),
            **keys,
        },
    )


def authorise(
    cloud: Cloud, state: AccessState, caller: Caller, call: ApiCall, subject: Subject
) -> None:
    """Let the call through.

    Raises:
        ApiError: if the caller's policies do not allow it.
    """
    policies = policies_for(state, caller)
    request = request_for(cloud, call, subject)
    decision = decide(caller.credential, policies, request)
    if not decision.allowed:
        raise denied(caller, call, subject, decision)
    if _tags_what_it_makes(call):
        keys = {**request.keys, "ec2:CreateAction": (call.operation,)}
        tagging = replace(request, action="ec2:CreateTags", resource="*", keys=keys)
        decision = decide(caller.credential, policies, tagging)
        if not decision.allowed:
            message = _not_authorized(caller, tagging.action, tagging.resource, decision)
            raise refusal(call.protocol, Refusal.DENIED, message)


def _tags_what_it_makes(call: ApiCall) -> bool:
    given = call.params.get("TagSpecifications")
    return call.signing_name == "ec2" and isinstance(given, list) and any(map(_has_tags, given))


def _has_tags(specification: object) -> bool:
    return isinstance(specification, Mapping) and bool(specification.get("Tags"))


def denied(caller: Caller, call: ApiCall, subject: Subject, decision: Decision | None) -> ApiError:
    """Return the refusal in the service's own words."""
    if call.protocol == "ec2":
        message = "You are not authorized to perform this operation."
    else:
        action = iam_action(call.signing_name, call.operation)
        message = _not_authorized(caller, action, subject.arn, decision)
    return refusal(call.protocol, Refusal.DENIED, message)


def _not_authorized(caller: Caller, action: str, on: str, decision: Decision | None) -> str:
    return (
        f"User: {caller.credential.arn} is not authorized to perform: {action} "
        f"on resource: {on} {_because(decision)}"
    )


def _because(decision: Decision | None) -> str:
    if decision is not None and isinstance(decision.why, ExplicitDeny):
        return "with an explicit deny in a policy"
    return "because no identity-based policy allows the action"
