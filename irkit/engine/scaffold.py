"""A playbook to start from, with its test beside it, and what lint says of it in this workspace.

It is complete and safe as it stands, so that the first change to it is a change and not a repair:
it looks before it acts, closes the door before it ends sessions, and caps what it touches.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from irkit.decode import SLUG
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.linting import Linter


class Kind(StrEnum):
    """What the playbook starts from: a person at Okta, or a long-term key at AWS."""

    OKTA = "okta"
    AWS = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The files that were written, and what lint says of the playbook in this workspace."""

    playbook: Path
    test: Path
    found: tuple[Diagnostic, ...]


def make(
    folder: Path, name: str, linter: Linter, *, title: str = "", kind: Kind = Kind.OKTA
) -> Made:
    """Write `NAME.yaml` and `NAME.test.yaml` into `folder`; nothing is overwritten.

    Raises:
        IrkitError: IRK622 for a name that cannot be one or is taken, or a folder that cannot be
            written to.
    """
    if not SLUG.fullmatch(name):
        raise _problem(
            f"{name!r} is no name for a playbook",
            "use lower-case words joined by hyphens, such as leaked-session",
        )
    playbook, test = folder / f"{name}.yaml", folder / f"{name}.test.yaml"
    for path in (playbook, test):
        if path.exists():
            raise _problem(f"{path} is there already", "choose another name")
    texts = {
        test: _filled(_TESTS[kind], name, title),
        playbook: _filled(_PLAYBOOKS[kind], name, title),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            _write(path, text)
    except OSError as error:
        raise _problem(f"{folder} cannot be written to: {error.strerror}", "") from error
    found = linter.check(playbook, str(playbook)).diagnostics
    return Made(playbook=playbook, test=test, found=found)


def _filled(text: str, name: str, title: str) -> str:
    said = title or name.replace("-", " ").capitalize()
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("NAME", name).replace("TITLE", f'"{escaped}"')


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _problem(summary: str, help_text: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK622", summary=summary, help=help_text))


_OKTA: Final = """\
irkit: 1
playbook: NAME
title: TITLE
version: 0.1.0
about: >
  Somebody else acts as this person. Close the door first, then end what is open, so that nobody
  signs back in in between.
labels: [attack.T1078.004]
against: [okta_session, okta_oauth_token]
claims: contained                      # lint: nothing of `against` is left, or it is accepted
accepts:
  okta_access_token: Lives at most one hour after its refresh token is revoked.
  federated_role_session: Lives at most 12 hours; trace it with okta-user-federated-to-aws.
  chained_role_session: One hour, but it may open the next; trace it as above.

inputs:
  user: {type: okta.user, ask: "Login or Okta id of the user"}

guards:                                # besides those of irkit.yaml
  protect:
    - okta.group: break-glass
  limit: {okta.user: 1}

approvals:
  one: {need: 1, from: [ir-oncall, ir-lead]}

steps:
  - phase: Look
    goal: 2m
    steps:
      - read: okta.user.get
        with: {user: "{{ inputs.user }}"}
        as: user
        evidence: true                 # kept, with its digest in the trail

  - phase: Close the door
    goal: 5m
    approve: one
    steps:
      - do: okta.user.suspend
        with: {user: "{{ user.id }}"}
      - do: okta.user.revoke_sessions
        with: {user: "{{ user.id }}", oauth_tokens: true}
        because: Ended sessions cannot be given back; the user signs in again after release.

always:
  - report: after-action

outputs:
  contained_user: "{{ user.login }}"
"""

_AWS: Final = """\
irkit: 1
playbook: NAME
title: TITLE
version: 0.1.0
about: >
  A long-term key is in the wrong hands. Shut its user out first: sessions made from the key live
  on after the key is off.
labels: [attack.T1078.004, attack.T1552.001]
against: [long_term_key, get_session_token, get_federation_token]
claims: contained                      # lint: nothing of `against` is left, or it is accepted
accepts:
  role_session: Lives at most 12 hours; trace it with leaked-aws-access-key.
  chained_role_session: One hour, but it may open the next; trace it as above.

inputs:
  key: {type: aws.access_key, ask: "Id of the key (AKIA…)"}

guards:                                # besides those of irkit.yaml
  protect:
    - aws.user: "irkit-*"
  limit: {aws.user: 1, aws.access_key: 2}

approvals:
  one: {need: 1, from: [ir-oncall, ir-lead]}

steps:
  - phase: Look
    goal: 2m
    steps:
      - read: aws.iam_key.get
        with: {key: "{{ inputs.key }}"}
        as: key
        evidence: true                 # kept, with its digest in the trail
      - read: aws.iam_user.get
        with: {user: "{{ key.user }}"}
        as: owner
        evidence: true

  - phase: Shut out
    goal: 5m
    approve: one
    steps:
      - do: aws.iam_user.quarantine    # first: a key that stops working tips the intruder off
        with: {user: "{{ owner.arn }}"}
      - do: aws.iam_key.deactivate
        with: {user: "{{ owner.arn }}", key: "{{ key.id }}"}

always:
  - report: after-action

outputs:
  contained_key: "{{ key.id }}"
"""

_OKTA_TEST: Final = """\
irkit: 1
tests: NAME                            # the playbook beside this file: irkit test NAME
unit:
  - name: contains the user and nobody else
    inputs: {user: kai.contractor@acme.example}
    expect:
      result: partial                  # the intruder of this world went on to AWS, see accepts
      seats: {okta_session: dead, okta_oauth_token: dead}
      must_still_work: [maria.lopez@acme.example, ci-deploy]
      state:                           # asked of the provider, not of the run
        okta.user: {kai.contractor@acme.example: {status: SUSPENDED, sessions: 0}}
      order: [[okta.user.get, okta.user.suspend, okta.user.revoke_sessions]]
      reports: [after-action]
  - name: a second run changes nothing
    extends: contains the user and nobody else
    run: twice
    expect: {second_run: {changed: []}}
  - name: taken back, everything is as it was but the ended sessions
    extends: contains the user and nobody else
    then: undo
    expect: {undo: {result: completed, changed: [okta.refresh_tokens.*]}}
  - name: leaves a break-glass account alone
    inputs: {user: ada.break@acme.example}
    expect: {result: failed, refusal: {guard: protected}, calls: {writes: 0}}
"""

_AWS_TEST: Final = """\
irkit: 1
tests: NAME                            # the playbook beside this file: irkit test NAME
unit:
  - name: contains the key and nobody else
    inputs: {key: seat.long_term_key}  # the key the intruder made in this world
    expect:
      result: partial                  # sessions of roles are left, see accepts
      seats: {long_term_key: dead, get_session_token: dead}
      must_still_work: [maria.lopez@acme.example, ci-deploy]
      state:                           # asked of the provider, not of the run
        aws.access_key: {seat.long_term_key: {status: Inactive}}
      order: [[aws.iam_user.quarantine, aws.iam_key.deactivate]]
      reports: [after-action]
  - name: a second run changes nothing
    extends: contains the key and nobody else
    run: twice
    expect: {second_run: {changed: []}}
  - name: taken back, everything is as it was
    extends: contains the key and nobody else
    then: undo
    expect: {undo: {result: completed, changed: []}}
  - name: leaves irkit's own user alone
    inputs: {key: user.irkit-breakglass}
    expect: {result: failed, refusal: {guard: own-identity}, calls: {writes: 0}}
"""

_PLAYBOOKS: Final = {Kind.OKTA: _OKTA, Kind.AWS: _AWS}
_TESTS: Final = {Kind.OKTA: _OKTA_TEST, Kind.AWS: _AWS_TEST}
