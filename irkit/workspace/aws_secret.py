"""Where in AWS a secret is that irkit.yaml refers to.

`aws-secretsmanager:ARN` says account and region. A bare NAME does only where there is one account
and one region. Only accounts are asked that irkit.yaml pins, each through its own connection. After
`#` comes the member wanted of a secret that is JSON.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from irkit.decode import shown
from irkit.diagnostics import Diagnostic, IrkitError, Label
from irkit.secret import Secret
from irkit.workspace.config import AwsConnection, Connection, SecretReference
from irkit.workspace.secrets import named, text_of, unreadable

_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:secretsmanager:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):secret:.+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSecret:
    """One secret in Secrets Manager: through which connection, in which account, by what name."""

    connection: AwsConnection
    account: str
    region: str
    id: str
    member: str = ""


def find(reference: SecretReference, connections: Iterable[Connection]) -> AwsSecret:
    """Return where the secret is.

    Raises:
        IrkitError: IRK155 if the reference leaves it open, IRK157 if the account is not pinned.
    """
    own = tuple(item for item in connections if isinstance(item, AwsConnection))
    id_, _, member = reference.name.partition("#")
    arn = _ARN.fullmatch(id_)
    if arn is not None:
        account, region = arn["account"], arn["region"]
        connection = next((item for item in own if _pins(item, account)), None)
        if connection is None:
            raise not_pinned(reference, account)
    else:
        connection, account, region = _only_place(reference, id_, own)
    return AwsSecret(connection=connection, account=account, region=region, id=id_, member=member)


def value_of(reference: SecretReference, place: AwsSecret, data: bytes) -> Secret:
    """Return the secret in what Secrets Manager keeps at `place`.

    Raises:
        IrkitError: IRK152 if it is no text, or has no such member.
    """
    whole = text_of(reference, data)
    if not place.member:
        return whole
    try:
        members = json.loads(whole.reveal())
    except ValueError:
        raise unreadable(reference, "is no JSON, so it has no members") from None
    found = members.get(place.member) if isinstance(members, dict) else None
    if not isinstance(found, str):
        raise unreadable(reference, f"has no text under {shown(place.member)}")
    return text_of(reference, found.encode())


def not_pinned(reference: SecretReference, account: str) -> IrkitError:
    """Return the error for a secret in an account that is not one of the workspace's."""
    return _error(
        reference,
        "IRK157",
        f"is in the AWS account {account}, which this workspace does not pin",
        "list the account under `connections`, or keep the secret in one that is listed",
    )


def _pins(connection: AwsConnection, account: str) -> bool:
    """Say whether a connection may be for `account`; an organization is asked when it is used."""
    if connection.organization is not None:
        return account not in connection.organization.exclude
    return any(item.id == account for item in connection.accounts)


def _only_place(
    reference: SecretReference, name: str, own: tuple[AwsConnection, ...]
) -> tuple[AwsConnection, str, str]:
    if name and not name.startswith("arn:") and len(own) == 1:
        (connection,) = own
        if len(connection.accounts) == 1 and len(connection.regions) == 1:
            return connection, connection.accounts[0].id, connection.regions[0]
    raise _error(
        reference,
        "IRK155",
        "does not say where it is",
        "write its ARN: aws-secretsmanager:arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME",
    )


def _error(reference: SecretReference, code: str, why: str, help_: str) -> IrkitError:
    at = Label(span=reference.span) if reference.span else None
    summary = f"the secret {named(reference)} {why}"
    return IrkitError(Diagnostic(code=code, summary=summary, at=at, help=help_))
