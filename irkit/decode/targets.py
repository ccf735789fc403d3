"""Kinds of target, and the two lists about them that playbooks and `irkit.yaml` both have."""

from collections.abc import Mapping, Sequence
from typing import Final

from irkit.decode import Fields, Problems, integer, shown, text, unknown, wrong
from irkit.diagnostics import Span
from irkit.yaml_strict import MappingNode, ScalarNode

TARGET_KINDS: Final = (
    "okta.user",
    "okta.group",
    "okta.app",
    "aws.account",
    "aws.role",
    "aws.user",
    "aws.access_key",
    "aws.instance",
)

LIMITED_KINDS: Final = (
    *TARGET_KINDS,
    "aws.auto_scaling_group",
    "aws.bucket",
    "aws.database",
    "aws.ecs_service",
    "aws.eks_access",
    "aws.event_rule",
    "aws.function",
    "aws.identity_center_user",
    "aws.kms_key",
    "aws.object",
    "aws.oidc_audience",
    "aws.policy",
    "aws.rolesanywhere",
    "aws.root",
    "aws.saml_provider",
    "aws.scp",
    "aws.secret",
    "aws.security_group",
    "aws.snapshot",
    "aws.ssm_session",
    "aws.subnet",
    "aws.trail",
    "okta.device",
    "okta.event_hook",
    "okta.group_rule",
    "okta.idp",
    "okta.inline_hook",
    "okta.log_stream",
    "okta.policy",
    "okta.support_case",
    "okta.threatinsight",
    "okta.trusted_origin",
    "okta.zone",
)
"""What a run may change only so many of: everything that is changed, or whose own is."""


def protect_entries(fields: Fields, key: str = "protect") -> tuple[tuple[str, str, Span], ...]:
    """Read `protect:`: entries of one key each, a kind and a name pattern."""
    result = []
    problems = fields.problems
    for node in fields.sequence(key):
        if not isinstance(node, MappingNode) or len(node.items) != 1:
            help_ = 'write for example `- aws.role: "ir-*"`'
            wrong(node, problems, "a `protect` entry", "one kind and a pattern", help_)
            continue
        kind, pattern = node.items[0]
        check_kind(kind, problems)
        name = text(pattern, problems, "the pattern")
        if not name.strip():
            problems.add("IRK105", "the pattern is empty and would protect nothing", kind.span)
        result.append((kind.text, name, kind.span))
    return tuple(result)


def limit_entries(fields: Fields, key: str) -> Mapping[str, int]:
    """Read limits: how many targets of a kind one run may change."""
    result = {}
    for kind, node in fields.pairs(key):
        check_kind(kind, fields.problems, LIMITED_KINDS)
        count = integer(node, fields.problems, f"the limit of `{kind.text}`", 0)
        result[kind.text] = count or 0
    return result


def check_kind(key: ScalarNode, problems: Problems, kinds: Sequence[str] = TARGET_KINDS) -> None:
    """Record a kind of target that does not exist."""
    if key.text not in kinds:
        unknown(problems, "IRK131", f"{shown(key.text)} is no kind of target", key, kinds)
