"""A laboratory: a running world, a sealed workspace that points at it, and people with keys."""

import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lab_people import FAST, PEOPLE, REQUESTER

from irkit import assets
from irkit.actions.load import catalogue
from irkit.canonical import Json, JsonObject
from irkit.engine.assembly import Surroundings, connected, context, open_and_prepare
from irkit.engine.books import checked, load_book
from irkit.engine.connections import OpenConnections
from irkit.engine.context import Pace
from irkit.engine.generated import undo_text
from irkit.engine.history import Inflated
from irkit.engine.memory import MemoryJournal
from irkit.engine.opening import Opening
from irkit.engine.overriding import Overriding
from irkit.engine.runner import Driven, Ending, Runner
from irkit.engine.seats import SuppliedSeats
from irkit.engine.session import Session
from irkit.engine.walk import Book
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.display import display_digest, display_text
from irkit.model.run import Run
from irkit.providers.limits import OnWait
from irkit.trail.approvals import sign_statement
from irkit.trail.journal import Journal
from irkit.trail.keys import create_key_file
from irkit.trail.record import Actor, Draft
from irkit.trail.signing_keys import load_signing_key
from irkit.workspace import decode
from irkit.workspace.config import Account
from irkit.workspace.init import WorldFacts, init
from irkit.world.world import World


@dataclass
class Ears:
    """A listener that remembers."""

    records: list[str] = field(default_factory=list)
    bodies: list[tuple[str, JsonObject]] = field(default_factory=list)
    on: dict[str, Callable[[], object]] = field(default_factory=dict)

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Keep it; what somebody wants to do at the first of its type is done now."""
        self.records.append(entry.type)
        self.bodies.append((entry.type, entry.body))
        self.on.pop(entry.type, lambda: None)()

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Nothing."""


