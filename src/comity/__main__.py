# SPDX-License-Identifier: Apache-2.0
"""`python -m comity`: the same as the command `comity`, wherever that is not on the path."""

from comity.cli.main import main

main()
