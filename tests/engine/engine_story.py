"""Playbooks, entries and catalogues for tests of the engine's pure parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.engine.leaves import Walked
from irkit.engine.walk import Book, Walk
from irkit.lang import decode
from irkit.model.change import Change, Target
from irkit.model.fold import take
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep
from irkit.model.playbook import Playbook
from irkit.model.run import Run
from irkit.model.spec import Blast, Catalogue, Effect, Reversal, Spec, Verb

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

CATALOGUE = Catalogue(
    {
        "okta.user.get": Spec(
            id="okta.user.get", version=1, verb=Verb.READ, summary="Read a user", needs=("okta",)
        ),
        "okta.user.suspend": Spec(
            id="okta.user.suspend",
            version=1,
            verb=Verb.DO,
            summary="Suspend a user",
            needs=("okta",),
            effect=Effect.PROBEABLE,
            reversal=Reversal.EXACT,
        ),
        "aws.federation.trace": Spec(
            id="aws.federation.trace",
            version=1,
            verb=Verb.READ,
            summary="Trace sessions",
            needs=("aws",),
        ),
        "aws.iam_role.deny_session": Spec(
            id="aws.iam_role.deny_session",
            version=1,
            verb=Verb.DO,
            summary="Deny one session",
            needs=("aws",),
            effect=Effect.IDEMPOTENT,
            reversal=Reversal.EXACT,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """An entry for the fold."""

    n: int
    ts: str
    type: str
    body: JsonObject


@dataclass
class Story:
    """A run that grows by entries, and walks over it."""

    playbook: Playbook
    calls: Mapping[str, Playbook] = field(default_factory=dict)
    run: Run = field(default_factory=lambda: Run(id="01TEST"))
    now: datetime = START
    count: int = 0

    def tell(self, kind: str, **body: Json) -> None:
        """Fold one entry in, a second later."""
        self.now += timedelta(seconds=1)
        take(self.run, StoryEntry(self.count, rfc3339(self.now), kind, body))
        self.count += 1

    def read(self, step: str, value: Json, **more: Json) -> None:
        """Record the answer of a read."""
        self.tell("step.read", step=step, action="x", value=value, digest="", **more)

    def walk(self, drafted: frozenset[str] = frozenset()) -> Walked:
        """Walk over what is known now."""
        book = Book(main=self.playbook, calls=self.calls)
        return Walk(book, self.run, CATALOGUE, now=self.now, drafted=drafted).walked()

    def propose(self, part: str, *steps: PlannedStep, need: int = 0) -> None:
        """Record a plan with one part, or extend the one there is."""
        made = Part(id=part, phase=part.partition("+")[0], need=PartNeed(need=need), steps=steps)
        if self.run.header is None:
            plan = Plan(header=header(self.playbook), parts=(made,))
            self.tell("plan.proposed", plan=text_of(plan.chunks()), nonce="n", requester="alice")
        else:
            self.tell("plan.extended", content=text_of(made.content()))


def text_of(chunks: Iterable[bytes]) -> str:
    """Return the text of a blob that is written in chunks."""
    return b"".join(chunks).decode()


def playbook(steps: str, **top: str) -> Playbook:
    """Decode a playbook with these steps, indented by two."""
    lines = ["irkit: 1", "playbook: tested", "title: Tested", "version: 1.0.0", "about: Tested."]
    lines += [f"{key}: {value}" for key, value in top.items()]
    decoded = decode.playbook("\n".join([*lines, "steps:", steps]), "tested.yaml")
    assert decoded.playbook is not None, decoded.diagnostics
    return decoded.playbook


def header(of: Playbook) -> Header:
    """Return a header for a plan of `of`."""
    return Header(
        playbook=of.id,
        playbook_digest=of.digest,
        title=of.title,
        inputs={},
        tenants=("okta:00o1", "aws:111122223333"),
        mode="drill",
        policy="sha256:" + "0" * 64,
        guards=(),
        irkit="0",
        actions={},
        observed_at=rfc3339(START),
    )


def planned(
    path: str,
    *names: str,
    action: str = "okta.user.suspend",
    target: str = "00u1",
    effect: Effect = Effect.PROBEABLE,
    after: Json = None,
) -> PlannedStep:
    """Return a planned step with one change for each of `names`, each needing the one before."""
    changes: list[Change] = []
    for name in names:
        changes.append(
            Change(
                id=f"{path}#{name}",
                target=Target(
                    kind="okta.user", tenant="okta:00o1", id=f"{target}{name}", label="kai"
                ),
                verb="suspend",
                before={"status": "ACTIVE"},
                after=after or {"status": "SUSPENDED"},
                needs=(changes[-1].id,) if changes else (),
            )
        )
    return PlannedStep(
        path=path,
        action=action,
        version=1,
        connection="",
        arguments={"user": target},
        title="Suspend",
        effect=effect,
        reversal=Reversal.EXACT,
        blast=Blast.PRINCIPAL,
        changes=tuple(changes),
    )
