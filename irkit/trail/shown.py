"""The text an approver was shown, rendered again from the plan that stands in the trail."""

from collections.abc import Sequence

from irkit.canonical import Json
from irkit.model.approval import Digest
from irkit.model.display import display_digest, display_text
from irkit.model.plan import Plan
from irkit.trail.plan_content import PlanPart


def shown_digest(
    header: Json, parts: Sequence[PlanPart], wanted: Sequence[Digest], *, run: str, requester: str
) -> Digest | None:
    """Return the digest of what approving `wanted` reads like; None if this version cannot say."""
    ids = tuple(part.id for part in parts if part.digest in wanted)
    try:
        plan = Plan.from_json({"header": header, "parts": [part.raw for part in parts]})
        return display_digest(display_text(plan, ids, run=run, requester=requester))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
