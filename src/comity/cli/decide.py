# SPDX-License-Identifier: Apache-2.0
"""`comity decide`: one request under one agreement file, with no node. Source: AGREEMENTS 4"""

from __future__ import annotations

import click

from comity.agreement.reading import read_agreement
from comity.basis.limits import AGREEMENT_BYTES_MAX, REQUEST_BYTES_MAX
from comity.cli.files import read_input
from comity.cli.printing import json_text, write_out
from comity.cli.refusals import REFUSED
from comity.decision.deciding import decide as decide_request
from comity.decision.deciding import decision_json
from comity.decision.request_reading import parse_request


@click.command(
    epilog="Exit codes: 0 allowed, 3 refused, 2 bad input.\n\n"
    "Example: comity decide --agreement gsomia.toml --request request.json"
)
@click.option(
    "--agreement", "agreement_file", required=True, metavar="FILE", help="The agreement file."
)
@click.option(
    "--request",
    "request_file",
    required=True,
    metavar="FILE",
    help="The request as JSON; - reads standard input.",
)
@click.option("--json", "_as_json", is_flag=True, help="Print errors as JSON too.")
def decide(*, agreement_file: str, request_file: str, _as_json: bool) -> int:
    """Decide one request under an agreement file.

    Prints the decision as JSON: allow, or deny with every article that stands against it, each
    permit that did not hold, and each fact that is missing. A fact that the request leaves out is
    unknown, and what is unknown never permits.
    """
    raw = read_input(agreement_file, bytes_max=AGREEMENT_BYTES_MAX)
    agreement = read_agreement(raw, source_name=agreement_file)
    request = parse_request(read_input(request_file, bytes_max=REQUEST_BYTES_MAX))
    decision = decide_request(agreement, request)
    write_out(json_text(decision_json(decision)))
    return 0 if decision.allowed else REFUSED
