# SPDX-License-Identifier: Apache-2.0
"""After a loss: a store put back, what partners bring back, stolen keys, disputed registers."""
