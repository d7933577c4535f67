"""Labels of severity, state and owner, the same on every page. A label carries words, never colour alone."""

from dashboard.frame.tables import Html, tag
from dashboard.frame.view import View
from expectations.finding.columns import Finding
from expectations.finding.labels import severity_of

_SIGNS = {"serious": "✖", "normal": "▲", "hint": "？"}


def severity_tag(view: View, severity: str, is_hint: bool) -> Html:
    """The label of a severity with its sign."""
    kind = severity_of(severity, is_hint)
    return tag(f"{_SIGNS.get(kind, '')} {view.label('severity', kind)}", kind)


def finding_tag(view: View, finding: Finding) -> Html:
    """Severity and error type of a finding."""
    mark = severity_tag(view, finding.severity, finding.is_hint)
    return Html(f"{mark.markup} {tag(view.label('type', finding.error_type), 'type').markup}")


def message(view: View, finding: Finding) -> str:
    """The message in the reader's language."""
    return view.pick(finding.message, finding.message_en)


def share(part: int, whole: int) -> str:
    """`part / whole (percentage)`; a percentage never stands alone."""
    return f"{part:,} / {whole:,}" + (f" ({part / whole:.1%})" if whole else "")
