"""A contractor leaves whose employer has ways in of its own: two roles let its account in.

Played beside the usual story, in which the contractor's account does all that one may find in AWS.
One of the roles is the supplier's alone; the other one the company's pipeline uses as well. The
contractor has the AWS application by themselves, besides what the groups give.
"""

import json
from typing import Final

from irkit.canonical import JsonObject
from irkit.model.access import CredentialKind as Kind
from irkit.world.aws_query import credentials_in
from irkit.world.browser import secrets_of
from irkit.world.fixtures.acme_small import OUTSIDE, PROD, VICTIM
from irkit.world.fixtures.permissions import DEPLOY, trusted_by
from irkit.world.intruder import PIPELINE
from irkit.world.seats import Seat
from irkit.world.stories.ground import Ground, ago, browser, take

SUPPLIER: Final = "operator"
"""The supplier's own IAM user, in the supplier's account."""
ALONE: Final = "vendor-sync"
SHARED: Final = "vendor-deploy"
_PROVIDER: Final = f"arn:aws:iam::{PROD}:saml-provider/okta"


def play(ground: Ground) -> None:
    """Make the roles, and let the supplier work in one of them."""
    own: JsonObject = {"samlRoles": [f"arn:aws:iam::{PROD}:role/Support,{_PROVIDER}"]}
    ground.okta.assign_app(ground.okta_ids.aws_app, ground.okta_ids.users[VICTIM], own)
    supplier = f"arn:aws:iam::{OUTSIDE}:root"
    pipeline = f"arn:aws:iam::{PROD}:user/{PIPELINE}"
    for role, trusted in ((ALONE, (supplier,)), (SHARED, (supplier, pipeline))):
        ground.seats.add(_trusting(ground, role, *trusted))
    key = ground.user_keys[SUPPLIER]
    with ago(ground, 30):
        arn = f"arn:aws:iam::{PROD}:role/{SHARED}"
        entered = {"RoleArn": arn, "RoleSessionName": "support"}
        session = credentials_in(browser(ground).aws_call(key, "sts", "AssumeRole", **entered))
    label = f"session `support` of {SUPPLIER} in role {SHARED} in {PROD}"
    take(ground, session, Kind.ROLE_SESSION, SUPPLIER, label)


def _trusting(ground: Ground, role: str, *trusted: str) -> Seat:
    cloud, key = ground.aws.cloud, ground.user_keys[SUPPLIER]
    with cloud.moto:
        iam = cloud.iam(PROD)
        made = iam.create_role(role, json.dumps(trusted_by(*trusted)), "/", None, "", [], "3600")
        iam.put_role_policy(role, "deploy", json.dumps(DEPLOY))
    return Seat(
        id=f"trust:{role}",
        kind=Kind.EXTERNAL_TRUST,
        label=f"trust of role {role} in {PROD} in account {OUTSIDE}",
        user=SUPPLIER,
        account=PROD,
        calls=(f"sts:AssumeRole {made.arn}",),
        credentials=secrets_of(key),
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
    )
