"""An AWS organization as actions see it: its management account, its root, irkit's own policies.

Service control policies are the one lever that an intruder in a member account cannot pull back.
They bind neither the management account nor service-linked roles.
"""

import json
from collections.abc import Iterable
from typing import Final, cast

from irkit.actions.absent import or_none
from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, entries, entry, listed, maybe_text, text, texts
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.spec import Permissions

NO_ORGANIZATION: Final = ("AWSOrganizationsNotInUseException",)
SCP: Final = "SERVICE_CONTROL_POLICY"

POLICY_RIGHTS: Final = Permissions(
    iam_read=(
        "iam:GetRole",
        "organizations:DescribeOrganization",
        "organizations:DescribePolicy",
        "organizations:ListPolicies",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
        "organizations:ListTargetsForPolicy",
    ),
    iam_write=(
        "organizations:AttachPolicy",
        "organizations:CreatePolicy",
        "organizations:DeletePolicy",
        "organizations:DetachPolicy",
        "organizations:UpdatePolicy",
    ),
    only={"organizations:UpdatePolicy": "a policy of irkit's is there from before"},
)
"""What it takes to see, store, attach and remove a service control policy of irkit's."""

_LONGEST: Final = 5_120
"""Characters that one service control policy may have."""

_MOST: Final = 5
"""Service control policies that may be attached to one root, unit or account."""


async def management_account(readers: Readers) -> str:
    """Return the id of the organization's management account, empty without an organization.

    Raises:
        CallError: if AWS does not say.
    """
    call = readers.aws.call(
        "organizations", "describe_organization", account=readers.aws.accounts()[0]
    )
    reply = await or_none(call, NO_ORGANIZATION)
    return text(reply.body, "Organization", "MasterAccountId") if reply else ""


async def see_organization(readers: Readers) -> JsonObject:
    """Return the ids of the organization, its management account and its root, and what binds.

    `bound` says whether service control policies are enabled at all.

    Raises:
        IrkitError: if there is none, or its management account is not pinned.
    """
    accounts = readers.aws.accounts()
    call = readers.aws.call("organizations", "describe_organization", account=accounts[0])
    reply = await or_none(call, NO_ORGANIZATION)
    if reply is None:
        raise cannot_reach(
            f"account {accounts[0]} is in no organization", "contain the principals one by one"
        )
    management = text(reply.body, "Organization", "MasterAccountId")
    if management not in accounts:
        raise cannot_reach(
            f"the organization's management account {management} is not pinned",
            "service control policies are made there: add it to `accounts` in irkit.yaml",
        )
    roots = await all_of(readers, "organizations", "list_roots", "Roots", account=management)
    return {
        "organization": text(reply.body, "Organization", "Id"),
        "management": management,
        "root": text(roots[0], "Id"),
        "bound": any(
            (at(item, "Type"), at(item, "Status")) == (SCP, "ENABLED")
            for item in entries(roots[0], "PolicyTypes")
        ),
    }


async def see_policy(readers: Readers, management: str, name: str) -> "JsonObject | None":
    """Return a service control policy by its name: id, statements, and what it is attached to."""
    policies = await all_of(
        readers,
        "organizations",
        "list_policies",
        "Policies",
        {"Filter": SCP},
        account=management,
    )
    found = next((item for item in policies if maybe_text(item, "Name") == name), None)
    if found is None:
        return None
    named = {"PolicyId": text(found, "Id")}
    reply = await readers.aws.call("organizations", "describe_policy", named, account=management)
    targets = await all_of(
        readers,
        "organizations",
        "list_targets_for_policy",
        "Targets",
        named,
        account=management,
    )
    content: Json = json.loads(text(reply.body, "Policy", "Content"))
    return {
        "id": text(found, "Id"),
        "statements": listed(entries(content, "Statement")),
        "targets": listed(sorted(text(item, "TargetId") for item in targets)),
    }


async def attached_to(readers: Readers, management: str, target: str) -> list[Json]:
    """Return the names of the service control policies attached to a root, unit or account."""
    policies = await all_of(
        readers,
        "organizations",
        "list_policies_for_target",
        "Policies",
        {"TargetId": target, "Filter": SCP},
        account=management,
    )
    return listed(sorted(text(item, "Name") for item in policies))


