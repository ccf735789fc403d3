"""Who may do what, over HTTP: the access matrix that plain moto gets wrong."""

import json
from typing import Any

import pytest
from aws_harness import ALLOW_ALL, DATA, PROD, Aws, Key, as_key, code_of, document, trust
from botocore.exceptions import ClientError

DENY_ALL = document({"Effect": "Deny"})
BEFORE = {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T03:00:30Z"}}


def put_user_policy(aws: Aws, user: str, text: str) -> None:
    """Put a policy on a user of the first account, as irkit would."""
    aws.client("iam", aws.admin()).put_user_policy(
        UserName=user, PolicyName="irkit", PolicyDocument=text
    )


def put_role_policy(aws: Aws, role: str, text: str) -> None:
    """Put a policy on a role of the first account, as irkit would."""
    aws.client("iam", aws.admin()).put_role_policy(
        RoleName=role, PolicyName="irkit", PolicyDocument=text
    )


def works(aws: Aws, key: Key) -> bool:
    """Say whether the key can list buckets."""
    return code_of(aws.client("s3", key).list_buckets) == "ok"


def session_token(aws: Aws, key: Key) -> Key:
    """Return a GetSessionToken session of a user."""
    return as_key(aws.client("sts", key).get_session_token()["Credentials"])


def federation_token(aws: Aws, key: Key, **more: Any) -> Key:
    """Return a GetFederationToken session of a user."""
    answer = aws.client("sts", key).get_federation_token(Name="mal", **more)
    return as_key(answer["Credentials"])


def test_nothing_is_allowed_without_a_policy(aws: Aws) -> None:
    """A user without policies is denied, in each service's words."""
    key = aws.make_user("nobody", "")
    assert code_of(aws.client("s3", key).list_buckets) == "AccessDenied"
    assert code_of(aws.client("iam", key).list_users) == "AccessDenied"
    assert code_of(aws.client("ec2", key).describe_instances) == "UnauthorizedOperation"
    assert code_of(aws.client("lambda", key).list_functions) == "AccessDeniedException"
    assert code_of(aws.client("secretsmanager", key).list_secrets) == "AccessDeniedException"


def test_denied_principal_still_learns_who_it_is(aws: Aws) -> None:
    """GetCallerIdentity is answered whatever the policies say."""
    key = aws.make_user("svc-a", DENY_ALL)
    assert aws.client("sts", key).get_caller_identity()["Account"] == PROD
    assert not works(aws, key)


def test_deny_by_managed_and_group_policy(aws: Aws) -> None:
    """Policies of every kind count: managed, and through a group."""
    managed, grouped = aws.make_user("managed"), aws.make_user("grouped")
    with aws.simulator.cloud.moto:
        iam = aws.simulator.cloud.iam(PROD)
        policy = iam.create_policy("", "/", DENY_ALL, "deny-all", [])
        iam.attach_user_policy(policy.arn, "managed")
        iam.create_group("frozen")
        iam.put_group_policy("frozen", "deny", DENY_ALL)
        iam.add_user_to_group("frozen", "grouped")
    assert not works(aws, managed)
    assert not works(aws, grouped)


def test_deny_all_on_user_cuts_key_and_sessions_of_the_user_only(aws: Aws) -> None:
    """Quarantine cuts a user's keys and tokens, and not the role sessions made with them."""
    key = aws.make_user("mallory")
    role = aws.make_role("Ops", trust({"AWS": f"arn:aws:iam::{PROD}:user/mallory"}))
    held = {
        "key": key,
        "session": session_token(aws, key),
        "federated": federation_token(aws, key, Policy=ALLOW_ALL),
        "role": aws.assume(key, role),
    }
    assert all(works(aws, credential) for credential in held.values())
    put_user_policy(aws, "mallory", DENY_ALL)
    alive = {name for name, credential in held.items() if works(aws, credential)}
    assert alive == {"role"}


def test_session_token_survives_deactivation_and_deletion_of_its_key(aws: Aws) -> None:
    """Deactivating the key is not containment."""
    admin = aws.client("iam", aws.admin())
    key = aws.make_user("mallory")
    token, federated = session_token(aws, key), federation_token(aws, key, Policy=ALLOW_ALL)
    admin.update_access_key(UserName="mallory", AccessKeyId=key.id, Status="Inactive")
    assert not works(aws, key)
    assert works(aws, token)
    assert works(aws, federated)
    admin.delete_access_key(UserName="mallory", AccessKeyId=key.id)
    assert works(aws, token)
    assert works(aws, federated)
    put_user_policy(aws, "mallory", DENY_ALL)
    assert not works(aws, token)
    assert not works(aws, federated)


def test_session_token_cannot_call_iam(aws: Aws) -> None:
    """Without MFA a GetSessionToken session has no IAM, whatever its policies say."""
    token = session_token(aws, aws.make_user("mallory"))
    assert code_of(aws.client("iam", token).list_users) == "AccessDenied"
    assert code_of(aws.client("sts", token).get_session_token) == "AccessDenied"


def test_federation_token_without_policy_may_do_nothing(aws: Aws) -> None:
    """A federated session has what both the user and its session policy allow."""
    key = aws.make_user("mallory")
    assert not works(aws, federation_token(aws, key))
    assert works(aws, federation_token(aws, key, Policy=document({"Effect": "Allow"})))


def test_token_issue_time_cuts_old_sessions_and_not_new_ones(aws: Aws) -> None:
    """AWSRevokeOlderSessions cuts every session before the cut-off, and no later one."""
    role = aws.make_role("Ops", trust({"AWS": PROD}))
    key = aws.make_user("worker")
    old = aws.assume(key, role)
    aws.clock.advance(60)
    put_role_policy(aws, "Ops", document({"Effect": "Deny", "Condition": BEFORE}))
    new = aws.assume(key, role)
    assert not works(aws, old)
    assert works(aws, new)


def test_token_issue_time_on_user_leaves_the_key_alive(aws: Aws) -> None:
    """A long-term key has no issue time, so that cut-off does not touch it."""
    key = aws.make_user("mallory")
    token = session_token(aws, key)
    put_user_policy(aws, "mallory", document({"Effect": "Deny", "Condition": BEFORE}))
    assert works(aws, key)
    assert not works(aws, token)


def test_deny_by_user_id_leaves_the_colleague(aws: Aws) -> None:
    """One session of a shared role is cut, the colleague's goes on, a new one by that name not."""
    role = aws.make_role("Ops", trust({"AWS": PROD}))
    key = aws.make_user("worker")
    mallory, alice = aws.assume(key, role, "mallory"), aws.assume(key, role, "alice")
    denied = {"StringLike": {"aws:userid": ["*:mallory"]}}
    put_role_policy(aws, "Ops", document({"Effect": "Deny", "Condition": denied}))
    assert not works(aws, mallory)
    assert works(aws, alice)
    assert not works(aws, aws.assume(key, role, "mallory"))


def test_deny_by_source_identity_follows_the_chain(aws: Aws) -> None:
    """A source identity stays through role chaining, so a deny by it does too."""
    first = aws.make_role(
        "First",
        trust({"AWS": PROD}, Action=["sts:AssumeRole", "sts:SetSourceIdentity"]),
    )
    second = aws.make_role("Second", trust({"AWS": first}))
    key = aws.make_user("worker")
    entered = aws.assume(key, first, SourceIdentity="mallory")
    chained = aws.assume(entered, second)
    assert works(aws, chained)
    condition = {"StringEquals": {"aws:SourceIdentity": "mallory"}}
    put_role_policy(aws, "Second", document({"Effect": "Deny", "Condition": condition}))
    assert not works(aws, chained)
    changed = aws.client("sts", entered)
    wanted = {"RoleArn": second, "RoleSessionName": "x2", "SourceIdentity": "other"}
    assert code_of(lambda: changed.assume_role(**wanted)) == "AccessDenied"


def test_chained_session_survives_the_cut_of_the_first_role(aws: Aws) -> None:
    """Revoking one role's sessions leaves sessions of the next role alive."""
    first = aws.make_role("First", trust({"AWS": PROD}))
    second = aws.make_role("Second", trust({"AWS": first}))
    entered = aws.assume(aws.make_user("worker"), first)
    chained = aws.assume(entered, second)
    put_role_policy(aws, "First", document({"Effect": "Deny"}))
    assert not works(aws, entered)
    assert works(aws, chained)


def test_conditional_deny_for_another_user_denies_nobody_else(aws: Aws) -> None:
    """An unmet condition makes the statement not apply."""
    key = aws.make_user("alice")
    other = {"StringEquals": {"aws:username": "bob"}}
    put_user_policy(aws, "alice", document({"Effect": "Deny", "Condition": other}))
    assert works(aws, key)


def test_source_ip_condition(aws: Aws) -> None:
    """A policy can tell where a call comes from."""
    inside = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    outside = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    near = aws.make_user("near", document({"Effect": "Allow", "Condition": inside}))
    far = aws.make_user("far", document({"Effect": "Allow", "Condition": outside}))
    assert works(aws, near)
    assert not works(aws, far)


def test_resources_of_iam_calls_count(aws: Aws) -> None:
    """A right over `svc-*` users is no right over others."""
    key = aws.make_user(
        "maker",
        document(
            {
                "Effect": "Allow",
                "Action": "iam:CreateUser",
                "Resource": f"arn:aws:iam::{PROD}:user/svc-*",
            }
        ),
    )
    iam = aws.client("iam", key)
    assert code_of(lambda: iam.create_user(UserName="svc-new")) == "ok"
    assert code_of(lambda: iam.create_user(UserName="admin-new")) == "AccessDenied"


def test_boundary_limits_user_and_role(aws: Aws) -> None:
    """A permissions boundary is enforced on users and on roles."""
    key = aws.make_user("alice")
    role = aws.make_role("Ops", trust({"AWS": f"arn:aws:iam::{PROD}:user/alice"}))
    session = aws.assume(key, role)
    narrow = document({"Effect": "Allow", "Action": "ec2:*"})
    with aws.simulator.cloud.moto:
        iam = aws.simulator.cloud.iam(PROD)
        policy = iam.create_policy("", "/", narrow, "narrow", [])
        iam.put_role_permissions_boundary("Ops", policy.arn)
    admin = aws.client("iam", aws.admin())
    admin.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=policy.arn)
    user = admin.get_user(UserName="alice")["User"]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy.arn
    assert not works(aws, key)
    assert not works(aws, session)
    assert code_of(aws.client("ec2", session).describe_instances) == "ok"
    admin.delete_user_permissions_boundary(UserName="alice")
    assert works(aws, key)


