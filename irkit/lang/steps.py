"""The step forms: one method reads one form.

A form is known by its key (`read`, `do`, `manual` …); a group is known by `steps`. What a form does
not take is an error that says so, even where another form would take it.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from irkit.decode import SLUG, Fields, Problems, fields, heading, scalars, shown, texts, unknown
from irkit.lang import modifiers, types
from irkit.lang.ids import Ids
from irkit.lang.values import expression, template
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    Expression,
    Hold,
    IfStep,
    ManualStep,
    OnError,
    ParallelStep,
    ReadStep,
    RepeatStep,
    ReportStep,
    RequireStep,
    Step,
    Template,
    UndoStep,
)
from irkit.yaml_strict import Node, ScalarNode, SequenceNode

FORMS: Final = (
    *("read", "do", "manual", "require", "if", "parallel"),
    *("repeat", "call", "undo", "report", "steps"),
)
KEYS: Final = frozenset(
    (*FORMS, *modifiers.LOOP_KEYS, "with", "as", "on", "when", "approve", "hold", "on_error")
).union(
    ("rescue", "verify", "because", "evidence", "timeout", "name", "id", "to", "within"),
    ("if_silent", "ask", "say", "else"),
)
_ELSEWHERE: Final = {
    "rescue": "put the step into a group: `- steps: […]` with `rescue` beside it",
    "approve": "set it on the phase or on the `do`",
    "because": "",
}


class StepReader:
    """Reads steps and the steps inside them."""

    def __init__(self, problems: Problems) -> None:
        """Record problems into `problems`."""
        self.problems = problems
        self.ids = Ids(problems)
        self.phases: Mapping[str, str] = {}

    def sequence(self, node: Node | None, parent: str, what: str = "`steps`") -> tuple[Step, ...]:
        """Read a list of steps inside `parent`."""
        if node is None:
            return ()
        if not isinstance(node, SequenceNode):
            self.problems.add("IRK103", f"{what} must be a list of steps", heading(node))
            return ()
        found = (self.step(item, parent) for item in node.items)
        return tuple(step for step in found if step is not None)

    def step(self, node: Node, parent: str) -> Step | None:
        """Read one step inside `parent`; None where it has no readable form."""
        reader = fields(node, self.problems, "a step")
        if reader is None:
            return None
        form = self._form(reader)
        if form is None:
            return None
        reader.what = f"a `{form}` step"
        result = self._readers()[form](reader, self._id(reader, parent, form))
        self._misplaced(reader, form)
        reader.close()
        return result

    def _form(self, reader: Fields) -> str | None:
        forms = [form for form in FORMS[:-1] if form in reader]
        keys = [key for form in forms if (key := reader.node.key(form)) is not None]
        if len(forms) > 1:
            self.problems.add(
                "IRK109",
                f"a step has one form, not {' and '.join(f'`{form}`' for form in forms)}",
                keys[1].span,
                label="make this a step of its own",
            )
            return None
        if forms:
            return forms[0]
        if "steps" in reader and "phase" not in reader:
            return "steps"
        self._no_form(reader)
        return None

    def _no_form(self, reader: Fields) -> None:
        first = reader.node.items[0][0] if reader.node.items else None
        if first is None:
            self.problems.add("IRK109", "a step is empty", reader.node.span)
        elif "phase" in reader:
            self.problems.add(
                "IRK109", "a phase cannot stand inside another", first.span, help="use `- steps:`"
            )
        elif "for_each" in reader:
            self.problems.add(
                "IRK109", "`for_each` needs `steps`, `read`, `do` or `call`", first.span
            )
        else:
            summary = f"{shown(first.text)} is no step form"
            unknown(self.problems, "IRK109", summary, first, FORMS, unfixed=("do", "undo"))

    def _id(self, reader: Fields, parent: str, form: str) -> str:
        node = reader.take("id")
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            if not SLUG.fullmatch(node.value.replace("_", "-")):
                self.problems.add(
                    "IRK107",
                    f"{shown(node.value)} is no step id",
                    node.span,
                    help="use lower-case words joined by hyphens",
                )
            return self.ids.explicit(node, "the step id")
        if node is not None:
            self.problems.add("IRK103", "`id` must be text", heading(node))
        return self.ids.derive(parent, _tail(reader, form))

    def _misplaced(self, reader: Fields, form: str) -> None:
        for key, _ in reader.node.items:
            if key.text in KEYS and not reader.knows(key.text):
                reader.allow(key.text)
                self.problems.add(
                    "IRK111",
                    f"a `{form}` step takes no `{key.text}`",
                    key.span,
                    help=_ELSEWHERE.get(key.text, ""),
                )

    def _readers(self) -> Mapping[str, Callable[[Fields, str], Step]]:
        return {
            "read": self._read,
            "do": self._do,
            "manual": self._manual,
            "require": self._require,
            "if": self._if,
            "parallel": self._parallel,
            "repeat": self._repeat,
            "call": self._call,
            "undo": self._undo,
            "report": self._report,
            "steps": self._block,
        }

    def _read(self, reader: Fields, id_: str) -> ReadStep:
        return ReadStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            action=reader.text("read"),
            arguments=modifiers.arguments(reader),
            connection=modifiers.connection(reader),
            loop=modifiers.loop(reader),
            bind=modifiers.bind(reader),
            evidence=reader.boolean("evidence"),
            timeout=modifiers.timeout(reader),
        )

    def _do(self, reader: Fields, id_: str) -> DoStep:
        hold = reader.take("hold")
        return DoStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            action=reader.text("do"),
            arguments=modifiers.arguments(reader),
            connection=modifiers.connection(reader),
            loop=modifiers.loop(reader),
            bind=modifiers.bind(reader),
            approve=reader.text("approve") or None,
            verify=modifiers.verification(reader),
            hold=None if hold is None else reader.choice("hold", Hold, Hold.WATCH),
            timeout=modifiers.timeout(reader),
        )

    def _manual(self, reader: Fields, id_: str) -> ManualStep:
        text = reader.take("manual")
        assert text is not None, "the form was found by this key"
        return ManualStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            text=template(text, self.problems, "`manual`"),
            to=reader.text("to", required=True),
            within=modifiers.positive(reader, "within", timedelta(minutes=30), required=True),
            if_silent=reader.choice("if_silent", OnError, OnError.STOP),
            ask=self._questions(reader),
            bind=modifiers.bind(reader),
        )

    def _questions(self, reader: Fields) -> Mapping[str, str]:
        result = {}
        for key, node in reader.pairs("ask"):
            modifiers.name(key, self.problems, "a question")
            type_ = node.text if isinstance(node, ScalarNode) else ""
            types.check(type_, self.problems, heading(node))
            if key.text == "answered":
                self.problems.add("IRK107", "`answered` says whether anybody did", key.span)
            result[key.text] = type_
        return result

    def _require(self, reader: Fields, id_: str) -> RequireStep:
        say = reader.require("say")
        return RequireStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            condition=self._condition(reader, "require"),
            say=template(say, self.problems, "`say`") if say is not None else Template(source=""),
        )

    def _if(self, reader: Fields, id_: str) -> IfStep:
        return IfStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            condition=self._condition(reader, "if"),
            then=self.sequence(reader.require("then"), id_, "`then`"),
            otherwise=self.sequence(reader.take("else"), f"{id_}.else", "`else`"),
        )

    def _parallel(self, reader: Fields, id_: str) -> ParallelStep:
        return ParallelStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            branches=self.sequence(reader.take("parallel"), id_, "`parallel`"),
        )

    def _block(self, reader: Fields, id_: str) -> BlockStep:
        return BlockStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            loop=modifiers.loop(reader),
            approve=reader.text("approve") or None,
            steps=self.sequence(reader.take("steps"), id_),
            rescue=self.sequence(reader.take("rescue"), f"{id_}.rescue", "`rescue`"),
        )

    def _repeat(self, reader: Fields, id_: str) -> RepeatStep:
        bounds = reader.mapping("repeat") or Fields(reader.node, Problems(), "`repeat`")
        until = bounds.require("until")
        result = RepeatStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            until=expression(until, self.problems, "`until`")
            if until is not None
            else Expression(source="true"),
            at_most=bounds.integer("at_most", 1, at_least=1, required=True) or 1,
            every=modifiers.positive(bounds, "every", timedelta(seconds=30)),
            steps=self.sequence(reader.require("steps"), id_),
        )
        bounds.close()
        return result

    def _call(self, reader: Fields, id_: str) -> CallStep:
        return CallStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            playbook=reader.text("call"),
            arguments=modifiers.arguments(reader),
            loop=modifiers.loop(reader),
            bind=modifiers.bind(reader),
        )

    def _undo(self, reader: Fields, id_: str) -> UndoStep:
        node = reader.take("undo")
        assert node is not None, "the form was found by this key"
        phases = []
        for name, place in zip(texts(node, self.problems, "`undo`"), scalars(node), strict=False):
            if name not in self.phases:
                unknown(self.problems, "IRK203", f"no phase {shown(name)}", place, self.phases)
            phases.append(self.phases.get(name, name))
        return UndoStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            phases=tuple(phases),
            approve=reader.text("approve") or None,
        )

    def _report(self, reader: Fields, id_: str) -> ReportStep:
        return ReportStep(
            **modifiers.common(reader),
            id=id_,
            span=heading(reader.node),
            template=reader.text("report"),
        )

    def _condition(self, reader: Fields, key: str) -> Expression:
        node = reader.take(key)
        assert node is not None, "the form was found by this key"
        return expression(node, self.problems, f"`{key}`")


def _tail(reader: Fields, form: str) -> str:
    node = reader.node.get(form)
    if form in {"read", "do", "call"} and isinstance(node, ScalarNode):
        return node.text.rpartition(".")[2][:40] or form
    if form == "steps":
        return "for-each" if "for_each" in reader else "steps"
    return form