def room_for(seen: JsonObject, name: str, statements: Iterable[JsonObject]) -> None:
    """Return if a policy of these statements can be stored and attached to what was seen.

    Raises:
        IrkitError: if no such policy can be attached, or it would be too long, or one too many.
    """
    if not seen["bound"]:
        raise cannot_reach(
            "service control policies are not enabled in the organization",
            f"run `aws organizations enable-policy-type --root-id {seen['root']} --policy-type "
            f"{SCP}`; by itself that denies nobody anything",
        )
    size = len(content_of(statements))
    if size > _LONGEST:
        raise cannot_reach(
            f"the service control policy {name} would have {size} of {_LONGEST} characters",
            "undo what it denies from earlier incidents first",
        )
    names = set(texts(seen, "attached"))
    if name not in names and len(names) >= _MOST:
        raise cannot_reach(
            f"there is no room for the service control policy {name}: {_MOST} are attached",
            f"merge two of {', '.join(sorted(names))}",
        )


def content_of(statements: Iterable[JsonObject]) -> str:
    """Return the text of a policy of these statements."""
    document = {"Version": "2012-10-17", "Statement": [thaw(item) for item in statements]}
    return json.dumps(document, separators=(",", ":"))


def statement_of(policy: "JsonObject | None", sid: str) -> Json:
    """Return the statement called `sid` of a policy that `see_policy` saw, None without one."""
    found = entries(policy, "statements")
    return next((item for item in found if maybe_text(item, "Sid") == sid), None)


def statements_with(
    policy: "JsonObject | None", sid: str, statement: Json
) -> tuple[JsonObject, ...]:
    """Return the policy's statements with `statement` as the one called `sid`, None for none."""
    others = tuple(i for i in entries(policy, "statements") if maybe_text(i, "Sid") != sid)
    return others if statement is None else (*others, entry(statement))


def beside(own_principals: Iterable[str]) -> JsonObject:
    """Return the condition that leaves irkit's own roles and users out of a deny."""
    return {"ArnNotLike": {"aws:PrincipalArn": listed(sorted(own_principals))}}


async def store(
    writers: Writers,
    management: str,
    name: str,
    policy: "JsonObject | None",
    statements: Iterable[JsonObject],
) -> tuple[str, Applied]:
    """Make or change a policy; return its id. One that says so already is not written again."""
    wanted = listed(statements)
    content = content_of(entries({"wanted": wanted}, "wanted"))
    if policy is not None and thaw(listed(entries(policy, "statements"))) == thaw(wanted):
        return text(policy, "id"), Applied()
    if policy is not None:
        given: dict[str, Json] = {"PolicyId": text(policy, "id"), "Content": content}
        done = await sent(writers, "organizations", "update_policy", given, account=management)
        return text(policy, "id"), done
    given = {
        "Name": name,
        "Description": "Made by irkit during an incident",
        "Type": SCP,
        "Content": content,
    }
    reply, _ = await writers.aws.send("organizations", "create_policy", given, account=management)
    identifier = text(reply.body, "Policy", "PolicySummary", "Id")
    return identifier, Applied(request_ids=(reply.request_id,), status=reply.status)


async def attach(writers: Writers, management: str, policy: str, target: str) -> Applied:
    """Attach a policy by its id."""
    given = {"PolicyId": policy, "TargetId": target}
    return await sent(writers, "organizations", "attach_policy", given, account=management)


async def detach(writers: Writers, management: str, policy: str, target: str) -> Applied:
    """Detach a policy by its id."""
    given = {"PolicyId": policy, "TargetId": target}
    return await sent(writers, "organizations", "detach_policy", given, account=management)


async def delete(writers: Writers, management: str, policy: str) -> Applied:
    """Delete a policy by its id."""
    given = {"PolicyId": policy}
    return await sent(writers, "organizations", "delete_policy", given, account=management)


def both(first: Applied, second: Applied) -> Applied:
    """Return what two writes of one change left."""
    return Applied(request_ids=(*first.request_ids, *second.request_ids), status=second.status)


def seen_policy(seen: JsonObject) -> "JsonObject | None":
    """Return the policy in what a probe saw, None if it was not there."""
    return cast("JsonObject | None", seen["policy"])
