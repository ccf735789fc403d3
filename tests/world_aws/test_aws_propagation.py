"""IAM is eventually consistent: changes show at once and count later."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from aws_harness import PROD, Aws, code_of, document, trust

from irkit.world.aws.cloud import Knobs

DENY_ALL = document({"Effect": "Deny"})


@pytest.fixture
def slow() -> Iterator[Aws]:
    """An AWS in which IAM changes take four seconds to count."""
    running = Aws(Knobs(iam_delay=timedelta(seconds=4)))
    yield running
    running.stop()


def test_policy_shows_at_once_and_counts_after_the_delay(slow: Aws) -> None:
    """In between, whoever was denied can still act: what hold loops are for."""
    key = slow.make_user("mallory")
    admin, mine = slow.client("iam", slow.admin()), slow.client("s3", key)
    admin.put_user_policy(UserName="mallory", PolicyName="cut", PolicyDocument=DENY_ALL)
    assert "cut" in admin.list_user_policies(UserName="mallory")["PolicyNames"]
    assert code_of(mine.list_buckets) == "ok"
    slow.clock.advance(3.9)
    assert code_of(mine.list_buckets) == "ok"
    slow.clock.advance(0.2)
    assert code_of(mine.list_buckets) == "AccessDenied"


def test_deactivated_key_works_until_the_delay_is_over(slow: Aws) -> None:
    """Key status propagates like policies do."""
    key = slow.make_user("mallory")
    admin, mine = slow.client("iam", slow.admin()), slow.client("s3", key)
    admin.update_access_key(UserName="mallory", AccessKeyId=key.id, Status="Inactive")
    assert code_of(mine.list_buckets) == "ok"
    slow.clock.advance(5)
    assert code_of(mine.list_buckets) == "InvalidAccessKeyId"


def test_each_change_has_its_own_delay(slow: Aws) -> None:
    """A later change does not hold back an earlier one."""
    first, second = slow.make_user("first"), slow.make_user("second")
    admin = slow.client("iam", slow.admin())
    admin.put_user_policy(UserName="first", PolicyName="cut", PolicyDocument=DENY_ALL)
    slow.clock.advance(2)
    admin.put_user_policy(UserName="second", PolicyName="cut", PolicyDocument=DENY_ALL)
    slow.clock.advance(3)
    assert code_of(slow.client("s3", first).list_buckets) == "AccessDenied"
    assert code_of(slow.client("s3", second).list_buckets) == "ok"


def test_intruder_can_undo_a_cut_within_the_window(slow: Aws) -> None:
    """Whoever may edit policies detaches a fresh deny before it counts, and stays alive."""
    key = slow.make_user("mallory")
    admin, mine = slow.client("iam", slow.admin()), slow.client("iam", key)
    admin.put_user_policy(UserName="mallory", PolicyName="cut", PolicyDocument=DENY_ALL)
    slow.clock.advance(1)
    mine.delete_user_policy(UserName="mallory", PolicyName="cut")
    slow.clock.advance(10)
    assert code_of(slow.client("s3", key).list_buckets) == "ok"


def test_trust_and_boundary_propagate_too(slow: Aws) -> None:
    """Trust policies and boundaries count after the delay as well."""
    role = slow.make_role("Ops", trust({"AWS": PROD}))
    key = slow.make_user("worker")
    sts, admin = slow.client("sts", key), slow.client("iam", slow.admin())
    locked = document(
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}
    ).replace(', "Resource": "*"', "")
    admin.update_assume_role_policy(RoleName="Ops", PolicyDocument=locked)
    asked = {"RoleArn": role, "RoleSessionName": "xx"}
    assert code_of(lambda: sts.assume_role(**asked)) == "ok"
    slow.clock.advance(5)
    assert code_of(lambda: sts.assume_role(**asked)) == "AccessDenied"
