"""People: put a manual step to somebody, and record that nobody answered in time."""

from irkit.clock import rfc3339
from irkit.engine.desk import Desk
from irkit.engine.leaves import ManualLeaf


async def ask(desk: Desk, leaf: ManualLeaf) -> None:
    """Record the question; or, when its time is over, the silence."""
    if not leaf.asked:
        await desk.record(
            "step.asked",
            {
                "step": leaf.path,
                "to": leaf.step.to,
                "text": leaf.text,
                "until": rfc3339(desk.now() + leaf.step.within),
                "ask": dict(leaf.step.ask),
            },
        )
        return
    await desk.record("answer", {"step": leaf.path, "values": {}, "silent": True, "by": ""})
