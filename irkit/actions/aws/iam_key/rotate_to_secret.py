"""Give a workload a new access key through Secrets Manager, then switch the old one off.

The new key's secret is in this process's memory between two calls and nowhere else. If they are
interrupted, the key that was made is an orphan: nobody knows its secret, so it has never been used.
It is recognised by that, deleted, and another one is made.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_keys import key_status, key_target, list_keys, set_status
from irkit.actions.iam_principal import see_user
from irkit.actions.key_secret import current_version, holds, last_used, see_secret, version_of
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import entries, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb
from irkit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateToSecret(Action):
    """Makes a key, stores it as the secret's current version, deactivates the old key."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_key.rotate_to_secret",
        version=1,
        verb=Verb.DO,
        summary="Replace an access key and hand the new one over through Secrets Manager",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="aws.access_key",
        permissions=Permissions(
            iam_read=(
                "iam:GetAccessKeyLastUsed",
                "iam:GetUser",
                "iam:ListAccessKeys",
                "secretsmanager:DescribeSecret",
            ),
            iam_write=(
                "iam:CreateAccessKey",
                "iam:DeleteAccessKey",
                "iam:UpdateAccessKey",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ),
        ),
        cuts=(Kind.LONG_TERM_KEY,),
        does_not_cut=(Kind.GET_SESSION_TOKEN, Kind.GET_FEDERATION_TOKEN, Kind.ROLE_SESSION),
        mints=(Kind.LONG_TERM_KEY,),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1552.001", "T1555.006"),
        d3fend=("D3-CRO",),
        gotchas=(
            "Evict the intruder first: whoever can read the secret reads the new key.",
            "A user has room for two keys: a second old one must be deleted before.",
            "Consumers must read the secret again.",
        ),
    )

    user: str = parameter("aws.user", "The key's user: ARN, or name with `account`")
    key: str = parameter("aws.access_key", "The id of the old key (AKIA…)")
    secret: str = parameter("text", "The secret that hands the key over: ARN, or name")
    region: str = parameter("aws.region", "The secret's region", default="us-east-1")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The user."""
        return principal("user", self.user, self.account)

    async def probe(self, readers: Readers) -> Seen:
        """Read the user's keys and which versions the secret has; never its value."""
        user = self.principal
        seen = {
            **await see_user(readers, user),
            "keys": await list_keys(readers, user),
            "secret": await see_secret(readers, self.secret, user.account, self.region),
        }
        others = _others(seen, self.key)
        return {
            **seen,
            "unused": [key for key in others if not await last_used(readers, user, key)],
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Make and store a new key, then deactivate the old one."""
        if not key_status(seen, self.key):
            raise no_such(f"access key of {text(seen, 'arn')}", self.key, "look at the id again")
        issue, old = self._secret_target(seen), key_target(seen, self.key)
        changes = []
        if not self._rotated(seen):
            if _others(seen, self.key):
                raise cannot_reach(
                    f"{text(seen, 'arn')} has two keys already, and there is no room for a third",
                    "deactivate and delete the one that is not needed, then plan again",
                )
            changes.append(
                Change(
                    id="issue",
                    target=issue,
                    verb="store a new key",
                    before=self.state(seen, issue),
                    after={"rotated": True, "other_keys": 1},
                    saved={"version": current_version(seen), "key": self.key},
                )
            )
        if key_status(seen, self.key) == "Active":
            changes.append(
                Change(
                    id="deactivate",
                    target=old,
                    verb="deactivate",
                    before={"status": "Active"},
                    after={"status": "Inactive"},
                    needs=("issue",) if changes else (),
                )
            )
        return tuple(changes)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the old key's status, or whether the secret holds another key of the user."""
        if target.kind == "aws.access_key":
            return {"status": key_status(seen, self.key) or None}
        return {"rotated": self._rotated(seen), "other_keys": len(_others(seen, self.key))}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the secret and the old key."""
        return (self._secret_target(seen), key_target(seen, self.key))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Make and store a new key, or deactivate the old one."""
        if change.target.kind == "aws.access_key":
            return await set_status(writers, self.principal, self.key, "Inactive")
        await self._delete_orphan(readers, writers)
        made, secrets = await writers.aws.send(
            "iam",
            "create_access_key",
            {"UserName": self.principal.name},
            account=self.principal.account,
            secrets=("AccessKey.SecretAccessKey",),
        )
        key = text(made.body, "AccessKey", "AccessKeyId")
        stored, _ = await writers.aws.send(
            "secretsmanager",
            "put_secret_value",
            {
                "SecretId": self.secret,
                "ClientRequestToken": version_of(change.target.id, key),
                "SecretString": _secret_string(key, secrets["AccessKey.SecretAccessKey"]),
            },
            account=self.principal.account,
            region=self.region,
        )
        return Applied(
            outputs={"key": key},
            request_ids=(made.request_id, stored.request_id),
            status=stored.status,
        )

    async def undo(
        self, change: Change, applied: Applied, readers: Readers, writers: Writers
    ) -> Applied:
        """Switch the old key on; make the secret's old version current; delete the new key."""
        user = self.principal
        if change.target.kind == "aws.access_key":
            return await set_status(writers, user, self.key, text(change.before, "status"))
        seen = await self.probe(readers)
        key = text(applied.outputs, "key")
        restored, _ = await writers.aws.send(
            "secretsmanager",
            "update_secret_version_stage",
            {
                "SecretId": self.secret,
                "VersionStage": "AWSCURRENT",
                "MoveToVersionId": text(change.saved, "version"),
                "RemoveFromVersionId": current_version(seen),
            },
            account=user.account,
            region=self.region,
        )
        deleted = await _delete(writers, user, key)
        return Applied(request_ids=(restored.request_id, deleted), status=restored.status)

    def adopt(self, change: Change, seen: Seen) -> Applied:
        """Return the new key's id."""
        if change.target.kind == "aws.access_key":
            return Applied()
        return Applied(outputs={"key": _others(seen, self.key)[0]})

    def resumable(self, change: Change, seen: Seen) -> bool:
        """Recognise an orphan: a second key that was never used, while the secret is the old one.

        A key that was there when the change was planned is not taken for one.
        """
        if change.target.kind == "aws.access_key" or self._rotated(seen):
            return False
        others = _others(seen, self.key)
        planned = change.before == {"rotated": False, "other_keys": 0}
        return planned and len(others) == 1 and others[0] in _unused(seen)

    async def _delete_orphan(self, readers: Readers, writers: Writers) -> None:
        seen = await self.probe(readers)
        for key in _others(seen, self.key):
            if key not in _unused(seen):
                raise cannot_reach(
                    f"{key} appeared since planning and is in use: somebody made it",
                    "deactivate it first: it may be the intruder's",
                )
            await _delete(writers, self.principal, key)

    def _rotated(self, seen: Seen) -> bool:
        secret = text(seen, "secret", "arn")
        return any(holds(seen, version_of(secret, key)) for key in _others(seen, self.key))

    def _secret_target(self, seen: Seen) -> Target:
        arn = text(seen, "secret", "arn")
        return Target(kind="aws.secret", tenant=f"aws:{self.principal.account}", id=arn, label=arn)


def _others(seen: Seen, key: str) -> list[str]:
    return [text(item, "id") for item in entries(seen, "keys") if item["id"] != key]


def _unused(seen: Seen) -> tuple[str, ...]:
    unused = seen["unused"]
    return tuple(str(key) for key in unused) if isinstance(unused, list | tuple) else ()


def _secret_string(key: str, secret: Secret) -> Secret:
    return Secret(json.dumps({"AccessKeyId": key, "SecretAccessKey": secret.reveal()}))


async def _delete(writers: Writers, user: Principal, key: str) -> str:
    reply, _ = await writers.aws.send(
        "iam",
        "delete_access_key",
        {"UserName": user.name, "AccessKeyId": key},
        account=user.account,
    )
    return reply.request_id
