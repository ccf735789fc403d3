"""Decoding playbooks: what is read, and everything that is wrong, with its place."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language_text import FEDERATED, HEAD, decoded, problems, step_problems, steps

from irkit.canonical import digest_bytes
from irkit.lang import decode
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    Expression,
    Hold,
    IfStep,
    ManualStep,
    OnError,
    ParallelStep,
    Playbook,
    ReadStep,
    RepeatStep,
    ReportStep,
    RequireStep,
    Template,
    UndoStep,
    WhenEmpty,
    all_steps,
)

READ = "steps: [{read: a}]\n"


@pytest.fixture(scope="module")
def federated() -> Playbook:
    """Return the playbook of the language reference."""
    return decoded(FEDERATED)


def test_the_reference_playbook_is_read_whole(federated: Playbook) -> None:
    """Every part of the example arrives where it belongs."""
    assert federated.id == "okta-user-federated-to-aws"
    assert federated.version == "1.0.0"
    assert federated.about.startswith("A workforce identity")
    assert federated.labels == ("attack.T1078.004", "attack.T1550.001")
    assert federated.against[0] == "okta_session"
    assert federated.claims_contained
    assert federated.accepts["okta_access_token"].startswith("Lives at most")
    assert [(i.name, i.type, i.default, i.required) for i in federated.inputs] == [
        ("user", "okta.user", None, True),
        ("since", "time", "24 hours ago", False),
        ("accounts", "list of aws.account", "all", False),
    ]
    assert [(p.kind, p.pattern) for p in federated.protect] == [
        ("okta.group", "break-glass"),
        ("aws.role", "ir-*"),
    ]
    assert federated.limits["aws.access_key"] == 25
    two = federated.approvals["two"]
    assert (two.need, two.roles, two.exclude_requester) == (2, ("ir-lead", "identity-owner"), True)
    assert two.valid == timedelta(minutes=30)
    output = federated.outputs["sessions_closed"]
    assert isinstance(output, Template)
    assert output.source == "{{ sessions | length }}"
    assert federated.digest == digest_bytes(FEDERATED.encode())
    assert federated.source == FEDERATED


def test_phases_need_what_stands_before_them_and_what_they_use(federated: Playbook) -> None:
    """A background phase holds up only what uses its names; `needs` replaces the default."""
    assert [(p.id, p.needs, p.background) for p in federated.phases] == [
        ("look", (), False),
        ("trace", ("look",), True),
        ("close-the-door", ("look",), False),
        ("contain-aws", ("trace",), False),
        ("ask", ("contain-aws",), False),
    ]
    close = federated.phases[2]
    assert (close.goal, close.approve, close.hold) == (timedelta(minutes=5), "one", Hold.WATCH)


def test_a_used_background_phase_is_needed_without_being_named() -> None:
    """Using a name of a background phase makes it a need, besides the phase before."""
    text = HEAD + (
        "steps:\n"
        "  - {phase: A, steps: []}\n"
        "  - {phase: B, background: true, steps: [{read: x, as: found}]}\n"
        "  - {phase: C, steps: []}\n"
        '  - {phase: D, steps: [{read: y, with: {a: "{{ found }}"}}]}\n'
    )
    assert [p.needs for p in decoded(text).phases] == [(), ("a",), ("a",), ("c", "b")]


def test_ids_are_derived_from_place_and_action(federated: Playbook) -> None:
    """Every step has a stable id that extends its parent's."""
    assert [step.id for step in all_steps(federated)] == [
        "look.get",
        "trace.trace",
        "close-the-door.suspend",
        "close-the-door.revoke_sessions",
        "contain-aws.for-each",
        "contain-aws.for-each.deny_session",
        "contain-aws.for-each.revoke_sessions",
        "contain-aws.for-each.quarantine",
        "contain-aws.for-each.deactivate",
        "contain-aws.for-each.rescue.manual",
        "ask.manual",
        "ask.if",
        "ask.if.undo",
        "always.report",
    ]


