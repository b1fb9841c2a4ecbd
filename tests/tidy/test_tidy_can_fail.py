# SPDX-License-Identifier: Apache-2.0
"""Each rule of `scripts/tidy` refuses a source that breaks it, and leaves its neighbour alone."""

from collections.abc import Sequence

import pytest

from scripts.tidy import (
    PYTHON_CHECKS,
    TEXT_CHECKS,
    Check,
    Source,
    core,
    crash_points,
    failures,
    places,
    shape,
    stages,
)

CORE = "src/comity/state/items.py"
FLOW = "src/comity/flows/speak.py"
# Words that no tracked file may hold, this one included.
W, S, H = "".join(("wor", "k")), "".join(("share", "d")), "".join(("hom", "e"))
P, N, T = (
    ".".join(("pypi", "org")),
    ".".join(("registry", "npmjs", "org")),
    "".join(("TO", "DO")),
)
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"

# Check, path, a source that breaks the rule, the nearest source that keeps it.
PLANTED: Sequence[tuple[Check, str, str, str]] = (
    (places.names_no_machine, "docs/a.md", f"see /{W}/main/x", f"see /{W}shop/main"),
    (places.names_no_machine, "Makefile", f"cp ../{S}/x .", "cp ../shape/x ."),
    (places.names_no_machine, "docs/a.md", f"in /{H}/ann/x", "in ~/x"),
    (places.names_no_registry, "a.lock", f"--index-url https://{P}/simple", "--hash=sha256:00"),
    (places.names_no_registry, "a.json", f"https://{N}/x", "https://example.org/x"),
    (shape.bears_its_licence, CORE, '"""Say."""\n', LICENCE),
    (shape.bears_its_licence, ".ci/run", "#!/bin/sh\nset -e\n", "#!/bin/sh\n" + LICENCE),
    (failures.leaves_no_open_end, "docs/a.md", f"{T} later", f"{T}(#12) later"),
    (shape.is_short, CORE, "x = 1\n" * 501, "x = 1\n" * 500),
    (shape.has_narrow_lines, CORE, "# " + "x" * 99, "# " + "x" * 98),
    (shape.has_narrow_lines, CORE, "x = " + "x" * 97 + "  # noqa", "x = 1  # noqa: " + "x" * 90),
    (
        shape.has_short_functions,
        CORE,
        "def f():\n" + "    x = 1\n" * 60,
        "def f():\n" + "    x = 1\n" * 59,
    ),
    (shape.says_what_lives_here, CORE, "x = 1\n", '"""Say what lives here."""\n'),
    (shape.says_what_lives_here, CORE, '"""' + "a\n" * 7 + '"""', '"""' + "a\n" * 6 + '"""'),
    (
        shape.asks_for_few_arguments,
        CORE,
        "def f(a, b, c, d, e, f): ...",
        "def f(self, a, b, c, d, e, *, f, g): ...",
    ),
    (
        shape.asks_for_few_arguments,
        FLOW,
        "async def f(exercise: bool): ...",
        "async def f(*, exercise: bool): ...",
    ),
    (
        shape.keeps_private_names_private,
        CORE,
        "from comity.basis.ids import _check",
        "from comity.basis.ids import parse_place",
    ),
    (
        failures.excepts_by_name,
        FLOW,
        "try:\n    f()\nexcept:\n    pass",
        "try:\n    f()\nexcept Exception:\n    pass",
    ),
    (
        failures.excepts_by_name,
        CORE,
        "try:\n    f()\nexcept (KeyError, Exception):\n    pass",
        "try:\n    f()\nexcept KeyError:\n    pass",
    ),
    (
        failures.gives_reasons,
        FLOW,
        "x = f()  # type: ignore[arg-type]",
        "x = f()  # type: ignore[arg-type]  # the stub is wrong",
    ),
    (
        failures.gives_reasons,
        FLOW,
        "x = 1  # noqa: E501",
        "x = 1  # noqa: E501  # a published vector",
    ),
    (failures.gives_reasons, FLOW, "x = 1  # noqa: N818", "x = 1  # noqa: N818 (a reason)"),
    (failures.gives_reasons, CORE, "x = 1  # pragma: no cover  # never", "x = 1  # no, cover it"),
    (failures.raises_its_own_errors, CORE, "assert x", "raise InvariantError('a', 'b')"),
    (failures.raises_its_own_errors, FLOW, "raise ValueError('x')", "raise InputError('a', 'x')"),
    (failures.raises_its_own_errors, FLOW, "raise KeyError", "raise"),
    (stages.builds_stages_in_their_room, FLOW, "Cleared(1)", "def f(x: Cleared): ..."),
    (
        stages.builds_stages_in_their_room,
        FLOW,
        "from comity.decision.stages import Allowed as A\nA(1)",
        "from comity.decision.stages import Allowed as A\nf(A)",
    ),
    (stages.builds_stages_in_their_room, CORE, "entering.Entered(1)", "entering.entered(1)"),
    (stages.builds_stages_in_their_room, CORE, "object.__new__(Sealed)", "f(Sealed)"),
    (stages.builds_stages_in_their_room, FLOW, "class X(Admitted): ...", "class X(Protocol): ..."),
    (core.imports_nothing_from_outside, CORE, "import os.path", "import datetime"),
    (
        core.imports_nothing_from_outside,
        CORE,
        "def f():\n    from random import choice",
        "from comity.basis import ids",
    ),
    (core.calls_nothing_outside, CORE, "x = datetime.datetime.now(UTC)", "x = event.now"),
    (core.calls_nothing_outside, CORE, "x = date.today()", "x = date(2016, 11, 23)"),
    (core.calls_nothing_outside, CORE, "x = open('a')", "x = open_sealed('a')"),
    (core.calls_nothing_outside, CORE, "print(x)", "printable_text(x)"),
    (core.calls_nothing_outside, CORE, "x = hash(text)", "x = leaf_hash(text)"),
    (core.calls_nothing_outside, CORE, "x = files('a').read_bytes()", "x = files('a')"),
    (core.draws_no_randomness, CORE, "k = Ed25519PrivateKey.generate()", "k = generated"),
    (core.draws_no_randomness, CORE, "x = uuid4()", "x = uuid"),
    (
        core.freezes_its_types,
        CORE,
        "@dataclass(frozen=True)\nclass X: ...",
        "@dataclass(frozen=True, slots=True, order=True)\nclass X: ...",
    ),
    (
        core.freezes_its_types,
        CORE,
        "@dataclass\nclass X: ...",
        "@dataclasses.dataclass(frozen=True, slots=True)\nclass X: ...",
    ),
    (
        core.freezes_its_types,
        CORE,
        "@dataclass(frozen=True)\nclass _Reading: ...",
        "@dataclass(slots=True)\nclass _Reading: ...",
    ),
    (
        core.freezes_its_types,
        CORE,
        "class X(Struct, frozen=True): ...",
        "class X(Struct, frozen=True, gc=False): ...",
    ),
    (
        core.freezes_its_types,
        CORE,
        "class X(msgspec.Struct, gc=False, frozen=False): ...",
        "class X(msgspec.Struct, gc=False, frozen=True): ...",
    ),
    (core.knows_its_types, CORE, "from typing import Any", "from typing import assert_never"),
    (core.knows_its_types, CORE, "import typing\nx: typing.Any", "import typing\nx: object"),
)


