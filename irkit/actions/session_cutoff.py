"""The policy that ends all sessions issued before a moment, on a role or on a user."""

from typing import Final

from irkit.actions.inline_policy import deny
from irkit.actions.shape import at
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339

_CONDITION: Final = ("Condition", "DateLessThan", "aws:TokenIssueTime")


def cutoff_document(moment: Json) -> JsonObject:
    """Return the document that denies everything to sessions issued before `moment`."""
    return deny({"DateLessThan": {"aws:TokenIssueTime": moment}})


def cuts_off_at(document: Json, moment: str) -> bool:
    """Say whether `document` already ends every session issued before `moment`.

    AWS takes other spellings of a time as well, and an intruder may have written any: what is not
    spelled as irkit and the console do is moved on from.
    """
    try:
        cutoff = parse_rfc3339(_cutoff(document))
    except ValueError:
        return False
    return cutoff >= parse_rfc3339(moment)


def _cutoff(document: Json) -> str:
    """Return the cut-off of a document of exactly this form; empty for any other."""
    statements = at(document, "Statement")
    if not isinstance(statements, list | tuple) or len(statements) != 1:
        return ""
    found = at(statements[0], *_CONDITION)
    return found if isinstance(found, str) and document == cutoff_document(found) else ""
