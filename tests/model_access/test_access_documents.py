"""Reading policy documents: what AWS accepts is read, what it refuses is refused."""

import json

import pytest

from irkit.canonical import Json
from irkit.model.access import CredentialKind, Effect, PolicyError, parse_policy

GOOD: dict[str, Json] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def test_text_and_object_are_the_same_policy() -> None:
    """JSON text and its decoded form give equal policies."""
    document: dict[str, Json] = {"Version": "2012-10-17", "Statement": [GOOD]}
    assert parse_policy(json.dumps(document), "p") == parse_policy(document, "p")


def test_single_statement_and_single_values_are_lists_of_one() -> None:
    """AWS reads one statement or value as a list of one."""
    read = parse_policy({"Statement": {**GOOD, "Sid": "Only"}})
    assert [statement.sid for statement in read.statements] == ["Only"]
    assert read.statements[0].actions.values == ("s3:*",)
    assert read.statements[0].effect is Effect.ALLOW


def test_numbers_and_booleans_become_text() -> None:
    """Condition values may be numbers and booleans."""
    condition: Json = {"Bool": {"aws:MultiFactorAuthPresent": True}, "NumericLessThan": {"k": 5}}
    read = parse_policy({"Statement": {**GOOD, "Condition": condition}})
    assert [c.wanted for c in read.statements[0].conditions] == [("true",), ("5",)]


def test_false_becomes_text() -> None:
    """A false is read as `false`."""
    read = parse_policy({"Statement": {**GOOD, "Condition": {"Bool": {"k": False}}}})
    assert read.statements[0].conditions[0].wanted == ("false",)


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        {},
        {"Statement": "x"},
        {"Statement": ["x"]},
        {"Statement": [{**GOOD, "Effect": "Maybe"}]},
        {"Statement": [{**GOOD, "Efect": "Deny"}]},
        {"Statement": [{**GOOD, "NotAction": "s3:*"}]},
        {"Statement": [{"Effect": "Allow", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": "*"}]},
        {"Statement": [{**GOOD, "Action": {"a": "b"}}]},
        {"Statement": [{**GOOD, "Action": [None]}]},
        {"Statement": [{**GOOD, "Principal": {"Person": "x"}}]},
        {"Statement": [{**GOOD, "Principal": "someone"}]},
        {"Statement": [{**GOOD, "Principal": "*", "NotPrincipal": "*"}]},
        {"Statement": [{**GOOD, "Condition": []}]},
        {"Statement": [{**GOOD, "Condition": {"StringEquals": "x"}}]},
        {"Statement": [{**GOOD, "Condition": {"StringIs": {"k": "x"}}}]},
    ],
)
def test_malformed_documents_are_refused(document: str | dict[str, Json]) -> None:
    """Nothing is guessed about a document AWS would not store."""
    with pytest.raises(PolicyError):
        parse_policy(document)


def test_credential_kinds_are_snake_case_words() -> None:
    """Playbooks spell kinds as their names in lower case."""
    assert {kind.value for kind in CredentialKind} == {kind.name.lower() for kind in CredentialKind}
