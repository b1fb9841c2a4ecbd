# SPDX-License-Identifier: Apache-2.0
"""comity: exchange of protected information under an agreement that both sides have signed."""
