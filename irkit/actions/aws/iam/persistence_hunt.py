"""Ways back that an intruder may have left in the identities of whole accounts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import ClassVar, Final

import anyio

from irkit.actions.absent import IAM
from irkit.actions.arn import Principal
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.iam_user_credentials import list_credentials
from irkit.actions.persistence import finding, new_identities, new_versions, outside_trust
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.actions.times import moment
from irkit.actions.where import Where
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_AT_ONCE: Final = 16
_WHAT: Final[Json] = ["User", "Role", "LocalManagedPolicy"]


@dataclass(slots=True, kw_only=True)
class _Hunt:
    """One hunt under way. `since` is RFC 3339."""

    readers: Readers
    since: str
    own: frozenset[str]
    rows: list[dict[str, Json]] = field(default_factory=list)
    raw: dict[str, Json] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def take(self, account: str, *rows: dict[str, Json]) -> None:
        """Keep rows of one account."""
        self.rows += ({"account": account, **row} for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceHunt(Read):
    """Lists what is new among users, their credentials, roles, providers; and outside trust."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam.persistence_hunt",
        version=1,
        verb=Verb.READ,
        summary="Look for ways back that an intruder left in IAM",
        needs=("aws",),
        permissions=Permissions(
            iam_read=(
                "iam:GetAccountAuthorizationDetails",
                "iam:GetLoginProfile",
                "iam:GetOpenIDConnectProvider",
                "iam:ListAccessKeys",
                "iam:ListMFADevices",
                "iam:ListOpenIDConnectProviders",
                "iam:ListSAMLProviders",
                "iam:ListSSHPublicKeys",
                "iam:ListServiceSpecificCredentials",
                "iam:ListSigningCertificates",
            ),
            only={
                **dict.fromkeys(
                    (
                        "iam:GetLoginProfile",
                        "iam:ListAccessKeys",
                        "iam:ListMFADevices",
                        "iam:ListSSHPublicKeys",
                        "iam:ListServiceSpecificCredentials",
                        "iam:ListSigningCertificates",
                    ),
                    "there is a user",
                ),
                "iam:GetOpenIDConnectProvider": "there is an OpenID Connect provider",
            },
        ),
        reveals=(Kind.LONG_TERM_KEY, Kind.CONSOLE_SESSION, Kind.EXTERNAL_TRUST),
        attack=("T1098", "T1136.003", "T1484.002"),
        d3fend=("D3-UBA",),
        gotchas=(
            "A change to something old has no date: `aws.inventory.created_by` sees those.",
            "Functions, machines and IAM Roles Anywhere are other ways back: sweep those too.",
            "What the company made itself in that time is listed as well.",
        ),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": {"type": "string"},
                    "kind": {"type": "string"},
                    "arn": {"type": "string"},
                    "at": {"type": "string"},
                    "why": {"type": "string"},
                },
            },
        },
    )

    since: str = parameter("time", "What counts as new", default="24 hours ago")
    account: str = parameter("aws.account", "One account; empty for all pinned ones", default="")

    async def read(self, readers: Readers) -> Answer:
        """Hunt in all accounts at once."""
        since = moment(self.since, readers.aws.now())
        hunt = _Hunt(readers=readers, since=rfc3339(since), own=frozenset(readers.aws.accounts()))
        accounts = (self.account,) if self.account else readers.aws.accounts()
        async with anyio.create_task_group() as group:
            for account in accounts:
                group.start_soon(_identities, hunt, account)
                group.start_soon(_providers, hunt, account)
        hunt.rows.sort(
            key=lambda row: tuple(text(row, key) for key in ("account", "at", "arn", "kind"))
        )
        return Answer(
            value=listed(hunt.rows),
            raw=hunt.raw,
            complete=not hunt.gaps,
            gaps=tuple(sorted(hunt.gaps)),
        )


