"""Stop sharing a snapshot or image with other accounts or with everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, listed, maybe_text, text, texts
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_ABSENT: Final = (
    "InvalidSnapshot.NotFound",
    "InvalidAMIID.NotFound",
    "InvalidAMIID.Unavailable",
    "DBSnapshotNotFound",
    "DBSnapshotNotFoundFault",
    "DBClusterSnapshotNotFoundFault",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form of shared copy, and how AWS calls what is asked about it."""

    service: str
    prefix: str
    parameter: str
    noun: str
    attribute: str

    def given(self, name: str) -> dict[str, Json]:
        """Return the parameters that name the copy and the attribute."""
        return {self.parameter: name, "Attribute": self.attribute}


_SNAPSHOT: Final = _Form(
    service="ec2",
    prefix="snapshot/",
    parameter="SnapshotId",
    noun="snapshot",
    attribute="createVolumePermission",
)
_IMAGE: Final = _Form(
    service="ec2",
    prefix="image/",
    parameter="ImageId",
    noun="image",
    attribute="launchPermission",
)
_DATABASE: Final = _Form(
    service="rds",
    prefix="snapshot:",
    parameter="DBSnapshotIdentifier",
    noun="db_snapshot",
    attribute="restore",
)
_CLUSTER: Final = _Form(
    service="rds",
    prefix="cluster-snapshot:",
    parameter="DBClusterSnapshotIdentifier",
    noun="db_cluster_snapshot",
    attribute="restore",
)
_FORMS: Final = (_SNAPSHOT, _IMAGE, _DATABASE, _CLUSTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshare(Action):
    """Takes the permissions of others off one snapshot or image."""

    spec: ClassVar[Spec] = Spec(
        id="aws.snapshot.unshare",
        version=1,
        verb=Verb.DO,
        summary="Stop sharing a snapshot or image with other accounts",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.snapshot",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeImageAttribute",
                "ec2:DescribeSnapshotAttribute",
                "rds:DescribeDBClusterSnapshotAttributes",
                "rds:DescribeDBSnapshotAttributes",
            ),
            iam_write=(
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
                "rds:ModifyDBClusterSnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
            ),
            only={
                "ec2:DescribeImageAttribute": "it is an image",
                "ec2:DescribeSnapshotAttribute": "it is a disk's snapshot",
                "ec2:ModifyImageAttribute": "it is an image",
                "ec2:ModifySnapshotAttribute": "it is a disk's snapshot",
                "rds:DescribeDBClusterSnapshotAttributes": "it is a database cluster's snapshot",
                "rds:DescribeDBSnapshotAttributes": "it is a database's snapshot",
                "rds:ModifyDBClusterSnapshotAttribute": "it is a database cluster's snapshot",
                "rds:ModifyDBSnapshotAttribute": "it is a database's snapshot",
            },
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=60),
        closes_door=True,
        attack=("T1537", "T1530"),
        d3fend=("D3-AL",),
        gotchas=(
            "A copy that another account made cannot be seen from here: treat the data as taken.",
            "Snapshots are shared region by region, and copies in other regions of their own.",
            "Accounts that are pinned in irkit.yaml keep their access.",
        ),
    )

    snapshot: str = parameter(
        "text", "ARN of a database's; or an EC2 snapshot's or image's id or ARN with `account`"
    )
    keep: tuple[str, ...] = parameter(
        "list of text", "Further accounts that keep access", default=()
    )
    account: str = parameter("aws.account", "The account, where `snapshot` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `snapshot` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read whom it is shared with."""
        form, where, name = self._found()
        body = await where.find(readers, form.service, _describe(form), _asked(form, name), _ABSENT)
        if body is None:
            raise no_such(form.noun, name, f"look in {where.account}/{where.region}")
        arn = where.arn(form.service, form.prefix + name)
        return {
            "tenant": where.tenant,
            "id": arn if form.service == "rds" else name,
            "label": arn,
            "shared_with": listed(sorted(_shared_with(form, body))),
            "own": listed(readers.aws.accounts()),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Take all others off."""
        kept = {*self.keep, *texts(seen, "own")}
        stay = [who for who in texts(seen, "shared_with") if who in kept]
        if stay == [*texts(seen, "shared_with")]:
            return ()
        target = self._target(seen)
        return (
            Change(
                id="unshare",
                target=target,
                verb="stop sharing",
                before=self.state(seen, target),
                after={"shared_with": listed(stay)},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whom it is shared with."""
        return {"shared_with": seen["shared_with"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the snapshot or image."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Take them off."""
        return await self._share(writers, "remove", _difference(change))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Share it with them again."""
        return await self._share(writers, "add", _difference(change))

    async def _share(self, writers: Writers, operation: str, who: tuple[str, ...]) -> Applied:
        form, where, name = self._found()
        given = _asked(form, name)
        if form.service == "rds":
            which = "ValuesToAdd" if operation == "add" else "ValuesToRemove"
            given |= {"AttributeName": form.attribute, which: listed(who)}
        else:
            given |= {"OperationType": operation, **_by_parameter(form, who)}
        return await where.send(writers, form.service, f"modify_{form.noun}_attribute", {**given})

    def _found(self) -> tuple[_Form, Where, str]:
        form = next(
            (
                f
                for f in _FORMS
                if f":{f.service}:" in self.snapshot and f":{f.prefix}" in self.snapshot
            ),
            None,
        )
        if form is None:
            form = _IMAGE if self.snapshot.startswith("ami-") else _SNAPSHOT
        where, name = named(form.service, form.prefix, self.snapshot, self.account, self.region)
        return form, where, name

    def _target(self, seen: Seen) -> Target:
        return Target(
            kind="aws.snapshot",
            tenant=text(seen, "tenant"),
            id=text(seen, "id"),
            label=text(seen, "label"),
        )


def _describe(form: _Form) -> str:
    ending = "attributes" if form.service == "rds" else "attribute"
    return f"describe_{form.noun}_{ending}"


def _asked(form: _Form, name: str) -> dict[str, Json]:
    return {form.parameter: name} if form.service == "rds" else form.given(name)


def _shared_with(form: _Form, body: Json) -> Iterable[str]:
    """Return account ids, ARNs of organizations, and `all` for everybody."""
    if form.service == "ec2":
        name = "CreateVolumePermissions" if form is _SNAPSHOT else "LaunchPermissions"
        for item in entries(body, name):
            for key in ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn"):
                yield from filter(None, (maybe_text(item, key),))
        return
    whole = "DBSnapshotAttributes" if form is _DATABASE else "DBClusterSnapshotAttributes"
    result = (
        "DBSnapshotAttributesResult" if form is _DATABASE else "DBClusterSnapshotAttributesResult"
    )
    for item in entries(body, result, whole):
        if maybe_text(item, "AttributeName") == form.attribute:
            yield from texts(item, "AttributeValues")


def _by_parameter(form: _Form, who: tuple[str, ...]) -> dict[str, Json]:
    """Return accounts, groups and organizations under the names that EC2 has for them."""
    groups = "GroupNames" if form is _SNAPSHOT else "UserGroups"
    found: dict[str, list[Json]] = {}
    for one in who:
        if one.isdigit():
            name = "UserIds"
        elif ":ou/" in one:
            name = "OrganizationalUnitArns"
        else:
            name = "OrganizationArns" if one.startswith("arn:") else groups
        found.setdefault(name, []).append(one)
    return {name: listed(items) for name, items in found.items()}


def _difference(change: Change) -> tuple[str, ...]:
    stay = texts(change.after, "shared_with")
    return tuple(who for who in texts(change.before, "shared_with") if who not in stay)
