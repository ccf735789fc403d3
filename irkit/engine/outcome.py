"""What may be said of a run at its end. `contained` is earned here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

from irkit.engine.leaves import End, FailedLeaf, Walked
from irkit.model.run import Run, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An outcome, and the reasons why it is not a better one."""

    outcome: str
    reasons: tuple[str, ...] = ()


def judge(run: Run, walked: Walked, *, claims: bool, residual: tuple[str, ...]) -> Judgement:
    """Return the outcome of a run whose phases have ended.

    `contained` needs: the claim, every change verified or already so, no read behind it failed or
    cut short, no rescue, no residual access that is not accepted, every look done with nothing
    lost, and no seat alive or unknown.
    """
    stages = [state.stage for state in run.changes.values()]
    reasons = _reasons(run, walked)
    if run.cancelled:
        return Judgement(outcome="cancelled", reasons=(run.cancelled, *reasons))
    if stages and all(stage is Stage.REFUSED for stage in stages):
        return Judgement(outcome="refused", reasons=reasons)
    if reasons:
        worked = any(stage.good or stage.written for stage in stages)
        return Judgement(outcome="partial" if worked else "failed", reasons=reasons)
    if not claims:
        return Judgement(outcome="completed")
    open_ends = (*_watch(run), *(f"residual access: {kind}" for kind in residual))
    if open_ends:
        return Judgement(outcome="partial", reasons=open_ends)
    return Judgement(outcome="contained")


def _reasons(run: Run, walked: Walked) -> tuple[str, ...]:
    reasons = [f"{leaf.path}: {leaf.why}" for leaf in walked.leaves if isinstance(leaf, FailedLeaf)]
    reasons += [
        f"{state.change.id}: {state.stage} ({state.why})"
        for state in run.changes.values()
        if not state.stage.good and not state.undone
    ]
    reasons += [f"{fact.step}: {fact.error}" for fact in run.reads.values() if fact.error]
    reasons += [
        f"{fact.step}: incomplete: {', '.join(fact.gaps)}"
        for fact in run.reads.values()
        if not fact.complete
    ]
    reasons += [f"{path}: its check did not hold" for path, ok in run.checks.items() if not ok]
    reasons += [f"{path}: {why}" for path, why in run.failed_steps.items()]
    reasons += [f"{path}: left out: {why}" for path, why in run.skipped_steps.items()]
    ends = {**walked.phases, "always": walked.always}
    if not reasons:
        reasons += [f"{phase}: {end}" for phase, end in ends.items() if end is not End.DONE]
    return tuple(dict.fromkeys(reasons))


def _watch(run: Run) -> tuple[str, ...]:
    if not any(state.stage.written for state in run.changes.values()):
        return ()
    if not run.looks or not run.looks[-1].last:
        return ("the watch was not finished",)
    last = run.looks[-1]
    return (
        *(f"lost again: {change}" for change in last.lost),
        *(f"cannot be read: {change}" for change in last.unknown),
        *_seats(last.seats),
    )


def _seats(seats: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"seat {seat} is {state}" for seat, state in seats.items() if state != "dead")
