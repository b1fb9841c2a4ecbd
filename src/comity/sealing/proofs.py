# SPDX-License-Identifier: Apache-2.0
"""The proof that goes beside an item that is passed on, sealed under the item's own key.

It shows statements of another agreement, so it is for those alone who may read the item.
Source: DESIGN 4; C2SP chunked-encryption
"""

from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from comity.basis.errors import ProofError

PROOF_CONTEXT: Final = b"comity/onward/v1"


def seal_proof(item_key: bytes, proof: bytes) -> bytes:
    """Seal a proof; the context keeps its key apart from the payload's."""
    encryptor = Cobblestone256Encryptor(item_key, PROOF_CONTEXT)
    return encryptor.update(proof) + encryptor.finalize()


def open_proof(item_key: bytes, sealed: bytes) -> bytes:
    """Open a sealed proof.

    Raises:
        ProofError: another key, or altered or truncated.
    """
    decryptor = Cobblestone256Decryptor(item_key, PROOF_CONTEXT)
    try:
        return decryptor.update(sealed) + decryptor.finalize()
    except InvalidTag:
        raise ProofError(
            "sealing.proof-altered",
            "the proof beside the item is altered, or not under its key",
            hint="fetch the parcel again; if it stays so, refuse the item",
        ) from None
