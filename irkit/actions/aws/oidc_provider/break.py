# ruff: noqa: N999 - the last part of the id is a keyword; nobody imports it by statement
"""Make an account believe nobody who comes from an OpenID Connect identity provider.

The provider stays, without an audience: a token is only believed if it is meant for one of them.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.aws_calls import sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.federated_roles import roles_trusting
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import listed, text, texts
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ARN: Final = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):oidc-provider/[\w./-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Action):
    """Takes every audience from the provider, and gives them back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.oidc_provider.break",
        version=1,
        verb=Verb.DO,
        summary="Let nobody in through an OpenID Connect identity provider",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ACCOUNT,
        target="aws.oidc_audience",
        permissions=Permissions(
            iam_read=("iam:GetOpenIDConnectProvider", "iam:ListRoles"),
            iam_write=(
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:RemoveClientIDFromOpenIDConnectProvider",
            ),
        ),
        does_not_cut=(
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.EXTERNAL_TRUST,
        ),
        visible_within=timedelta(minutes=1),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1199", "T1552.001", "T1195.002"),
        d3fend=("D3-CR",),
        gotchas=(
            "Every job that signs in through it fails: pipelines, or all pods of a cluster.",
            "Sessions that began before go on: revoke them on every role that trusts it.",
            "To stop one repository or pod, prune or lock the trust of its role instead.",
            "Changing thumbprints would not do: AWS trusts well-known issuers without them.",
        ),
    )

    provider: str = parameter(
        "text", "The provider's ARN (arn:aws:iam::ACCOUNT:oidc-provider/HOST)"
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the provider's audiences, and which roles trust it."""
        account = self._account()
        call = readers.aws.call(
            "iam",
            "get_open_id_connect_provider",
            {"OpenIDConnectProviderArn": self.provider},
            account=account,
        )
        reply = await or_none(call, IAM)
        if reply is None:
            raise no_such("OpenID Connect provider", self.provider, f"look in account {account}")
        return {
            "url": text(reply.body, "Url"),
            "audiences": listed(sorted(texts(reply.body, "ClientIDList"))),
            "thumbprints": listed(texts(reply.body, "ThumbprintList")),
            "roles": listed(await roles_trusting(readers, self.provider, account)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Take each audience away."""
        return tuple(
            Change(
                id=f"audience-{audience}",
                target=self._target(audience),
                verb="no longer accept audience",
                before={"accepted": True},
                after={"accepted": False},
                saved={
                    "audience": audience,
                    "url": seen["url"],
                    "thumbprints": seen["thumbprints"],
                    "roles": seen["roles"],
                },
            )
            for audience in texts(seen, "audiences")
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the provider accepts tokens for this audience."""
        accepted = {self._target(audience).id for audience in texts(seen, "audiences")}
        return {"accepted": target.id in accepted}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the audiences, or the provider without any."""
        found = tuple(self._target(audience) for audience in texts(seen, "audiences"))
        return found or (self._target(""),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Take the audience away."""
        return await self._send(writers, "remove_client_id_from_open_id_connect_provider", change)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Give the audience back."""
        return await self._send(writers, "add_client_id_to_open_id_connect_provider", change)

    async def _send(self, writers: Writers, operation: str, change: Change) -> Applied:
        given = {
            "OpenIDConnectProviderArn": self.provider,
            "ClientID": text(change.saved, "audience"),
        }
        return await sent(writers, "iam", operation, given, account=self._account())

    def _account(self) -> str:
        """Return the provider's account.

        Raises:
            IrkitError: if what was given is no ARN of an OpenID Connect provider.
        """
        found = _ARN.fullmatch(self.provider)
        if not found:
            raise cannot_reach(
                f"`{self.provider}` is no ARN of an OpenID Connect provider",
                "see `aws iam list-open-id-connect-providers`",
            )
        return found[1]

    def _target(self, audience: str) -> Target:
        """Return the provider's audience: its ARN has the issuer's URL, which cannot be changed."""
        tenant = f"aws:{self._account()}"
        label = f"audience {audience} of {self.provider}" if audience else self.provider
        return Target(
            kind="aws.oidc_audience", tenant=tenant, id=f"{self.provider}#{audience}", label=label
        )
