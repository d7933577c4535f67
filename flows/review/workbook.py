"""The workbook of a review batch: summary, a sheet per department and per prosecutor, every finding, definitions.

Reads temp tables `checked` and `findings` as `review_batch.select_period` left them. Its words stand in `words`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from expectations.finding.departments import department_order
from expectations.finding.labels import NO_OFFICE, UNFILLED, case_word, error_type_word, owner_word, severity_word
from expectations.finding.masks import Masks
from expectations.run.figures import NO_OFFICES, Line, by, figure_lines, total
from expectations.run.findings import masks_of
from expectations.run.words.headings import headings
from expectations.sql.quoting import quoted
from expectations.store.offices import Offices
from expectations.texts import Bilingual, Language
from expectations.workbooks import Sheet, write_workbook
from flows.review import words
from flows.review.periods import Period

_WITH_NAMES = """
create temp table with_names as
select f.*, {card_title} as card_title, {message} as said, coalesce(f.department, {unfilled}) as department_name,
  coalesce(f.prosecutor, {unfilled}) as prosecutor_name,
  (select any_value(n.name) from files n where n.file_no = f.file_no) as file,
  (select string_agg(i.header, {between} order by i.no) from fields i where i.card = f.card and list_contains(string_split(f.fields, '|'), i.name)) as headers
from findings f left join cards_known k on k.card = f.card
"""
_LINES = """
select card, bmsah, coalesce(sheet, ''), coalesce(sheet_row, 0), case_name, name, department, prosecutor, card_title, said, rule_id,
  case when is_hint then 'hint' else severity end,
  error_type, headers, "values", basis,
  owner, file, sheet, sheet_row, ''
from with_names where {condition} order by is_hint, department, prosecutor, bmsah, rule_id, card_row
"""
_MESSAGE, _SEVERITY, _ERROR_TYPE, _VALUES, _OWNER = 6, 8, 9, 11, 13
"""Places in a line of what is put in words."""


def write_review(
    con: duckdb.DuckDBPyConnection, period: Period, target: Path, language: Language, offices: Offices = NO_OFFICES
) -> None:
    """Writes the workbook to `target`."""
    _Review(con, period, language, offices).write(target)


@dataclass(frozen=True)
class _Review:
    con: duckdb.DuckDBPyConnection
    period: Period
    language: Language
    offices: Offices

    def write(self, target: Path) -> None:
        english = self.language == "en"
        self.con.execute(
            _WITH_NAMES.format(
                card_title="coalesce(nullif(k.title_en, ''), k.title_zh)" if english else "k.title_zh",
                message="coalesce(nullif(f.message_en, ''), f.message)" if english else "f.message",
                unfilled=quoted(self.say(UNFILLED)),
                between=quoted(self.say(Bilingual("、", ", "))),
            )
        )
        notes = self._notes()
        write_workbook(target, self._sheets(notes))

    def say(self, text: Bilingual) -> str:
        """A text in the language of the workbook."""
        return text.in_language(self.language)

    def _sheets(self, notes: Sequence[str]) -> Iterator[Sheet]:
        """The sheets in their order, each asked for when the one before is written."""
        summary = words.summary_columns(self.language)
        register = words.register_columns(self.language, headings(self.con, self.language))
        split = by(figure_lines(self.con, self.offices), "office", "department", "prosecutor")
        yield Sheet(self.say(words.SUMMARY_SHEET), summary, [*self._totals(split), *map(self._row, split)], notes)
        unfilled = self.say(UNFILLED)
        for department in sorted({line.department for line in split}, key=department_order):
            name = department or unfilled
            yield Sheet(name, register, self._lines("department_name = ?", [name]))
        for line in by(split, "department", "prosecutor"):
            names = [line.department or unfilled, line.prosecutor or unfilled]
            lines = self._lines("department_name = ? and prosecutor_name = ?", names)
            yield Sheet(names[1], register, lines, [" ".join(names)])
        yield Sheet(self.say(words.ALL_SHEET), register, self._lines("true", []))
        definitions = [(self.say(name), self.say(meaning)) for name, meaning in words.DEFINITIONS]
        yield Sheet(self.say(words.DEFINITIONS_SHEET), words.definition_columns(self.language), definitions)

    def _row(self, line: Line) -> tuple[object, ...]:
        unfilled = self.say(UNFILLED)
        whose = (line.office or self.say(NO_OFFICE), line.department or unfilled, line.prosecutor or unfilled)
        return (*whose, line.checked, line.with_errors, line.errors, line.serious, line.normal, line.hints)

    def _totals(self, split: Sequence[Line]) -> list[tuple[object, ...]]:
        """A total of all and one per department, summed from the rows per prosecutor."""
        counts, word = slice(3, None), self.say(words.TOTAL)
        departments = [
            (*self._row(line)[:2], word, *self._row(line)[counts]) for line in by(split, "office", "department")
        ]
        return [("", self.say(words.EVERYWHERE), word, *self._row(total(split))[counts]), *departments]

    def _notes(self) -> list[str]:
        row = self.con.execute("select run_id, as_of, status, catalogue_hash, input_hash from runs").fetchall()[0]
        run_id, as_of, status, catalogue_hash, input_hash = row
        ((left_out,),) = self.con.execute(
            "select count(distinct rule_id) from judgements where state <> 'judged'"
        ).fetchall()
        period = self.period
        span = f"{period.first:%Y-%m-%d}", f"{period.last:%Y-%m-%d}"
        versions = catalogue_hash[:12], input_hash[:12]
        notes = [
            Bilingual(
                f"案卡质量核查汇总 {period.name}（{span[0]} 至 {span[1]} 受理或者审结）",
                f"Review of the case cards {period.name} ({span[0]} to {span[1]})",
            ),
            Bilingual(
                f"核查批次 {run_id}，核查日 {as_of:%Y-%m-%d}；规则版本 {versions[0]}，数据版本 {versions[1]}；同样的数据、规则和核查日得到同样的结果。",
                f"Run {run_id}, audit date {as_of:%Y-%m-%d}; rules {versions[0]}, exports {versions[1]}; the same exports, rules and date give "
                "the same result.",
            ),
            Bilingual(
                f"有 {left_out} 条规则全部或部分未判断（缺少列或案卡未载入）。",
                f"Rules not judged, or not on every card, for a missing column or a card that was not loaded: {left_out}.",
            )
            if left_out
            else words.ALL_JUDGED,
        ]
        if status != "complete":
            notes.append(words.NOT_COMPLETE)
        return [self.say(note) for note in notes]

    def _lines(self, condition: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        """The register lines; identity numbers and phones are masked, since a review workbook travels."""
        masks = replace(masks_of(self.con), off=False)
        rows = self.con.execute(_LINES.format(condition=condition), list(values)).fetchall()
        return [
            self._line(card, [self.say(case_word(bmsah or "", *place)), *others], masks)
            for card, bmsah, *place, others in ((*row[:4], row[4:]) for row in rows)
        ]

    def _line(self, card: str, cells: list[object], masks: Masks) -> tuple[object, ...]:
        """A line in words, masked."""
        present = json.loads(str(cells[_VALUES]))
        secrets = [text for name, text in present.items() if text and masks.holds_number(card, name)]
        for place in (_MESSAGE, _VALUES):
            cells[place] = masks.text(str(cells[place]), secrets)
        called: dict[int, Callable[[str], Bilingual]] = {
            _SEVERITY: severity_word,
            _ERROR_TYPE: error_type_word,
            _OWNER: owner_word,
        }
        for place, word in called.items():
            cells[place] = self.say(word(str(cells[place])))
        return tuple(cells)
