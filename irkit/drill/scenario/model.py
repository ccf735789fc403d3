"""A scenario as data: its company, its truth, its adversary, and what is expected of people.

What an adversary's act brings is not said here. The simulated providers decide that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from irkit.diagnostics import Span
from irkit.drill.scenario.goals import Objective

MADE = "made"
"""What `@made.SORT` begins with: no entity has this name."""


class Style(StrEnum):
    """How an exercise is played: by talking it through, or with the real commands."""

    TABLETOP = "tabletop"
    SIMULATED = "simulated"


class Right(StrEnum):
    """What somebody in a role may do."""

    RUN = "run"
    APPROVE = "approve"
    DECLARE = "declare"
    CLAIM = "claim"
    DECIDE = "decide"
    POST = "post"
    NOTE = "note"
    STEER = "steer"
    """Pause, skip, hint, judge: the facilitator's."""


class Holding(StrEnum):
    """What an intruder can hold or have done; tactics need and give these."""

    PASSWORD = "password"  # noqa: S105  # a word, and none
    OKTA_SESSION = "okta_session"
    OKTA_FACTOR = "okta_factor"
    OKTA_TOKEN = "okta_token"  # noqa: S105  # a word as well
    OKTA_ADMIN = "okta_admin"
    OKTA_IDP = "okta_idp"
    AWS_SESSION = "aws_session"
    AWS_CHAINED = "aws_chained"
    AWS_KEY = "aws_key"
    AWS_KEY_SESSION = "aws_key_session"
    AWS_TRUST = "aws_trust"
    MACHINE = "machine"
    DATA = "data"
    DESTROYED = "destroyed"


class Occasion(StrEnum):
    """What has to have happened before an inject is given."""

    DECLARED = "declared"
    FIRST_CUT = "first_cut"
    CLAIMED = "claimed"
    FALSE_CLAIM = "false_claim"
    """Contained was claimed while a seat was alive."""
    SEAT_LOST = "seat_lost"
    """The intruder has noticed that a seat is gone."""
    CAME_BACK = "came_back"
    """The intruder got in again after a loss."""


class Evidence(StrEnum):
    """What in the trail shows that an expectation was met."""

    DECLARED = "declared"
    CLAIMED = "claimed"
    ACTION = "action"
    """An action of a run was made, or a read answered; `of` is its id."""
    PLAYBOOK = "playbook"
    """A run of the playbook `of` closed as contained."""
    APPROVALS = "approvals"
    """As many people as `of` says signed."""
    POSTED = "posted"
    """Something was told to the audience `of`."""
    DECIDED = "decided"
    """The decision `of` was taken, and well."""
    ANSWERED = "answered"
    """The question `of` was answered."""
    JUDGED = "judged"
    """The facilitator said so."""


