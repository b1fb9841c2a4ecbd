# SPDX-License-Identifier: Apache-2.0
"""May this be done, under which article: rules over facts, and the stages that rest on them.

Source: AGREEMENTS.md section 4
"""
