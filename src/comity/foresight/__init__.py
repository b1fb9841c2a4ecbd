# SPDX-License-Identifier: Apache-2.0
"""What an agreement would do, said before anybody signs it: its page in plain words, its gaps."""
