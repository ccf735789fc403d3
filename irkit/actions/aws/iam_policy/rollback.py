"""Make a former version of a managed policy the one that counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.absent import IAM, or_none
from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import at, entries, entry, listed, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback(Action):
    """Sets the default version, and back. The intruder's version stays as evidence."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_policy.rollback",
        version=1,
        verb=Verb.DO,
        summary="Go back to a former version of a managed policy",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="aws.policy",
        permissions=Permissions(
            iam_read=("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"),
            iam_write=("iam:SetDefaultPolicyVersion",),
        ),
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1098", "T1548.005"),
        d3fend=("D3-AL",),
        gotchas=(
            "Everybody who has the policy gets the other version at once.",
            "An older version is not a better one: compare the documents, which the plan saves.",
            "Who holds iam:SetDefaultPolicyVersion can undo it: quarantine the principal first.",
            "There are at most five versions: an intruder may have deleted the good one.",
        ),
    )

    policy: str = parameter("text", "The policy's ARN")
    to: str = parameter("text", "The version that shall count, such as `v1`")

    async def probe(self, readers: Readers) -> Seen:
        """Read the policy and all its versions."""
        account = self._account()
        named = {"PolicyArn": self.policy}
        reply = await or_none(readers.aws.call("iam", "get_policy", named, account=account), IAM)
        if reply is None:
            raise no_such("managed policy", self.policy, f"look in account {account}")
        versions = await all_of(
            readers, "iam", "list_policy_versions", "Versions", named, account=account
        )
        return {
            "id": text(reply.body, "Policy", "PolicyId"),
            "default": text(reply.body, "Policy", "DefaultVersionId"),
            "versions": listed(
                [await self._version(readers, text(item, "VersionId")) for item in versions]
            ),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set the version, unless it is the default."""
        if seen["default"] == self.to:
            return ()
        if self.to not in {item["id"] for item in entries(seen, "versions")}:
            known = ", ".join(text(item, "id") for item in entries(seen, "versions"))
            raise no_such(f"version of {self.policy}", self.to, f"there are {known}")
        target = self._target(seen)
        return (
            Change(
                id="rollback",
                target=target,
                verb=f"go back to version {self.to}",
                before=self.state(seen, target),
                after={"default_version": self.to},
                saved={"versions": seen["versions"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the version that counts."""
        return {"default_version": seen["default"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the policy."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the version."""
        return await self._set(writers, text(change.after, "default_version"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set the version that was the default."""
        return await self._set(writers, text(change.before, "default_version"))

    async def _set(self, writers: Writers, version: str) -> Applied:
        named = {"PolicyArn": self.policy, "VersionId": version}
        return await sent(
            writers, "iam", "set_default_policy_version", named, account=self._account()
        )

    async def _version(self, readers: Readers, version: str) -> JsonObject:
        reply = await readers.aws.call(
            "iam",
            "get_policy_version",
            {"PolicyArn": self.policy, "VersionId": version},
            account=self._account(),
        )
        found = entry(reply.body, "PolicyVersion")
        return {
            "id": version,
            "created": at(found, "CreateDate"),
            "document": at(found, "Document"),
        }

    def _account(self) -> str:
        """Return the policy's account.

        Raises:
            IrkitError: if it is one of AWS's own policies, or no ARN.
        """
        parts = self.policy.split(":")
        if len(parts) != 6 or not parts[5].startswith("policy/"):  # noqa: PLR2004 - parts of an ARN
            raise cannot_reach(f"`{self.policy}` is no ARN of a managed policy", "give its ARN")
        if not parts[4].isdecimal():
            raise cannot_reach(
                f"{self.policy} belongs to AWS, which alone sets its version",
                "detach it, or quarantine who has it",
            )
        return parts[4]

    def _target(self, seen: Seen) -> Target:
        tenant = f"aws:{self._account()}"
        return Target(kind="aws.policy", tenant=tenant, id=text(seen, "id"), label=self.policy)
