"""Which card a sheet holds: the user's choice, the file name, the headings, in this order (spec: exports, section 1).

Decides from file names and headings only; reading rows and mapping columns happen elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.texts import Bilingual
from flows.load.headings import FEWEST_MATCHES, HEAD_ROWS, HeaderRow, Headings, Row, find_header_row, headings_of

FEWEST_COLUMNS = 5
"""Headings alone decide only when at least so many columns match, and at least half of the filled ones."""

_SHOWN_HEADINGS = 6


@dataclass(frozen=True)
class Candidate:
    """A card whose header row was found in a sheet."""

    headings: Headings
    header: HeaderRow

    @property
    def card(self) -> Card:
        """The card the headings belong to."""
        return self.headings.card

    @property
    def clear(self) -> bool:
        """Whether enough of the headings match to name the card by them alone."""
        return self.header.matched >= FEWEST_COLUMNS and 2 * self.header.matched >= self.header.filled


@lru_cache(2)
def all_headings(catalogue: Catalogue) -> Mapping[str, Headings]:
    """The headings of every card of the catalogue, by card name; kept for as long as the catalogue is in use."""
    return {name: headings_of(card) for name, card in catalogue.cards.items()}


def card_in_file_name(name: str, catalogue: Catalogue) -> str | None:
    """The card a file name speaks of: a table number before a word, the first word before a later one.

    Names go 案件类别 + table number + cell title, and a cell title may hold the word of another card.
    """
    matches = [
        (not word.isdigit(), name.find(word), -len(word), card.name)
        for card in catalogue.cards.values()
        for word in card.file_words
        if word and word in name
    ]
    return min(matches)[-1] if matches else None


def candidates(head: Sequence[Row], headings: Mapping[str, Headings]) -> tuple[Candidate, ...]:
    """Cards with a header row in the sheet, the one with most matching columns first."""
    recognised = [
        Candidate(card_headings, row)
        for card_headings in headings.values()
        if (row := find_header_row(head, card_headings))
    ]
    return tuple(sorted(recognised, key=lambda candidate: -candidate.header.matched))


def recognise(
    heads: Sequence[Sequence[Row]], headings: Mapping[str, Headings], named_card: str | None
) -> list[Candidate | None]:
    """The card of each sheet, None for a sheet to ignore; `named_card` is that of the user's choice or the file name.

    The named card is taken for the sheet whose headings say so, else for the first sheet with a header row of it.
    """
    candidates_by_sheet = [candidates(head, headings) for head in heads]
    by_headings = [_by_headings(sheet_candidates, named_card) for sheet_candidates in candidates_by_sheet]
    if named_card is None or any(
        candidate is not None and candidate.card.name == named_card for candidate in by_headings
    ):
        return by_headings
    for place, sheet_candidates in enumerate(candidates_by_sheet):
        of_named_card = [candidate for candidate in sheet_candidates if candidate.card.name == named_card]
        if of_named_card:
            return [*by_headings[:place], of_named_card[0], *by_headings[place + 1 :]]
    return [None] * len(by_headings)


def refusal(heads: Sequence[Sequence[Row]], headings: Mapping[str, Headings], named_card: str | None) -> Bilingual:
    """Why no sheet was recognised: what was looked for, and the cards that came closest."""
    if named_card is not None:
        card = headings[named_card].card
        best = max((headings[named_card].matches(row) for head in heads for row in head), default=0)
        expected = "、".join(field.header for field in card.fields[:_SHOWN_HEADINGS])
        return Bilingual(
            f"前 {HEAD_ROWS} 行找不到{card.title_zh}案卡的表头（至少 {FEWEST_MATCHES} 个已知列名，最多的一行有 {best} 个），应有列名",
            f"no header row of card {named_card}: best row has {best} known headings; expected",
        ).about(f"{expected} …" if len(card.fields) > _SHOWN_HEADINGS else expected)
    nearest = sorted(
        (candidate for head in heads for candidate in candidates(head, headings)),
        key=lambda candidate: -candidate.header.matched,
    )
    if not nearest:
        return Bilingual(
            "认不出案卡：没有一行含有 3 个以上已知列名", "no known card: no row holds three known headings"
        )
    best = nearest[0].header.matched
    if sum(candidate.header.matched == best for candidate in nearest) > 1 and nearest[0].clear:
        return Bilingual("认不出案卡：几种案卡同样相符", "no known card: cards tie").about(_in_words(nearest))
    return Bilingual("认不出案卡：相符的列太少，最接近", "no known card: too few known headings, nearest").about(
        _in_words(nearest)
    )


def _in_words(nearest: Sequence[Candidate]) -> Bilingual:
    parts = [(candidate.card, f"{candidate.header.matched}/{candidate.header.filled}") for candidate in nearest[:3]]
    return Bilingual(
        "、".join(f"{card.title_zh}（{share} 列）" for card, share in parts),
        ", ".join(f"{card.name} ({share} columns)" for card, share in parts),
        "、".join(f"{card.title_zh} {card.name}（{share} 列）" for card, share in parts),
    )


def _by_headings(sheet_candidates: Sequence[Candidate], named_card: str | None) -> Candidate | None:
    best = [
        candidate
        for candidate in sheet_candidates
        if candidate.header.matched == sheet_candidates[0].header.matched and candidate.clear
    ]
    if len(best) > 1:
        best = [candidate for candidate in best if candidate.card.name == named_card]
    return best[0] if len(best) == 1 else None


def inner_name(file_name: str) -> str:
    """The file name without folder and suffix, blanks removed, as `card_in_file_name` reads it."""
    return re.sub(r"\s+", "", file_name.rsplit(".", 1)[0])