@dataclass
class Lab:
    """A world and a workspace."""

    world: World
    root: Path
    pace: Pace = FAST
    ears: Ears = field(default_factory=Ears)
    on_wait: OnWait | None = None
    answers: dict[str, Json] = field(default_factory=lambda: {"theirs": False})
    wired: Callable[[OpenConnections], OpenConnections] = field(default=lambda opened: opened)
    """What stands before the connections that a run acts over."""

    @property
    def session(self) -> Session:
        """Open the workspace anew, as each command does."""
        return Session(
            workspace=decode.load(self.root),
            catalogue=catalogue(),
            environment={},
            actor_name=REQUESTER,
        )

    def around(self, *, seats: bool = True) -> Surroundings:
        """Return the surroundings of a run, with the planted seats if there are any."""
        supplied = None
        if seats and len(self.world.seats):
            supplied = SuppliedSeats(
                entries={
                    seat.id: {"id": seat.id, "label": seat.label} for seat in self.world.seats
                },
                try_one=lambda entry: str(self.seat(str(entry["id"]))),
            )
        return Surroundings(
            listener=self.ears,
            seats=supplied,
            pace=self.pace,
            on_wait=self.on_wait,
            lookups_per_second=0,
        )

    def seat(self, seat_id: str) -> str:
        """Try one seat."""
        return str(next(s for s in self.world.seats if s.id == seat_id).probe())

    def reseal(self) -> None:
        """Begin the trail again under the policy as the files say it now."""
        shutil.rmtree(self.session.workspace.trail_directory)
        session = self.session
        origin = f"{session.workspace.origin}/test"
        Journal.create(
            session.workspace.trail_directory,
            origin=origin,
            signer=session.signers[0],
            policy=session.policy_under(origin).to_json(),
        ).close()

    def book(self, name: str) -> Book:
        """Load a shipped playbook."""
        return load_book(assets.find_playbook(name, None, self.root), None, catalogue())

    def plan(self, book: Book, **inputs: str) -> Driven:
        """Make a bare plan: nothing is recorded and nothing can be written."""

        async def work() -> Driven:
            session = self.session
            journal = MemoryJournal(clock=session.clock)
            async with connected(session, book, self.around(), run_id="", dry=True) as (
                connections,
                _,
            ):
                opening = Opening(book=book, given=inputs, mode="drill", requester=REQUESTER)
                run_id = await open_and_prepare(
                    session, opening, connections, journal=journal, blobs=journal.blobs
                )
                made = context(
                    session,
                    book,
                    self.around(),
                    connections,
                    run_id=run_id,
                    journal=journal,
                    consent=None,
                )
                return await Runner(made).drive()

        return anyio.run(work)

    def start(self, book: Book, undoes: str = "", override: str = "", **inputs: str) -> str:
        """Open a run and return its id; two people are asked to `override` guards."""

        async def work() -> str:
            session = self.session
            with session.journal(writing=True) as journal:
                other = session.run(journal, undoes) if undoes else None
                async with connected(
                    session, book, self.around(), run_id="", dry=True, undone=other
                ) as (connections, _):
                    opening = Opening(
                        book=book,
                        given=inputs,
                        mode="drill",
                        requester=REQUESTER,
                        undoes=undoes,
                        overriding=Overriding(guards=tuple(override.split()), because="a test"),
                    )
                    return await open_and_prepare(
                        session, opening, connections, journal=journal, blobs=journal.blobs
                    )

        return anyio.run(work)

    def go(self, book: Book, run_id: str, *, undone: str = "", wait: bool = False) -> Driven:
        """Act for a run until it closes or waits."""

        async def work() -> Driven:
            session = self.session
            with session.journal(writing=True) as journal, session.acting(run_id):
                consent = session.consent(journal)
                session.check_policy(consent)
                other = session.run(journal, undone) if undone else None
                async with connected(
                    session, book, self.around(), run_id=run_id, dry=False, undone=other
                ) as (connections, _):
                    made = context(
                        session,
                        book,
                        self.around(),
                        self.wired(connections),
                        run_id=run_id,
                        journal=journal,
                        consent=consent,
                        undone=other,
                    )
                    return await Runner(made).drive(wait=wait)

        return anyio.run(work)

    def run_of(self, run_id: str) -> Run:
        """Fold a run from the trail."""
        session = self.session
        with session.journal(writing=False) as journal:
            return session.run(journal, run_id)

    def approve(
        self, run_id: str, who: str = "alice@acme.example", *, valid: timedelta = timedelta(hours=1)
    ) -> None:
        """Sign every signable part of a run's plan as `who` and record it."""
        session = self.session
        with session.journal(writing=True) as journal:
            consent = session.consent(journal)
            run = session.run(journal, run_id)
            assert run.header is not None
            assert run.plan is not None
            parts = [part.id for part in run.parts.values() if part.signable]
            text = display_text(run.plan, parts, run=run_id, requester=run.requester)
            head = journal.head()
            now = session.clock()
            statement = Statement(
                origin=consent.fold.origin,
                run=run_id,
                mode=run.mode,
                header=run.header.digest,
                parts=tuple(run.part_digests[part] for part in parts),
                policy=session.policy.digest,
                decision=Decision.APPROVE,
                approver=who,
                requester=run.requester,
                nonce=run.nonce,
                nb=now - timedelta(seconds=1),
                exp=now + valid,
                display=display_digest(text),
                trail=TrailView(size=head.size, root=b64encode(head.root).decode()),
            )
            signature = sign_statement(statement, load_signing_key(str(self.key(who))))
            journal.append(
                Draft(
                    type="approval",
                    run=run_id,
                    actor=Actor(id=who, kind="person", auth="ssh"),
                    body={
                        "statement": statement.to_json(),
                        "sig": signature.decode(),
                        "display": journal.blobs.put(text.encode()),
                    },
                )
            )

    def answer(self, run_id: str, step: str, **values: Json) -> None:
        """Record somebody's answer to a manual step."""
        self.record(
            run_id,
            "answer",
            {"step": step, "values": values, "silent": False, "by": "alice@acme.example"},
        )

    def record(self, run_id: str, kind: str, body: JsonObject) -> None:
        """Record something from another terminal."""
        with self.session.journal(writing=True) as journal:
            actor = Actor(id="alice@acme.example", kind="person", auth="local")
            journal.append(Draft(type=kind, run=run_id, actor=actor, body=body))

    def undo_book(self, run_id: str, book: Book) -> Book:
        """Return the generated playbook that takes a run back."""
        text = undo_text(self.run_of(run_id), book.main)
        return Book(main=checked(text.encode(), "undo.yaml", catalogue()))

    def contain(self, book: Book, **inputs: str) -> tuple[str, Driven]:
        """Run a playbook to its end: approve what waits, answer what is asked."""
        run_id = self.start(book, **inputs)
        return run_id, self.to_its_end(book, run_id)

    def to_its_end(self, book: Book, run_id: str) -> Driven:
        """Act until the run is closed, approving what waits and answering what is asked."""
        driven = self.go(book, run_id)
        for _ in range(8):
            if driven.ending is Ending.CLOSED:
                break
            if any(why.startswith("await ") for why in driven.waits):
                self.approve(run_id)
                self.approve(run_id, "bob@acme.example")
            for path in [p for p in driven.run.asked if p not in driven.run.answers]:
                self.answer(run_id, path, **self.answers)
            driven = self.go(book, run_id)
        return driven

    def take_back(self, run_id: str, book: Book, override: str = "") -> tuple[str, Driven]:
        """Undo a run to the end of the undo's own run."""
        undo = self.undo_book(run_id, book)
        undo_id = self.start(undo, undoes=run_id, override=override)
        driven = self.go(undo, undo_id, undone=run_id)
        for _ in range(4):
            if driven.ending is Ending.CLOSED:
                break
            self.approve(undo_id)
            self.approve(undo_id, "bob@acme.example")
            driven = self.go(undo, undo_id, undone=run_id)
        return undo_id, driven

    def key(self, who: str) -> Path:
        """Return the file of somebody's private key."""
        return self.root / ".irkit" / "keys" / who.partition("@")[0]


