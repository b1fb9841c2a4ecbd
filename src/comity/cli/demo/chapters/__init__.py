# SPDX-License-Identifier: Apache-2.0
"""The chapters of the story, each with what its own steps do and the steps in their order."""
