"""The checklist as one page of HTML: no script, no network, everything from a Data Provider escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from conformance.report import page
from conformance.report.checklist import BOUND_SECONDS, Checklist, Line, Timing, must_count
from conformance.report.markdown import markdown
from conformance.report.plain import to_plain

_VERDICTS = (
    ("all", "all"),
    ("PASS", "passed"),
    ("WARN", "warned"),
    ("FAIL", "failed"),
    ("INCONCLUSIVE", "could not be told"),
    ("ERROR", "suite's error"),
    ("NOT_APPLICABLE", "not applicable"),
    ("NOT_ASKED", "not asked"),
)
_PLACES = {
    "awaiting_authorization": (2, 100),
    "rejected": (2, 190),
    "failed": (2, 10),
    "authorized": (248, 50),
    "suspended": (248, 150),
    "expired": (552, 50),
    "revoked": (552, 150),
}
_WIDE, _HIGH = 146, 34


def write(found: Checklist, folder: Path) -> None:
    """Write `checklist.html`, `checklist.md` and `checklist.json` into a run's folder."""
    (folder / "checklist.html").write_text(html(found), "utf-8")
    (folder / "checklist.md").write_text(markdown(found), "utf-8")
    (folder / "checklist.json").write_text(json.dumps(to_plain(found), indent=1, ensure_ascii=False) + "\n", "utf-8")


def html(found: Checklist) -> str:
    """The whole page."""
    return page.render(
        "checklist",
        c=found,
        musts=must_count(found),
        verdicts=_VERDICTS,
        chart=_chart(found.timings),
        diagram=_diagram(found.transitions),
    )


def _chart(timings: Sequence[Timing]) -> Markup:
    """Bars of the median and the longest answer of each operation, against the line of five seconds."""
    if not timings:
        return Markup("<p>No answer was measured.</p>")
    scale = 430 / max(BOUND_SECONDS * 1.15, *(each.longest for each in timings))
    parts = []
    for number, each in enumerate(timings):
        y = 24 + number * 30
        late = " late" if each.longest > BOUND_SECONDS else ""
        parts.append(
            Markup(
                '<text x="0" y="{}">{}</text><rect class="b{}" x="170" y="{}" width="{:.1f}" height="14" rx="2"/>'
                '<text class="q" x="{:.1f}" y="{}">{:.2f} s longest, {:.2f} s median, {} answers</text>'
            ).format(
                y + 11,
                each.operation,
                late,
                y,
                max(2, each.longest * scale),
                176 + each.longest * scale,
                y + 11,
                each.longest,
                each.middle,
                each.count,
            )
        )
    high = 34 + len(timings) * 30
    line = 170 + BOUND_SECONDS * scale
    return Markup(
        '<svg role="img" aria-label="Time to answer" viewBox="0 0 700 {0}" width="700" height="{0}">{1}'
        '<line class="limit" x1="{2:.1f}" x2="{2:.1f}" y1="16" y2="{0}"/>'
        '<text class="q" x="{2:.1f}" y="11" text-anchor="middle">5 s</text></svg>'
    ).format(high, Markup("").join(parts), line)


def _diagram(transitions: Sequence[Line]) -> Markup:
    """The states as boxes, the transitions as arrows in the colour of their verdict."""
    parts = [
        Markup(
            '<rect class="node" x="{}" y="{}" width="{}" height="{}" rx="6"/>'
            '<text x="{}" y="{}" text-anchor="middle">{}</text>'
        ).format(x, y, _WIDE, _HIGH, x + _WIDE / 2, y + 22, name)
        for name, (x, y) in _PLACES.items()
    ]
    for each in transitions:
        start, _, end = each.name.partition(">")
        (x1, y1), (x2, y2) = _ends(start, end, shift=10 if (start, end) == ("suspended", "authorized") else 0)
        upright, level = x1 == x2, y1 == y2
        # Labels of the two that cross stand near their beginnings; beside an upright arrow, not on it.
        share = 0.5 if upright or level or start == "awaiting_authorization" else 0.3
        anchor = ("end" if start == "suspended" else "start") if upright else "middle"
        aside = {"end": -6, "start": 6, "middle": 0}[anchor]
        place = (x1 + (x2 - x1) * share + aside, y1 + (y2 - y1) * share - (4 if not upright else -3))
        parts.append(
            Markup(
                '<path class="arrow {}" d="M{:.0f} {:.0f}L{:.0f} {:.0f}" marker-end="url(#tip)"/>'
                '<text class="q" x="{:.0f}" y="{:.0f}" text-anchor="{}" font-size="10">{} {}</text>'
            ).format(each.verdict or "none", x1, y1, x2, y2, *place, anchor, each.title, each.word)
        )
    return Markup(
        '<svg role="img" aria-label="Lifecycle" viewBox="0 0 700 232" width="700" height="232"><defs>'
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>{}</svg>'
    ).format(Markup("").join(parts))


def _ends(start: str, end: str, *, shift: float) -> tuple[tuple[float, float], tuple[float, float]]:
    (x1, y1), (x2, y2) = _PLACES[start], _PLACES[end]
    if x1 == x2:
        offset = _WIDE * (0.3 if shift else 0.7)
        down = y2 > y1
        return (x1 + offset, y1 + (_HIGH if down else 0)), (x2 + offset, y2 + (0 if down else _HIGH))
    return (x1 + _WIDE, y1 + _HIGH / 2), (x2, y2 + _HIGH / 2)
