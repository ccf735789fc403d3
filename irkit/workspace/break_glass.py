"""`break_glass:` of `irkit.yaml`: who gets in when nothing else works."""

import re
from typing import Final

from irkit.decode import Fields, fields, heading, shown
from irkit.workspace.config import AwsBreakGlass, BreakGlass
from irkit.workspace.connections import source

_PRINCIPAL: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(role|user)/(?:[!-~]*/)?[\w+=,.@-]+")


def decode_break_glass(top: Fields) -> BreakGlass:
    """Read `break_glass:`; without it nobody is named."""
    inner = top.mapping("break_glass")
    if inner is None:
        return BreakGlass()
    result = BreakGlass(
        aws=_aws(inner),
        okta=inner.texts("okta"),
        quarantine=inner.texts("quarantine"),
        signed_in_within=inner.duration("signed_in_within"),
    )
    for login in result.okta:
        if any(character in login for character in "*?["):
            _refuse(inner, "okta", f"{shown(login)} is a pattern", "name each login of its own")
    inner.close()
    return result


def _aws(inner: Fields) -> tuple[AwsBreakGlass, ...]:
    found = []
    for node in inner.sequence("aws"):
        entry = fields(node, inner.problems, "a way into AWS")
        if entry is None:
            continue
        principal = entry.text("principal", required=True)
        credentials = source(entry)
        if _PRINCIPAL.fullmatch(principal):
            found.append(AwsBreakGlass(principal=principal, source=credentials))
        elif "principal" in entry:
            _refuse(
                entry,
                "principal",
                f"{shown(principal)} is no role or user",
                "write its ARN: arn:aws:iam::ACCOUNT:user/NAME, or …:role/NAME",
            )
        entry.close()
    return tuple(found)


def _refuse(reader: Fields, key: str, summary: str, help_: str) -> None:
    node = reader.node.get(key)
    assert node is not None, "what is refused is there"
    reader.problems.add("IRK326", summary, heading(node), help=help_)
