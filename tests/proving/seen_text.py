"""A case that was seen, made by hand, for tests of what judges it."""

from collections.abc import Mapping
from dataclasses import replace

from test_suite_decode import FILE, HEAD, KAI

from irkit.canonical import Json
from irkit.proving.testing.decode import decode, playbook_of
from irkit.proving.testing.seen import Act, Check, Ended, Made, Refused, Seen, State, Tried
from irkit.world.calls import Call


def call(operation: str, **more: object) -> Call:
    """Return one call of irkit."""
    facts: Mapping[str, object] = {
        "index": 0,
        "at": 0.0,
        "provider": "okta",
        "principal": "irkit",
        "operation": operation,
        "target": "/api/v1/users/00u1",
        "status": 200,
        "write": True,
        "user_agent": "",
        "request_id": "",
        **more,
    }
    return Call(**facts)  # type: ignore[arg-type]


def state(status: str, **whole: Json) -> State:
    """Return how the provider stands, with one user in it."""
    user: Mapping[str, Json] = {"status": status, "groups": ["support", "developers"]}
    return State(named={"okta.user": {KAI: user}}, whole={"status": status, **whole})


ENDED = Ended(
    result="contained",
    exit=0,
    said=("Call Kai Contractor",),
    acts=(
        Act(at=1, step="look.get", action="okta.user.get", keys=()),
        Act(at=2, step="close-the-door.suspend", action="okta.user.suspend", keys=()),
        *(
            Act(at=at, step=f"contain-aws.for-each.{name}", action=f"aws.{name}", keys=(key,))
            for at, name, key in (
                (3, "deny_session", "a"),
                (4, "quarantine", "a"),
                (5, "deny_session", "b"),
                (6, "quarantine", "b"),
            )
        ),
    ),
    changes=(
        Made(
            step="close-the-door.suspend",
            action="okta.user.suspend",
            target="00u1",
            label=KAI,
            stage="verified",
            why="",
            reversal="EXACT",
        ),
    ),
    refused=(Refused(code="IRK302", guard="protected", summary="ada is protected"),),
    reports=("after-action",),
    calls=(call("POST /suspend"), call("GET /users", write=False), call("PUT /x", status=403)),
)
SEEN = Seen(
    start=state("ACTIVE"),
    after=state("SUSPENDED"),
    first=ENDED,
    seats=(
        Tried(id="1", kind="okta_session", label="cookie", user=KAI, state="dead"),
        Tried(id="2", kind="long_term_key", label="key", user="svc-backup", state="alive"),
    ),
    bystanders=(Tried(id="3", kind="okta_session", label="maria", user="maria", state="alive"),),
    second=replace(ENDED, calls=()),
    after_second=state("SUSPENDED", cutoff=2),
    undone=replace(ENDED, result="completed"),
    after_undo=state("ACTIVE", tokens=0),
)


def judge(expect: str, seen: Seen = SEEN) -> tuple[Check, ...]:
    """Judge what was seen by what stands under `expect:`."""
    text = f"{HEAD}unit:\n  - name: one\n    run: twice\n    then: undo\n    expect: {expect}\n"
    decoded = decode(text.encode(), FILE.name, playbook_of(FILE))
    assert decoded.suite is not None, decoded.diagnostics
    return tuple(wanted.judge(seen) for wanted in decoded.suite.cases[0].expect)
