"""Matters that begin outside a criminal case: public interest, civil, administrative, petitions, detention, policing.

Each is one case on one card (with the suggestion or hearing it leads to); what it tells is written by the card modules.
"""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from sample_data.cards.civil_admin import admin_rows, civil_rows
from sample_data.cards.execution import detention_rows
from sample_data.cards.linked import filing_steps
from sample_data.cards.petition import petition_cards
from sample_data.cards.pil import pil_cards
from sample_data.courses.timeline import days
from sample_data.docket import FILING, INVESTIGATION, registered, wish
from sample_data.matter import Matter, Row
from sample_data.numbering import Numbering

SHARES = {"pil": 0.03, "civil": 0.03, "admin": 0.016, "petition": 0.08, "execution": 0.018, "supervision": 0.022}
"""Matters of each card in proportion to the prosecution cases; others come with criminal matters."""

_FAULTS = ("讯问同步录音录像不规范", "超期返还扣押物品", "未依法告知诉讼权利")


def build_side(card: str, fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> Matter:
    """One clean matter that begins on that card; `fixed` are the wishes of a plant."""
    if card == "pil":
        return Matter(pil_cards(fixed, as_of, numbering, rng))
    if card == "petition":
        return Matter(petition_cards(fixed, as_of, numbering, rng))
    rows = {"civil": civil_rows, "admin": admin_rows, "execution": detention_rows, "supervision": policing_rows}[card]
    return Matter({card: rows(fixed, as_of, numbering, rng)})


def policing_rows(fixed: Mapping[str, Any], as_of: date, numbering: Numbering, rng: Random) -> list[Row]:
    """A case about the police: a crime not filed, or a fault of the investigation."""
    kind = wish(fixed, "kind", {"应当立案而不立案": 1, "不应当立案而立案": 1, "侦查活动违法": 3}, rng)
    accept = as_of - days(fixed.get("ago") or rng.randint(40, 380))
    docket = INVESTIGATION if kind == "侦查活动违法" else FILING
    row = registered(docket, accept, f"{rng.choice(_FAULTS)}监督案", numbering, rng)
    row |= {"superv_kind": kind, "accept_date": accept}
    if docket is FILING:
        return [row | filing_steps(accept, as_of, rng)]
    closed = accept + days(rng.randint(10, 35))
    return [row | {"doc_no": numbering.document("纠违", accept), "accepted": "是", "close_date": closed}]
