"""The faults that are planted before a preflight, each with the check that has to find it."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import anyio
from lab import Lab
from moto.cloudtrail.models import cloudtrail_backends
from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from irkit.engine import reach
from irkit.engine.checking import State
from irkit.engine.pinning import expanded, write
from irkit.world.aws.iam_view import PARTITION
from irkit.world.fixtures.acme_small import DATA, PROD, RESPONDER
from irkit.world.fixtures.build_aws import TRAIL
from irkit.world.okta.limits import Bucket
from irkit.world.okta.records import Role

KAI = "kai.contractor@acme.example"
_GONE = """\
  - kind: aws.role
    pattern: "aws.role:Gone"
    tenant: "aws:111122223333"
    id: "arn:aws:iam::111122223333:role/Gone"
    label: "Gone"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. `demands` are lines of the block `preflight:`."""

    name: str
    check: str
    plant: Callable[[Lab], object] = lambda lab: None
    state: State = State.BAD
    user: str = KAI
    demands: tuple[str, ...] = ()
    knobs: Mapping[str, object] = field(default_factory=dict)


def edit(lab: Lab, old: str, new: str, file: str = "irkit.yaml") -> None:
    """Change one text in a file of the workspace."""
    path = lab.root / file
    text = path.read_text()
    assert old in text, f"{old!r} is not in {file}:\n{text}"
    path.write_text(text.replace(old, new, 1))


def edit_and_reseal(old: str, new: str, file: str = "irkit.yaml") -> Callable[[Lab], None]:
    """Return what changes a part of the policy and puts it in force."""

    def plant(lab: Lab) -> None:
        edit(lab, old, new, file)
        lab.reseal()

    return plant


def _signers(options: str) -> Callable[[Lab], None]:
    def plant(lab: Lab) -> None:
        path = lab.root / "approvers/allowed_signers"
        lines = path.read_text().splitlines()
        path.write_text("".join(f"{line.replace(' ', f' {options} ', 1)}\n" for line in lines))
        lab.reseal()

    return plant


def _pinned(change: Callable[[list[str]], list[str]]) -> Callable[[Lab], None]:
    """Return what pins everything, then lets the pins be others than what is there."""

    def plant(lab: Lab) -> None:
        path = lab.root / "protect.lock"
        write(path, anyio.run(expanded, lab.session).pins)
        head, _, pins = path.read_text().partition("pins:\n")
        kept = change([f"  - {pin}" for pin in pins.split("  - ")[1:]])
        path.write_text(f"{head}pins:\n{''.join(kept)}")
        lab.reseal()

    return plant


def _without_trust(lab: Lab) -> None:
    iam_backends[DATA][PARTITION].get_role("irkit-read").assume_role_policy_document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{PROD}:root"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "other"}},
                }
            ],
        }
    )


def _without_permission(lab: Lab) -> None:
    role = iam_backends[PROD][PARTITION].get_role("irkit-write")
    for name, document in dict(role.policies).items():
        role.policies[name] = document.replace('"iam:PutRolePolicy"', '"iam:GetRolePolicy"')


def _scp(lab: Lab) -> None:
    backend = organizations_backends[PROD][PARTITION]
    content = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "iam:PutRolePolicy", "Resource": "*"}],
    }
    made = backend.create_policy(
        Content=json.dumps(content),
        Name="no-policies",
        Description="",
        Type="SERVICE_CONTROL_POLICY",
    )
    backend.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=DATA)


def _reader_only(lab: Lab) -> None:
    tables = lab.world.okta.tables
    owner = next(u.id for u in tables.users.values() if u.login == RESPONDER)
    roles = tables.roles[owner]
    for key, role in list(roles.items()):
        assert isinstance(role, Role)
        roles[key] = replace(role, kind="READ_ONLY_ADMIN")


def _expiring(lab: Lab) -> None:
    tokens = lab.world.okta.tables.api_tokens
    for key, token in list(tokens.items()):
        tokens[key] = replace(token, expires=lab.world.clock() + timedelta(days=2))


def _aged(lab: Lab) -> None:
    long_ago = lab.session.clock().timestamp() - 200 * 24 * 3600
    os.utime(lab.root / ".irkit/keys/okta-token", (long_ago, long_ago))


def _asked_in_vain(lab: Lab) -> None:
    with lab.session.journal(writing=True) as journal:
        reach.ask(
            journal,
            lab.session.actor,
            ["alice@acme.example"],
            within=timedelta(minutes=-1),
            now=lab.session.clock(),
            random=os.urandom,
        )


def _tight(lab: Lab) -> None:
    """Let somebody else have used most of an endpoint's calls of this minute."""
    limits = lab.world.okta_server.world.limits
    limits.buckets = (Bucket(pattern="GET /api/v1/logs", limit=60), *limits.buckets[1:])
    for _ in range(35):
        limits.take("GET /api/v1/logs", lab.world.clock().timestamp())


