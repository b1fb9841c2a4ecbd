# SPDX-License-Identifier: Apache-2.0
"""The process that serves a node: listeners, delivery, local socket, schedule, signals."""
