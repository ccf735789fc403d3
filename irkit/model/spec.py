"""What an action declares about itself, and the catalogue of all of them as a plain value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from irkit.canonical import Json


class Verb(StrEnum):
    """The two verbs of a step."""

    READ = "read"
    DO = "do"


class Effect(StrEnum):
    """What may follow an interruption of the call.

    IDEMPOTENT may be sent again, PROBEABLE is looked at first, UNSAFE is for a person to decide.
    """

    READ = "READ"
    IDEMPOTENT = "IDEMPOTENT"
    PROBEABLE = "PROBEABLE"
    UNSAFE = "UNSAFE"


class Reversal(StrEnum):
    """How far undo can bring back what a change took, from harmless to lost."""

    READ = "READ"
    ADDITIVE = "ADDITIVE"
    SELF_HEALING = "SELF_HEALING"
    EXACT = "EXACT"
    LOSSY = "LOSSY"
    DESTRUCTIVE = "DESTRUCTIVE"


class Blast(StrEnum):
    """How much one change touches."""

    PRINCIPAL = "principal"
    MANY = "many"
    ACCOUNT = "account"
    ORG = "org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an action; `type` is an input type of the language."""

    name: str
    type: str
    help: str
    required: bool = True
    default: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """The exact rights an action needs: IAM actions by handle, Okta OAuth scopes.

    `only` says when a right is needed, of those that the action does without where there is nothing
    of the kind. What a step says in the playbook narrows it further: one with the argument `kind`
    reads only what `by_kind` has for that, and a right in `given` is for steps that have the
    argument it names.
    """

    iam_read: tuple[str, ...] = ()
    iam_write: tuple[str, ...] = ()
    okta_read: tuple[str, ...] = ()
    okta_write: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    def of(self, arguments: Mapping[str, object]) -> "Permissions":
        """Return what a step with these arguments, as they are written, needs."""
        kind = arguments.get("kind")
        narrow = isinstance(kind, str) and kind in self.by_kind
        reads = self.by_kind[str(kind)] if narrow else self.iam_read
        left_out = {right for right, name in self.given.items() if name not in arguments}
        return replace(
            self,
            iam_read=tuple(sorted(set(reads) - left_out)),
            iam_write=tuple(right for right in self.iam_write if right not in left_out),
            okta_read=tuple(scope for scope in self.okta_read if scope not in left_out),
            okta_write=tuple(scope for scope in self.okta_write if scope not in left_out),
            only={} if narrow else self.only,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """An action's declared facts.

    `needs` are provider names (`okta`, `aws`). `cuts`, `does_not_cut`, `reveals` and `mints` name
    credential kinds (`irkit.model.access.kinds`). `unaffected_by` names actions after which a read
    still answers the same. `identified_by` names the fields by which a repeated look knows an item
    of its answer again; without them it is known by all that is no list. The lists of an answer
    that `accumulates` only grow, as what a log tells does. `visible_within` is how long a change
    may take to show in a read, `in_doubt_wait` how long to wait before a look may be trusted after
    an interruption.
    """

    id: str
    version: int
    verb: Verb
    summary: str
    needs: tuple[str, ...]
    effect: Effect = Effect.READ
    reversal: Reversal = Reversal.READ
    blast: Blast = Blast.PRINCIPAL
    target: str = ""
    permissions: Permissions = field(default_factory=Permissions)
    parameters: tuple[Parameter, ...] = ()
    result: Json = None
    cuts: tuple[str, ...] = ()
    does_not_cut: tuple[str, ...] = ()
    reveals: tuple[str, ...] = ()
    mints: tuple[str, ...] = ()
    unaffected_by: tuple[str, ...] = ()
    identified_by: tuple[str, ...] = ()
    accumulates: bool = False
    visible_within: timedelta = timedelta(seconds=30)
    in_doubt_wait: timedelta = timedelta(seconds=10)
    before_evidence: bool = False
    closes_door: bool = False
    ends_sessions: bool = False
    attack: tuple[str, ...] = ()
    d3fend: tuple[str, ...] = ()
    gotchas: tuple[str, ...] = ()

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter called `name`, if there is one."""
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every known action by id; what `lang` is given instead of the actions themselves."""

    specs: Mapping[str, Spec]

    def __getitem__(self, action: str) -> Spec:
        """Return the spec of `action`; KeyError if there is none."""
        return self.specs[action]

    def __contains__(self, action: object) -> bool:
        """Say whether there is an action of that id."""
        return action in self.specs

    def __iter__(self) -> Iterator[Spec]:
        """Yield the specs in the order of their ids."""
        return iter(sorted(self.specs.values(), key=lambda spec: spec.id))

    def get(self, action: str) -> Spec | None:
        """Return the spec of `action`, or None."""
        return self.specs.get(action)
