"""Naming IAM principals: an ARN says everything, a bare name needs its account beside it."""

import re
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

_PRINCIPAL: Final = re.compile(
    r"arn:(aws[\w-]*):iam::(\d{12}):(role|user)(/(?:[!-~]*/)?)([\w+=,.@-]+)"
)
_SESSION: Final = re.compile(
    r"arn:(aws[\w-]*):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/([\w+=,.@-]+)"
)
_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}")
_ACCOUNT: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A role or user: its account and name, and its path where an ARN said it."""

    account: str
    name: str
    path: str = ""


def principal(kind: str, text: str, account: str = "") -> Principal:
    """Read a role or user given as ARN, or as name with `account`.

    Raises:
        IrkitError: if `text` is neither, or `account` contradicts the ARN.
    """
    found = _PRINCIPAL.fullmatch(text)
    if found and found[3] == kind and account in {"", found[2]}:
        return Principal(account=found[2], name=found[5], path=found[4])
    if _NAME.fullmatch(text) and _ACCOUNT.fullmatch(account):
        return Principal(account=account, name=text)
    raise IrkitError(
        Diagnostic(
            code="IRK193",
            summary=f"`{text}` names no {kind} that can be found",
            help=f"give its ARN (arn:aws:iam::ACCOUNT:{kind}/NAME), or its name and `account`",
        )
    )


def role_of_session(arn: str) -> tuple[str, str, str]:
    """Return account, role name and session name of an assumed-role ARN; empty if it is none."""
    found = _SESSION.fullmatch(arn)
    return (found[2], found[3], found[4]) if found else ("", "", "")
