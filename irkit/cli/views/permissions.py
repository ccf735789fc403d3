"""Least privileges in words, as IAM policies, as Okta scopes, and as Terraform.

A playbook does not know its targets before it is planned, so that a resource is `*`; with a plan, a
right to write names what it is for. The deny of what must never be touched belongs in the
organization's own policies.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from irkit.canonical import Json, JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.style import Style
from irkit.engine.least_privilege import LeastPrivileges, Privileges
from irkit.engine.scoped_privileges import SessionLimit
from irkit.model.iam_rights import Condition, condition_json, condition_of
from irkit.providers.aws.session_policy import Reach
from irkit.report.reading import counted, object_of, objects_of, raw_of, text_of, texts_of

_HANDLES: Final = ("read", "write")
_VERSION: Final = "2012-10-17"
_ANY: Final = ("*",)

_Statements: TypeAlias = Mapping[tuple[str, tuple[str, ...], "Condition | None"], tuple[str, ...]]
"""Rights by their service, what they are limited to, and on which condition they are there."""


def to_json(
    needed: LeastPrivileges,
    resources: Mapping[str, tuple[str, ...]] | None = None,
    sessions: Iterable[SessionLimit] = (),
) -> JsonObject:
    """Return the JSON form.

    `resources` are the ARNs that rights of IAM are limited to; `sessions` is what each writing
    session is limited to with `least_privilege: session`.
    """
    return {
        "view": "permissions",
        "playbook": needed.playbook,
        "actions": list(needed.actions),
        "iam": _privileges(needed.iam),
        "okta": _privileges(needed.okta),
        "resources": {right: list(arns) for right, arns in (resources or {}).items()},
        "sessions": [
            {
                "action": limit.action,
                "tenant": limit.tenant,
                "named": list(limit.named),
                "reach": str(limit.reach),
            }
            for limit in sessions
        ],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return tables: which handle needs which right, and what for; and which may be left unused."""
    lines = [style.strong(f"{text_of(value, 'playbook')} needs"), ""]
    for provider in ("okta", "iam"):
        rows = [
            (handle, right, ", ".join(texts_of(rights, right)))
            for handle, rights in _handles(value, provider)
            for right in rights
        ]
        if rows:
            lines += [*table(rows, ("HANDLE", provider.upper(), "FOR"), style), ""]
        only = object_of(object_of(value, provider), "only")
        seldom = [(right, when) for right in only for when in texts_of(only, right)]
        if seldom:
            lines += [*table(seldom, (provider.upper(), "ONLY WHEN"), style), ""]
    resources = object_of(value, "resources")
    limits = [(right, arn) for right in resources for arn in texts_of(resources, right)]
    if limits:
        lines += [*table(limits, ("IAM", "ONLY ON"), style), ""]
    sessions = [
        (text_of(item, "action"), text_of(item, "tenant"), _reach(item))
        for item in objects_of(value, "sessions")
    ]
    if sessions:
        head = ("A SESSION FOR", "IN", "REACHES (least_privilege: session)")
        lines += [*table(sessions, head, style), ""]
    return style.page(*lines[:-1])


def _reach(item: JsonObject) -> str:
    named = len(texts_of(item, "named"))
    match Reach(text_of(item, "reach")):
        case Reach.NAMED if named:
            return "what it changes: " + counted(named, "ARN")
        case Reach.NAMED:
            return "whatever its role may: its changes name no ARN that its rights take"
        case Reach.TYPE:
            return f"any of the same type: {named} ARNs are too long for a session"
        case Reach.ANY:
            return f"whatever its role may: {named} ARNs are too long for a session"


def iam(value: JsonObject, handle: str | None = None) -> str:
    """Return IAM policies: one by handle, or the one document asked for."""
    policies = {
        name: _policy(_statements(value, name, rights)) for name, rights in _handles(value, "iam")
    }
    return _document(policies, handle)


