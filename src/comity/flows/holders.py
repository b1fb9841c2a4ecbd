# SPDX-License-Identifier: Apache-2.0
"""Who holds the private rights in an item: named inside its seal, and only where it bears any."""

from __future__ import annotations

from collections.abc import Collection

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError
from comity.sealing.payload import PayloadHeader


def refuse_holder_alone(rights: Collection[PrivateRight], header: PayloadHeader) -> None:
    """Refuse to name a holder of private rights where the label says that there are none.

    Raises:
        InputError: it is so.

    Source: Japan-ROK GSOMIA Art. 6(d)
    """
    if header.rights_of is not None and not rights:
        raise InputError(
            "item.holder-without-right",
            "a holder of private rights is named, and no right",
            expected=", ".join(each.value for each in PrivateRight),
            found="none",
            hint="say which right it is: --rights",
        )
