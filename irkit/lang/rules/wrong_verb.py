"""`read` of an action that changes, or `do` of one that only reads (IRK202)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic, Fix
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep
from irkit.model.spec import Verb


def check(view: View) -> Iterator[Diagnostic]:
    """Find steps whose verb is not their action's."""
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if isinstance(step, ReadStep | DoStep) and spec is not None:
            verb = Verb.READ if isinstance(step, ReadStep) else Verb.DO
            if spec.verb is not verb:
                key = view.key_at(step, str(verb))
                does = "changes" if spec.verb is Verb.DO else "only reads"
                # Turning a `read` into a `do` would make it act: that is for a person.
                safe = key is not None and spec.verb is Verb.READ
                yield problem(
                    "IRK202",
                    f"`{verb}` of `{step.action}`, which {does}",
                    key.span if key else step.span,
                    label=f"write `{spec.verb}`",
                    fix=Fix(span=key.span, replacement="read") if key and safe else None,
                )
        if isinstance(step, DoStep) and step.verify is not None:
            found = view.catalogue.get(step.verify.action)
            if found is not None and found.verb is Verb.DO:
                yield problem(
                    "IRK202",
                    f"`verify` may only read, and `{step.verify.action}` changes",
                    step.verify.span,
                )
