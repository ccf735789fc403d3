"""Lint: each rule finds what it is for, and is silent about what is fine."""

import importlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from language_catalogue import CATALOGUE, parameter
from language_text import FEDERATED, HEAD, decoded, found, linted

from irkit.diagnostics import Diagnostic, Fix, Severity, Span, has_errors
from irkit.lang.lint import LintContext, apply_fixes, lint, rule_names
from irkit.model.playbook import UndoStep
from irkit.model.spec import Catalogue, Reversal

EVIDENCE = """\
  - read: okta.user.get
    with: {user: "{{ inputs.user }}"}
    as: user
    evidence: true
"""
MANY = """irkit: 1
playbook: test
title: Test
inputs: {users: list of okta.user, others: list of okta.user}
guards: {protect: [{okta.group: x}], limit: {okta.user: 9}}
steps:
"""
LOOPED = """\
  - {read: okta.user.get, for_each: {one: inputs.users}, with: {user: "{{ one }}"}, evidence: true}
  - {report: after-action, when: inputs.others | length > 0}
  - {do: okta.user.suspend, for_each: {two: inputs.users}, with: {user: "{{ two }}"}}
"""
SUSPEND = '  - {do: okta.user.suspend, with: {user: "{{ user.id }}"}}\n'
REVOKE = '  - {do: okta.user.revoke_sessions, with: {user: "{{ user.id }}"}, because: It must.}\n'
END_ROLE = "  - {do: aws.iam_role.revoke_sessions, with: {role: r}, because: It must.}\n"
LOCK = "  - {do: aws.iam_role.lock_trust, with: {role: r}}\n"
SHUT_OUT = "  - {do: aws.iam_user.quarantine, with: {user: u}}\n"
REMOVE = '  - {do: okta.user.remove_factor, with: {user: "{{ user.id }}", factor: f}, because: x}\n'
GUARDED = HEAD + (
    "inputs: {user: okta.user}\n"
    "guards: {protect: [{okta.group: x}], limit: {okta.user: 1}}\n"
    "steps:\n"
)


def book(*steps: str) -> str:
    """Return a guarded playbook that reads its evidence first."""
    return GUARDED + EVIDENCE + "".join(steps)


def claiming(against: str, *steps: str, accepts: str = "") -> str:
    """Return a guarded playbook that claims containment."""
    claim = f"against: [{against}]\nclaims: contained\n"
    if accepts:
        claim += f"accepts: {{{accepts}: It ends by itself.}}\n"
    return book(*steps).replace("inputs:", f"{claim}inputs:", 1)


def test_the_reference_playbook_is_clean() -> None:
    """The example of the language has nothing to find, whatever the workspace knows."""
    assert linted(FEDERATED) == ()
    context = LintContext(
        roles={"ir-oncall": ("a",), "ir-lead": ("b", "c"), "identity-owner": ("d",)},
        permissions={"aws": frozenset({"*"}), "okta": frozenset({"okta.*"})},
        connections={"okta": "okta", "aws": "aws"},
        tested=True,
        playbooks={},
        templates=frozenset({"after-action"}),
        federated=True,
        protected=True,
        least_privilege=True,
    )
    assert linted(FEDERATED, context) == ()


def test_a_guarded_playbook_with_evidence_is_clean() -> None:
    """The frame of these tests has nothing to find by itself."""
    assert linted(book(SUSPEND, REVOKE)) == ()


def test_nobody_is_told_to_close_the_door_for_good() -> None:
    """What cannot be taken back is no way to begin with."""
    door = replace(CATALOGUE["okta.user.suspend"], id="okta.user.erase")
    last = replace(door, reversal=Reversal.DESTRUCTIVE)
    for spec, named in ((door, True), (last, False)):
        known = Catalogue({**CATALOGUE.specs, spec.id: spec})
        (warning,) = lint(decoded(book(REVOKE)), known)
        assert ("okta.user.erase" in warning.help) is named
        assert "okta.user.suspend" in warning.help


def test_there_are_as_many_rules_as_files() -> None:
    """Being there is all the registration a rule needs."""
    assert len(rule_names()) >= 30
    assert "residual_access" in rule_names()


