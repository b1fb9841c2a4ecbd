# SPDX-License-Identifier: Apache-2.0
"""The agreement files that ship with comity: models, not the legal text.

They are read from the package itself; a party copies one, corrects it and signs its own.
"""

from __future__ import annotations

from importlib.resources import files

from comity.basis.errors import InputError, excerpt

_SUFFIX = ".toml"


def template_ids() -> tuple[str, ...]:
    """List the ids of the templates, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def template(template_id: str) -> bytes:
    """Give the exact bytes of a template.

    Raises:
        InputError: `agreement.unknown-template`, with the ids that there are.
    """
    known = template_ids()
    if template_id not in known:
        raise InputError(
            "agreement.unknown-template",
            "no template has this id",
            expected=", ".join(known),
            found=excerpt(template_id),
        )
    return files(__name__).joinpath(template_id + _SUFFIX).read_bytes()