@pytest.mark.parametrize(
    ("check", "path", "broken", "kept"),
    PLANTED,
    ids=[f"{i}-{getattr(row[0], '__name__', '')}" for i, row in enumerate(PLANTED)],
)
def test_finds_what_is_planted(check: Check, path: str, broken: str, kept: str) -> None:
    assert list(check(Source(path, broken)))
    assert not list(check(Source(path, kept)))


@pytest.mark.parametrize(
    "path",
    [
        "src/comity/state/utils.py",
        "src/comity/state/item_helpers.py",
        "tests/data/x.json",
        "src/comity/common/x.py",
        "docs/Info.md",
    ],
)
def test_finds_a_name_that_says_nothing(path: str) -> None:
    assert list(shape.has_a_plain_name(Source(path, "")))


def test_leaves_names_alone_that_only_contain_an_empty_word() -> None:
    for path in ("src/comity/marking/labels.py", "tests/unit/state/test_database_locks.py"):
        assert not list(shape.has_a_plain_name(Source(path, "")))


def test_every_check_has_a_planted_source() -> None:
    planted = {check for check, *_ in PLANTED}
    assert planted | {shape.has_a_plain_name} == {*TEXT_CHECKS, *PYTHON_CHECKS}


@pytest.mark.parametrize(
    "check",
    [core.imports_nothing_from_outside, core.calls_nothing_outside, core.draws_no_randomness],
)
def test_leaves_the_outer_rooms_alone(check: Check) -> None:
    text = "import time\nx = time.monotonic()\ny = X.generate()\nprint(open('a'))\n"
    assert list(check(Source(CORE, text)))
    assert not list(check(Source("src/comity/adapters/clock_system.py", text)))


def test_a_room_that_nobody_listed_is_core() -> None:
    assert Source("src/comity/treaties/x.py", "").is_core
    assert Source("src/comity/ports.py", "").is_core
    assert not Source("src/comity/node.py", "").is_core
    assert not Source("tests/unit/state/test_items.py", "").is_core


CRASHES = Source("src/comity/adapters/crash.py", 'CRASH_POINTS = ("store.after-entries",)')
MEETS = Source("src/comity/adapters/store_sqlite.py", 'crash_point("store.after-entries")')
TESTS = Source("tests/system/test_kill.py", 'AT = "store.after-entries"')


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([CRASHES, TESTS], "never met"),
        ([MEETS, TESTS], "not listed"),
        ([CRASHES, MEETS], "in no test"),
        ([CRASHES, CRASHES, MEETS, TESTS], "listed twice"),
        ([CRASHES, MEETS, TESTS, Source(FLOW, "crash_point(name)")], "not a literal"),
    ],
    ids=["never-met", "not-listed", "in-no-test", "twice", "not-literal"],
)
def test_finds_a_crash_point_out_of_place(sources: list[Source], said: str) -> None:
    findings = list(crash_points.compare(sources))
    assert len(findings) == 1
    assert said in findings[0].what


def test_accepts_a_crash_point_listed_met_and_tested() -> None:
    assert not list(crash_points.compare([CRASHES, MEETS, TESTS]))
    everywhere = Source("tests/system/test_kill.py", "for point in CRASH_POINTS: ...")
    assert not list(crash_points.compare([CRASHES, MEETS, everywhere]))
