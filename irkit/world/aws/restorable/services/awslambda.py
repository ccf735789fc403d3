"""The concurrency that functions have reserved."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "lambda"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every function by region."""
    return by_region("moto.awslambda.models", "lambda_backends", account, _functions)


def _functions(functions: Any) -> Json:
    return {
        function.function_name: {"concurrency": function.reserved_concurrency}
        for function in functions.list_functions()
    }