NOW = "{type: text, default: '{{ now }}'}"
LOOP = "  - for_each: {k: inputs.user}\n    steps:\n"
MANUAL = "  - {manual: Call., to: lead, within: 5m, if_silent: continue, as: answer}\n"
CASES = [
    ("IRK201", book("  - {do: okta.user.suspnd, with: {user: x}}\n"), book(SUSPEND)),
    (
        "IRK201",
        book(SUSPEND.replace("}}\n", "}, verify: {read: a.b.c, expect: result, within: 1m}}\n")),
        book(
            SUSPEND.replace(
                "}}\n",
                "}, verify: {read: aws.seat.state, with: {seat: a}, expect: result, within: 1m}}\n",
            )
        ),
    ),
    ("IRK202", book("  - {read: okta.user.suspend, with: {user: x}}\n"), book(SUSPEND)),
    ("IRK202", book("  - {do: okta.user.get, with: {user: x}}\n"), book(SUSPEND)),
    (
        "IRK202",
        book(
            SUSPEND.replace(
                "}}\n",
                "}, verify: {read: okta.user.suspend, with: {user: a}, expect: x, within: 1m}}\n",
            )
        ),
        book(SUSPEND),
    ),
    ("IRK102", book("  - {do: okta.user.suspend, with: {user: x, usr: y}}\n"), book(SUSPEND)),
    ("IRK115", book("  - {do: okta.user.suspend}\n"), book(SUSPEND)),
    ("IRK115", book("  - {do: okta.user.suspend, with: {}}\n"), book(SUSPEND)),
    (
        "IRK116",
        book(REVOKE.replace('}"}', '}", oauth_tokens: perhaps}')),
        book(REVOKE.replace('}"}', '}", oauth_tokens: true}')),
    ),
    (
        "IRK117",
        book(SUSPEND).replace("user: okta.user", "user: {type: okta.user, default: '{}'}"),
        book(SUSPEND).replace("user: okta.user", "user: {type: okta.user, default: bob}"),
    ),
    (
        "IRK241",
        book("  - {do: okta.user.suspend, with: {user: 1234}}\n"),
        book('  - {do: okta.user.suspend, with: {user: "1234"}}\n'),
    ),
    ("IRK205", book("  - {call: nowhere}\n"), book("  - {call: other}\n")),
    ("IRK206", book(SUSPEND.replace("}}\n", "}, approve: one}\n")), book(SUSPEND)),
    ("IRK207", claiming("okta_sesion", SUSPEND), claiming("okta_session", SUSPEND)),
    ("IRK208", book("  - {read: aws.seat.state, with: {seat: a}, on: okta}\n"), book(SUSPEND)),
    ("IRK209", book("  - {report: aftr-action}\n"), book("  - {report: after-action}\n")),
    ("IRK210", book(SUSPEND.replace("user.id", "usr.id")), book(SUSPEND)),
    ("IRK210", book(SUSPEND.replace("user.id", "inputs.usr")), book(SUSPEND)),
    (
        "IRK210",
        book(SUSPEND) + 'outputs: {a: "{{ nothing }}"}\n',
        book(SUSPEND) + 'outputs: {a: "{{ user }}"}\n',
    ),
    ("IRK211", book(SUSPEND).replace("inputs: {", "inputs: {more: text, "), book(SUSPEND)),
    (
        "IRK211",
        book(SUSPEND).replace("steps:", "approvals: {one: {need: 1}}\nsteps:"),
        book(SUSPEND.replace("}}\n", "}, approve: one}\n")).replace(
            "steps:", "approvals: {one: {need: 1}}\nsteps:"
        ),
    ),
    (
        "IRK211",
        book("  - {read: aws.seat.state, with: {seat: a}, as: unused}\n"),
        book(
            "  - {read: aws.seat.state, with: {seat: a}, as: seat}\n"
            "  - {require: seat == 'dead', say: No.}\n"
        ),
    ),
    (
        "IRK212",
        book(
            "  - {read: aws.seat.state, with: {seat: a}, as: seat, when: user.active}\n"
            "  - {require: seat == 'dead', say: No.}\n"
        ),
        book(
            "  - if: user.active\n"
            "    then: [{read: aws.seat.state, with: {seat: a}, as: seat}]\n"
            "    else: [{read: aws.seat.state, with: {seat: b}, as: seat}]\n"
            "  - {require: seat == 'dead', say: No.}\n"
        ),
    ),
    (
        "IRK213",
        book("  - {read: aws.seat.state, with: {seat: a}, as: user}\n"),
        book("  - {read: aws.seat.state, with: {seat: a}, as: seat, evidence: true}\n"),
    ),
    (
        "IRK213",
        book("  - {for_each: {user: user.all}, read: aws.seat.state, with: {seat: a}}\n"),
        book("  - {for_each: {u: user.all}, read: aws.seat.state, with: {seat: a}}\n"),
    ),
    (
        "IRK214",
        book(SUSPEND).replace("inputs: {user", "inputs: {with: text, user"),
        book(SUSPEND),
    ),
    (
        "IRK214",
        book("  - {read: aws.seat.state, with: {seat: a}, as: report, evidence: true}\n"),
        book(SUSPEND),
    ),
    (
        "IRK214",
        book("  - {for_each: {steps: user.all}, read: aws.seat.state, with: {seat: a}}\n"),
        book("  - {for_each: {seat: user.all}, read: aws.seat.state, with: {seat: a}}\n"),
    ),
    (
        "IRK102",
        book(
            SUSPEND.replace(
                "}}\n",
                "}, verify: {read: aws.seat.state, with: {set: a}, expect: result, within: 1m}}\n",
            )
        ),
        book(SUSPEND),
    ),
    (
        "IRK117",
        book(SUSPEND).replace("user: okta.user", "user: {type: list of int, default: [a]}"),
        book(SUSPEND)
        .replace("user: okta.user", f"user: {{type: list of int, default: [1]}}, m: {NOW}")
        .replace("user.id", "inputs.m"),
    ),
    (
        "IRK117",
        book(SUSPEND).replace("user: okta.user", "user: {type: text, default: {a: b}}"),
        book(SUSPEND),
    ),
    (
        "IRK241",
        book(SUSPEND).replace("user: okta.user", "user: {type: okta.user, default: 123}"),
        book(SUSPEND).replace("user: okta.user", "user: {type: okta.user, default: '123'}"),
    ),
    ("IRK230", book("  - {if: user.active, then: []}\n"), book("  - {report: x}\n")),
    ("IRK230", book("  - {report: x, when: false}\n"), book("  - {report: x, when: user.a}\n")),
    ("IRK230", book("  - {require: true, say: x}\n"), book("  - {require: user.a, say: x}\n")),
    ("IRK230", book("  - {parallel: []}\n"), book("  - {parallel: [{report: x}]}\n")),
    (
        "IRK230",
        book("").replace("steps:\n", "steps:\n  - {phase: Empty, steps: []}\n"),
        book(SUSPEND),
    ),
    (
        "IRK231",
        book(MANUAL, SUSPEND),
        book(
            MANUAL,
            f"  - if: answer.answered\n    then:\n    {SUSPEND}",
            SUSPEND.replace("}}\n", "}, because: It must.}\n"),
            SUSPEND.replace("}}\n", "}, when: answer.answered}\n"),
            MANUAL.replace("continue", "stop").replace("as: answer", "as: second"),
        ),
    ),
    (
        "IRK231",
        book(MANUAL, '  - {phase: Next, steps: [{do: okta.user.suspend, with: {user: "u"}}]}\n'),
        book(
            MANUAL,
            '  - {phase: P, approve: x, steps: [{do: okta.user.suspend, with: {user: "u"}}]}\n',
            '  - {phase: Q, needs: [], steps: [{do: okta.user.suspend, with: {user: "u"}}]}\n',
        ),
    ),
    (
        "IRK231",
        book(SUSPEND, "  - phase: Ask\n    steps:\n    ", MANUAL, "      - {undo: Steps}\n"),
        book(SUSPEND, "  - {undo: Steps, because: x}\n"),
    ),
    (
        "IRK240",
        book(SUSPEND).replace(
            "steps:", "approvals: {one: {need: 2, from: [lead], not: [requester]}}\nsteps:"
        ),
        book(SUSPEND).replace(
            "steps:", "approvals: {one: {need: 1, from: [lead], not: [requester]}}\nsteps:"
        ),
    ),
    (
        "IRK232",
        book(
            "  - repeat: {until: user.active, at_most: 3}\n"
            "    steps: [{read: aws.seat.state, with: {seat: a}}]\n"
        ),
        book(
            "  - repeat: {until: seat == 'dead', at_most: 3}\n"
            "    steps: [{read: aws.seat.state, with: {seat: a}, as: seat}]\n"
        ),
    ),
    (
        "IRK232",
        book(
            "  - repeat: {until: seat == 'dead', at_most: 99999}\n"
            "    steps: [{read: aws.seat.state, with: {seat: a}, as: seat}]\n"
        ),
        book(SUSPEND),
    ),
    ("IRK233", book(SUSPEND, REVOKE.replace(", because: It must.", "")), book(SUSPEND, REVOKE)),
    ("IRK234", GUARDED + SUSPEND.replace("user.id", "inputs.user"), book(SUSPEND)),
    (
        "IRK234",
        GUARDED + "  - {do: okta.user.suspend, with: {user: bob}}\n",
        book("  - {do: okta.user.suspend, with: {user: bob}}\n"),
    ),
    (
        "IRK234",
        MANY + LOOPED.replace("inputs.users", "inputs.others", 1),
        MANY + LOOPED,
    ),
    ("IRK235", book(REVOKE, SUSPEND), book(SUSPEND, REVOKE)),
    ("IRK235", book(REVOKE), book(SUSPEND, REVOKE)),
    (
        "IRK235",
        book(REVOKE).replace("inputs:", "against: [okta_factor]\ninputs:"),
        book(REVOKE).replace("inputs:", "against: [okta_session]\ninputs:"),
    ),
    ("IRK235", book(END_ROLE), book(SHUT_OUT, END_ROLE)),
    ("IRK235", book(END_ROLE, LOCK), book(SHUT_OUT, END_ROLE, LOCK, END_ROLE)),
    (
        "IRK236",
        book(
            REMOVE,
            SUSPEND,
        ),
        book(
            SUSPEND,
            REMOVE,
        ),
    ),
    (
        "IRK237",
        book("  - {do: aws.iam_key.deactivate, with: {user: u, key: AKIAIOSFODNN7EXAMPLE}}\n"),
        book(
            "  - {do: aws.iam_user.quarantine, with: {user: u}}\n",
            "  - {do: aws.iam_key.deactivate, with: {user: u, key: AKIAIOSFODNN7EXAMPLE}}\n",
        ),
    ),
    (
        "IRK238",
        book(LOOP + '      - {do: aws.iam_user.quarantine, with: {user: "{{ k }}"}}\n'),
        book(LOOP + '      - {do: okta.user.suspend, with: {user: "{{ k }}"}}\n'),
    ),
    (
        "IRK239",
        book(SUSPEND).replace("guards: {protect: [{okta.group: x}], limit: {okta.user: 1}}\n", ""),
        book(SUSPEND),
    ),
    (
        "IRK240",
        book(SUSPEND).replace("steps:", "approvals: {one: {need: 3, from: [lead]}}\nsteps:"),
        book(SUSPEND).replace("steps:", "approvals: {one: {need: 2, from: [lead]}}\nsteps:"),
    ),
    (
        "IRK240",
        book(SUSPEND).replace("steps:", "approvals: {one: {need: 0}}\nsteps:"),
        book(SUSPEND).replace("steps:", "approvals: {one: {need: 1}}\nsteps:"),
    ),
    (
        "IRK242",
        book(f"  - {{read: aws.seat.state, with: {{seat: {'00' + 'aB3-' * 10}}}}}\n"),
        book("  - {read: aws.seat.state, with: {seat: seat-1}}\n"),
    ),
    (
        "IRK243",
        book("  - {do: aws.iam_user.quarantine, with: {user: bob}}\n"),
        book(SUSPEND),
    ),
    ("IRK244", claiming("okta_session", SUSPEND), claiming("okta_api_token", SUSPEND)),
    (
        "IRK244",
        claiming("okta_session", SUSPEND, REVOKE),
        claiming("okta_session", SUSPEND, REVOKE, accepts="okta_access_token"),
    ),
    (
        "IRK244",
        claiming(
            "okta_session",
            SUSPEND,
            REVOKE.replace("}, because", "}, when: user.active, because"),
            accepts="okta_access_token",
        ),
        claiming("okta_session", SUSPEND, REVOKE, accepts="okta_access_token"),
    ),
    (
        "IRK244",
        claiming("okta_factor", SUSPEND, accepts="okta_factor"),
        claiming("okta_api_token", SUSPEND),
    ),
    (
        "IRK244",
        claiming("okta_api_token", SUSPEND, accepts="okta_access_token"),
        claiming("okta_api_token", SUSPEND),
    ),
    ("IRK244", claiming("", SUSPEND), claiming("okta_api_token", SUSPEND)),
    ("IRK245", book("  - {call: p}\n"), book("  - {call: other}\n")),
    ("IRK245", book("  - {call: loop}\n"), book("  - {call: other}\n")),
    (
        "IRK247",
        claiming(
            "okta_api_token",
            "  - {read: aws.seat.state, for_each: {s: user.seats}, with: {seat: x}}\n",
        ),
        claiming(
            "okta_api_token",
            "  - {read: aws.seat.state, for_each: {s: user.a}, when_empty: ok, with: {seat: x}}\n",
        ),
    ),
    (
        "IRK248",
        book("  - {phase: P, steps: [{undo: P}]}\n"),
        book(SUSPEND, "  - {phase: P, steps: [{undo: Steps}]}\n"),
    ),
    (
        "IRK248",
        book("  - {phase: P, steps: [{undo: Steps}]}\n"),
        book(SUSPEND, "  - {phase: P, steps: [{undo: Steps}]}\n"),
    ),
]
CONTEXT = LintContext(
    roles={"lead": ("a", "b")},
    permissions={"aws": frozenset({"iam:Get*"}), "okta": frozenset({"okta.users.manage"})},
    connections={"okta": "okta", "aws": "aws"},
    templates=frozenset({"after-action", "x"}),
    tested=True,
    playbooks={
        "other": replace(decoded(f"{HEAD}steps: [{{report: x}}]\n"), id="other"),
        "loop": decoded(f"{HEAD}steps: [{{call: p}}]\n"),
    },
)


