"""The concurrency that functions have reserved, and what feeds them."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "lambda"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every function by region."""
    return by_region("moto.awslambda.models", "lambda_backends", account, _functions)


def _functions(functions: Any) -> Json:
    limits = {
        function.function_name: {"concurrency": function.reserved_concurrency}
        for function in functions.list_functions()
    }
    mappings = functions._event_source_mappings  # noqa: SLF001  # moto lists them by name only
    sources = {name: mapping.enabled for name, mapping in mappings.items()}
    return {"functions": limits, "sources": sources} if limits or sources else {}
