# SPDX-License-Identifier: Apache-2.0
"""What happens, in order: gather through ports, decide in the core, act through ports."""
