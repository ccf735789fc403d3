"""Where moto alone would give false confidence, and AWS would not."""

import json
from typing import Any

import pytest
from aws_harness import PROD, START, Aws, code_of, document, trust


def instance(aws: Aws, name: str) -> dict[str, Any]:
    """Return the description of a fixture's instance."""
    ec2 = aws.client("ec2", aws.admin())
    filters = [{"Name": "tag:Name", "Values": [name]}]
    answer = ec2.describe_instances(Filters=filters)
    return dict(answer["Reservations"][0]["Instances"][0])


def quarantine_group(aws: Aws, vpc: str) -> str:
    """Make a security group without any rule and return its id."""
    ec2 = aws.client("ec2", aws.admin())
    group = ec2.create_security_group(
        GroupName="irkit-quarantine", Description="Nothing in, nothing out", VpcId=vpc
    )["GroupId"]
    described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    egress = described["IpPermissionsEgress"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=egress)
    return str(group)


def groups_of(aws: Aws, instance_id: str) -> list[list[str]]:
    """Return the groups of each network interface of an instance."""
    interfaces = aws.client("ec2", aws.admin()).describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance_id]}]
    )["NetworkInterfaces"]
    return [[group["GroupId"] for group in item["Groups"]] for item in interfaces]


def test_instance_with_two_interfaces_is_isolated_one_by_one(aws: Aws) -> None:
    """Groups of such an instance cannot be set at once; per interface it works."""
    machine = instance(aws, "db-proxy")
    assert len(machine["NetworkInterfaces"]) == 2
    group = quarantine_group(aws, machine["VpcId"])
    ec2 = aws.client("ec2", aws.admin())
    asked = {"InstanceId": machine["InstanceId"], "Groups": [group]}
    assert code_of(lambda: ec2.modify_instance_attribute(**asked)) == "InvalidInstanceID"
    for interface in machine["NetworkInterfaces"]:
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=[group]
        )
    assert groups_of(aws, machine["InstanceId"]) == [[group], [group]]


def test_groups_of_an_instance_are_those_of_its_interface(aws: Aws) -> None:
    """Setting groups on the instance reaches the interface, where they count."""
    machine = instance(aws, "web-1")
    group = quarantine_group(aws, machine["VpcId"])
    aws.client("ec2", aws.admin()).modify_instance_attribute(
        InstanceId=machine["InstanceId"], Groups=[group]
    )
    assert groups_of(aws, machine["InstanceId"]) == [[group]]


def test_quarantine_group_has_no_rules(aws: Aws) -> None:
    """Revoking what describe shows leaves nothing open."""
    group = quarantine_group(aws, instance(aws, "web-1")["VpcId"])
    ec2 = aws.client("ec2", aws.admin())
    described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert described["IpPermissions"] == described["IpPermissionsEgress"] == []


def test_third_access_key_is_refused(aws: Aws) -> None:
    """A user can have two keys."""
    iam = aws.client("iam", aws.admin())
    iam.create_access_key(UserName="ci-deploy")
    assert code_of(lambda: iam.create_access_key(UserName="ci-deploy")) == "LimitExceeded"


def test_secret_without_stage_is_the_current_one(aws: Aws) -> None:
    """Reading without a stage follows AWSCURRENT, forwards and back."""
    manager = aws.client("secretsmanager", aws.admin())
    name = "orders/database"
    old = manager.get_secret_value(SecretId=name)["VersionId"]
    new = manager.put_secret_value(SecretId=name, SecretString="new")["VersionId"]
    assert manager.get_secret_value(SecretId=name)["SecretString"] == "new"
    manager.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=old, RemoveFromVersionId=new
    )
    assert manager.get_secret_value(SecretId=name)["VersionId"] == old
    staged = manager.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    assert staged["VersionId"] == old


def test_put_secret_value_is_idempotent_by_token(aws: Aws) -> None:
    """The same request token and value make one version."""
    manager = aws.client("secretsmanager", aws.admin())
    asked = {
        "SecretId": "orders/database",
        "SecretString": "new",
        "ClientRequestToken": "8f14e45f-ceea-467f-9b37-1a4f6d0b2c11",
    }
    versions = {manager.put_secret_value(**asked)["VersionId"] for _ in range(2)}
    assert versions == {asked["ClientRequestToken"]}


def test_rotation_without_function_is_refused(aws: Aws) -> None:
    """A secret that nothing rotates cannot be rotated."""
    manager = aws.client("secretsmanager", aws.make_user("rotator"))
    asked = {"SecretId": "orders/database"}
    assert code_of(lambda: manager.rotate_secret(**asked)) == "InvalidRequestException"


@pytest.mark.parametrize(
    "role", ["AWSReservedSSO_AuditorAccess_0123456789abcdef", "AWSServiceRoleForsupport"]
)
def test_reserved_roles_cannot_be_edited(shared: Aws, role: str) -> None:
    """Identity Center's and service-linked roles are closed to everybody."""
    iam = shared.client("iam", shared.admin())
    policy = document({"Effect": "Deny"})
    asked = {"RoleName": role, "PolicyName": "p", "PolicyDocument": policy}
    assert code_of(lambda: iam.put_role_policy(**asked)) == "UnmodifiableEntity"