def test_repeated_and_explicit_ids_do_not_meet() -> None:
    """A repeat is counted, an own id is kept and extended."""
    found = steps(
        "  - read: a.b.get\n"
        "  - read: c.d.get\n"
        "  - {id: mine, steps: [{read: a.b.get}]}\n"
        "  - if: x\n    then: [{read: a.b.get}]\n    else: [{read: a.b.get}]\n"
    )
    block, branch = found[2], found[3]
    assert isinstance(block, BlockStep)
    assert isinstance(branch, IfStep)
    assert [s.id for s in found] == ["steps.get", "steps.get-2", "mine", "steps.if"]
    assert block.steps[0].id == "mine.get"
    assert branch.then[0].id == "steps.if.get"
    assert branch.otherwise[0].id == "steps.if.else.get"


def test_the_modifiers_of_a_read_and_a_change(federated: Playbook) -> None:
    """Loops, checks and flags are read into the model."""
    by_id = {step.id: step for step in all_steps(federated)}
    trace, deny = by_id["trace.trace"], by_id["contain-aws.for-each.deny_session"]
    assert isinstance(trace, ReadStep)
    assert trace.loop is not None
    assert (trace.loop.variable, trace.loop.over.source) == ("account", "inputs.accounts")
    assert (trace.loop.concurrency, trace.loop.flatten) == (8, True)
    assert trace.loop.when_empty is WhenEmpty.OK
    assert trace.evidence
    assert trace.bind == "sessions"
    assert isinstance(deny, DoStep)
    assert deny.verify is not None
    assert (deny.verify.action, deny.verify.expect.source) == (
        "aws.seat.state",
        "result == 'dead'",
    )
    assert deny.verify.within == timedelta(minutes=2)
    loop = by_id["contain-aws.for-each"]
    assert isinstance(loop, BlockStep)
    assert loop.on_error is OnError.CONTINUE
    manual = by_id["ask.manual"]
    assert isinstance(manual, ManualStep)
    assert manual.ask == {"theirs": "bool", "notes": "text"}
    assert manual.if_silent is OnError.CONTINUE
    undo = by_id["ask.if.undo"]
    assert isinstance(undo, UndoStep)
    assert undo.phases == ("contain-aws", "close-the-door")
    assert undo.approve == "two"


def test_every_step_form_is_read() -> None:
    """Each form becomes its own kind of step."""
    found = steps(
        "  - {read: a.b.c, on: other, timeout: 5s, when: x}\n"
        "  - {do: a.b.c, hold: reassert, approve: one, because: why, name: N}\n"
        "  - {manual: do it, to: lead, within: 5m}\n"
        "  - {require: x, say: Stop.}\n"
        "  - {if: x, then: [], else: []}\n"
        "  - {parallel: [{read: a.b.c}, {read: a.b.d}]}\n"
        "  - {for_each: {x: xs}, first: 1, then: 10%, steps: [], rescue: []}\n"
        "  - {repeat: {until: x, at_most: 3, every: 30s}, steps: []}\n"
        "  - {call: other, with: {a: 1}, as: r, for_each: {x: xs}}\n"
        "  - {undo: Steps}\n"
        "  - {report: after-action}\n"
    )
    assert [type(step) for step in found] == [
        ReadStep,
        DoStep,
        ManualStep,
        RequireStep,
        IfStep,
        ParallelStep,
        BlockStep,
        RepeatStep,
        CallStep,
        UndoStep,
        ReportStep,
    ]
    change, loop, repeat = found[1], found[6], found[7]
    assert isinstance(change, DoStep)
    assert (change.hold, change.because, change.name) == (Hold.REASSERT, "why", "N")
    assert isinstance(loop, BlockStep)
    assert loop.loop is not None
    assert (loop.loop.first, loop.loop.then_percent) == (1, 10)
    assert isinstance(repeat, RepeatStep)
    assert (repeat.at_most, repeat.every) == (3, timedelta(seconds=30))