class Fix(StrEnum):
    """What is broken on purpose."""

    OKTA_SIGN_IN = "okta_sign_in"
    """Nobody signs in to Okta by its pages."""
    OKTA_LIMIT = "okta_limit"
    """Okta's API answers 429."""
    OKTA_DOWN = "okta_down"
    """Okta does not answer at all."""
    AWS_LIMIT = "aws_limit"
    """AWS throttles."""
    APPROVER = "approver"
    """An approver does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of the exercise. `least` people must have it; `sees_truth` is the facilitator's."""

    name: str
    least: int = 0
    can: frozenset[Right] = frozenset()
    sees_truth: bool = False
    reachable_within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Somebody or something of the company that the scenario speaks of.

    `name` is a login, an application's label, or a name in the AWS account `account`.
    """

    id: str
    type: str
    name: str
    account: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Something that does not work for a while. `who` is an approver."""

    at: timedelta
    what: Fix
    lasts: timedelta
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The company, and what is peculiar about it that night.

    `admins` are administrator roles by entity; `tires` is at which push somebody gives in.
    """

    fixture: str
    entities: Mapping[str, Entity] = field(default_factory=dict)
    admins: Mapping[str, str] = field(default_factory=dict)
    tires: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[Breakage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an investigation should answer; `key` says where the right answer is."""

    id: str
    ask: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the facilitator alone knows."""

    patient_zero: str
    first_bad: str
    addresses: tuple[str, ...]
    never_touched: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A holding, of an entity where that matters (`password:victim`)."""

    kind: Holding
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}" if self.of else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One need of a tactic: any of these will do."""

    any: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tactic:
    """One thing the intruder tries.

    Attributes:
        id: Its name in the scenario.
        do: The verb that does it.
        given: The verb's parameters; entities by their ids.
        needs: All of them must hold.
        gives: What is held when it worked; without it the act is its own end.
        repeat: How often it must work before it is done.
        renew: It is done again whenever what it gives is lost.
        decision: It works only once this decision was taken so, as (decision, option).
        delay: How long after a loss it is tried first.
    """

    id: str
    do: str
    given: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    gives: tuple[Held, ...] = ()
    repeat: int = 1
    renew: bool = False
    attack: str = ""
    decision: tuple[str, str] | None = None
    delay: timedelta = timedelta()
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversary:
    """Who fights back. The first tactic whose needs hold and that is not done is tried next."""

    goal: tuple[Held, ...]
    every: timedelta
    jitter: timedelta
    gives_up_after: int
    start: tuple[Held, ...]
    tactics: tuple[Tactic, ...]
    on_loss: tuple[Tactic, ...] = ()

    @property
    def all_tactics(self) -> tuple[Tactic, ...]:
        """Return every tactic."""
        return (*self.tactics, *self.on_loss)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """Something that people are told, at a time, after a tactic worked, or on an occasion."""

    id: str
    to: str
    channel: str
    text: str
    at: timedelta | None = None
    after: str = ""
    when: Occasion | None = None
    delay: timedelta = timedelta()
    decision: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What good looks like. `before` is another expectation or an action."""

    id: str
    by: str
    what: str
    evidence: Evidence
    of: str = ""
    within: timedelta | None = None
    before: str = ""
    points: int = 5
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A question that people must decide; `good` are the options that are right."""

    id: str
    ask: str
    options: tuple[str, ...]
    good: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Help that costs points."""

    text: str
    points: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move of a response: the playbook, or of it only `actions`, in this order of moves."""

    at: timedelta
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A way to respond that is tried on the world; no moves is nobody acting.

    `approve_after` is how long a signature takes, `decides` the options of decisions that are taken
    as soon as they are asked for. Who responds says `contained` after the last
    move, whatever the moves came to.
    """

    id: str
    title: str
    moves: tuple[Move, ...] = ()
    approve_after: timedelta = timedelta()
    decides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """The playbook that is meant to win.

    `inputs` may name `@entity`, `@entity.key`, or `@made.SORT`: what the intruder made first of a
    sort, which has to be found out before the playbook can be run.
    """

    playbook: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario. `source` and `digest` are its text's."""

    id: str
    title: str
    about: str
    version: str
    labels: tuple[str, ...]
    references: tuple[str, ...]
    difficulty: int
    styles: tuple[Style, ...]
    starts: datetime
    lasts: timedelta
    evicted_for: timedelta
    objectives: tuple[Objective, ...]
    roles: Mapping[str, Role]
    world: Setting
    truth: Truth
    adversary: Adversary
    injects: tuple[Inject, ...]
    expect: tuple[Expectation, ...]
    decisions: Mapping[str, Decision]
    hints: tuple[Hint, ...]
    respond: Respond
    responses: tuple[Response, ...]
    source: str
    digest: str
    file: str

    def inputs(
        self, keys: Mapping[str, str] | None = None, made: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        """Return the playbook's inputs with every entity's own name.

        `keys` are the ids of the IAM users' access keys, which only a world knows, `made` what the
        intruder made first by sort; what is in neither stays as it is.
        """
        return {
            name: self.name_of(value, keys or {}, made or {})
            for name, value in self.respond.inputs.items()
        }

    def name_of(self, value: str, keys: Mapping[str, str], made: Mapping[str, str]) -> str:
        """Return what an input that begins with `@` stands for; others are as they are."""
        if not value.startswith("@"):
            return value
        entity, _, part = value[1:].partition(".")
        if entity == MADE:
            return made.get(part, value)
        name = self.world.entities[entity].name
        return keys.get(name, value) if part else name

    def tactic(self, name: str) -> Tactic:
        """Return one tactic."""
        return next(tactic for tactic in self.adversary.all_tactics if tactic.id == name)