def test_scp_binds_members_and_not_the_management_account(aws: Aws) -> None:
    """A service control policy stops a member account's principals, and nobody in the first."""
    here, there = aws.make_user("here"), aws.make_user("there", account=DATA)
    organizations = aws.client("organizations", aws.admin())
    spared = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/irkit-write"}}
    made = organizations.create_policy(
        Name="IRKitDeny",
        Description="deny",
        Type="SERVICE_CONTROL_POLICY",
        Content=document({"Effect": "Deny", "Condition": spared}),
    )["Policy"]["PolicySummary"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.attach_policy(PolicyId=made, TargetId=root)
    assert works(aws, here)
    assert not works(aws, there)
    assert code_of(aws.client("iam", aws.admin(DATA)).list_users) == "ok"
    organizations.detach_policy(PolicyId=made, TargetId=root)
    assert works(aws, there)


def test_session_policy_narrows_a_role_session(aws: Aws) -> None:
    """A session has what both the role and the session policy allow."""
    role = aws.make_role("Ops", trust({"AWS": PROD}))
    narrow = document({"Effect": "Allow", "Action": "ec2:Describe*"})
    session = aws.assume(aws.make_user("worker"), role, Policy=narrow)
    assert not works(aws, session)
    assert code_of(aws.client("ec2", session).describe_instances) == "ok"


def test_trust_deny_wins(aws: Aws) -> None:
    """A Deny in the trust policy keeps out whom an Allow would let in."""
    locked = trust({"AWS": PROD})
    locked["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"})
    role = aws.make_role("Locked", locked)
    sts = aws.client("sts", aws.make_user("worker"))
    asked = {"RoleArn": role, "RoleSessionName": "xx"}
    assert code_of(lambda: sts.assume_role(**asked)) == "AccessDenied"