def make_workspace(world: World, root: Path) -> None:
    """Make and seal a workspace for a running world."""
    root.mkdir(parents=True, exist_ok=True)
    init(
        root,
        world=WorldFacts(
            org="acme",
            okta_url=world.okta_url,
            okta_org_id=world.org_id,
            aws_url=world.aws_url,
            aws_access_key_id=world.aws_key.id,
            accounts=tuple(
                Account(id=a.id, name=a.name, read_role="irkit-read", write_role="irkit-write")
                for a in world.accounts
            ),
            okta_app=world.okta_ids.aws_app,
            saml_provider="okta",
            break_glass=world.break_glass,
            administrators=world.administrators,
            secrets={"okta-token": world.okta_token, "aws-secret-key": world.aws_key.secret},
        ),
    )
    lines: list[str] = []
    roles: dict[str, list[str]] = {}
    for person, has in PEOPLE.items():
        key = Ed25519PrivateKey.generate()
        file = root / ".irkit" / "keys" / person.partition("@")[0]
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        file.chmod(0o600)
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        lines.append(f"{person} {public.decode()}")
        for role in has:
            roles.setdefault(role, []).append(person)
    (root / "approvers/allowed_signers").write_text("\n".join([*lines, ""]))
    listed = "\n".join(f"  {role}: [{', '.join(names)}]" for role, names in roles.items())
    (root / "approvers/roles.yaml").write_text(f"irkit: 1\nroles:\n{listed}\n")
    create_key_file(root / ".irkit" / "keys" / "trail")
    session = Session(
        workspace=decode.load(root),
        catalogue=catalogue(),
        environment={},
        actor_name=REQUESTER,
    )
    origin = f"{session.workspace.origin}/test"
    policy = session.policy_under(origin).to_json()
    Journal.create(
        session.workspace.trail_directory, origin=origin, signer=session.signers[0], policy=policy
    ).close()


@contextmanager
def laboratory(root: Path, *, intruder: bool = True, **knobs: object) -> Iterator[Lab]:
    """Run a world with its workspace in `root`."""
    with World.start(lookups_per_second=0.0, **knobs) as world:  # type: ignore[arg-type]
        if intruder:
            world.plant_intruder()
        make_workspace(world, root)
        yield Lab(world=world, root=root)
