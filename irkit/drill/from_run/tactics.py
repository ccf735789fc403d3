"""What the intruder of a scenario does: a tactic for each thing that an incident left a sign of.

In the order of time as far as it is known. What a story needs and no record tells is a choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from irkit.drill.from_run.incident import Incident, What
from irkit.drill.from_run.stand_ins import PEOPLE, StandIns

TIMES: Final = 38
"""So often it does what it came for: as long as a night is, if nobody stops it."""
_LONGEST_FIRST: Final = ("aws_key", "aws_key_session", "aws_chained", "aws_session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of YAML, and what its author has to choose about it."""

    text: str
    choose: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What an incident is as a story with stand-ins."""

    incident: Incident
    names: StandIns

    @property
    def by_provider(self) -> bool:
        """Say whether the intruder came in by a provider of its own."""
        return self.incident.has(What.PROVIDER)

    @property
    def by_key(self) -> bool:
        """Say whether it began with a leaked key, and not with a person."""
        return self.incident.key and not self.incident.people

    @property
    def start(self) -> str:
        """Return what the intruder begins with."""
        if self.by_key:
            return "aws_key:pipeline"
        return "okta_session:victim" if self.by_provider else "password:victim"

    @property
    def goal(self) -> str:
        """Return what it wants."""
        return "machine" if self.by_key and self.incident.has(What.MACHINE) else "data"

    @property
    def victim(self) -> str:
        """Return who stands in for whoever was driven first."""
        known = tuple(self.names.people.values())
        return known[0] if known else PEOPLE[0]

    @property
    def impersonated(self) -> str:
        """Return who stands in for whom a provider of the intruder's was used as."""
        others = [name for name in (*self.names.people.values(), *PEOPLE) if name != self.victim]
        return others[0]

    @property
    def chains(self) -> bool:
        """Say whether it goes on into another role."""
        return self.by_key or self.incident.has(What.CHAINED)

    @property
    def chained_in(self) -> str:
        """Return in which account that role is."""
        return self.names.account(next(iter(self.accounts(What.CHAINED)), ""))

    def entered(self) -> tuple[str, ...]:
        """Return in which accounts it entered a role by federation; at least in one.

        The last is the one from which it goes on: an intruder uses what it got last.
        """
        accounts = [self.names.account(real) for real in self.accounts(What.ROLE_SESSION)]
        found = sorted(dict.fromkeys(accounts), key=lambda name: name == self.chained_in)
        return tuple(found) or (self.chained_in,)

    def accounts(self, what: What) -> tuple[str, ...]:
        """Return the real accounts in which there was such a thing."""
        return self.incident.accounts(what)

    def tactics(self) -> Iterator[Line]:
        """Yield what it does, in the order in which it is tried."""
        yield from self._way_in()
        for what in dict.fromkeys(sign.what for sign in self.incident.signs):
            yield from self._of(what)
        if not self.by_key and not self.incident.has(What.ROLE_SESSION):
            yield from self._enter("no session in AWS was found: an intruder would go there")
        if self.by_key and not self.incident.has(What.CHAINED):
            guess = "no role that the key entered was found: an intruder would look for one"
            yield _line(ENTER_ROLE, needs=self._in_aws, choose=guess)
        yield self._last()

    def on_loss(self) -> Iterator[Line]:
        """Yield how it comes back: what would have been tried is in no trail."""
        guess = "what would have been tried next is in no trail"
        if self.by_key:
            needs = f"[{{any: [{', '.join(self._keys)}]}}]"
            yield _line(ENTER_ROLE, id_="enter-again", needs=needs, renew=True, choose=guess)
            return
        if self.by_provider:
            yield _line(COME_IN, id_="back-in", renew=True, choose=guess)
        else:
            yield _line(PUSH, id_="push-again", renew=True, choose=guess)
        if self.incident.has(What.FACTOR):
            yield _line(SIGN_IN, renew=True)
        yield _line(ENTER_AWS, id_="enter-again", given="{role: role-1}", renew=True)

    @property
    def _keys(self) -> tuple[str, ...]:
        """Return what a leaked key and its sessions are held as."""
        kept = ("aws_key_session",) if self.incident.has(What.KEY_SESSION) else ()
        return (*kept, "aws_key")

    @property
    def _in_aws(self) -> str:
        """Return what it has in AWS at first."""
        return f"[{{any: [{', '.join(self._keys)}]}}]" if self.by_key else "[aws_session]"

    def _way_in(self) -> Iterator[Line]:
        if self.by_provider:
            yield _line(TRUST, choose="how the administrator's session was stolen is in no trail")
            yield _line(COME_IN)
        elif not self.by_key:
            yield _line(PUSH, choose="how the intruder came in is in no trail")

    def _of(self, what: What) -> Iterator[Line]:
        match what:
            case What.FACTOR:
                yield _line(FACTOR)
            case What.API_TOKEN:
                yield _line(TOKEN, needs='["okta_session:victim"]' if self.by_provider else "")
            case What.ROLE_SESSION if not self.by_key:
                yield from self._enter()
            case What.CHAINED:
                yield _line(ENTER_ROLE, needs=self._in_aws)
            case What.KEY:
                yield _line(KEY, needs=self._in_aws)
            case What.KEY_SESSION:
                yield _line(KEY_SESSION)
            case What.MACHINE if self.goal != "machine":
                yield _line(MACHINE, needs=self._in_aws)
            case _:
                pass

    def _enter(self, choose: str = "") -> Iterator[Line]:
        """Yield a session in each account; the first is renewed when it is lost."""
        for number, _ in enumerate(self.entered(), start=1):
            id_ = "enter-aws" if number == 1 else f"enter-aws-{number}"
            given = f"{{role: role-{number}}}"
            yield _line(ENTER_AWS, id_=id_, given=given, renew=number == 1, choose=choose)

    def _last(self) -> Line:
        """Return what it does again and again, until it has what it came for."""
        choose = "what the intruder came for, and how much of it, is in no trail"
        if self.goal == "machine":
            return _line(MACHINE, needs="[aws_chained]", repeat=TIMES, choose=choose)
        held = [*self._keys] if self.by_key else ["aws_session"]
        made = {
            What.CHAINED: "aws_chained",
            What.KEY: "aws_key",
            What.KEY_SESSION: "aws_key_session",
        }
        held += [holding for what, holding in made.items() if self.incident.has(what)]
        if self.by_key:
            held.append("aws_chained")
        longest = [holding for holding in _LONGEST_FIRST if holding in held]
        needs = f"[{{any: [{', '.join(longest)}]}}]"
        return _line(COPY, needs=needs, repeat=TIMES, choose=choose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A tactic as it usually is: its id, its verb, what it needs and gives."""

    id: str
    do: str
    needs: str
    gives: str
    given: str = ""
    attack: str = ""


PUSH: Final = Form(
    id="push-spam",
    do="okta.push_mfa",
    needs='["password:victim"]',
    gives="okta_session",
    attack="T1621",
)
SIGN_IN: Final = Form(
    id="sign-in-again",
    do="okta.sign_in",
    needs="[okta_factor]",
    gives="okta_session",
    attack="T1078.004",
)
FACTOR: Final = Form(
    id="own-factor",
    do="okta.enroll_factor",
    needs="[okta_session]",
    gives="okta_factor",
    attack="T1098.005",
)
TOKEN: Final = Form(
    id="api-token",
    do="okta.create_token",
    needs="[okta_session]",
    gives="okta_token",
    attack="T1098.001",
)
TRUST: Final = Form(
    id="trust-provider",
    do="okta.add_provider",
    needs='["okta_session:victim"]',
    gives="okta_idp",
    attack="T1484.002",
)
COME_IN: Final = Form(
    id="come-in",
    do="okta.come_through",
    given="{user: person-1}",
    needs="[okta_idp]",
    gives='"okta_session:person-1"',
    attack="T1556.007",
)
ENTER_AWS: Final = Form(
    id="enter-aws",
    do="aws.federate",
    needs="[okta_session]",
    gives="aws_session",
    attack="T1078.004",
)
ENTER_ROLE: Final = Form(
    id="chain",
    do="aws.assume_role",
    given="{role: next-role}",
    needs="[aws_session]",
    gives="aws_chained",
    attack="T1550.001",
)
KEY: Final = Form(
    id="key",
    do="aws.create_key",
    given="{user: svc-added}",
    needs="[aws_session]",
    gives="aws_key",
    attack="T1098.001",
)
KEY_SESSION: Final = Form(
    id="key-session",
    do="aws.session_token",
    needs="[aws_key]",
    gives="aws_key_session",
    attack="T1550.001",
)
MACHINE: Final = Form(
    id="machine", do="aws.run_instance", needs="[aws_session]", gives="machine", attack="T1578.002"
)
COPY: Final = Form(
    id="copy", do="aws.share_snapshot", needs="[aws_session]", gives="data", attack="T1537"
)


def _line(
    form: Form,
    *,
    id_: str = "",
    needs: str = "",
    given: str = "",
    repeat: int = 1,
    renew: bool = False,
    choose: str = "",
) -> Line:
    """Return a tactic as a line of YAML."""
    with_ = given or form.given
    parts = (
        f"id: {id_ or form.id}",
        f"do: {form.do}",
        f"with: {with_}" if with_ else "",
        f"needs: {needs or form.needs}",
        f"gives: [{form.gives}]",
        f"repeat: {repeat}" if repeat > 1 else "",
        "renew: true" if renew else "",
        f"attack: {form.attack}" if form.attack else "",
    )
    return Line(text=f"- {{{', '.join(part for part in parts if part)}}}", choose=choose)
