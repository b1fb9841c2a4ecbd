# SPDX-License-Identifier: Apache-2.0
"""Random bytes from the operating system."""

import secrets


class SystemRandom:
    """Unpredictable bytes."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""
        return secrets.token_bytes(size)