@pytest.mark.parametrize(("code", "bad", "good"), CASES, ids=lambda v: v if len(v) == 6 else "")
def test_a_rule_finds_the_bad_and_leaves_the_good(code: str, bad: str, good: str) -> None:
    """Each rule has an example it finds and one like it that is fine."""
    assert found(bad, code, CONTEXT)
    assert found(good, code, CONTEXT) == []


def test_every_finding_has_a_place_and_a_code_of_lint() -> None:
    """A finding without a span cannot be acted on."""
    for _, bad, _ in CASES:
        for item in linted(bad, CONTEXT):
            assert item.at is not None
            assert item.code.startswith(("IRK1", "IRK2"))


def test_an_untested_playbook_is_a_warning() -> None:
    """Only where somebody looked and found no test."""
    assert found(FEDERATED, "IRK246", LintContext(tested=False))
    assert found(FEDERATED, "IRK246", LintContext(tested=True)) == []
    assert found(FEDERATED, "IRK246") == []


def test_connections_must_be_unambiguous_and_there() -> None:
    """Two connections to one provider want `on`; none is an error."""
    two = LintContext(connections={"a": "okta", "b": "okta"})
    assert found(book(), "IRK208", two) == ["there are several connections to okta"]
    assert found(book().replace("evidence: true", "on: b"), "IRK208", two) == []
    none = LintContext(connections={})
    assert found(book(), "IRK208", none) == [
        "`okta.user.get` needs a connection to okta, and there is none"
    ]


