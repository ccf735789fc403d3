"""An inventory sweep over many accounts and regions, through boto3 and over HTTP.

`python -m benchmarks.rows.sweep [ACCOUNTS [REGIONS]]`: list machines, functions, users, keys and
roles, account by account, as `crypto-mining-sweep` does; then once more, killed when half of the
accounts are listed, and resumed. AWS limits calls by account and region, as the world does here,
and a sweep makes two in each: the limits never bind, and a refused call would be seen. So the ratio
is to a straight script that makes the same calls, in turns with it.
"""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import KILLED, ROOT, act, own_peak, say
from irkit.actions.load import catalogue
from irkit.engine.books import checked
from irkit.engine.walk import Book
from irkit.world.aws.call_limits import DOCUMENTED
from irkit.world.calls import Call

sys.path.insert(0, str(ROOT / "tests"))
from lab import Lab, laboratory  # the tests' own world and workspace

_REGIONS = [
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1",
    "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1",
    "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2",
]  # fmt: skip
_TEXT = """\
irkit: 1
playbook: everywhere
title: Everywhere
version: 1.0.0
about: See what runs and who exists.
inputs:
  accounts: {type: list of aws.account, default: all}
steps:
  - read: aws.inventory.sweep
    for_each: {account: inputs.accounts}
    concurrency: 4
    when_empty: stop
    with: {account: "{{ account }}"}
    evidence: true
"""


def _look_into(lab: Lab, regions: list[str]) -> None:
    """Let irkit look into these regions."""
    file = lab.root / "irkit.yaml"
    text = file.read_text()
    assert "regions: [us-east-1]" in text
    file.write_text(text.replace("regions: [us-east-1]", f"regions: [{', '.join(regions)}]"))


def _calls(lab: Lab, since: int) -> tuple[Call, ...]:
    """Return the calls to AWS since then, those for credentials left out."""
    calls = lab.world.calls.since(since)
    return tuple(c for c in calls if c.provider == "aws" and not c.operation.startswith("sts:"))


def _places(calls: tuple[Call, ...]) -> set[str]:
    """Return the accounts and regions whose machines were listed."""
    machines = (call.target for call in calls if call.operation == "ec2:DescribeInstances")
    return {"/".join(target.split("/")[:2]) for target in machines}


def main(accounts: int, count: int) -> None:
    """Measure and print."""
    regions = _REGIONS[:count]
    with (
        TemporaryDirectory() as folder,
        laboratory(
            Path(folder), intruder=False, fixture="generated", users=40, accounts=accounts
        ) as lab,
    ):
        _look_into(lab, regions)
        lab.world.aws.cloud.limits.limits = DOCUMENTED
        book = Book(main=checked(_TEXT.encode(), "everywhere.yaml", catalogue()))
        runs = [lab.start(book), lab.start(book)]
        key, ids = lab.world.aws_key, [account.id for account in lab.world.accounts]
        straight = act(
            "-m", "benchmarks.straight", lab.world.aws_url, key.id, key.secret.reveal(),
            ",".join(ids), ",".join(regions),
        )  # fmt: skip
        before = len(lab.world.calls.all())
        worker = ("-m", "benchmarks.worker", str(lab.root))
        whole = act(*worker, runs[0])
        calls = _calls(lab, before)
        before = len(lab.world.calls.all())
        first = act(*worker, runs[1], "step.read", str(len(ids) // 2), ends=KILLED)
        last = act(*worker, runs[1])
        both = _calls(lab, before)
        found = [lab.run_of(run_id) for run_id in runs]
    for run in found:
        assert len(run.reads) == len(ids), f"{len(run.reads)} of {len(ids)} accounts were read"
        assert all(fact.complete for fact in run.reads.values())
    assert len(_places(calls)) == len(ids) * len(regions)
    refused = Counter(call.status for call in (*calls, *both) if call.status >= 400)
    say(
        f"sweep of {len(ids)} accounts x {len(regions)} regions",
        f"{whole.seconds:.0f} s for {len(calls):,} calls, {refused.total()} refused",
        f"{whole.seconds / straight.seconds:.2f} x a straight script ({straight.seconds:.0f} s, "
        f"{straight.megabytes} MB)",
        whole.megabytes,
        f"the world beside it {own_peak()} MB",
    )
    say(
        "the same, killed halfway and resumed",
        f"{first.seconds + last.seconds:.0f} s, {len(both) - len(calls)} calls made again",
        f"{(first.seconds + last.seconds) / whole.seconds:.2f} x the one that was not killed",
        max(first.megabytes, last.megabytes),
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [50, 20][len(given) :]))