def test_account_root_as_principal_delegates_to_identity_policies(aws: Aws) -> None:
    """Trusting an account lets in those whom the account's own policies let go."""
    role = aws.make_role("Open", trust({"AWS": f"arn:aws:iam::{PROD}:root"}))
    asked = {"RoleArn": role, "RoleSessionName": "xx"}
    able, unable = aws.make_user("able"), aws.make_user("unable", "")
    assert code_of(lambda: aws.client("sts", able).assume_role(**asked)) == "ok"
    assert code_of(lambda: aws.client("sts", unable).assume_role(**asked)) == "AccessDenied"


@pytest.mark.parametrize("name", ["Nonexistent", "irkit-reed"])
def test_nonexistent_role_cannot_be_assumed(shared: Aws, name: str) -> None:
    """A role that is not there looks like one that is forbidden."""
    sts = shared.client("sts", shared.breakglass)
    asked = {"RoleArn": shared.role(name), "RoleSessionName": "xx"}
    assert code_of(lambda: sts.assume_role(**asked)) == "AccessDenied"


def test_cross_account_role_needs_both_sides(aws: Aws) -> None:
    """Another account's role opens only if both accounts agree."""
    foreign = f"arn:aws:iam::{PROD}:user/traveller"
    role = aws.make_role("Abroad", trust({"AWS": foreign}), account=DATA)
    unable = aws.make_user("traveller", "")
    asked = {"RoleArn": role, "RoleSessionName": "xx"}
    sts = aws.client("sts", unable)
    assert code_of(lambda: sts.assume_role(**asked)) == "AccessDenied"
    put_user_policy(aws, "traveller", ALLOW_ALL)
    identity = aws.client("sts", aws.assume(unable, role)).get_caller_identity()
    assert identity["Account"] == DATA


