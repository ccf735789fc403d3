"""Changing actions on ways into AWS beside IAM, each where it has something to do."""

from by_hand import by_hand
from moto.identitystore.models import identitystore_backends
from moto.ssoadmin.models import ssoadmin_backends
from stage import DATA, PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.world.aws.handlers.eks_access import AccessEntries, AccessEntry
from irkit.world.aws.handlers.rolesanywhere import RolesAnywhere

ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
EDIT_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"


def disable_anchor(stage: Stage) -> Action:
    """An anchor in a region nobody uses."""
    held = stage.world.aws.cloud.own(RolesAnywhere)
    made = held.add("trust-anchor", PROD, "eu-west-1", "backup")
    return changing("aws.rolesanywhere.disable", arn=made.arn)


def disable_profile(stage: Stage) -> Action:
    """A profile."""
    held = stage.world.aws.cloud.own(RolesAnywhere)
    made = held.add("profile", PROD, "us-east-1", "backup")
    return changing("aws.rolesanywhere.disable", arn=made.arn)


def remove_cluster_access(stage: Stage) -> Action:
    """A role with two policies in a cluster, one of them limited."""
    role = f"arn:aws:iam::{PROD}:role/Deploy"
    with by_hand(stage, "eks") as eks:
        eks.create_cluster(name="shop", roleArn=role, resourcesVpcConfig={})
    stage.world.aws.cloud.own(AccessEntries).entries[PROD, "us-east-1", "shop", role] = AccessEntry(
        type="STANDARD",
        username=f"arn:aws:sts::{PROD}:assumed-role/Deploy/{{{{SessionName}}}}",
        groups=["deployers"],
        tags={"team": "shop"},
        policies={
            ADMIN_POLICY: {"type": "cluster", "namespaces": []},
            EDIT_POLICY: {"type": "namespace", "namespaces": ["shop"]},
        },
    )
    return changing("aws.eks.remove_access", cluster="shop", principal=role, account=PROD)


def remove_person(stage: Stage) -> Action:
    """Somebody with an account of their own, and one through a group."""
    with stage.world.aws.cloud.moto:
        sso = ssoadmin_backends[PROD]["us-east-1"]
        instance = sso.list_instances()[0]
        people = identitystore_backends[PROD]["us-east-1"]
        store = instance.identity_store_id
        name = {"GivenName": "Kai", "FamilyName": "Contractor"}
        user, _ = people.create_user(
            store, "kai", name, "Kai", "", "", [], [], [], "", "", "", "", ""
        )

        group, _ = people.create_group(store, "Engineers", "")
        people.create_group_membership(store, group, {"UserId": user})
        made = sso.create_permission_set("Admin", "", instance.instance_arn, "PT1H", "", [])
        for kind, principal in (("USER", user), ("GROUP", group)):
            sso.create_account_assignment(
                instance.instance_arn,
                DATA,
                "AWS_ACCOUNT",
                made["PermissionSetArn"],
                kind,
                principal,
            )
    return changing("aws.identity_center.remove_access", user=user, account=PROD)


CASES = (
    Case("aws.rolesanywhere.disable", disable_anchor, "rolesanywhere:DisableTrustAnchor"),
    Case("aws.rolesanywhere.disable:profile", disable_profile, "rolesanywhere:DisableProfile"),
    Case("aws.eks.remove_access", remove_cluster_access, "eks:DeleteAccessEntry"),
    Case("aws.identity_center.remove_access", remove_person, "sso:DeleteAccountAssignment"),
)