async def _identities(hunt: _Hunt, account: str) -> None:
    where = Where(account=account)
    details: dict[str, list[JsonObject]] = {}
    try:
        async for page in hunt.readers.aws.pages(
            "iam", "get_account_authorization_details", {"Filter": _WHAT}, account=account
        ):
            for name in ("UserDetailList", "RoleDetailList", "Policies"):
                details.setdefault(name, []).extend(entries(page.body, name))
    except CallError as error:
        hunt.gaps.append(f"{account}: identities: {error.diagnostics[0].summary}")
        return
    whole: dict[str, Json] = {name: listed(items) for name, items in details.items()}
    hunt.raw[account] = whole
    hunt.take(account, *new_identities(whole, hunt.since))
    hunt.take(account, *outside_trust(whole, hunt.own))
    hunt.take(account, *new_versions(whole, hunt.since))
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    async with anyio.create_task_group() as group:
        for user in details["UserDetailList"]:
            group.start_soon(_credentials, hunt, where, user, limiter)


async def _credentials(
    hunt: _Hunt, where: Where, user: JsonObject, limiter: anyio.CapacityLimiter
) -> None:
    """Find what is new among the ways of one user to come in."""
    name, arn = text(user, "UserName"), text(user, "Arn")
    async with limiter:
        try:
            found = [row async for row in _ways_of(hunt.readers, where, name)]
        except CallError as error:
            hunt.gaps.append(f"{where.account}: {name}: {error.diagnostics[0].summary}")
            return
    for kind, made, why in found:
        if made and made >= hunt.since:
            hunt.take(where.account, finding(kind, arn, made, f"{why} in that time"))


async def _ways_of(
    readers: Readers, where: Where, user: str
) -> AsyncIterator[tuple[str, str, str]]:
    """Yield each credential of a user as kind of finding, when it was made, and what happened."""
    named: dict[str, Json] = {"UserName": user}
    for key in await where.listed(readers, "iam", "list_access_keys", "AccessKeyMetadata", named):
        why = f"key {text(key, 'AccessKeyId')}, {text(key, 'Status')}, was made"
        yield "new_key", maybe_text(key, "CreateDate"), why
    login = await where.find(readers, "iam", "get_login_profile", named, IAM)
    made = maybe_text(login, "LoginProfile", "CreateDate")
    yield "new_console_password", made, "it was given a console password"
    other = await list_credentials(readers, Principal(account=where.account, name=user))
    for item in entries({"other": other}, "other"):
        what = " ".join(filter(None, (text(item, "kind"), maybe_text(item, "service"))))
        why = f"{what} {text(item, 'id')}, {text(item, 'status')}, was made"
        yield "new_credential", text(item, "created"), why
    for device in await where.listed(readers, "iam", "list_mfa_devices", "MFADevices", named):
        why = f"second factor {text(device, 'SerialNumber')} was enrolled"
        yield "new_mfa_device", maybe_text(device, "EnableDate"), why


async def _providers(hunt: _Hunt, account: str) -> None:
    try:
        async for arn, made in _providers_of(hunt.readers, Where(account=account)):
            if made >= hunt.since:
                why = "whoever holds it decides who comes in"
                hunt.take(account, finding("new_identity_provider", arn, made, why))
    except CallError as error:
        hunt.gaps.append(f"{account}: identity providers: {error.diagnostics[0].summary}")


async def _providers_of(readers: Readers, where: Where) -> AsyncIterator[tuple[str, str]]:
    saml = await where.read(readers, "iam", "list_saml_providers")
    for provider in entries(saml, "SAMLProviderList"):
        yield text(provider, "Arn"), maybe_text(provider, "CreateDate")
    oidc = await where.read(readers, "iam", "list_open_id_connect_providers")
    for provider in entries(oidc, "OpenIDConnectProviderList"):
        arn = text(provider, "Arn")
        asked: dict[str, Json] = {"OpenIDConnectProviderArn": arn}
        found = await where.read(readers, "iam", "get_open_id_connect_provider", asked)
        yield arn, maybe_text(found, "CreateDate")
