"""Least privileges in words, as IAM policies, as Okta scopes, and as Terraform.

A resource is `*` because a playbook does not know its targets before it is planned; the deny of
what must never be touched belongs in the organization's own policies.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.style import Style
from irkit.engine.least_privilege import LeastPrivileges, Privileges
from irkit.report.reading import object_of, raw_of, text_of, texts_of

_HANDLES: Final = ("read", "write")
_VERSION: Final = "2012-10-17"


def to_json(needed: LeastPrivileges) -> JsonObject:
    """Return the JSON form."""
    return {
        "view": "permissions",
        "playbook": needed.playbook,
        "actions": list(needed.actions),
        "iam": _privileges(needed.iam),
        "okta": _privileges(needed.okta),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return a table: which handle needs which right, and what for."""
    lines = [style.strong(f"{text_of(value, 'playbook')} needs"), ""]
    for provider in ("okta", "iam"):
        rows = [
            (handle, right, ", ".join(texts_of(rights, right)))
            for handle, rights in _handles(value, provider)
            for right in rights
        ]
        if rows:
            lines += [*table(rows, ("HANDLE", provider.upper(), "FOR"), style), ""]
    return style.page(*lines[:-1])


def iam(value: JsonObject, handle: str | None = None) -> str:
    """Return IAM policies: one by handle, or the one document asked for."""
    policies = {name: _policy(rights) for name, rights in _handles(value, "iam")}
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
            lines += ["", *_hcl_policy(name, rights)]
    for name, rights in _handles(value, "okta"):
        if rights and handle in {None, name}:
            lines += ["", *_hcl_scopes(name, rights)]
    return "\n".join(lines)


def _privileges(needed: Privileges) -> JsonObject:
    return {
        "read": {name: list(who) for name, who in needed.read.items()},
        "write": {name: list(who) for name, who in needed.write.items()},
    }


def _handles(value: JsonObject, provider: str) -> Iterator[tuple[str, JsonObject]]:
    whole = object_of(value, provider)
    for name in _HANDLES:
        yield name, object_of(whole, name)


def _policy(rights: JsonObject) -> Json:
    """Return one policy, a statement a service so that each can be narrowed on its own."""
    services: dict[str, list[Json]] = {}
    for right in rights:
        services.setdefault(right.partition(":")[0], []).append(right)
    return {
        "Version": _VERSION,
        "Statement": [
            {
                "Sid": f"Irkit{service.replace('-', '').capitalize()}",
                "Effect": "Allow",
                "Action": actions,
                "Resource": "*",
            }
            for service, actions in services.items()
        ],
    }


def _document(documents: Mapping[str, Json], handle: str | None) -> str:
    chosen = dict(documents) if handle is None else documents[handle]
    return json.dumps(chosen, indent=2)


def _hcl_policy(name: str, rights: JsonObject) -> Iterator[str]:
    yield f'data "aws_iam_policy_document" "irkit_{name}" {{'
    yield "  statement {"
    yield '    effect    = "Allow"'
    yield "    actions = ["
    yield from (f"      {json.dumps(right)}," for right in rights)
    yield "    ]"
    yield '    resources = ["*"]'
    yield "  }"
    yield "}"


def _hcl_scopes(name: str, rights: JsonObject) -> Iterator[str]:
    yield f'resource "okta_app_oauth_api_scope" "irkit_{name}" {{'
    yield f"  app_id = okta_app_oauth.irkit_{name}.id"
    yield "  issuer = var.okta_org_url"
    yield "  scopes = ["
    yield from (f"    {json.dumps(right)}," for right in rights)
    yield "  ]"
    yield "}"