def test_plain_steps_become_phases_of_their_own() -> None:
    """A run of steps outside phases is one phase; a second run is another."""
    text = HEAD + (
        "steps:\n  - read: a.b.c\n  - read: a.b.d\n  - {phase: P, steps: []}\n  - read: a.b.e\n"
    )
    assert [(p.id, p.name, len(p.steps)) for p in decoded(text).phases] == [
        ("steps", "Steps", 2),
        ("p", "P", 0),
        ("steps-2", "Steps 2", 1),
    ]


def test_values_keep_their_types() -> None:
    """Constants stay, text with braces is a template, inside lists and mappings too."""
    step = steps(
        '  - {do: a.b.c, with: {a: 1, b: true, c: null, d: [x, "{{ y }}"], e: {f: "0"}}}\n'
    )[0]
    assert isinstance(step, DoStep)
    arguments = dict(step.arguments)
    listed = arguments.pop("d")
    assert arguments == {"a": 1, "b": True, "c": None, "e": {"f": "0"}}
    assert isinstance(listed, tuple)
    assert listed[0] == "x"
    assert isinstance(listed[1], Template)


def test_an_input_may_be_its_type_alone() -> None:
    """The short form declares a required input."""
    item = decoded(f"{HEAD}inputs: {{user: okta.user}}\nsteps: [{{read: a.b.c}}]\n").inputs[0]
    assert (item.type, item.required, item.default) == ("okta.user", True, None)