def _blobs_are_a_file(lab: Lab) -> None:
    folder = lab.session.workspace.trail_directory / "blobs"
    shutil.rmtree(folder)
    folder.write_text("")


def _altered(lab: Lab) -> None:
    path = lab.session.workspace.trail_directory / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"kind":"system"', b'"kind":"systex"', 1))


FAULTS = (
    Fault(
        name="okta-down", check="connections", plant=lambda lab: lab.world.okta_proxy.set_dead(True)
    ),
    Fault(
        name="aws-down", check="connections", plant=lambda lab: lab.world.aws_proxy.set_dead(True)
    ),
    Fault(
        name="another-org",
        check="connections",
        plant=lambda lab: edit(lab, lab.world.org_id, "00oAnotherOrg123456x"),
    ),
    Fault(name="read-role-shut", check="connections", plant=_without_trust),
    Fault(
        name="aws-through-the-idp",
        check="independence",
        plant=lambda lab: edit(
            lab,
            "    depends_on_idp: no\n    accounts:",
            "    depends_on_idp: yes\n    accounts:",
        ),
    ),
    Fault(
        name="clocks-apart",
        check="clocks",
        plant=lambda lab: lab.world.clock.advance(timedelta(seconds=60)),
    ),
    Fault(
        name="secret-others-can-read",
        check="secrets",
        plant=lambda lab: (lab.root / ".irkit/keys/okta-token").chmod(0o644),
    ),
    Fault(
        name="secret-gone",
        check="secrets",
        plant=lambda lab: (lab.root / ".irkit/keys/aws-secret-key").unlink(),
    ),
    Fault(
        name="secret-old",
        check="secrets",
        plant=_aged,
        demands=("{check: secrets, age_max: 90d}",),
    ),
    Fault(name="token-expiring", check="secrets", plant=_expiring),
    Fault(name="nobody-of-that-name", check="targets", user="nobody@acme.example"),
    Fault(name="protected-target", check="targets", user="ada.break@acme.example"),
    Fault(name="write-role-too-narrow", check="permissions", plant=_without_permission),
    Fault(name="organization-denies", check="permissions", plant=_scp),
    Fault(name="okta-role-too-narrow", check="scopes", plant=_reader_only),
    Fault(
        name="protects-nothing",
        check="protected",
        plant=edit_and_reseal("protect:\n", "protect:\n  - aws.role: no-such-role\n"),
    ),
    Fault(name="pinned-and-gone", check="protected", plant=_pinned(lambda pins: [*pins, _GONE])),
    Fault(name="there-and-not-pinned", check="protected", plant=_pinned(lambda pins: pins[1:])),
    Fault(name="keys-expired", check="approvers", plant=_signers('valid-before="20200101Z"')),
    Fault(
        name="keys-expiring",
        check="approvers",
        plant=_signers('valid-before="20991231Z"'),
        demands=("{check: approvers, keys_valid_for: 40000d}",),
    ),
    Fault(
        name="too-few-approvers",
        check="approvers",
        demands=("{check: approvers, quorum: 3}",),
    ),
    Fault(
        name="approvers-through-the-idp",
        check="approvers",
        plant=lambda lab: edit(
            lab,
            "irkit: 1\n",
            "irkit: 1\npeople:\n  alice@acme.example: {depends_on_idp: true}\n"
            "  bob@acme.example: {depends_on_idp: true}\n",
            "approvers/roles.yaml",
        ),
    ),
    Fault(name="ping-not-answered", check="reach", plant=_asked_in_vain),
    Fault(name="nobody-asked", check="reach", demands=("{check: reach, ack_within: 10m}",)),
    Fault(
        name="system-log-late",
        check="logs",
        demands=("{check: logs, okta_lag_max: 1m}",),
        knobs={"log_lag": timedelta(hours=1)},
    ),
    Fault(
        name="cloudtrail-late",
        check="logs",
        demands=("{check: logs, cloudtrail_lag_max: 20m}",),
        knobs={"event_lag": timedelta(hours=1)},
    ),
    Fault(
        name="trail-stopped",
        check="logs",
        plant=lambda lab: cloudtrail_backends[DATA]["us-east-1"].stop_logging(TRAIL),
    ),
    Fault(name="limit-nearly-reached", check="limits", plant=_tight),
    Fault(
        name="policy-not-sealed",
        check="policy",
        plant=lambda lab: edit(
            lab, "roles:\n", "roles:\n  ir-new: [alice@acme.example]\n", "approvers/roles.yaml"
        ),
    ),
    Fault(
        name="trail-key-gone",
        check="trail",
        plant=lambda lab: (lab.root / ".irkit/keys/trail").unlink(),
    ),
    Fault(name="evidence-cannot-be-kept", check="trail", plant=_blobs_are_a_file),
    Fault(name="trail-altered", check="trail", plant=_altered),
)
