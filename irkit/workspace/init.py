"""The files of a new workspace: for live systems, or pointing at the simulated world.

Nothing that exists is overwritten. `.irkit/` holds keys and evidence: private, and ignored by git.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from irkit.decode import slug
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret
from irkit.workspace.config import Account

PRIVATE_FILE: Final = 0o600
PRIVATE_DIRECTORY: Final = 0o700
KEYS: Final = ".irkit/keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldFacts:
    """What a workspace needs to know of a running world.

    `secrets` are kept in `.irkit/keys/NAME`; `okta-token` and `aws-secret-key` must be among them,
    and `seats` where the drill's intruder has any. `break_glass` is the ARN of whoever the key is
    of, `administrators` are the logins for when nothing else works. `regions` are those that are
    looked into.
    """

    org: str
    okta_url: str
    okta_org_id: str
    aws_url: str
    aws_access_key_id: str
    accounts: tuple[Account, ...]
    okta_app: str
    saml_provider: str
    break_glass: str = ""
    administrators: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("us-east-1",)
    secrets: Mapping[str, Secret] = field(default_factory=dict)


def init(directory: Path, *, org: str = "", world: WorldFacts | None = None) -> tuple[Path, ...]:
    """Make a workspace in `directory` and return the files written.

    Raises:
        IrkitError: if there is one already, or a file cannot be written.
    """
    if (directory / "irkit.yaml").exists():
        raise IrkitError(
            Diagnostic(
                code="IRK168",
                summary=f"{directory} is a workspace already",
                help="choose another directory: irkit init --workspace DIR",
            )
        )
    name = org or (world.org if world else directory.absolute().name)
    texts = files(name, world)
    try:
        _private(directory / KEYS)
        written = [_write(directory / path, text) for path, text in texts.items()]
        for key, secret in world.secrets.items() if world else ():
            written.append(_write(directory / KEYS / key, secret.reveal(), PRIVATE_FILE))
    except OSError as error:
        summary = f"the workspace cannot be made: {error}"
        raise IrkitError(Diagnostic(code="IRK168", summary=summary)) from error
    return tuple(written)


def files(org: str, world: WorldFacts | None) -> Mapping[str, str]:
    """Return the texts of a new workspace's files by their path."""
    return {
        "irkit.yaml": _world_yaml(org, world) if world else _live_yaml(org),
        ".gitignore": ".irkit/\n",
        "approvers/roles.yaml": _ROLES,
        "approvers/allowed_signers": _SIGNERS,
        "playbooks/README.md": _PLAYBOOKS,
    }


def _private(path: Path) -> None:
    path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    path.parent.chmod(PRIVATE_DIRECTORY)
    path.chmod(PRIVATE_DIRECTORY)


def _write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _live_yaml(org: str) -> str:
    return _LIVE.replace("ORG", slug(org))


def _world_yaml(org: str, world: WorldFacts) -> str:
    accounts = "\n".join(
        f'      - {{id: "{account.id}", name: "{account.name}", '
        f'read_role: "{account.read_role}", write_role: "{account.write_role}"}}'
        for account in world.accounts
    )
    seats = f"seats: file:{KEYS}/seats\n" if "seats" in world.secrets else ""
    return _WORLD.format(
        org=slug(org),
        okta_url=world.okta_url,
        okta_org_id=world.okta_org_id,
        aws_url=world.aws_url,
        key_id=world.aws_access_key_id,
        accounts=accounts,
        regions=", ".join(world.regions),
        app=world.okta_app,
        provider=world.saml_provider,
        keys=KEYS,
        seats=seats,
        break_glass=_break_glass(world) if world.break_glass else "",
    )


def _break_glass(world: WorldFacts) -> str:
    return _BREAK_GLASS.format(
        principal=world.break_glass,
        key_id=world.aws_access_key_id,
        keys=KEYS,
        logins=", ".join(world.administrators),
    )


