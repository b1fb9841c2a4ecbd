# SPDX-License-Identifier: Apache-2.0
"""The web console of a party's own people: pages, styles, translations.

It calls flows, never the API. Every page is made here; a browser brings nothing from elsewhere.
"""
