"""The JSON Schema of playbooks: says yes to what decodes and no to what is misshapen."""

from collections.abc import Mapping
from typing import cast

import pytest
from jsonschema import Draft202012Validator
from language_catalogue import CATALOGUE, change, parameter
from language_text import FEDERATED, HEAD, decoded
from test_lang_lint import CASES

from irkit import yaml_strict
from irkit.canonical import Json, thaw
from irkit.decode import plain
from irkit.lang.schema import playbook_schema
from irkit.model.spec import Catalogue


def schema_of(catalogue: Catalogue) -> Mapping[str, Json]:
    """Return the schema built of plain dicts and lists."""
    return cast("Mapping[str, Json]", thaw(playbook_schema(catalogue)))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return a validator for the schema of the test catalogue."""
    schema = schema_of(CATALOGUE)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def instance(text: str) -> Json:
    """Return what a text says, as JSON."""
    node, found = yaml_strict.load(text, "p.yaml")
    assert found == ()
    assert node is not None
    return thaw(plain(node))


def test_the_reference_playbook_is_valid(validator: Draft202012Validator) -> None:
    """The example of the language fits its schema."""
    assert [e.message for e in validator.iter_errors(instance(FEDERATED))] == []


@pytest.mark.parametrize("text", [good for _, _, good in CASES], ids=range(len(CASES)))
def test_what_decodes_and_uses_known_actions_is_valid(
    validator: Draft202012Validator, text: str
) -> None:
    """An editor never underlines a good playbook."""
    decoded(text)
    assert [e.message for e in validator.iter_errors(instance(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "irkit: 2\nplaybook: p\ntitle: T\nsteps: [{report: x}]\n",
        "irkit: 1\ntitle: T\nsteps: [{report: x}]\n",
        f"{HEAD}steps: []\n",
        f"{HEAD}stepps: [{{report: x}}]\n",
        f"{HEAD}steps: [{{rad: x}}]\n",
        f"{HEAD}steps: [{{read: okta.user.suspend, with: {{user: x}}}}]\n",
        f"{HEAD}steps: [{{do: okta.user.get, with: {{user: x}}}}]\n",
        f"{HEAD}steps: [{{do: okta.user.suspend, with: {{usr: x}}}}]\n",
        f"{HEAD}steps: [{{do: okta.user.suspend, with: {{user: 1234}}}}]\n",
        f"{HEAD}steps: [{{do: okta.user.suspend, with: {{user: x}}, evidence: true}}]\n",
        f"{HEAD}steps: [{{manual: x}}]\n",
        f"{HEAD}steps: [{{manual: x, to: a, within: soon}}]\n",
        f"{HEAD}steps: [{{if: x}}]\n",
        f"{HEAD}steps: [{{repeat: {{until: x}}, steps: []}}]\n",
        f"{HEAD}steps: [{{phase: P}}]\n",
        f"{HEAD}steps: [{{phase: P, steps: [{{phase: Q, steps: []}}]}}]\n",
        f"{HEAD}steps: [{{report: x, for_each: {{a: b}}}}]\n",
        f"{HEAD}steps: [{{steps: [], for_each: {{a: b, c: d}}}}]\n",
        f"{HEAD}steps: [{{report: x}}]\nclaims: safe\n",
        f"{HEAD}steps: [{{report: x}}]\nagainst: [sessions]\n",
        f"{HEAD}steps: [{{report: x}}]\ninputs: {{a: txt}}\n",
        f"{HEAD}steps: [{{report: x}}]\ninputs: {{a: {{ask: x}}}}\n",
        f"{HEAD}steps: [{{report: x}}]\nguards: {{protect: [{{a: b}}]}}\n",
        f"{HEAD}steps: [{{report: x}}]\nguards: {{limit: {{aws.role: many}}}}\n",
        f"{HEAD}steps: [{{report: x}}]\napprovals: {{one: {{}}}}\n",
    ],
)
def test_what_is_misshapen_is_invalid(validator: Draft202012Validator, text: str) -> None:
    """What the decoder or the catalogue refuses by shape, an editor underlines."""
    assert not validator.is_valid(instance(text))


def test_an_empty_catalogue_still_has_a_valid_schema() -> None:
    """No action is known, and the schema is one all the same."""
    schema = schema_of(Catalogue({}))
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(instance(f"{HEAD}steps: [{{report: x}}]\n"))


def test_parameters_of_every_type_have_a_schema() -> None:
    """Constants of the type are valid, others are not, and a template always is."""
    types = {"flag": "bool", "count": "int", "pick": "choice of [a, b]", "many": "list of text"}
    spec = change(
        "okta.user.all_types",
        *(parameter(name, type_) for name, type_ in types.items()),
        parameter("odd", "no such type"),
        target="okta.user",
    )
    found = Draft202012Validator(schema_of(Catalogue({spec.id: spec})))
    good = {"flag": True, "count": 3, "pick": "a", "many": ["x"], "odd": {"x": 1}}

    def valid(**changed: Json) -> bool:
        step = {"do": spec.id, "with": {**good, **changed}}
        return found.is_valid({"irkit": 1, "playbook": "p", "title": "T", "steps": [step]})

    assert valid()
    assert valid(flag="{{ x }}", count="{{ x }}", pick="{{ x }}", many="{{ x }}")
    wrong: dict[str, Json] = {"flag": "perhaps", "count": True, "pick": "c", "many": 3}
    for name, value in wrong.items():
        assert not valid(**{name: value})
