"""The text of a scenario that is made from an incident, with its choices marked as such."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Final

from irkit.drill.from_run.incident import Incident, What
from irkit.drill.from_run.stand_ins import stand_ins
from irkit.drill.from_run.tactics import Line, Story
from irkit.model.playbook import Input, Playbook

MARK: Final = "CHOOSE"
_NEVER: Final = "ci-deploy"
_HEAD: Final = """\
# Made from a run of a real incident. Nobody in it is real: people, accounts, roles and addresses
# are those of the simulated company, and no word of the trail is in it. {mark} says what no trail
# knows: read each of these lines, and decide."""
_ABOUT: Final = (
    "An incident of our own, as its run knows it: {signs}. The same intruder, in another company, "
    "and this time one that does not stand still."
)
_FIXED: Final = """\
objectives:
  - {id: O1, text: Declare in time, csf: DE.AE-08, measure: time_to_declare, target: 20m}
  - {id: O2, text: Shut every way in, csf: RS.MI-01, measure: seats_left, target: 0}
  - {id: O3, text: Claim nothing untrue, csf: RS.CO-02, measure: false_all_clears, target: 0}
  - {id: O4, text: Cut nobody off who is innocent, csf: RS.MI-01, measure: collateral, target: 0}

roles:
  commander: {least: 1, can: [declare, decide, claim]}
  responder: {least: 1, can: [run, declare, note]}
  approver: {least: 1, can: [approve], reachable_within: 5m}
  facilitator: {least: 1, can: [steer, note], sees_truth: true}
"""
_EXPECT: Final = """
expect:
  - {{id: E1, by: responder, what: Declare it, evidence: declared, within: 20m, points: 10}}
  - id: E2
    by: responder
    what: Contain with the playbook
    evidence: playbook
    of: {playbook}
    within: 45m
    points: 20
  - {{id: E3, by: approver, what: Sign, evidence: approvals, of: "{signers}", within: 40m}}
"""
_RESPONSES: Final = """\
responses:
  - {id: nobody, title: Nobody acts}
  - {id: playbook, title: The playbook, approve_after: 2m, moves: [{at: 20m}]}
  - id: late-approval
    title: The playbook with late approval
    approve_after: 25m
    moves: [{at: 20m}]"""