def test_conditions_may_be_constants() -> None:
    """`when: true` is an expression."""
    step = steps("  - {read: a.b.c, when: true}\n")[0]
    assert isinstance(step.when, Expression)
    assert step.when.source == "true"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["IRK012 the file is empty"]),
        ("[]", ["IRK103 a playbook must be a mapping, not a list"]),
        (
            "irkit: 2\nplaybook: p\ntitle: T\nsteps: [{read: a}]\n",
            ["IRK110 this version of irkit reads playbook format 1 only"],
        ),
        (
            "irkit: 1\n",
            [
                "IRK104 a playbook has no `playbook`",
                "IRK104 a playbook has no `title`",
                "IRK104 a playbook has no `steps`",
            ],
        ),
        (
            "irkit: 1\nplaybook: No Good\ntitle: T\nsteps: [{read: a}]\n",
            ["IRK107 `No Good` is no playbook id"],
        ),
        (f"{HEAD}steps: []\n", ["IRK103 `steps` must be a list of phases or steps"]),
        (
            f"{HEAD}stepps: []\nsteps: [{{read: a}}]\n",
            ["IRK101 unknown key `stepps` in a playbook"],
        ),
        (
            f"{HEAD}claims: safe\nsteps: [{{read: a}}]\n",
            ["IRK105 `claims` can only be `contained`"],
        ),
        (
            f'{HEAD}accepts: {{okta_access_token: " "}}\nsteps: [{{read: a}}]\n',
            ["IRK104 `okta_access_token` is accepted without a reason"],
        ),
        (
            f"{HEAD}inputs: {{a-b: text, c: {{type: txt}}, d: {{}}, e: []}}\n" + READ,
            [
                "IRK107 `a-b` is no name for an input",
                "IRK130 `txt` is no type; did you mean `text`?",
                "IRK104 input `d` has no `type`",
                "IRK103 input `e` must be a mapping, not a list",
            ],
        ),
        (
            f"{HEAD}guards: {{protect: [x, {{aws.rol: y}}], limit: {{aws.role: -1, b: 1}}}}\n"
            + READ,
            [
                "IRK103 a `protect` entry must be one kind and a pattern, not text",
                "IRK131 `aws.rol` is no kind of target",
                "IRK105 the limit of `aws.role` must be at least 0",
                "IRK131 `b` is no kind of target",
            ],
        ),
        (
            f"{HEAD}approvals: {{a: {{not: [bob]}}, b: 1, c: {{need: 1, valid: 0s}}}}\n{READ}",
            [
                "IRK104 approval `a` has no `need`",
                "IRK105 `not` can only be [requester]",
                "IRK103 approval `b` must be a mapping, not a number",
                "IRK105 `valid` must be longer than nothing",
            ],
        ),
        (
            f"{HEAD}outputs: {{a-b: 1}}\nsteps: [{{read: a}}]\n",
            ["IRK107 `a-b` is no name for an output"],
        ),
    ],
)
def test_a_bad_playbook_names_every_problem(text: str, expected: list[str]) -> None:
    """Problems of the file's own keys, in the order of the file."""
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  - x\n", ["IRK103 a step must be a mapping, not text"]),
        ("  - {}\n", ["IRK109 a step is empty"]),
        ("  - {rad: a}\n", ["IRK109 `rad` is no step form"]),
        ("  - {read: a, do: b}\n", ["IRK109 a step has one form, not `read` and `do`"]),
        ("  - {for_each: {x: y}}\n", ["IRK109 `for_each` needs `steps`, `read`, `do` or `call`"]),
        (
            "  - {steps: [{phase: P, steps: []}]}\n",
            ["IRK109 a phase cannot stand inside another"],
        ),
        ("  - {read: a, wiht: {}}\n", ["IRK101 unknown key `wiht` in a `read` step"]),
        ("  - {read: a, hold: watch}\n", ["IRK111 a `read` step takes no `hold`"]),
        ("  - {do: a, rescue: []}\n", ["IRK111 a `do` step takes no `rescue`"]),
        (
            "  - {do: a, concurrency: 2}\n",
            ["IRK112 `concurrency` needs `for_each` on the same step"],
        ),
        ("  - {do: a, then: 10%}\n", ["IRK112 `then` needs `for_each` on the same step"]),
        (
            "  - {do: a, for_each: {x: y}, then: 10%}\n",
            ["IRK112 `then` of a loop needs `first`"],
        ),
        (
            "  - {do: a, for_each: {x: y}, first: 1, then: 0%}\n",
            ["IRK103 `then` of a loop must be a share such as 10%, not text"],
        ),
        (
            "  - {do: a, for_each: {x: y, z: y}}\n",
            ["IRK103 `for_each` must be one name and an expression, not a mapping"],
        ),
        (
            "  - {do: a, for_each: {now: y}}\n",
            ["IRK107 `now` has a meaning of its own and cannot name a loop variable"],
        ),
        (
            "  - {do: a, for_each: {x: y}, concurrency: 65}\n",
            ["IRK105 `concurrency` must be at most 64"],
        ),
        (
            "  - {do: a, for_each: {x: y}, concurrency: 0}\n",
            ["IRK105 `concurrency` must be at least 1"],
        ),
        ("  - {read: a, as: 1a}\n", ["IRK107 `1a` is no name for a result"]),
        ("  - {read: a, as: [b]}\n", ["IRK103 `as` must be a name, not a list"]),
        ("  - {read: a, timeout: 0s}\n", ["IRK105 `timeout` must be longer than nothing"]),
        ("  - {read: a, id: A b}\n", ["IRK107 `A b` is no step id"]),
        ("  - {read: a, id: [x]}\n", ["IRK103 `id` must be text"]),
        (
            "  - {read: a, id: x}\n  - {read: a, id: x}\n",
            ["IRK108 the step id `x` is there twice"],
        ),
        (
            "  - {manual: x}\n",
            ["IRK104 a `manual` step has no `to`", "IRK104 a `manual` step has no `within`"],
        ),
        (
            "  - {manual: [x], to: a, within: 1m, ask: {answered: bool, b: boool}}\n",
            [
                "IRK103 `manual` must be text, not a list",
                "IRK107 `answered` says whether anybody did",
                "IRK130 `boool` is no type; did you mean `bool`?",
            ],
        ),
        ("  - {require: x}\n", ["IRK104 a `require` step has no `say`"]),
        ("  - {if: x}\n", ["IRK104 a `if` step has no `then`"]),
        ("  - {if: x, then: y}\n", ["IRK103 `then` must be a list of steps"]),
        ("  - {parallel: x}\n", ["IRK103 `parallel` must be a list of steps"]),
        (
            "  - {repeat: {}, steps: []}\n",
            ["IRK104 `repeat` has no `until`", "IRK104 `repeat` has no `at_most`"],
        ),
        (
            "  - {do: a, verify: {}}\n",
            [
                "IRK104 `verify` has no `expect`",
                "IRK104 `verify` has no `read`",
                "IRK104 `verify` has no `within`",
            ],
        ),
        ("  - {undo: [Stepps]}\n", ["IRK203 no phase `Stepps`"]),
        ("  - {read: a, when: a b}\n", ["IRK120 `b` is not expected here"]),
        ("  - {read: a, when: [x]}\n", ["IRK103 `when` must be an expression, not a list"]),
        ('  - {read: a, when: "{{ x }}"}\n', ["IRK121 `when` is an expression already"]),
        ('  - {read: a, with: {b: "{{ x"}}\n', ["IRK120 `{{` is never closed"]),
        ('  - {read: a, with: {b: ["{{ x.y() }}"]}}\n', ["IRK120 nothing can be called"]),
    ],
)
def test_a_bad_step_names_every_problem(text: str, expected: list[str]) -> None:
    """Problems inside steps, each with its own words."""
    assert sorted(step_problems(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "  - {phase: A, steps: []}\n  - {phase: a, steps: []}\n",
            ["IRK108 the phase `a` is there twice"],
        ),
        ("  - {phase: Always, steps: []}\n", ["IRK108 the phase `Always` is there twice"]),
        (
            "  - {phase: A, needs: [B], steps: []}\n  - {phase: B, steps: []}\n",
            ["IRK204 `needs` names `B`, which comes later"],
        ),
        (
            "  - {phase: Alpha, steps: []}\n  - {phase: B, needs: [Alpa], steps: []}\n",
            ["IRK203 no phase `Alpa`"],
        ),
        ("  - {phase: A}\n", ["IRK104 phase `A` has no `steps`"]),
        ("  - {phase: A, steps: [], gaol: 1m}\n", ["IRK101 unknown key `gaol` in phase `A`"]),
        ("  - {phase: [A], steps: []}\n", ["IRK103 `phase` must be text, not a list"]),
    ],
)
def test_a_bad_phase_names_every_problem(text: str, expected: list[str]) -> None:
    """Problems of phases and of what they need."""
    assert step_problems(text) == expected


