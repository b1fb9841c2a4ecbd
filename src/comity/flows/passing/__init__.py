# SPDX-License-Identifier: Apache-2.0
"""Items that go on to a third party by leave of their originators, and how they are met there."""