def test_federation_makes_an_okta_session_lead_to_aws() -> None:
    """Where Okta leads to AWS, ending the Okta session alone is not containment."""
    text = claiming("okta_session", SUSPEND, REVOKE, accepts="okta_access_token")
    assert found(text, "IRK244", LintContext(federated=False)) == []
    assert found(text, "IRK244", LintContext(federated=True)) == [
        "`claims: contained`, but `federated_role_session` is left",
        "`claims: contained`, but `chained_role_session` is left",
    ]


def test_changes_in_a_rescue_cut_nothing() -> None:
    """What runs only after a failure is no containment."""
    text = claiming("okta_api_token", "  - steps: [{report: x}]\n    rescue:\n    " + SUSPEND)
    assert found(text, "IRK244") == ["`claims: contained`, but `okta_api_token` is left"]


def test_what_a_called_playbook_cuts_counts() -> None:
    """A call under no condition cuts what the other certainly cuts; a circle does not hang."""
    text = claiming("okta_api_token", "  - {call: other}\n")
    left = ["`claims: contained`, but `okta_api_token` is left"]
    other = decoded(book("  - {call: p}\n", SUSPEND))
    context = LintContext(playbooks={"other": other, "p": decoded(text)})
    assert found(text, "IRK244") == left
    assert found(text, "IRK244", context) == []
    conditional = text.replace("{call: other}", "{call: other, when: user.active}")
    assert found(conditional, "IRK244", context) == left


