# SPDX-License-Identifier: Apache-2.0
"""Hold the console's catalogues to its messages: `python -m scripts.messages`, `--write` to mend.

Each family of pages (`pages/NAME.py`, `templates/NAME/`) has a catalogue of its own in each
language; what all pages share is in `shell`, what the rooms beneath say in `reasons` and `errors`.
What is new is written in empty, and what nobody says any more is taken out. That of English says
each message as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from scripts import beneath

ROOT: Final = Path(__file__).resolve().parents[1]
CONSOLE: Final = ROOT / "src/comity/console"
LANGUAGES: Final = ("en", "ja", "ko")
SHELL: Final = "shell"

KEYWORDS: Final[dict[str, Any]] = {"_": None, "say": None, "phrase": None}
_SOURCES: Final = (("python", "*.py"), ("jinja2.ext:babel_extract", "*.html"))
_LETTER: Final = re.compile(r"[^\W\d_]")
_SCRIPT: Final = {
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7a3]"),
}
_HOLE: Final = re.compile(r"%\([a-z_]+\)s")
_HEADS: Final = ('"Language:', '"MIME', '"Content-')

Said = dict[str, dict[str, set[str]]]
"""The messages of each family, with the files that say them."""


def messages() -> Said:
    """Give every message of the source by its family; what the shell says is the shell's alone."""
    found: Said = {SHELL: {}}
    for method, pattern in _SOURCES:
        for path in sorted(CONSOLE.rglob(pattern)):
            into = found.setdefault(_family(path), {})
            for _, text, *_ in extract_from_file(method, path, KEYWORDS):
                for each in (text,) if isinstance(text, str) else text:
                    into.setdefault(each, set()).add(str(path.relative_to(CONSOLE)))
    for family, said in found.items():
        if family != SHELL:
            for each in said.keys() & found[SHELL].keys():
                del said[each]
    found |= {"reasons": beneath.reasons(), "errors": beneath.errors()}
    return {family: said for family, said in found.items() if said}


def read_catalogue(language: str, family: str) -> dict[str, Message]:
    """Read a catalogue by the texts that it translates."""
    path = _path(language, family)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(each.id): each for each in read_po(file, locale=language) if each.id}


def problems() -> Iterator[str]:
    """Say what is missing, unused, or no translation."""
    said = messages()
    for language in LANGUAGES:
        everywhere: dict[str, str] = {}
        for family, texts in said.items():
            known = read_catalogue(language, family)
            place = f"{language}/{family}.po"
            yield from (f"{place}: missing: {each!r}" for each in texts if each not in known)
            yield from (f"{place}: unused: {each!r}" for each in known if each not in texts)
            for text, message in known.items():
                yield from _wrong(place, language, text, message)
                told = str(message.string or "")
                if everywhere.setdefault(text, told) != told:
                    yield f"{place}: said otherwise elsewhere: {text!r}"
        files = {each.stem for each in (CONSOLE / "locale" / language).glob("*.po")}
        yield from (f"{language}/{each}.po: unused" for each in sorted(files - said.keys()))


def _wrong(place: str, language: str, text: str, message: Message) -> Iterator[str]:
    told = str(message.string or "")
    if not told:
        yield f"{place}: empty: {text!r}"
    elif sorted(_HOLE.findall(told)) != sorted(_HOLE.findall(text)):
        yield f"{place}: other values: {text!r}"
    elif message.fuzzy:
        yield f"{place}: fuzzy: {text!r}"
    elif language == "en":
        if told != text:
            yield f"{place}: not as in the source: {text!r}"
    elif _LETTER.search(_HOLE.sub("", text)) and not _SCRIPT[language].search(told):
        yield f"{place}: English in disguise: {text!r}"


def write() -> None:
    """Write the catalogues again; what they say of messages that are still there is kept."""
    for family, texts in messages().items():
        for language in LANGUAGES:
            _write(language, family, texts)


def _write(language: str, family: str, texts: dict[str, set[str]]) -> None:
    before = read_catalogue(language, family)
    known = {text: str(each.string or "") for text, each in before.items()}
    header = f"# SPDX-License-Identifier: Apache-2.0\n# The console in {language}: {family}."
    catalogue = Catalog(locale=language, header_comment=header, fuzzy=False)
    for text, files in texts.items():
        told = text if language == "en" else known.get(text, "")
        catalogue.add(text, told, locations=[(each, 0) for each in sorted(files)])
    path = _path(language, family)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=96, include_lineno=False)
    head, _, rest = path.read_text("utf-8").partition("\n\n")
    kept = (each for each in head.splitlines() if each[0] != '"' or each.startswith(_HEADS))
    path.write_text("\n".join(kept) + f"\n\n{rest.rstrip()}\n", "utf-8")


def _path(language: str, family: str) -> Path:
    return CONSOLE / f"locale/{language}/{family}.po"


def _family(path: Path) -> str:
    parts = path.relative_to(CONSOLE).parts
    if parts[0] == "pages" and parts[-1] != "__init__.py":
        return parts[1].removesuffix(".py")
    return parts[1] if parts[0] == "templates" and len(parts) > 2 else SHELL


def main() -> int:
    """Check, or write and then check."""
    if "--write" in sys.argv[1:]:
        write()
    found = [*problems()]
    for each in found:
        print(each)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
