# SPDX-License-Identifier: Apache-2.0
"""HTTP for partners: mirror endpoints, push, parcels, reads. Nothing is decided here.

`router` answers requests as values, so that a simulator calls what a listener calls; `asgi` makes
an application of it.
"""
