# SPDX-License-Identifier: Apache-2.0
"""Every operation does what `/openapi.json` says of it, whatever is sent: never a fault.

Examples are drawn from the description itself; real names are put in their place now and then, so
that more than refusals is tried.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.asgi import ASGI_TRANSPORT

from comity.api.app import describe
from comity.basis.ids import PersonId
from comity.decision.people import Person, Role
from comity.flows.people.register import add_person
from comity.signin.permissions import EVERY_PERMISSION
from comity.signin.tokens import NewToken, TokenWish, create_token
from tests.api.support_api import Served, item_header, serve
from tests.builders.world import A_YEAR, MORNING, REGISTRAR, World, run

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
AT_LENGTH = os.environ.get("HYPOTHESIS_PROFILE") == "torture"
ANYBODY = PersonId("anybody")
KNOWN = {"agreement": "gsomia-jpn-kor", "person": "reader", "facility": "hq"}
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def everything(_released: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a node to somebody who may do whatever anybody may."""
    served = serve(_released.copy(tmp_path_factory.mktemp("described")).jpn)
    roles = tuple(each for each in Role if each is not Role.ADMINISTRATOR)
    record = Person(
        id=ANYBODY,
        facility="hq",
        kind="official",
        posts=(),
        clearance="SECRET",
        clearance_until=A_YEAR,
        need_to_know=("missile-warning",),
        roles=roles,
        registered_from=MORNING,
        registered_until=None,
    )
    run(add_person(served.node.context, record, REGISTRAR))
    yield served
    served.close()
    assert not served.faults


@pytest.fixture(scope="module")
def authorization(everything: Served) -> dict[str, str]:
    wish = TokenWish(ANYBODY, "tests", EVERY_PERMISSION, 30)
    made = run(create_token(everything.node.context, wish, REGISTRAR))
    assert isinstance(made, NewToken)
    return {"Authorization": f"Bearer {made.secret}"}


@pytest.fixture(scope="module")
def description() -> BaseSchema:
    return schemathesis.openapi.from_dict(describe())


def _call(case: Any, served: Served, headers: dict[str, str], count: int) -> None:
    """Send a case; every other one names what is there, and describes an item that fits."""
    if count % 2:
        parameters = dict(case.path_parameters or {})
        parameters.update({name: KNOWN[name] for name in KNOWN.keys() & parameters.keys()})
        if {"party", "index"} <= parameters.keys():
            parameters.update(party=("JPN", "KOR")[count % 4 // 2], index=count % 12)
        case.path_parameters = parameters
        if case.path.endswith("/items") and case.method == "POST":
            case.headers = item_header()
    if "timeout_s" in (case.query or {}):
        case.query["timeout_s"] = 0
    elif case.path.endswith(("/acknowledgement", "/events")):
        case.query = {**(case.query or {}), "timeout_s": 0}
    response = ASGI_TRANSPORT.send(case, app=served.app, headers=headers)
    case.validate_response(response, checks=CHECKS)


# Not parametrized: while tests are collected, every worker would make all examples, for 5 s.
@(pytest.mark.torture if AT_LENGTH else pytest.mark.slow)
def test_every_operation_keeps_to_its_description(everything, authorization, description, subtests):
    count = iter(range(10**9))

    def keeps_to_it(case):
        _call(case, everything, authorization, next(count))

    made = get_all_tests(
        schema=description,
        test_func=keeps_to_it,
        settings=settings(max_examples=500 if AT_LENGTH else 6, suppress_health_check=QUIET),
        given_kwargs=None,
    )
    told = 0
    for operation, test in (each.ok() for each in made):
        told += 1
        with subtests.test(operation.label):
            test()
    assert told > 100


@pytest.mark.slow
def test_nobody_gets_anything_but_an_answer_that_is_described(everything, description):
    """Nobody's request is answered before it is read: one of each kind shows it."""
    operations = [each.ok() for each in description.get_all_operations()]
    assert len(operations) > 100
    for operation in operations:
        names = [each.name for each in operation.path_parameters]
        case = operation.Case(path_parameters=dict.fromkeys(names, "1"))
        response = ASGI_TRANSPORT.send(case, app=everything.app)
        case.validate_response(response, checks=CHECKS)
        closed = case.path.startswith("/api/") and not case.path.endswith(("/session", "/password"))
        assert not closed or response.status_code == 401
