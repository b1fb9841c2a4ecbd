# SPDX-License-Identifier: Apache-2.0
"""Every page, one file per family: each asks flows, and gives a template what it shows."""

from __future__ import annotations

from typing import Final

from comity.console.pages.agreements import AGREEMENTS
from comity.console.pages.alerts import ALERTS
from comity.console.pages.consents import CONSENTS
from comity.console.pages.consultations import CONSULTATIONS
from comity.console.pages.contractors import CONTRACTORS
from comity.console.pages.disclosures import DISCLOSURES
from comity.console.pages.drafts import DRAFTS
from comity.console.pages.duties import DUTIES
from comity.console.pages.exercises import EXERCISES
from comity.console.pages.facilities import FACILITIES
from comity.console.pages.goods import GOODS
from comity.console.pages.home import HOME
from comity.console.pages.incidents import INCIDENTS
from comity.console.pages.inventories import INVENTORIES
from comity.console.pages.item import ITEM
from comity.console.pages.items import ITEMS
from comity.console.pages.keeping import KEEPING
from comity.console.pages.map import MAP
from comity.console.pages.partners import PARTNERS
from comity.console.pages.password import PASSWORD
from comity.console.pages.people import PEOPLE
from comity.console.pages.points import POINTS
from comity.console.pages.registers import REGISTERS
from comity.console.pages.reports import REPORTS
from comity.console.pages.requests import REQUESTS
from comity.console.pages.settings import SETTINGS
from comity.console.pages.sign_in import SESSION
from comity.console.pages.tour import TOUR
from comity.console.pages.visits import VISITS
from comity.console.pages.write import WRITE
from comity.console.routes import Route

ROUTES: Final[tuple[Route, ...]] = (
    *AGREEMENTS,
    *ALERTS,
    *CONSENTS,
    *CONSULTATIONS,
    *CONTRACTORS,
    *DISCLOSURES,
    *DRAFTS,
    *DUTIES,
    *EXERCISES,
    *FACILITIES,
    *GOODS,
    *HOME,
    *INCIDENTS,
    *INVENTORIES,
    *ITEM,
    *ITEMS,
    *KEEPING,
    *MAP,
    *PARTNERS,
    *PASSWORD,
    *POINTS,
    *REGISTERS,
    *REQUESTS,
    *PEOPLE,
    *REPORTS,
    *SESSION,
    *SETTINGS,
    *TOUR,
    *VISITS,
    *WRITE,
)
