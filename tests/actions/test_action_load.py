"""From ids and arguments to actions: only what is asked for is imported, and what fits built."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.actions.base import Action, Read
from irkit.actions.load import build, catalogue, ids, load, spec
from irkit.canonical import Json
from irkit.decode.targets import LIMITED_KINDS
from irkit.diagnostics import IrkitError
from irkit.model.owners import OWNERS
from irkit.model.spec import Spec, Verb

EXPECTED = {
    "aws.ec2_instance.isolate",
    "aws.federation.trace",
    "aws.iam_key.deactivate",
    "aws.iam_key.get",
    "aws.iam_key.rotate_to_secret",
    "aws.iam_key.trace",
    "aws.iam_role.deny_session",
    "aws.iam_role.revoke_sessions",
    "aws.iam_user.get",
    "aws.iam_user.quarantine",
    "aws.inventory.sweep",
    "aws.seat.state",
    "okta.api_token.revoke",
    "okta.log.query",
    "okta.user.get",
    "okta.user.remove_admin_roles",
    "okta.user.remove_factor",
    "okta.user.revoke_oauth",
    "okta.user.revoke_sessions",
    "okta.user.suspend",
}


def test_the_catalogue_is_every_module() -> None:
    """Being a file in the right place is all the registration there is."""
    assert ids() >= EXPECTED
    assert {item.id for item in catalogue()} == ids()


def test_an_id_is_a_module_path() -> None:
    """The spec says the id that the file's place says, and the verb that its class says."""
    for action_id in ids():
        found = load(action_id)
        assert found.spec.id == action_id
        assert found.__module__ == f"irkit.actions.{action_id}"
        assert issubclass(found, Action) == (found.spec.verb is Verb.DO)


def test_specs_carry_the_declared_parameters() -> None:
    """Names, types, help and defaults come from the fields of the class."""
    parameter = spec("okta.user.revoke_sessions").parameter("oauth_tokens")
    assert parameter is not None
    assert (parameter.type, parameter.required, parameter.default) == ("bool", False, True)


def test_an_unknown_action_is_an_error_with_a_hint() -> None:
    """A slip of the pen is answered with what was meant."""
    with pytest.raises(IrkitError, match="IRK260") as caught:
        load("okta.user.suspended")
    assert "okta.user.suspend" in caught.value.diagnostics[0].help


@pytest.mark.parametrize("action", ["okta", "okta.user", "os.path.join", "okta.user.__init__", ""])
def test_only_actions_can_be_loaded(action: str) -> None:
    """An id cannot reach other modules."""
    with pytest.raises(IrkitError, match="IRK260"):
        load(action)


def test_loading_one_action_imports_no_other_and_no_sdk() -> None:
    """Start-up pays only for what a playbook uses."""
    code = (
        "import sys; from irkit.actions.load import load; load('okta.user.suspend');"
        "print([m for m in sys.modules if m.split('.')[0] in "
        "{'okta', 'boto3', 'botocore', 'aiohttp'} or m.startswith('irkit.actions.aws.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("action", "arguments", "codes"),
    [
        ("okta.user.suspend", {}, ["IRK191"]),
        ("okta.user.suspend", {"usr": "x"}, ["IRK190", "IRK191"]),
        ("okta.user.suspend", {"user": ""}, ["IRK192"]),
        ("okta.user.suspend", {"user": 7}, ["IRK192"]),
        ("okta.user.suspend", {"user": None}, ["IRK192"]),
        ("okta.user.revoke_sessions", {"user": "x", "oauth_tokens": "yes"}, ["IRK192"]),
        ("okta.user.revoke_sessions", {"user": "x", "oauth_tokens": 1}, ["IRK192"]),
        ("okta.log.query", {"limit": True}, ["IRK192"]),
        ("aws.federation.trace", {"account": "12345", "user": "x"}, ["IRK192"]),
        ("aws.federation.trace", {"account": 111122223333, "user": "x"}, ["IRK192"]),
        ("aws.iam_key.get", {"key": "not a key"}, ["IRK192"]),
    ],
)
def test_arguments_that_do_not_fit_are_all_reported(
    action: str, arguments: dict[str, Json], codes: list[str]
) -> None:
    """Every problem is a diagnostic that names its parameter."""
    with pytest.raises(IrkitError) as caught:
        build(action, arguments)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == codes
    assert all("`" in diagnostic.summary for diagnostic in caught.value.diagnostics)


def test_a_misspelt_parameter_has_a_hint() -> None:
    """The nearest parameter is offered."""
    with pytest.raises(IrkitError) as caught:
        build("okta.user.suspend", {"usr": "x"})
    assert "did you mean `user`?" in caught.value.diagnostics[0].help


def test_arguments_that_fit_make_the_action() -> None:
    """Defaults fill what is not given, and an optional empty text stays empty."""
    built = build("aws.iam_role.deny_session", {"role": "r", "session": "s", "account": ""})
    assert isinstance(built, Action)
    assert built.label() == "role=r session=s account="
    assert isinstance(build("aws.inventory.sweep", {}), Read)


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.none(), max_size=4))
def test_no_arguments_crash_the_gate(arguments: dict[str, Json]) -> None:
    """Whatever is given, there is an action or a diagnostic."""
    try:
        build("okta.user.suspend", arguments)
    except IrkitError as error:
        assert error.diagnostics  # noqa: PT017 - the property is about both ways out


@pytest.mark.parametrize("spec", [s for s in catalogue() if s.verb is Verb.DO], ids=lambda s: s.id)
def test_what_is_changed_in_loops_can_be_limited(spec: Spec) -> None:
    """A loop needs a limit (IRK238), so there must be one for each kind that is changed."""
    assert OWNERS.get(spec.target, spec.target) in LIMITED_KINDS
