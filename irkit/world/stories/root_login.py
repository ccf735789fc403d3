"""Somebody signs in as the root user of a member account, and leaves ways back.

The root user has a password, a device and a key; the session made a user with every right and a key
of it, and a role that an account outside may enter.
"""

import json
from dataclasses import replace
from typing import Final

from irkit.model.access import Credential
from irkit.model.access import CredentialKind as Kind
from irkit.world.aws.cloud import root_view
from irkit.world.aws.issue import issue
from irkit.world.aws.roots import Roots
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.fixtures.acme_small import DATA, OUTSIDE
from irkit.world.fixtures.permissions import ADMINISTRATOR, trusted_by
from irkit.world.stories.ground import Ground, ago, browser, take

MADE_USER: Final = "billing-export"
HIDING_USER: Final = "irkit-helper"
MADE_ROLE: Final = "partner-audit"
_HOURS: Final = 12


def play(ground: Ground) -> None:
    """Sign in as root of the data account, and dig in."""
    session = _signed_in(ground)
    _makes_a_key(ground, session, MADE_USER)
    call = browser(ground).aws_call
    with ago(ground, 30):
        trust = json.dumps(trusted_by(f"arn:aws:iam::{OUTSIDE}:root"))
        call(session, "iam", "CreateRole", RoleName=MADE_ROLE, AssumeRolePolicyDocument=trust)
        call(
            session,
            "iam",
            "PutRolePolicy",
            RoleName=MADE_ROLE,
            PolicyName="all",
            PolicyDocument=json.dumps(ADMINISTRATOR),
        )
    _outside(ground)


def play_hiding(ground: Ground) -> None:
    """Sign in as root of the data account, and make a user that is named like irkit's own."""
    _makes_a_key(ground, _signed_in(ground), HIDING_USER)


def _makes_a_key(ground: Ground, session: AwsKey, user: str) -> None:
    """Make a user with every right, and a key of it."""
    call = browser(ground).aws_call
    with ago(ground, 35):
        call(session, "iam", "CreateUser", UserName=user)
        call(
            session,
            "iam",
            "PutUserPolicy",
            UserName=user,
            PolicyName="all",
            PolicyDocument=json.dumps(ADMINISTRATOR),
        )
        key = credentials_in(call(session, "iam", "CreateAccessKey", UserName=user))
    seat = take(ground, key, Kind.LONG_TERM_KEY, user, f"key {key.id} of {user}")
    ground.seats.add(replace(seat, account=DATA))


def _signed_in(ground: Ground) -> AwsKey:
    """Open a session of the root user's, as the console does, and put its seat on the ground."""
    cloud = ground.aws.cloud
    root = cloud.own(Roots).of(DATA)
    root.password, root.mfa = True, [f"arn:aws:iam::{DATA}:mfa/root-account-mfa-device"]
    root.keys["AKIAROOTKEYOFDATA000"] = "Active"
    credential = Credential(
        kind=Kind.CONSOLE_SESSION,
        account=DATA,
        principal_arn=f"arn:aws:iam::{DATA}:root",
        user_id=DATA,
        name="root",
    )
    with ago(ground, 40):
        session = issue(
            cloud,
            credential=credential,
            holder=root_view(DATA),
            duration=_HOURS * 3600,
            policies=None,
        )
    key = AwsKey(id=session.access_key_id, secret=session.secret, token=session.token)
    seat = take(ground, key, Kind.CONSOLE_SESSION, "root", f"session of root in {DATA}")
    ground.seats.add(replace(seat, account=DATA))
    return key


def _outside(ground: Ground) -> None:
    """The role that the intruder's own account may enter at any time."""
    key = ground.user_keys["operator"]
    label = f"trust of role {MADE_ROLE} in {DATA} in account {OUTSIDE}"
    seat = take(ground, key, Kind.EXTERNAL_TRUST, "operator", label)
    role = f"arn:aws:iam::{DATA}:role/{MADE_ROLE}"
    ground.seats.add(replace(seat, account=DATA, calls=(f"sts:AssumeRole {role}",)))
