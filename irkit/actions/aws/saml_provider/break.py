# ruff: noqa: N999 - the last part of the id is a keyword; nobody imports it by statement
"""Make an account believe nobody who comes from a SAML identity provider.

The provider stays where it is, because its encryption keys could not be made again: it is left with
metadata whose private key nobody holds.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.aws_calls import sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.federated_roles import roles_trusting
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.saml_tombstone import entity_id, tombstone
from irkit.actions.shape import listed, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ARN: Final = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):saml-provider/[\w.-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Action):
    """Replaces the provider's metadata, and gives the former one back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.saml_provider.break",
        version=1,
        verb=Verb.DO,
        summary="Let nobody in through a SAML identity provider",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ACCOUNT,
        target="aws.saml_provider",
        permissions=Permissions(
            iam_read=("iam:GetSAMLProvider", "iam:ListRoles"),
            iam_write=("iam:UpdateSAMLProvider",),
        ),
        cuts=(Kind.SAML_SIGNING_KEY,),
        does_not_cut=(
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.CONSOLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.EXTERNAL_TRUST,
        ),
        visible_within=timedelta(minutes=1),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1484.002", "T1606.002", "T1199"),
        d3fend=("D3-CR",),
        gotchas=(
            "Nobody can sign in to this account through it: prove the break-glass access first.",
            "Sessions that began before live for up to 12 hours: revoke them on every role.",
            "Each account has a provider of its own: break it in every account.",
            "IAM Identity Center has a provider of its own, which only AWS can change.",
            "Whoever has iam:UpdateSAMLProvider can put another metadata there: watch it.",
        ),
    )

    provider: str = parameter(
        "text", "The provider's ARN (arn:aws:iam::ACCOUNT:saml-provider/NAME)"
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the provider, and which roles trust it."""
        account = self._account()
        call = readers.aws.call(
            "iam", "get_saml_provider", {"SAMLProviderArn": self.provider}, account=account
        )
        reply = await or_none(call, IAM)
        if reply is None:
            raise no_such("SAML provider", self.provider, f"look in account {account}")
        return {
            "id": text(reply.body, "SAMLProviderUUID"),
            "metadata": text(reply.body, "SAMLMetadataDocument"),
            "roles": listed(await roles_trusting(readers, self.provider, account)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Replace the metadata, unless nobody can sign in with it already."""
        metadata = text(seen, "metadata")
        entity = entity_id(metadata)
        if not entity:
            raise cannot_reach(
                f"the metadata of {self.provider} names no entity id",
                "lock the trust of the roles that name it: aws.iam_role.lock_trust",
            )
        if metadata == tombstone(entity):
            return ()
        target = self._target(seen)
        return (
            Change(
                id="break",
                target=target,
                verb="break identity provider",
                before=self.state(seen, target),
                after={"metadata_sha256": _digest(tombstone(entity))},
                saved={"metadata": metadata, "roles": seen["roles"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return which metadata the provider has."""
        return {"metadata_sha256": _digest(text(seen, "metadata"))}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the provider."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Put the metadata that vouches for nobody."""
        return await self._put(writers, tombstone(entity_id(text(change.saved, "metadata"))))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Put the former metadata back."""
        return await self._put(writers, text(change.saved, "metadata"))

    async def _put(self, writers: Writers, metadata: str) -> Applied:
        given = {"SAMLProviderArn": self.provider, "SAMLMetadataDocument": metadata}
        return await sent(writers, "iam", "update_saml_provider", given, account=self._account())

    def _account(self) -> str:
        """Return the provider's account.

        Raises:
            IrkitError: if what was given is no ARN of a SAML provider.
        """
        found = _ARN.fullmatch(self.provider)
        if not found:
            raise cannot_reach(
                f"`{self.provider}` is no ARN of a SAML provider",
                "see `aws iam list-saml-providers`",
            )
        return found[1]

    def _target(self, seen: Seen) -> Target:
        tenant = f"aws:{self._account()}"
        return Target(
            kind="aws.saml_provider", tenant=tenant, id=text(seen, "id"), label=self.provider
        )


def _digest(metadata: str) -> str:
    return hashlib.sha256(metadata.encode()).hexdigest()
