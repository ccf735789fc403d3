"""How many calls AWS answers: a burst, and more by the second, for each account and region."""

from irkit.world.aws.call_limits import DOCUMENTED, CallLimit, CallLimits

LISTS = "ec2:DescribeInstances"


def test_a_burst_is_answered_and_then_so_many_a_second() -> None:
    """A bucket that is empty fills with time, and never beyond its burst."""
    limits = CallLimits(limits=(CallLimit(pattern="ec2:Describe*", burst=2, per_second=1),))

    def asked(now: float) -> bool:
        return limits.take("1", "us-east-1", LISTS, now)

    assert [asked(0.0), asked(0.0), asked(0.0)] == [True, True, False]
    assert [asked(1.0), asked(1.0)] == [True, False]
    assert [asked(60.0), asked(60.0), asked(60.0)] == [True, True, False]


def test_accounts_regions_and_other_operations_have_their_own() -> None:
    """What one account asks too often, another may still ask, there and elsewhere."""
    limits = CallLimits(limits=(CallLimit(pattern="ec2:Describe*", burst=1, per_second=0),))
    places = [("1", "us-east-1"), ("1", "eu-west-1"), ("2", "us-east-1")]
    assert [limits.take(*place, LISTS, 0.0) for place in places] == [True, True, True]
    assert not limits.take("1", "us-east-1", "ec2:DescribeRegions", 0.0)
    assert limits.take("1", "us-east-1", "ec2:StopInstances", 0.0)


def test_a_world_has_no_limits_unless_it_is_given_some() -> None:
    """Those that AWS documents are there to be taken."""
    assert all(CallLimits().take("1", "us-east-1", LISTS, 0.0) for _ in range(500))
    documented = CallLimits(limits=DOCUMENTED)
    answered = [documented.take("1", "us-east-1", LISTS, 0.0) for _ in range(500)]
    assert sum(answered) == 100
