"""What is kept where no guard is needed: undo's own artefacts, and secrets. Each is got past at."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from action_cases.okta_settings import sign_on_policy
from lab import Lab, laboratory
from stage import Stage
from test_aws_guards import deny
from test_guards_undo import book_of

from irkit.canonical import JsonObject
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.model.run import Stage as ChangeStage
from irkit.world.fixtures.acme_small import PROD

USER = f"arn:aws:iam::{PROD}:user/ci-deploy"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory without an intruder."""
    with laboratory(tmp_path, intruder=False) as lab:
        yield lab


def made(lab: Lab, action: str, **given: str) -> tuple[str, Book]:
    """Carry an action out, and return the run with its playbook."""
    book = book_of(action, **given)
    run_id, driven = lab.contain(book, **given)
    assert {state.stage for state in driven.run.changes.values()} == {ChangeStage.VERIFIED}
    return run_id, book


def drifted(run: Run) -> bool:
    """Say whether nothing was taken back, because it is not as irkit left it."""
    return {state.stage for state in run.changes.values()} == {ChangeStage.DRIFTED}


def test_a_policy_of_irkit_s_name_with_somebody_else_s_text_is_not_deleted(lab: Lab) -> None:
    """The name alone makes it none of irkit's: the document has to be the one it wrote."""
    run_id, book = made(lab, "aws.iam_user.quarantine", user=USER)
    iam = lab.world.aws.cloud.iam(PROD)
    theirs = json.dumps({"Version": "2012-10-17", "Statement": [deny(Action="s3:*")]})
    iam.put_user_policy("ci-deploy", "IRKitQuarantine", theirs)
    _, driven = lab.take_back(run_id, book)
    assert drifted(driven.run)
    assert "s3:*" in str(iam.get_user_policy("ci-deploy", "IRKitQuarantine"))


def test_a_policy_of_another_name_with_irkit_s_text_is_not_deleted(lab: Lab) -> None:
    """Nor is what only looks like it: undo deletes by the name it wrote."""
    run_id, book = made(lab, "aws.iam_user.quarantine", user=USER)
    iam = lab.world.aws.cloud.iam(PROD)
    own = iam.get_user_policy("ci-deploy", "IRKitQuarantine")["policy_document"]
    iam.put_user_policy("ci-deploy", "IRKitQuarantine-2", own)
    _, driven = lab.take_back(run_id, book)
    assert driven.run.outcome == "completed"
    assert iam.get_user_policy("ci-deploy", "IRKitQuarantine-2")["policy_document"] == own


def denied(lab: Lab) -> tuple[str, str, Book]:
    """Deny a group by a rule; return the policy, the run and its playbook."""
    policy, _, _ = sign_on_policy(Stage(world=lab.world))
    given = {"policy": policy, "group": lab.world.okta_ids.groups["contractors"]}
    return policy, *made(lab, "okta.policy.deny_rule", **given)


def rule_of(lab: Lab, policy: str) -> tuple[str, JsonObject]:
    """Return irkit's rule of a policy and its id."""
    rules = lab.world.okta.tables.rules_of_policies[policy]
    return next((key, found) for key, found in rules.items() if "irkit" in str(found["name"]))


def test_a_rule_of_irkit_s_name_that_was_changed_is_not_deleted(lab: Lab) -> None:
    """Somebody made it their own: it lets in now."""
    policy, run_id, book = denied(lab)
    key, rule = rule_of(lab, policy)
    rules = lab.world.okta.tables.rules_of_policies[policy]
    rules[key] = {**rule, "actions": {"signon": {"access": "ALLOW"}}}
    _, driven = lab.take_back(run_id, book)
    assert drifted(driven.run)
    assert key in rules


def test_a_rule_that_was_made_again_by_somebody_else_is_not_deleted(lab: Lab) -> None:
    """It says the same and has another id: undo knows the one it made."""
    policy, run_id, book = denied(lab)
    key, rule = rule_of(lab, policy)
    rules = lab.world.okta.tables.rules_of_policies[policy]
    del rules[key]
    rules["0prTHEIRS"] = {**rule, "id": "0prTHEIRS"}
    _, driven = lab.take_back(run_id, book)
    assert driven.run.outcome != "completed"
    assert "0prTHEIRS" in rules


def everything_written(lab: Lab) -> bytes:
    """Return all that irkit wrote down anywhere but where keys are."""
    files = [path for path in lab.root.rglob("*") if path.is_file() and "keys" not in path.parts]
    return b"\n".join(path.read_bytes() for path in files) + repr(lab.ears.bodies).encode()


def test_a_new_key_goes_to_the_secret_store_and_nowhere_else(lab: Lab) -> None:
    """No plan, record, approval text or report holds it."""
    made(
        lab,
        "aws.iam_key.rotate_to_secret",
        user="ci-deploy",
        account=PROD,
        key=lab.world.user_keys["ci-deploy"].id,
        secret="ci/deploy-key",
    )
    user = lab.world.aws.cloud.iam(PROD).get_user("ci-deploy")
    secrets = [key.secret_access_key for key in user.access_keys]
    assert len(secrets) == 2
    written = everything_written(lab)
    assert b"aws.iam_key.rotate_to_secret" in written
    assert not any(secret.encode() in written for secret in secrets)


def test_a_reset_link_is_written_down_nowhere(lab: Lab) -> None:
    """Okta answers with it to whoever asks that it be mailed to nobody, and it is dropped."""
    user = lab.world.okta_ids.users["liam.obrien@acme.example"]
    made(lab, "okta.user.expire_password", user=user)
    written = everything_written(lab)
    assert b"okta.user.expire_password" in written
    assert b"/reset_password/" not in written
    assert b"resetPasswordUrl" not in written
