"""The pages around sign-in as HTML: no script, nothing asked elsewhere, Chinese first. What happens on them stands in sign_in."""

from base64 import b64encode
from functools import lru_cache
from html import escape
from importlib import resources
from string import Template
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import HTMLResponse, Response

from dashboard.door import oidc
from dashboard.door.answers import local_address
from dashboard.frame.parameters import LANGUAGE
from dashboard.words.texts import text
from expectations.people import passwords
from expectations.texts import LANGUAGE_NAMES, Language

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def page_of_sign_in(
    language: Language, after: str, message: str = "", *, expired: bool = False, login: str = "", status: int = 200
) -> Response:
    """The form, with what happened before it, in either language; `after` is the address to come to."""
    after, why = local_address(after), {"expired": 1} if expired else {}
    message = message or (text("sign.expired", language) if expired else "")
    fields = (
        f'<form method="post" action="/sign-in"><input type="hidden" name="next" value="{escape(after)}">'
        f'<input type="hidden" name="lang" value="{language}">'
        + form_field("login", text("sign.login", language), "text", "username", login, focus=True)
        + form_field("password", text("sign.password", language), "password", "current-password")
        + f"<button>{escape(text('sign.enter', language))}</button></form>"
    )
    if oidc.configured():
        address = escape(f"/oidc/start?{urlencode({'next': after})}")
        fields += f'<a class="button" href="{address}">{escape(text("sign.oidc", language))}</a>'
    other_language: Language = "zh" if language == "en" else "en"
    switch = escape(
        f"/sign-in?{urlencode({'lang': other_language, 'next': in_language(after, other_language), **why})}"
    )
    foot = f"<span>{escape(text('sign.forgotten', language))}</span>"
    foot += f'<a href="{switch}" lang="{other_language}">{LANGUAGE_NAMES[other_language]}</a>'
    return form_page(language, text("sign.title", language), message, fields, foot, status=status)


def page_of_password(
    message: str, language: Language, after: str, *, note: bool = False, status: int = 200
) -> Response:
    """The form to choose a password, with what is wrong with the last choice."""
    fields = (
        f'<form method="post" action="/password"><input type="hidden" name="next" value="{escape(local_address(after))}">'
        f'<input type="hidden" name="lang" value="{language}">'
        + form_field("old", text("sign.old", language), "password", "current-password", focus=True)
        + form_field("new", text("sign.new", language), "password", "new-password")
        + f'<p class="hint">{escape(text("sign.rule", language, length=passwords.SHORTEST))}</p>'
        + form_field("again", text("sign.again", language), "password", "new-password")
        + f"<button>{escape(text('sign.change', language))}</button></form>"
    )
    foot = f'<a href="/sign-out">{escape(text("sign.out", language))}</a>'
    return form_page(language, text("sign.change_title", language), message, fields, foot, note=note, status=status)


def form_page(
    language: Language, title: str, message: str, form: str, footer: str, *, note: bool = False, status: int = 200
) -> Response:
    """A page around a form. `message`: what happened before it; `form` and `footer` are HTML."""
    message_html = f'<p class="message{" note" if note else ""}" role="alert">{escape(message)}</p>' if message else ""
    page = _template().substitute(
        lang="zh-CN" if language == "zh" else "en",
        title=escape(title),
        icon=_icon(),
        style=_style(),
        message=message_html,
        product=escape(text("sign.product", language)),
        office=escape(text("sign.where", language)),
        form=form,
        footer=footer,
    )
    return HTMLResponse(page, status, headers={"Content-Security-Policy": _POLICY})


def form_field(
    name: str, label: str, kind: str, known_as: str, value: str = "", *, required: bool = True, focus: bool = False
) -> str:
    """A field with its label; `known_as` is what browsers call what stands in it."""
    first = " autofocus" if focus else ""
    needed = " required" if required else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}"{needed} maxlength="256" '
        f'autocomplete="{known_as}" value="{escape(value)}"{first}>'
    )


def page_of_sign_out(language: Language) -> Response:
    """The question before signing out."""
    form = (
        f"<p>{escape(text('sign.out_question', language))}</p>"
        f'<form method="post" action="/sign-out"><button autofocus>{escape(text("sign.out", language))}</button></form>'
        f'<a class="button" href="/">{escape(text("sign.back", language))}</a>'
    )
    return form_page(language, text("sign.out_title", language), "", form, "")


def asked_language(address: str) -> Language | None:
    """The language an address asks for, or none."""
    values = parse_qs(urlsplit(address).query)
    return LANGUAGE.of(lambda name: values.get(name, []))


def in_language(address: str, language: Language) -> str:
    """The address, asking for the language."""
    parts = urlsplit(address)
    others = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != LANGUAGE.name]
    return urlunsplit(parts._replace(query=urlencode([*others, (LANGUAGE.name, language)])))


@lru_cache(maxsize=1)
def icon_svg() -> bytes:
    """The icon."""
    return resources.files("dashboard.door").joinpath("icon.svg").read_bytes()


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template(resources.files("dashboard.door").joinpath("sign_in.html").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _style() -> str:
    return resources.files("dashboard.door").joinpath("sign_in.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _icon() -> str:
    return f"data:image/svg+xml;base64,{b64encode(icon_svg()).decode()}"
