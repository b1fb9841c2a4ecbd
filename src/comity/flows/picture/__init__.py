# SPDX-License-Identifier: Apache-2.0
"""The common picture: reports that a person may open, and which of them are of one event."""
