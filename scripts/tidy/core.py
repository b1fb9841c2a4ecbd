# SPDX-License-Identifier: Apache-2.0
"""From ports down: no clock, randomness, files, threads or screen; frozen types, no `Any`."""

import ast
from collections.abc import Iterator

from scripts.tidy.tree import Finding, Source, called_name

# What import-linter forbids too; here also inside functions of rooms that it does not know yet.
OUTSIDE = frozenset(
    {
        *("aiohttp", "asyncio", "concurrent", "fcntl", "getpass", "glob", "http", "logging"),
        *("mmap", "multiprocessing", "os", "pathlib", "platform", "queue", "random", "sched"),
        *("secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl"),
        *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo"),
    }
)
# `hash` and `id` differ from one process to the next, so no result may rest on them.
CALLS = frozenset(
    {"__import__", "breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}
)
# Where a nonce lies follows from a hash, so that nobody can choose ones that collide; whether it is
# there does not.
LAYS_BY_HASH = frozenset({"src/comity/statement/nonces.py"})
CLOCKS = frozenset({"monotonic", "now", "perf_counter", "time_ns", "today", "utcnow"})
FILES = frozenset(
    {"open", "open_binary", "read_bytes", "read_text", "write_bytes", "write_text", "unlink"}
)
RANDOM = frozenset({"generate", "generate_key", "token_bytes", "token_hex", "urandom", "uuid4"})

# Templates are part of the package: reading them is reading the program.
READS_PACKAGE = frozenset(
    {
        "src/comity/agreement/templates/__init__.py",
        "src/comity/marking/schemas/__init__.py",
        "src/comity/picture/coast/__init__.py",
    }
)
# Behind the Keys port: signing and wrapping draw their own randomness (DESIGN 6).
DRAWS_RANDOMNESS = frozenset(
    {"src/comity/keys/signing.py", "src/comity/keys/sealing_keys.py", "src/comity/keys/suites.py"}
)


def imports_nothing_from_outside(source: Source) -> Iterator[Finding]:
    """Refuse to import what meets the world, anywhere in a file of the core."""
    if not source.is_core:
        return
    for node in source.nodes:
        match node:
            case ast.Import(names=aliases):
                modules = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        for module in modules:
            if module.split(".")[0] in OUTSIDE:
                yield source.finding(node, f"the core imports {module}")


def calls_nothing_outside(source: Source) -> Iterator[Finding]:
    """Refuse the clock, files and the screen, however they are reached."""
    if not source.is_core:
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = called_name(node)
        if name == "hash" and source.path in LAYS_BY_HASH:
            continue
        if isinstance(node.func, ast.Name) and name in CALLS:
            yield source.finding(node, f"the core calls {name}()")
        if isinstance(node.func, ast.Attribute) and name in CLOCKS:
            yield source.finding(node, f"the core reads a clock: .{name}()")
        if (
            isinstance(node.func, ast.Attribute)
            and name in FILES
            and source.path not in READS_PACKAGE
        ):
            yield source.finding(node, f"the core touches a file: .{name}()")


def draws_no_randomness(source: Source) -> Iterator[Finding]:
    """Refuse to make a key or a token outside the files behind the Keys port."""
    if not source.is_core or source.path in DRAWS_RANDOMNESS:
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and called_name(node) in RANDOM:
            yield source.finding(node, f"the core draws randomness: {called_name(node)}()")


def freezes_its_types(source: Source) -> Iterator[Finding]:
    """Refuse a type of the core that is not frozen; a private dataclass with slots may change.

    A `Struct` is left alone by the collector of cycles, which a frozen one cannot be part of.
    """
    if not source.is_core:
        return
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        if any(getattr(base, "id", getattr(base, "attr", "")) == "Struct" for base in node.bases):
            given = {each.arg: getattr(each.value, "value", None) for each in node.keywords}
            # Written as an array, without names, it lies in fewer bytes.
            given.pop("array_like", None)
            if given != {"frozen": True, "gc": False}:
                yield source.finding(node, f"Struct {node.name} must have frozen=True, gc=False")
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            target = call.func if call else decorator
            if getattr(target, "id", getattr(target, "attr", "")) != "dataclass":
                continue
            said = {
                keyword.arg
                for keyword in (call.keywords if call else ())
                if isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            }
            asked = {"slots"} if node.name.startswith("_") else {"frozen", "slots"}
            if not asked <= said:
                wanted = " and ".join(f"{word}=True" for word in sorted(asked))
                yield source.finding(node, f"dataclass {node.name} must have {wanted}")


def knows_its_types(source: Source) -> Iterator[Finding]:
    """Refuse `Any` in the core."""
    if not source.is_core:
        return
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "typing":
            if any(alias.name == "Any" for alias in node.names):
                yield source.finding(node, "no Any in the core")
        elif isinstance(node, ast.Attribute) and node.attr == "Any":
            yield source.finding(node, "no Any in the core")
