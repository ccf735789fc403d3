"""Let nobody into a role any more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Seen
from irkit.actions.iam_role_limits import editable
from irkit.actions.iam_trust import WAYS_IN, TrustAction
from irkit.actions.shape import listed
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class LockTrust(TrustAction):
    """Replaces the trust policy by one that denies everybody."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.lock_trust",
        version=1,
        verb=Verb.DO,
        summary="Let nobody into a role any more",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.role",
        permissions=Permissions(
            iam_read=("iam:GetRole",), iam_write=("iam:UpdateAssumeRolePolicy",)
        ),
        cuts=(Kind.EXTERNAL_TRUST,),
        does_not_cut=(
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.INSTANCE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1098.003", "T1484.002", "T1199"),
        d3fend=("D3-AL",),
        gotchas=(
            "Sessions that began before go on: revoke the role's sessions afterwards.",
            "Machines and functions with this role get no new credentials either.",
            "AWS refuses the former policy if somebody it trusts was deleted meanwhile.",
            "Undo then names them: put the policy back by hand without them.",
            "Cannot be done to service-linked roles or to roles of IAM Identity Center.",
        ),
    )

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Lock the role, unless it is locked."""
        editable(seen)
        return self.changed(seen, "lock trust", _locked())


def _locked() -> JsonObject:
    """Return the trust policy that lets nobody in. It names nobody who could be deleted."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "IRKitLocked",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": listed(WAYS_IN),
            }
        ],
    }