def test_chained_session_cannot_be_longer_than_an_hour(aws: Aws) -> None:
    """Role chaining is limited to one hour, other sessions to the role's maximum."""
    role = aws.make_role("Ops", trust({"AWS": PROD}))
    entered = aws.assume(aws.make_user("worker"), role)
    sts = aws.client("sts", entered)
    asked: dict[str, Any] = {"RoleArn": role, "RoleSessionName": "xx", "DurationSeconds": 7200}
    assert code_of(lambda: sts.assume_role(**asked)) == "ValidationError"


def test_access_key_info_tells_the_account(shared: Aws) -> None:
    """A key id alone tells its account, for long-term keys and sessions."""
    key = shared.make_user("asker", account=DATA)
    session = session_token(shared, key)
    sts = shared.client("sts", key)
    for key_id in (key.id, session.id):
        assert sts.get_access_key_info(AccessKeyId=key_id)["Account"] == DATA
    assert code_of(lambda: sts.get_access_key_info(AccessKeyId="A" * 20)) == "ValidationError"


def test_simulation_agrees_with_reality(aws: Aws) -> None:
    """SimulatePrincipalPolicy gives what a real call would meet, with context entries."""
    role = aws.make_role("Ops", trust({"AWS": PROD}))
    put_role_policy(aws, "Ops", document({"Effect": "Deny", "Condition": BEFORE}))
    iam = aws.client("iam", aws.admin())

    def simulated(*entries: tuple[str, str, str]) -> dict[str, Any]:
        """Simulate listing buckets in the given context."""
        answer = iam.simulate_principal_policy(
            PolicySourceArn=role,
            ActionNames=["s3:ListAllMyBuckets"],
            ContextEntries=[
                {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": [value]}
                for key, kind, value in entries
            ],
        )
        return dict(answer["EvaluationResults"][0])

    old = simulated(("aws:TokenIssueTime", "date", "2026-11-24T02:00:00Z"))
    new = simulated(("aws:TokenIssueTime", "date", "2026-11-24T03:01:00Z"))
    assert old["EvalDecision"] == "explicitDeny"
    assert old["MatchedStatements"][0]["SourcePolicyId"] == "irkit"
    assert new["EvalDecision"] == "allowed"
    assert simulated()["MissingContextValues"] == ["aws:TokenIssueTime"]


def test_simulation_of_unknown_principal_is_an_error(shared: Aws) -> None:
    """A principal that does not exist cannot be simulated."""
    iam = shared.client("iam", shared.admin())
    arn = f"arn:aws:iam::{PROD}:user/ghost"
    asked = {"PolicySourceArn": arn, "ActionNames": ["s3:ListAllMyBuckets"]}
    assert code_of(lambda: iam.simulate_principal_policy(**asked)) == "NoSuchEntity"


def test_read_role_cannot_write(shared: Aws) -> None:
    """The read role is refused every write the actions make."""
    session = shared.assume(shared.breakglass, shared.role("irkit-read"))
    iam = shared.client("iam", session)
    policy = {"PolicyName": "p", "PolicyDocument": json.dumps({})}
    assert code_of(lambda: iam.put_role_policy(RoleName="Support", **policy)) == "AccessDenied"
    assert code_of(lambda: iam.put_user_policy(UserName="ci-deploy", **policy)) == "AccessDenied"
    assert code_of(lambda: iam.create_access_key(UserName="ci-deploy")) == "AccessDenied"


def test_tags_on_what_is_made_take_a_right_of_their_own(aws: Aws) -> None:
    """A call that tags what it makes is refused without ec2:CreateTags, and the refusal says so."""
    allowed = document({"Effect": "Allow", "Action": ["ec2:CreateSecurityGroup"]})
    ec2 = aws.client("ec2", aws.make_user("maker", allowed))
    given = {"GroupName": "g", "Description": "d"}
    tags = [{"ResourceType": "security-group", "Tags": [{"Key": "k", "Value": "v"}]}]
    with pytest.raises(ClientError, match="not authorized to perform: ec2:CreateTags"):
        ec2.create_security_group(**given, TagSpecifications=tags)
    assert code_of(lambda: ec2.create_security_group(**given)) == "ok"
    on_making = {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}}
    both = document(
        {"Effect": "Allow", "Action": ["ec2:CreateSecurityGroup"]},
        {"Effect": "Allow", "Action": ["ec2:CreateTags"], "Condition": on_making},
    )
    ec2 = aws.client("ec2", aws.make_user("tagger", both))
    given["GroupName"] = "h"
    assert code_of(lambda: ec2.create_security_group(**given, TagSpecifications=tags)) == "ok"