_LIVE: Final = """\
irkit: 1
org: ORG
mode: live
origin: ORG.example/irkit/oncall       # a name of your own; a random suffix is added

connections:
  okta:
    provider: okta
    org_url: https://ORG.okta.com
    org_id: 00oREPLACEME               # curl https://ORG.okta.com/.well-known/okta-organization
    auth: {private_key: env:OKTA_KEY, client_id: 0oaREPLACEME}
    depends_on_idp: no
  aws:
    provider: aws
    source: {profile: irkit-breakglass}
    depends_on_idp: no
    accounts:
      - {id: "000000000000", name: main, read_role: irkit-read, write_role: irkit-write}
    regions: all

federation:
  - {okta_app: 0oaREPLACEME, aws: all, saml_provider: okta, session_name: login}

break_glass:                           # who gets in when nothing else works; see `irkit check`
  aws:
    - principal: "arn:aws:iam::000000000000:user/break-glass"
      source: {profile: break-glass}   # irkit only asks AWS whose it is
  okta: []                             # logins of super administrators who need no provider
  signed_in_within: 90d

protect:                               # never targets; then run `irkit protect pin`
  - okta.group: break-glass
  - aws.role: "irkit-*"
  - aws.role: OrganizationAccountAccessRole
  - aws.role: AWSControlTowerExecution
  - aws.role: "stacksets-exec-*"

limits: {okta.user: 25, aws.role: 10, aws.user: 10, aws.access_key: 25, aws.instance: 5}

approvers: approvers/allowed_signers   # then run `irkit approvers add`
approvals:
  reversal:
    {ADDITIVE: 0, SELF_HEALING: 1, EXACT: 1, LOSSY: 1, DESTRUCTIVE: {need: 2, not: [requester]}}
  blast: {principal: 0, many: 1, account: 2, org: 2}
  alone:
    from: [ir-oncall]
    reversal: [ADDITIVE, SELF_HEALING, EXACT]
    blast: [principal]
    at_most: 10
    confirm_within: 4h

trail: {path: .irkit/trail, key: "file:.irkit/keys/trail"}
"""

_WORLD: Final = """\
irkit: 1
org: {org}
mode: drill
origin: {org}.example/irkit/world

connections:
  okta:
    provider: okta
    org_url: {okta_url}
    org_id: {okta_org_id}
    auth: {{token: "file:{keys}/okta-token"}}
    depends_on_idp: no
  aws:
    provider: aws
    source:
      access_key_id: {key_id}
      secret_access_key: "file:{keys}/aws-secret-key"
    endpoint_url: {aws_url}
    depends_on_idp: no
    accounts:
{accounts}
    regions: [{regions}]

federation:
  - {{okta_app: {app}, aws: all, saml_provider: {provider}, session_name: login}}

{break_glass}protect:
  - okta.group: break-glass
  - aws.role: "irkit-*"
  - aws.role: OrganizationAccountAccessRole

limits: {{okta.user: 25, aws.role: 10, aws.user: 10, aws.access_key: 25, aws.instance: 5}}

approvers: approvers/allowed_signers
approvals:
  alone:
    from: [ir-oncall]
    reversal: [ADDITIVE, SELF_HEALING, EXACT]
    blast: [principal]
    at_most: 10
    confirm_within: 4h

in_doubt_wait: 1s
hold: {{looks: [1s, 2s], watch: 2s}}
{seats}
trail: {{path: .irkit/trail, key: "file:{keys}/trail"}}
"""

_BREAK_GLASS: Final = """\
break_glass:                           # who gets in when nothing else works
  aws:
    - principal: {principal}
      source: {{access_key_id: {key_id}, secret_access_key: "file:{keys}/aws-secret-key"}}
  okta: [{logins}]

"""

_ROLES: Final = """\
irkit: 1
roles:                                 # principals as in allowed_signers
  ir-oncall: []
  ir-lead: []
  identity-owner: []
"""

_SIGNERS: Final = """\
# OpenSSH allowed_signers: one line a key. `irkit approvers add NAME KEYFILE` writes them.
"""

_PLAYBOOKS: Final = """\
Your own playbooks go here, one file each, beside a `NAME.test.yaml`. `irkit new NAME` makes both.
The playbooks that irkit ships are found without being copied.
"""