_SAID: Final = {
    What.FACTOR: "an authenticator of the intruder's",
    What.API_TOKEN: "an API token",
    What.PROVIDER: "an identity provider",
    What.ROLE_SESSION: "sessions in AWS",
    What.CHAINED: "sessions of a further role",
    What.KEY: "an access key",
    What.KEY_SESSION: "sessions that outlive their key",
    What.MACHINE: "machines",
    What.REFRESH_TOKEN: "refresh tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A scenario's text; `choices` are what its author has to look at, `names` who is who."""

    text: str
    choices: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


def written(incident: Incident, playbook: Playbook, name: str) -> Written:
    """Return the scenario of an incident, to be won with `playbook`."""
    story = Story(incident, stand_ins(incident))
    lines = [*_lines(story, playbook, name)]
    return Written(
        text="\n".join(_marked(line) for line in lines) + "\n",
        choices=tuple(line.choose for line in lines if line.choose),
        names=story.names.pairs(),
    )


def inputs(playbook: Playbook) -> dict[str, str] | None:
    """Return what a drill gives a playbook, None where it asks for what a drill cannot know."""
    found = {}
    for item in playbook.inputs:
        given = _given(item)
        if given:
            found[item.name] = given
        elif item.required:
            return None
    return found


def _given(item: Input) -> str:
    if not item.required:
        return ""
    if item.name == "idp":
        return "@made.providers"
    return {"okta.user": "@victim", "aws.access_key": "@pipeline.key"}.get(item.type, "")


def _marked(line: Line) -> str:
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return f"{indent}# {MARK}: {line.choose}\n{line.text}" if line.choose else line.text


def _lines(story: Story, playbook: Playbook, name: str) -> Iterator[Line]:
    yield Line(text=_HEAD.format(mark=MARK))
    yield Line(text=f"irkit: 1\nscenario: {name}\nversion: 1.0.0")
    yield Line(text="title: After an incident of our own", choose="what people should call it")
    found = dict.fromkeys(sign.what for sign in story.incident.signs)
    signs = ", ".join(_SAID[what] for what in found) or "an account, and nothing more"
    yield Line(text=_about(signs), choose=_left_out(story.incident))
    yield Line(text=f"difficulty: {min(1 + len(found) // 2, 5)}\nlasts: 90m\nevicted_for: 15m\n")
    yield Line(text=_FIXED)
    yield from _world(story)
    yield from _truth(story)
    yield from _adversary(story)
    yield from _people(story, playbook)


def _world(story: Story) -> Iterator[Line]:
    yield Line(text="world:\n  fixture: acme-small\n  entities:")
    if not story.by_key:
        yield Line(text=f"    victim: {{type: okta.user, login: {story.victim}}}")
    if story.by_provider:
        yield Line(text=f"    person-1: {{type: okta.user, login: {story.impersonated}}}")
    if not story.by_key:
        for number, account in enumerate(story.entered(), start=1):
            yield _entity(f"role-{number}", "role", "Developer", account)
    if story.chains:
        yield _entity("next-role", "role", "Deploy", story.chained_in)
    yield _entity("pipeline", "user", _NEVER, story.names.account(""))
    if story.incident.has(What.API_TOKEN) and not story.by_provider:
        choose = "an API token is an administrator's: which role was it?"
        yield Line(text="  admins: {victim: SUPER_ADMIN}", choose=choose)
    if not story.by_key and not story.by_provider:
        choose = "at which push the person gives in, if that is how it began"
        yield Line(text="  tires: {victim: 3}", choose=choose)
    yield Line(text="")


def _about(signs: str) -> str:
    text = fill(_ABOUT.format(signs=signs), width=98, initial_indent="  ", subsequent_indent="  ")
    return f"about: >\n{text}"


def _left_out(incident: Incident) -> str:
    if not incident.has(What.REFRESH_TOKEN):
        return ""
    return "refresh tokens are left out: the intruder of a drill has no use for one"


def _entity(id_: str, type_: str, name: str, account: str) -> Line:
    return Line(text=f'    {id_}: {{type: aws.{type_}, name: {name}, account: "{account}"}}')


def _truth(story: Story) -> Iterator[Line]:
    first = next(iter(story.tactics())).text.partition("id: ")[2].partition(",")[0]
    yield Line(text=f"truth:\n  patient_zero: {'pipeline' if story.by_key else 'victim'}")
    yield Line(text=f"  first_bad: {first}\n  addresses: [{', '.join(story.names.addresses)}]")
    if not story.by_key:
        yield Line(text="  never_touched: [pipeline]")
    yield Line(text="")


def _adversary(story: Story) -> Iterator[Line]:
    yield Line(text=f"adversary:\n  goal: [{story.goal}]")
    yield Line(text="  every: 90s", choose="how fast it acts: an exercise is faster than a night")
    yield Line(text=f'  jitter: 30s\n  gives_up_after: 12\n  start: ["{story.start}"]\n  tactics:')
    yield from _indented(story.tactics())
    yield Line(text="  on_loss:")
    yield from _indented(story.on_loss())
    yield Line(text="")


def _indented(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        yield Line(text=f"    {line.text}", choose=line.choose)


def _people(story: Story, playbook: Playbook) -> Iterator[Line]:
    yield Line(text="injects:")
    choose = "how people first hear of it"
    for number, inject in enumerate(_injects(story), start=1):
        yield Line(text=f"  - {{id: I{number}, {inject}}}", choose=choose if number == 1 else "")
    yield Line(text=_EXPECT.format(playbook=playbook.id, signers=story.incident.signers))
    given = ", ".join(f'{name}: "{value}"' for name, value in (inputs(playbook) or {}).items())
    yield Line(text=f"respond:\n  playbook: {playbook.id}\n  inputs: {{{given}}}\n")
    yield Line(text=_RESPONSES)


def _injects(story: Story) -> Iterator[str]:
    if story.by_provider:
        text = "Okta: an administrator added an identity provider"
        yield _inject("after: trust-provider, delay: 5m", "responder", "alert", text)
    elif story.by_key:
        text = "A code host tells you: a key of your account is in a public repository"
        yield _inject("at: 6m", "responder", "email", text)
    else:
        text = "My phone keeps asking me to approve a sign-in. Is that you?"
        yield _inject("at: 4m", "responder", "chat", text)
    if story.incident.has(What.KEY):
        text = "AWS: a new access key, made at night"
        yield _inject("after: key, delay: 6m", "responder", "alert", text)
    if story.incident.has(What.MACHINE):
        text = "AWS budget alert: a machine that nobody knows"
        yield _inject("after: machine, delay: 8m", "commander", "email", text)
    text = "It goes on: something happened just now"
    yield _inject("when: false_claim, delay: 3m", "commander", "chat", text)


def _inject(when: str, to: str, channel: str, text: str) -> str:
    return f'{when}, to: {to}, channel: {channel}, text: "{text}"'