def okta(value: JsonObject, handle: str | None = None) -> str:
    """Return the scopes to grant to the service application of each handle."""
    scopes: dict[str, Json] = {
        name: {"scopes": list(rights)} for name, rights in _handles(value, "okta")
    }
    return _document(scopes, handle)


def terraform(value: JsonObject, handle: str | None = None) -> str:
    """Return both as Terraform: policy documents, and grants of scopes."""
    lines = [f"# Least privileges of the playbook {raw_of(value, 'playbook')}."]
    for name, rights in _handles(value, "iam"):
        if rights and handle in {None, name}:
            lines += ["", *_hcl_policy(name, _statements(value, name, rights))]
    for name, rights in _handles(value, "okta"):
        if rights and handle in {None, name}:
            lines += ["", *_hcl_scopes(name, rights)]
    return "\n".join(lines)


def _privileges(needed: Privileges) -> JsonObject:
    return {
        "read": {name: list(who) for name, who in needed.read.items()},
        "write": {name: list(who) for name, who in needed.write.items()},
        "only": {name: list(when) for name, when in needed.only.items()},
    }


def _handles(value: JsonObject, provider: str) -> Iterator[tuple[str, JsonObject]]:
    whole = object_of(value, provider)
    for name in _HANDLES:
        yield name, object_of(whole, name)


def _statements(value: JsonObject, handle: str, rights: Iterable[str]) -> _Statements:
    """Return the rights of each statement."""
    resources = object_of(value, "resources")
    found: dict[tuple[str, tuple[str, ...], Condition | None], tuple[str, ...]] = {}
    for right in rights:
        on = tuple(texts_of(resources, right)) if right in resources else _ANY
        condition = condition_of(right, write=handle == "write")
        key = (right.partition(":")[0], on, condition)
        found[key] = (*found.get(key, ()), right)
    return found


def _policy(statements_of: _Statements) -> Json:
    """Return one policy, so many statements a service that each can be narrowed on its own."""
    statements: list[Json] = []
    sids: set[str] = set()
    for (service, on, condition), actions in statements_of.items():
        sid = name = f"Irkit{service.replace('-', '').capitalize()}"
        while sid in sids:
            sid = f"{name}{len(sids)}"
        sids.add(sid)
        statements.append(
            {
                "Sid": sid,
                "Effect": "Allow",
                "Action": list(actions),
                "Resource": "*" if on == _ANY else list(on),
                **({"Condition": condition_json(condition)} if condition else {}),
            }
        )
    return {"Version": _VERSION, "Statement": statements}


def _document(documents: Mapping[str, Json], handle: str | None) -> str:
    chosen = dict(documents) if handle is None else documents[handle]
    return json.dumps(chosen, indent=2)


def _hcl_policy(name: str, statements: _Statements) -> Iterator[str]:
    yield f'data "aws_iam_policy_document" "irkit_{name}" {{'
    for (_, on, condition), actions in statements.items():
        yield "  statement {"
        yield '    effect    = "Allow"'
        yield from _hcl_list("actions", actions)
        yield from _hcl_list("resources", on)
        if condition:
            yield from _hcl_condition(condition)
        yield "  }"
    yield "}"


def _hcl_condition(condition: Condition) -> Iterator[str]:
    operator, key, values = condition
    wanted = ", ".join(map(json.dumps, values))
    yield "    condition {"
    yield f'      test     = "{operator}"'
    yield f'      variable = "{key}"'
    yield f"      values   = [{wanted}]"
    yield "    }"


def _hcl_list(name: str, items: Iterable[str]) -> Iterator[str]:
    yield f"    {name:<9} = ["
    yield from (f"      {json.dumps(item)}," for item in items)
    yield "    ]"


def _hcl_scopes(name: str, rights: JsonObject) -> Iterator[str]:
    yield f'resource "okta_app_oauth_api_scope" "irkit_{name}" {{'
    yield f"  app_id = okta_app_oauth.irkit_{name}.id"
    yield "  issuer = var.okta_org_url"
    yield "  scopes = ["
    yield from (f"    {json.dumps(right)}," for right in rights)
    yield "  ]"
    yield "}"