def test_a_playbook_with_problems_is_not_returned() -> None:
    """Nothing may plan what was not read completely."""
    result = decode.playbook(f"{HEAD}steps: [{{read: a, x: 1}}]\n", "p.yaml")
    assert result.playbook is None
    assert result.diagnostics[0].at is not None
    assert result.diagnostics[0].at.span.file == "p.yaml"


def test_bytes_decode_as_their_text_does() -> None:
    """The digest is over the bytes; bytes that are no text are a diagnostic."""
    data = FEDERATED.encode()
    result = decode.playbook_bytes(data, "p.yaml")
    assert result.playbook == decode.playbook(FEDERATED, "p.yaml").playbook
    assert decode.playbook_bytes(b"\xff", "p.yaml").diagnostics[0].code == "IRK001"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_playbook_never_raises(data: st.DataObject) -> None:
    """Whatever is cut out of or put into the file, decoding ends in diagnostics."""
    start = data.draw(st.integers(0, len(FEDERATED)))
    length = data.draw(st.integers(0, 60))
    middle = data.draw(st.text(alphabet="ab:-[]{}'\"\n {%}|0", max_size=12))
    text = FEDERATED[:start] + middle + FEDERATED[start + length :]
    result = decode.playbook(text, "p.yaml")
    assert result.playbook is not None or result.diagnostics


def test_thousands_of_unknown_keys_end_quickly() -> None:
    """Suggestions for a hostile file are not computed without end."""
    text = HEAD + "steps: [{read: a}]\n" + "".join(f"stps{n}: 1\n" for n in range(20_000))
    assert len(problems(text)) == 200