def test_inline_policy_quota_counts_all_of_a_users_policies(shared: Aws) -> None:
    """2,048 characters a user without white space, over all inline policies."""
    iam = shared.client("iam", shared.admin())
    shared.make_user("full")
    long = document({"Effect": "Deny", "Action": [f"s3:Action{n:03}" for n in range(90)]})
    first = {"UserName": "full", "PolicyName": "one", "PolicyDocument": long}
    assert code_of(lambda: iam.put_user_policy(**first)) == "ok"
    second = {**first, "PolicyName": "two"}
    assert code_of(lambda: iam.put_user_policy(**second)) == "LimitExceeded"
    spaced = json.dumps(json.loads(long), indent=8)
    assert code_of(lambda: iam.put_user_policy(**{**first, "PolicyDocument": spaced})) == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*"}]}',
        document({"Effect": "Deny", "Principal": "*"}),
    ],
)
def test_malformed_policies_are_refused(shared: Aws, text: str) -> None:
    """AWS does not store what is no identity policy."""
    iam = shared.client("iam", shared.admin())
    asked = {"RoleName": "Support", "PolicyName": "p", "PolicyDocument": text}
    assert code_of(lambda: iam.put_role_policy(**asked)) == "MalformedPolicyDocument"


def test_trust_policy_needs_principals(shared: Aws) -> None:
    """A trust policy that names nobody is malformed."""
    iam = shared.client("iam", shared.admin())
    asked = {"RoleName": "Support", "PolicyDocument": document({"Effect": "Deny"})}
    assert code_of(lambda: iam.update_assume_role_policy(**asked)) == "MalformedPolicyDocument"


def test_user_in_use_cannot_be_deleted(shared: Aws) -> None:
    """Keys and policies must go before their user."""
    key = shared.make_user("leaver")
    iam = shared.client("iam", shared.make_user("boss"))
    asked = {"UserName": "leaver"}
    assert code_of(lambda: iam.delete_user(**asked)) == "DeleteConflict"
    iam.delete_access_key(UserName="leaver", AccessKeyId=key.id)
    iam.delete_user_policy(UserName="leaver", PolicyName="own")
    assert code_of(lambda: iam.delete_user(**asked)) == "ok"


def test_new_user_has_an_id_of_the_right_form(shared: Aws) -> None:
    """Unique ids of users begin with AIDA, everywhere the same."""
    iam = shared.client("iam", shared.make_user("hirer"))
    made = iam.create_user(UserName="joiner")["User"]["UserId"]
    assert made.startswith("AIDA")
    assert iam.get_user(UserName="joiner")["User"]["UserId"] == made


