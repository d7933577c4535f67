"""The form of the first start as HTML, with what was entered before and what was wrong with it; a password is never written back."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.responses import Response

from dashboard.door.sign_in_pages import form_field, form_page
from dashboard.words.texts import text
from expectations.people import passwords
from expectations.store.switches import CHOICES, DEFAULTS
from expectations.texts import LANGUAGE_NAMES, Language


@dataclass(frozen=True)
class Entered:
    """What stands in the form."""

    office: str = ""
    name: str = ""
    login: str = ""
    inbox: str = ""
    night_time: str = str(DEFAULTS["night_time"])
    language: str = str(DEFAULTS["language"])


def page_of_first_start(
    language: Language, token: str, entered: Entered, message: str = "", *, status: int = 200
) -> Response:
    """The form in either language."""

    def words(key: str, **values: object) -> str:
        return text(key, language, **values)

    def hint(key: str, **values: object) -> str:
        return f'<p class="hint">{escape(words(key, **values))}</p>'

    form = (
        f'<p class="hint">{escape(words("first.means"))}</p>'
        f'<form method="post" action="/first-start"><input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="lang" value="{language}">'
        + form_field("office", words("first.office"), "text", "organization", entered.office, focus=True)
        + hint("first.office_means")
        + form_field("name", words("first.name"), "text", "name", entered.name)
        + form_field("login", words("sign.login"), "text", "username", entered.login)
        + form_field("password", words("sign.password"), "password", "new-password")
        + hint("sign.rule", length=passwords.SHORTEST)
        + form_field("again", words("first.again"), "password", "new-password")
        + form_field("inbox", words("admin.inbox"), "text", "off", entered.inbox, required=False)
        + hint("first.inbox_means")
        + form_field("night_time", words("admin.night_time"), "time", "off", entered.night_time)
        + _languages(language, entered.language)
        + f"<button>{escape(words('first.go'))}</button></form>"
    )
    other: Language = "zh" if language == "en" else "en"
    switch = escape(f"/first-start?{urlencode({'token': token, 'lang': other})}")
    foot = f'<span>{escape(words("first.once"))}</span><a href="{switch}" lang="{other}">{LANGUAGE_NAMES[other]}</a>'
    return form_page(language, words("first.title"), message, form, foot, status=status)


def _languages(language: Language, chosen: str) -> str:
    """The languages an office may choose for itself."""
    named: dict[str, str] = {"catalogue": text("admin.language_catalogue", language)}
    named |= {str(code): name for code, name in LANGUAGE_NAMES.items()}
    options = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{escape(named[value])}</option>'
        for value in CHOICES["language"]
    )
    label = escape(text("admin.language", language))
    return f'<label for="language">{label}</label><select id="language" name="language">{options}</select>'