def test_a_call_must_fit_the_inputs_of_the_other() -> None:
    """Unknown and missing inputs of a called playbook are found."""
    other = decoded(f"{HEAD}inputs: {{user: okta.user}}\nsteps: [{{report: x}}]\n")
    context = LintContext(playbooks={"other": replace(other, id="other")})
    assert found(book("  - {call: other, with: {usr: a}}\n"), "IRK205", context) == [
        "`other` has no input `usr`",
        "`other` needs the input `user`",
    ]


def test_overlapping_fixes_are_applied_once() -> None:
    """The first of two fixes for one place wins, and a byte order mark is kept."""
    text = "\ufeffabc\nabc\n"

    def fix(line: int, start: int, end: int, new: str) -> Diagnostic:
        span = Span(file="f", line=line, column=start, end_line=line, end_column=end)
        return Diagnostic(code="IRK000", summary="", fix=Fix(span=span, replacement=new))

    found_ = [fix(1, 1, 3, "x"), fix(1, 2, 4, "y"), fix(2, 2, 3, ""), fix(99, 1, 2, "z")]
    assert apply_fixes(text, found_) == "\ufeffxc\nac\n"


def test_a_fitting_call_is_no_finding() -> None:
    """Inputs that are given or have a default are enough."""
    inputs = "inputs: {user: okta.user, more: {type: text, default: x}}\n"
    other = decoded(f"{HEAD}{inputs}steps: [{{report: x}}]\n")
    context = LintContext(playbooks={"other": other})
    assert found(book("  - {call: other, with: {user: a}}\n"), "IRK205", context) == []