def test_regions_instances_functions_and_accounts_can_be_swept(shared: Aws) -> None:
    """An inventory finds what the fixture has, in every account."""
    session = shared.assume(shared.breakglass, shared.role("irkit-read"))
    ec2 = shared.client("ec2", session)
    regions = {item["RegionName"] for item in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert {"us-east-1", "eu-west-1"} <= regions
    names = {
        tag["Value"]
        for reservation in ec2.describe_instances()["Reservations"]
        for machine in reservation["Instances"]
        for tag in machine["Tags"]
    }
    assert names == {"web-1", "web-2", "db-proxy"}
    functions = shared.client("lambda", session).list_functions()["Functions"]
    assert {item["FunctionName"] for item in functions} == {"orders-api", "image-resize"}
    accounts = shared.client("organizations", session).list_accounts()["Accounts"]
    assert [item["Name"] for item in accounts] == ["acme-prod", "acme-data", "acme-sandbox"]
    assert accounts[0]["Id"] == PROD


def test_creation_dates_are_the_worlds(aws: Aws) -> None:
    """Users, keys and machines are as old as the world's clock says."""
    key = aws.make_user("boss")
    iam, ec2 = aws.client("iam", key), aws.client("ec2", key)
    aws.clock.advance(3600)
    made = iam.create_user(UserName="joiner")["User"]
    assert made["CreateDate"] == aws.clock.now
    (old,) = iam.list_access_keys(UserName="ci-deploy")["AccessKeyMetadata"]
    assert old["CreateDate"] == START
    iam.list_users()
    used = iam.get_access_key_last_used(AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert used["LastUsedDate"] == aws.clock.now
    machine = instance(aws, "web-1")
    assert machine["LaunchTime"] == START
    assert ec2.describe_instances()["Reservations"]


def test_boundary_needs_a_policy_and_a_user(shared: Aws) -> None:
    """A boundary that does not exist cannot be set, nor can one be taken away twice."""
    iam = shared.client("iam", shared.admin())
    shared.make_user("bound")
    missing = f"arn:aws:iam::{PROD}:policy/nothing"
    asked = {"UserName": "bound", "PermissionsBoundary": missing}
    assert code_of(lambda: iam.put_user_permissions_boundary(**asked)) == "NoSuchEntity"
    gone = {"UserName": "bound"}
    assert code_of(lambda: iam.delete_user_permissions_boundary(**gone)) == "NoSuchEntity"
    nobody = {"UserName": "nobody-at-all"}
    assert code_of(lambda: iam.delete_user_permissions_boundary(**nobody)) == "NoSuchEntity"


def test_simulation_takes_policies_that_are_not_there_yet(shared: Aws) -> None:
    """What a policy would do can be asked before it is put."""
    iam = shared.client("iam", shared.admin())
    asked: dict[str, Any] = {
        "PolicySourceArn": f"arn:aws:iam::{PROD}:user/ci-deploy",
        "ActionNames": ["s3:ListAllMyBuckets"],
    }

    def decision(**more: Any) -> str:
        """Return the decision on the one action."""
        answer = iam.simulate_principal_policy(**asked, **more)
        return str(answer["EvaluationResults"][0]["EvalDecision"])

    denial = document({"Effect": "Deny"})
    assert decision() == "allowed"
    assert decision(PolicyInputList=[denial]) == "explicitDeny"
    narrow = document({"Effect": "Allow", "Action": "ec2:*"})
    assert decision(PermissionsBoundaryPolicyInputList=[narrow]) == "implicitDeny"
    assert code_of(lambda: decision(PolicyInputList=["{"])) == "InvalidInput"


def test_unknown_names_get_the_services_own_errors(shared: Aws) -> None:
    """Checks of ours do not stand in the way of moto's own answers."""
    admin = shared.admin()
    iam, manager = shared.client("iam", admin), shared.client("secretsmanager", admin)
    policy = document({"Effect": "Deny"})
    role = {"RoleName": "Nothing", "PolicyName": "p", "PolicyDocument": policy}
    user = {"UserName": "nobody", "PolicyName": "p", "PolicyDocument": policy}
    assert code_of(lambda: iam.put_role_policy(**role)) == "NoSuchEntity"
    assert code_of(lambda: iam.put_user_policy(**user)) == "NoSuchEntity"
    secret = {"SecretId": "nothing"}
    assert code_of(lambda: manager.get_secret_value(**secret)) == "ResourceNotFoundException"
    boss = shared.client("secretsmanager", shared.make_user("rotator-2"))
    assert code_of(lambda: boss.rotate_secret(**secret)) == "ResourceNotFoundException"
    leaver = {"UserName": "nobody"}
    remover = shared.client("iam", shared.make_user("remover"))
    assert code_of(lambda: remover.delete_user(**leaver)) == "NoSuchEntity"


def test_trust_document_that_is_no_json_is_refused(shared: Aws) -> None:
    """A broken trust policy is refused before it locks everybody out."""
    iam = shared.client("iam", shared.admin())
    asked = {"RoleName": "Support", "PolicyDocument": "{"}
    assert code_of(lambda: iam.update_assume_role_policy(**asked)) == "MalformedPolicyDocument"


def test_group_policies_have_their_own_quota(shared: Aws) -> None:
    """5,120 characters a group."""
    iam = shared.client("iam", shared.make_user("grouper"))
    iam.create_group(GroupName="team")
    long = document({"Effect": "Deny", "Action": [f"s3:Action{n:03}" for n in range(400)]})
    asked = {"GroupName": "team", "PolicyName": "p", "PolicyDocument": long}
    assert code_of(lambda: iam.put_group_policy(**asked)) == "LimitExceeded"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"RoleSessionName": "xx", "DurationSeconds": 60_000}, "ValidationError"),
        ({"RoleSessionName": "xx", "Policy": '{"Version":"1"}'}, "MalformedPolicyDocument"),
    ],
)
def test_bad_session_requests_are_refused(shared: Aws, asked: dict[str, Any], code: str) -> None:
    """Duration and session policy are checked."""
    sts = shared.client("sts", shared.breakglass)
    role = shared.role("irkit-read")
    assert code_of(lambda: sts.assume_role(RoleArn=role, **asked)) == code


def test_session_tags_become_principal_tags(aws: Aws) -> None:
    """Policies can tell sessions apart by the tags they were made with."""
    role = aws.make_role("Tagged", trust({"AWS": PROD}))
    blue = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    aws.client("iam", aws.admin()).put_role_policy(
        RoleName="Tagged",
        PolicyName="blue",
        PolicyDocument=document({"Effect": "Deny", "Condition": blue}),
    )
    key = aws.make_user("worker")
    tagged = aws.assume(key, role, Tags=[{"Key": "team", "Value": "blue"}])
    plain = aws.assume(key, role)
    assert code_of(aws.client("s3", tagged).list_buckets) == "AccessDenied"
    assert code_of(aws.client("s3", plain).list_buckets) == "ok"


def test_role_must_name_the_user(shared: Aws) -> None:
    """A role has no user of its own, so that leaving out the name is an error."""
    iam = shared.client("iam", shared.admin())
    assert code_of(iam.list_access_keys) == "ValidationError"
    assert code_of(iam.get_user) == "ValidationError"
    mine = shared.client("iam", shared.make_user("self-reader"))
    assert mine.get_user()["User"]["UserName"] == "self-reader"
