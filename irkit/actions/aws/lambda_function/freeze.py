"""Keep a function from running at all, whoever calls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entry, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_CONCURRENCY: Final = "concurrency"
_SOURCE: Final = "source-"
_ABSENT: Final = ("ResourceNotFoundException",)
_FEEDING: Final = frozenset({"Creating", "Enabling", "Enabled", "Updating"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(SettingsOf):
    """Reserves no concurrency for one function, and cuts its event sources off."""

    spec: ClassVar[Spec] = Spec(
        id="aws.lambda_function.freeze",
        version=1,
        verb=Verb.DO,
        summary="Keep a Lambda function from running",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.function_setting",
        permissions=Permissions(
            iam_read=(
                "lambda:GetFunction",
                "lambda:GetFunctionConcurrency",
                "lambda:ListEventSourceMappings",
            ),
            iam_write=(
                "lambda:DeleteFunctionConcurrency",
                "lambda:PutFunctionConcurrency",
                "lambda:UpdateEventSourceMapping",
            ),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=60),
        attack=("T1648", "T1525"),
        d3fend=("D3-HS",),
        gotchas=(
            "What runs goes on to its end, up to 15 minutes.",
            "Credentials of its role that were copied away still work: revoke the role's sessions.",
            "Its address, layers and permissions stay, as evidence; a call is refused.",
            "Calls made meanwhile are lost, or retried for up to six hours and done later.",
        ),
    )

    function: str = parameter("text", "The function: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `function` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `function` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read how often it may run, and what feeds it."""
        where, name = self._place()
        given: dict[str, Json] = {"FunctionName": name}
        found = await where.find(readers, "lambda", "get_function", given, _ABSENT)
        if found is None:
            raise no_such("function", name, f"look in {where.account}/{where.region}")
        limit = await where.read(readers, "lambda", "get_function_concurrency", given)
        sources = await where.listed(
            readers, "lambda", "list_event_source_mappings", "EventSourceMappings", given
        )
        return {
            "tenant": where.tenant,
            "name": name,
            "region": where.region,
            "arn": text(found, "Configuration", "FunctionArn"),
            "settings": {
                **{_SOURCE + text(s, "UUID"): text(s, "State") in _FEEDING for s in sources},
                _CONCURRENCY: at(limit, "ReservedConcurrentExecutions"),
            },
        }

    def thing(self, seen: Seen) -> Target:
        """Return the function."""
        return Target(
            kind="aws.function",
            tenant=text(seen, "tenant"),
            id=f"{text(seen, 'name')}@{text(seen, 'region')}",
            label=text(seen, "arn"),
        )

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return that it may not run, and nothing feeds it."""
        settings = entry(seen, "settings")
        sources = {name: False for name in settings if name != _CONCURRENCY}
        return {_CONCURRENCY: 0, **sources}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the concurrency, or one source."""
        where, function = self._place()
        if name != _CONCURRENCY:
            return await where.send(
                writers,
                "lambda",
                "update_event_source_mapping",
                {"UUID": name.removeprefix(_SOURCE), "Enabled": value},
            )
        if value is None:
            return await where.send(
                writers, "lambda", "delete_function_concurrency", {"FunctionName": function}
            )
        return await where.send(
            writers,
            "lambda",
            "put_function_concurrency",
            {"FunctionName": function, "ReservedConcurrentExecutions": value},
        )

    def _place(self) -> tuple[Where, str]:
        return named("lambda", "function:", self.function, self.account, self.region)
