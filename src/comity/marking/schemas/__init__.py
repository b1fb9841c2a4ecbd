# SPDX-License-Identifier: Apache-2.0
"""XML schemas of our own writing, for labels and their binding, read from the package itself."""
