# SPDX-License-Identifier: Apache-2.0
"""What partners ask of us and bring us over the wire, and how far each may go."""
