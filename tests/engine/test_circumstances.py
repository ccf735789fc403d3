"""When a playbook comes to use an action, in its own words."""

from irkit.actions.load import catalogue
from irkit.engine.books import checked
from irkit.engine.circumstances import uses
from irkit.engine.least_privilege import least_privileges
from irkit.engine.walk import Book

TEXT = """
irkit: 1
playbook: circumstances
title: Circumstances
inputs:
  user: {type: text}
  hard: {type: bool, default: false}
  buckets: {type: list of text}
guards:
  limit: {aws.user: 1, aws.role: 1, aws.secret: 1}
steps:
  - phase: Look
    steps:
      - read: aws.iam_user.get
        with: {user: "{{ inputs.user }}"}
        as: owner
        evidence: true
      - read: aws.evidence.collect_config
        for_each: {bucket: inputs.buckets}
        when_empty: ok
        with: {resource: "arn:aws:s3:::{{ bucket }}", kind: bucket}
        evidence: true
  - phase: Act
    needs: [Look]
    steps:
      - if: inputs.hard
        then:
          - do: aws.iam_user.quarantine
            with: {user: "{{ owner.arn }}"}
        else:
          - do: aws.iam_role.quarantine
            when: owner.name == 'x'
            with: {role: "{{ owner.name }}"}
"""


def book() -> Book:
    """Return the playbook."""
    return Book(main=checked(TEXT.encode(), "circumstances.yaml", catalogue()))


def test_each_use_says_what_stands_before_it() -> None:
    """A loop, a condition, its other side and a step's own condition, from the outside in."""
    assert {use.action: use.when for use in uses(book())} == {
        "aws.iam_user.get": "",
        "aws.evidence.collect_config": "for each of inputs.buckets",
        "aws.iam_user.quarantine": "if inputs.hard",
        "aws.iam_role.quarantine": "unless inputs.hard and if owner.name == 'x'",
    }


def test_a_right_is_needed_always_if_one_use_of_it_is() -> None:
    """What every run reads has no circumstance, whatever else reads it too."""
    only = least_privileges(book(), catalogue()).iam.only
    assert "iam:GetUser" not in only
    assert only["iam:PutUserPolicy"] == ("if inputs.hard",)
    assert only["s3:GetBucketAcl"] == ("for each of inputs.buckets",)


def test_a_step_that_says_its_kind_needs_no_other_rights() -> None:
    """Looking at buckets takes nothing that looking at machines or functions takes."""
    read = least_privileges(book(), catalogue()).iam.read
    kept = {right for right, who in read.items() if "aws.evidence.collect_config" in who}
    assert {right.partition(":")[0] for right in kept} == {"s3"}


def test_a_right_for_an_argument_that_is_not_given_is_not_printed() -> None:
    """Grants are revoked, and groups left, by steps that name them."""
    for action, right, argument in (
        ("aws.kms_key.protect", "kms:RevokeGrant", "grants"),
        ("okta.user.remove_admin_roles", "okta.groups.manage", "groups"),
    ):
        needed = catalogue()[action].permissions
        for given in ({}, {argument: "x"}):
            found = needed.of(given)
            assert (right in {*found.iam_write, *found.okta_write}) is bool(given)