def test_severities_follow_the_workspace() -> None:
    """With least privilege a missing permission is an error, and else a warning."""
    text = book("  - {do: aws.iam_user.quarantine, with: {user: bob}}\n")
    declared = {"aws": frozenset({"iam:GetUser"})}
    for strict, severity in ((False, Severity.WARNING), (True, Severity.ERROR)):
        context = LintContext(permissions=declared, least_privilege=strict)
        found_ = [d.severity for d in linted(text, context) if d.code == "IRK243"]
        assert found_ == [severity]


def test_evidence_is_an_error_where_the_state_before_is_lost() -> None:
    """An action that needs evidence before makes its absence an error."""
    text = GUARDED + REMOVE.replace("user.id", "inputs.user")
    found_ = [d.severity for d in linted(text) if d.code == "IRK234"]
    assert found_ == [Severity.ERROR]


def test_findings_are_in_the_order_of_the_file() -> None:
    """Whatever rule found them."""
    text = book(REVOKE.replace("user.id", "usr"), SUSPEND.replace("user.id", "nope"))
    places = [(d.at.span.line, d.at.span.column) for d in linted(text) if d.at]
    assert places == sorted(places)


def test_fixes_make_the_file_clean() -> None:
    """Applying the safe fixes leaves nothing that they were for."""
    bad = book(
        SUSPEND.replace("user:", "usr:"),
        '  - {do: okta.user.get, with: {user: "{{ user.id }}"}, as: again}\n',
        "  - {read: aws.seat.stat, with: {seat: x}}\n",
    )
    fixed = apply_fixes(bad, linted(bad))
    assert "with: {user: " in fixed
    assert "read: okta.user.get" in fixed
    assert "aws.seat.state" in fixed
    assert not has_errors(linted(fixed))
    assert apply_fixes(fixed, linted(fixed)) == fixed


