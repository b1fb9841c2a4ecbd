# SPDX-License-Identifier: Apache-2.0
"""A stage type is built only in the room that owns it: skipping a room is a type error."""

import ast
from collections.abc import Iterator, Mapping

from scripts.tidy.tree import Finding, Source

# The walk of a release, stage by stage, and the rooms that may build each.
OWNERS: Mapping[str, frozenset[str]] = {
    "Labelled": frozenset({"marking"}),
    "Cleared": frozenset({"decision"}),
    "Refused": frozenset({"decision"}),
    "Allowed": frozenset({"decision"}),
    "Sealed": frozenset({"sealing"}),
    "Entered": frozenset({"flows"}),
    "Acknowledged": frozenset({"flows"}),
    "Mirrored": frozenset({"statement"}),
    "Admitted": frozenset({"decision"}),
    "Opened": frozenset({"flows"}),
}


def _local_names(source: Source) -> dict[str, str]:
    names = {stage: stage for stage in OWNERS}
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in OWNERS and alias.asname:
                    names[alias.asname] = alias.name
    return names


def builds_stages_in_their_room(source: Source) -> Iterator[Finding]:
    """Refuse to build, copy with changes, or derive from a stage type outside its room."""
    if not source.is_product:
        return
    names = _local_names(source)

    def stage(node: ast.expr) -> str:
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        owned = names.get(name, "")
        return owned if owned and source.room not in OWNERS[owned] else ""

    for node in source.nodes:
        if isinstance(node, ast.Call):
            built = [stage(node.func), *(stage(a) for a in node.args if _is_new(node))]
        elif isinstance(node, ast.ClassDef):
            built = [stage(base) for base in node.bases]
        else:
            continue
        for name in filter(None, built):
            rooms = " or ".join(sorted(OWNERS[name]))
            yield source.finding(node, f"{name} is built only in {rooms}")


def _is_new(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "__new__"
