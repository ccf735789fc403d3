"""Texts of test files for the tests of the ladder."""

from irkit import yaml_strict
from irkit.decode import Fields, Problems
from irkit.diagnostics import Diagnostic
from irkit.proving.policy import Policy, decode_policy
from irkit.yaml_strict import MappingNode


def reader(text: str) -> Fields:
    """Return a reader of a test file's text."""
    node, found = yaml_strict.load(text, "x.test.yaml")
    assert isinstance(node, MappingNode), found
    return Fields(node, Problems(found), "x.test.yaml")


def decoded_policy(rules: str) -> tuple[Policy, list[Diagnostic]]:
    """Decode the lines of a policy block."""
    top = reader("policy:\n" + "".join(f"  {line}\n" for line in rules.splitlines()))
    policy = decode_policy(top)
    return policy, list(top.problems.all())