def test_a_playbook_without_its_text_can_be_judged() -> None:
    """One that was generated has no file; findings then have no narrower place, and no fix."""
    for code, bad, _ in CASES:
        playbook = replace(decoded(bad), source="", span=None)
        found_ = lint(playbook, CATALOGUE, config=CONTEXT)
        if code not in {"IRK207", "IRK242", "IRK241", "IRK116"}:
            assert code in {item.code for item in found_}


def test_an_undo_of_a_phase_that_is_not_there_is_not_lints() -> None:
    """Decoding has said so already."""
    playbook = decoded(book(SUSPEND, "  - {phase: P, steps: [{undo: Steps}]}\n"))
    phases = list(playbook.phases)
    step = phases[1].steps[0]
    assert isinstance(step, UndoStep)
    phases[1] = replace(phases[1], steps=(replace(step, phases=("gone",)),))
    found_ = lint(replace(playbook, phases=tuple(phases)), CATALOGUE)
    assert "IRK248" not in {item.code for item in found_}


def test_without_an_action_that_closes_the_door_none_is_asked_for() -> None:
    """What nobody offers is not missed; a parameter of an unknown type is not judged."""
    specs = {k: s for k, s in CATALOGUE.specs.items() if not s.closes_door}
    get = specs["okta.user.get"]
    odd = replace(get, parameters=(*get.parameters, parameter("odd", "strange", required=False)))
    catalogue = Catalogue({**specs, get.id: odd})
    text = book(REVOKE).replace('user }}"}', 'user }}", odd: 1}')
    assert lint(decoded(text), catalogue) == ()


def test_a_manual_step_of_always_lets_nothing_through() -> None:
    """Nothing comes after it but what always runs; a change there is one after silence too."""
    text = book(SUSPEND) + "always:\n" + MANUAL + "  - {report: x}\n"
    assert found(text, "IRK231") == []
    change = "  - {do: okta.user.suspend, with: {user: x}, when: now}\n"
    assert len(found(text + change, "IRK231")) == 1
    before = book(MANUAL) + "always:\n" + change
    assert found(before, "IRK231") == []


def test_a_constant_template_is_a_default_that_is_not_judged() -> None:
    """Its value is known only when it is evaluated."""
    text = book(SUSPEND).replace("user: okta.user", """user: {type: int, default: "{{ 'x' }}"}""")
    assert found(text, "IRK117") == []


def test_outputs_may_be_constants_and_lists() -> None:
    """Names are looked for inside of them."""
    text = book(SUSPEND) + 'outputs: {a: 1, b: [x, "{{ usr }}"], c: {d: "{{ user }}"}}\n'
    assert found(text, "IRK210") == ["`usr` is undefined"]


def test_every_rule_says_in_its_docstring_what_it_finds() -> None:
    """The pages of the rules are made from these."""
    for name in rule_names():
        module = importlib.import_module(f"irkit.lang.rules.{name}")
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        codes = set(re.findall(r'"(IRK[0-9]{3})"', source))
        assert codes
        assert codes <= set(re.findall(r"IRK[0-9]{3}", str(module.__doc__)))


def test_no_fix_turns_a_read_into_a_change() -> None:
    """That something shall be changed is for a person to say."""
    bad = book("  - {read: okta.user.suspend, with: {user: x}}\n")
    assert apply_fixes(bad, linted(bad)) == bad
    unknown = book("  - {do: okta.user.suspnd, with: {user: x}}\n")
    assert apply_fixes(unknown, linted(unknown)) == unknown


def test_no_fix_gives_a_parameter_twice() -> None:
    """A misspelt parameter beside the right one is left to a person."""
    bad = book("  - {do: okta.user.suspend, with: {user: x, usr: y}}\n")
    assert apply_fixes(bad, linted(bad)) == bad


def test_digits_are_quoted_as_they_were_written() -> None:
    """The fix changes no digit."""
    bad = book("  - {do: okta.user.suspend, with: {user: 120}}\n")
    assert 'with: {user: "120"}' in apply_fixes(bad, linted(bad))


def test_an_empty_catalogue_makes_every_action_unknown_and_nothing_else_fail() -> None:
    """Rules are silent about actions they do not know."""
    codes = {d.code for d in lint(decoded(FEDERATED), Catalogue({}))}
    assert codes <= {"IRK201", "IRK244"}
    assert len(CATALOGUE.specs) > 5
