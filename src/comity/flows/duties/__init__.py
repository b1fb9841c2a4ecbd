# SPDX-License-Identifier: Apache-2.0
"""What is owed and what comes up: listed, as a calendar, and told of once."""
