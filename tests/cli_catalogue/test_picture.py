"""The picture of a playbook: every form of step is in it."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from irkit.cli.picture.boxes import boxes
from irkit.cli.picture.mermaid import mermaid
from irkit.cli.picture.svg import svg
from irkit.lang import decode
from irkit.model.playbook import Playbook

WHOLE = """\
irkit: 1
playbook: whole
title: All forms
approvals:
  two: {need: 2, from: [ir-lead], not: [requester]}
steps:
  - phase: First
    goal: 2m
    steps:
      - read: okta.user.get
        with: {user: a}
        as: user
        evidence: true
      - require: user.status == 'ACTIVE'
        say: Not active.
      - parallel:
          - read: okta.log.query
            with: {filter: a}
            when: user.found
          - call: other
            for_each: {x: user.things}
      - repeat: {until: user.done, at_most: 3, every: 30s}
        steps:
          - manual: Call them
            to: ir-lead
            within: 5m
  - phase: Second
    background: true
    needs: [First]
    hold: reassert
    approve: two
    steps:
      - for_each: {s: user.sessions}
        steps:
          - do: okta.user.suspend
            with: {user: a}
            approve: two
            verify: {read: okta.user.get, with: {user: a}, expect: result, within: 2m}
        rescue:
          - manual: By hand
            to: ir-lead
            within: 5m
      - if: user.theirs
        then:
          - undo: [First]
        else:
          - report: after-action
always:
  - report: after-action
"""


def whole() -> Playbook:
    """Decode it."""
    decoded = decode.playbook(WHOLE, "whole.yaml")
    assert decoded.playbook is not None, decoded.diagnostics
    return decoded.playbook


def test_every_form_of_step_is_a_row() -> None:
    """No step is left out, and what is inside stands deeper."""
    rows = [row for box in boxes(whole()) for row in box.rows]
    assert [(row.depth, row.kind) for row in rows] == [
        (0, "read"),
        (0, "require"),
        (0, "parallel"),
        (1, "read"),
        (1, "call"),
        (0, "repeat"),
        (1, "manual"),
        (0, "for each"),
        (1, "do"),
        (0, "rescue"),
        (1, "manual"),
        (0, "if"),
        (1, "undo"),
        (0, "else"),
        (1, "report"),
        (0, "report"),
    ]


def test_modifiers_are_notes() -> None:
    """Conditions, loops, evidence, approvals and checks are told."""
    notes = {note for box in boxes(whole()) for row in box.rows for note in row.notes}
    assert notes == {
        "evidence",
        "when user.found",
        "for each x in user.things",
        "approval: 2 of ir-lead, not the requester",
        "verified by okta.user.get",
    }


def test_phases_carry_their_facts_and_needs() -> None:
    """Goal, approval, background, hold, and what comes before."""
    first, second, always = boxes(whole())
    assert first.facts == ("goal: 2m",)
    assert second.facts == (
        "approval: 2 of ir-lead, not the requester",
        "in the background",
        "made again when lost",
    )
    assert (first.needs, second.needs, always.needs) == ((), ("first",), ("second",))


def test_no_arrow_passes_behind_a_box() -> None:
    """A phase is not shown as needed by one that only stands below it."""
    first, second, last = boxes(whole())
    root = ET.fromstring(svg("t", (first, second, replace(last, needs=("first", "second")))))
    rects = [
        [int(rect.attrib[key]) for key in ("x", "y", "width", "height")]
        for rect in root.iter("{http://www.w3.org/2000/svg}rect")
        if "x" in rect.attrib
    ]
    arrows = [path.attrib["d"] for path in root.iter("{http://www.w3.org/2000/svg}path")]
    drawn = [re.sub("C[^L]*? (?=[0-9]+ [0-9]+(L|$))", "L", d) for d in arrows if "C" in d]
    assert len(drawn) == 3
    for path in drawn:
        points = [tuple(map(int, point.split())) for point in re.split("[ML]", path) if point]
        for (x1, y1), (x2, y2) in pairwise(points):
            for x, y, width, height in rects:
                beside = max(x1, x2) <= x or min(x1, x2) >= x + width
                assert beside or max(y1, y2) <= y or min(y1, y2) >= y + height


def test_boxes_do_not_overlap() -> None:
    """Every phase has its own place on the page, inside the page."""
    root = ET.fromstring(svg("t", boxes(whole())))
    name = "{http://www.w3.org/2000/svg}rect"
    rects = [
        tuple(int(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        for rect in root.findall(name)
        if "x" in rect.attrib
    ]
    assert len(rects) == 3
    for index, (x, y, width, height) in enumerate(rects):
        assert x + width <= int(root.attrib["width"])
        assert y + height <= int(root.attrib["height"])
        for other in rects[index + 1 :]:
            apart = (
                x + width <= other[0]
                or other[0] + other[2] <= x
                or y + height <= other[1]
                or other[1] + other[3] <= y
            )
            assert apart


def test_mermaid_has_a_node_for_each_row() -> None:
    """The text form has as many nodes as there are rows, and balanced groups."""
    text = mermaid('a "title"', boxes(whole()))
    rows = sum(len(box.rows) for box in boxes(whole()))
    nodes = [line for line in text.split("\n") if line.startswith("    p") and "-->" not in line]
    assert len(nodes) == rows
    assert text.count("subgraph ") == text.count("\n  end") == 3
