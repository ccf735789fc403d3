"""Take a database off the internet, and keep it from being deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entries, entry, maybe_text, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_ABSENT: Final = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
_ACCESS: Final = "access"
_FIELDS: Final = {"public": "PubliclyAccessible", "protected": "DeletionProtection"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(SettingsOf):
    """Makes one database private and protected."""

    spec: ClassVar[Spec] = Spec(
        id="aws.rds_instance.close",
        version=1,
        verb=Verb.DO,
        summary="Take a database off the internet and protect it from deletion",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.database_setting",
        permissions=Permissions(
            iam_read=("rds:DescribeDBInstances",), iam_write=("rds:ModifyDBInstance",)
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.INSTANCE_SESSION),
        visible_within=timedelta(minutes=10),
        closes_door=True,
        attack=("T1190", "T1530", "T1485"),
        d3fend=("D3-NTF",),
        gotchas=(
            "Clients outside its network lose it; open connections may live on.",
            "Its security groups are as they were: close those too.",
            "The intruder may know its password: change it after the door is shut.",
            "A member of a cluster has its protection from the cluster: protect that one.",
            "Other changes of it that wait for its maintenance window go on waiting.",
        ),
    )

    database: str = parameter("text", "The database: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `database` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `database` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read whether it is public and protected."""
        where, name = self._place()
        body = await where.find(
            readers, "rds", "describe_db_instances", {"DBInstanceIdentifier": name}, _ABSENT
        )
        found = entries(body, "DBInstances")
        if not found:
            raise no_such("database", name, f"look in {where.account}/{where.region}")
        # A member of a cluster has its protection from there.
        alone = not maybe_text(found[0], "DBClusterIdentifier")
        fields = {key: field for key, field in _FIELDS.items() if alone or key == "public"}
        return {
            "tenant": where.tenant,
            "name": name,
            "id": maybe_text(found[0], "DbiResourceId") or name,
            "arn": text(found[0], "DBInstanceArn"),
            "settings": {_ACCESS: {key: at(found[0], field) for key, field in fields.items()}},
        }

    def thing(self, seen: Seen) -> Target:
        """Return the database."""
        tenant = text(seen, "tenant")
        return Target(
            kind="aws.database", tenant=tenant, id=text(seen, "id"), label=text(seen, "arn")
        )

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return a private and protected database."""
        goals: dict[str, Json] = {"public": False, "protected": True}
        return {_ACCESS: {key: goals[key] for key in entry(seen, "settings", _ACCESS)}}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set both by one call: while the first is made, AWS takes no second.

        AWS makes them at once by themselves. To ask for that would also make what else waits for
        the next maintenance window, such as a new size, which restarts the database.
        """
        where, database = self._place()
        fields: dict[str, Json] = {_FIELDS[key]: item for key, item in entry(value).items()}
        return await where.send(
            writers, "rds", "modify_db_instance", {"DBInstanceIdentifier": database, **fields}
        )

    def _place(self) -> tuple[Where, str]:
        return named("rds", "db:", self.database, self.account, self.region)