def test_a_role_is_handed_on_with_its_own_right_and_to_the_service_that_is_meant(aws: Aws) -> None:
    """A machine gets a profile from whoever may pass its role to EC2."""
    with aws.simulator.cloud.moto:
        iam = aws.simulator.cloud.iam(PROD)
        iam.create_instance_profile("web", "/", [], [])
        iam.add_role_to_instance_profile("web", "app-server")
    machine = aws.client("ec2", aws.admin()).describe_instances()["Reservations"][0]["Instances"][0]
    given = {"InstanceId": machine["InstanceId"], "IamInstanceProfile": {"Name": "web"}}

    def outcome(user: str, *services: str) -> str:
        condition = {"StringEquals": {"iam:PassedToService": list(services)}}
        own = {"Effect": "Allow", "Action": ["ec2:AssociateIamInstanceProfile"]}
        passing = {"Effect": "Allow", "Action": ["iam:PassRole"], "Condition": condition}
        text = document(own, passing) if services else document(own)
        client = aws.client("ec2", aws.make_user(user, text))
        return code_of(lambda: client.associate_iam_instance_profile(**given))

    assert outcome("none") == "UnauthorizedOperation"
    assert outcome("other", "lambda.amazonaws.com") == "UnauthorizedOperation"
    assert outcome("right", "ec2.amazonaws.com") == "ok"


@pytest.mark.parametrize("kind", ["SERVICE_CONTROL_POLICY", "TAG_POLICY"])
def test_policies_of_an_organization_are_told_apart_by_their_type(aws: Aws, kind: str) -> None:
    """Who may manage service control policies only may make and remove no others."""
    only = {"StringEquals": {"organizations:PolicyType": "SERVICE_CONTROL_POLICY"}}
    allowed = {"Effect": "Allow", "Action": ["organizations:*"], "Condition": only}
    client = aws.client("organizations", aws.make_user("scp-keeper", document(allowed)))
    admin = aws.client("organizations", aws.make_user("admin"))
    given = {"Name": "n", "Description": "d", "Type": kind, "Content": ALLOW_ALL}
    made = admin.create_policy(**given)["Policy"]["PolicySummary"]["Id"]
    expected = "ok" if kind == "SERVICE_CONTROL_POLICY" else "AccessDeniedException"
    assert code_of(lambda: client.create_policy(**{**given, "Name": "m"})) == expected
    assert code_of(lambda: client.delete_policy(PolicyId=made)) == expected
