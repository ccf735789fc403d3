"""Who is protected stays so, whatever is renamed, left or called; each way is tried."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory
from test_guards_undo import book_of

from irkit.engine.books import recorded_book
from irkit.model.run import Run
from irkit.workspace import lock
from irkit.workspace.lock import Pin

ADA, BO, LIAM = (f"{name}@acme.example" for name in ("ada.break", "bo.break", "liam.obrien"))
CALLED = f"""irkit: 1
playbook: inner
title: Inner
version: 1.0.0
about: Suspends somebody.
inputs: {{user: okta.user}}
guards: {{protect: [{{okta.user: {LIAM}}}], limit: {{okta.user: 1}}}}
steps:
  - do: okta.user.suspend
    with: {{user: "{{{{ inputs.user }}}}"}}
"""
CALLING = """irkit: 1
playbook: outer
title: Outer
version: 1.0.0
about: Calls it.
inputs: {user: okta.user}
steps:
  - call: inner
    with: {user: "{{ inputs.user }}"}
"""
HIDDEN = f"""irkit: 1
playbook: hidden
title: Hidden
version: 1.0.0
about: Comes by a loop, by a rescue, and always.
inputs: {{user: okta.user}}
steps:
  - for_each: {{who: "['{ADA}', inputs.user]"}}
    on_error: continue
    steps:
      - do: okta.user.suspend
        with: {{user: "{{{{ who }}}}"}}
    rescue:
      - do: okta.user.deactivate
        with: {{user: "{{{{ who }}}}"}}
        because: It could not be suspended.
always:
  - do: okta.user.suspend
    with: {{user: "{{{{ inputs.user }}}}"}}
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory without an intruder."""
    with laboratory(tmp_path, intruder=False) as lab:
        yield lab


def suspended(lab: Lab, user: str) -> Run:
    """Plan to suspend somebody."""
    return lab.plan(book_of("okta.user.suspend", user=user), user=user).run


def test_who_is_taken_out_of_a_pinned_group_stays_protected(lab: Lab) -> None:
    """The pin is of a person; whoever came in since is not protected, and may be the intruder's."""
    users, group = lab.world.okta_ids.users, lab.world.okta_ids.groups["break-glass"]
    pin = Pin(
        kind="okta.user",
        pattern="break-glass",
        tenant=f"okta:{lab.world.org_id}",
        id=users[ADA],
        label=ADA,
    )
    (lab.root / "protect.lock").write_text(lock.encode([pin]))
    tables = lab.world.okta.tables
    tables.leave(group, users[ADA])
    tables.join(group, users[LIAM])
    run = suspended(lab, ADA)
    assert set(run.refused_by.values()) == {"protected"}
    assert "protect.lock: break-glass" in run.refusals[0][2]
    assert not suspended(lab, LIAM).refusals


def test_what_a_called_playbook_protects_is_protected(lab: Lab) -> None:
    """Calling it from one that protects nothing does not lift it."""
    book = recorded_book(CALLING, "outer.yaml", {"inner": CALLED})
    assert set(lab.plan(book, user=LIAM).run.refused_by.values()) == {"protected"}
    assert not lab.plan(book, user="max.huber@acme.example").run.refusals


def test_no_way_through_a_playbook_leads_past_the_guards(lab: Lab) -> None:
    """Neither the items of a loop, nor what rescues them, nor what is always done."""
    book = recorded_book(HIDDEN, "hidden.yaml", {})
    run_id = lab.start(book, user=BO)
    run = lab.to_its_end(book, run_id).run
    assert set(run.refused_by.values()) == {"protected"}
    assert {path.partition("[")[0].rpartition(".")[2] for path in run.refused_by} == {
        "suspend",
        "deactivate",
    }
    assert any(path.startswith("always") for path in run.refused_by)
    users = lab.world.okta.tables.users.values()
    assert {str(u.status) for u in users if u.login in {ADA, BO}} == {"ACTIVE"}
