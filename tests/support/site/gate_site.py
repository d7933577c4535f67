"""A served dashboard with the sample's people and a sign-in provider, asked as a browser or somebody worse would ask it."""

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.people.passwords import hash_password
from expectations.store.register import Register
from expectations.store.tables import SignIn
from support.site.dashboard_server import register_of, serving, session_token, with_people
from support.site.oidc_provider import CLIENT, SECRET, Provider, providing

PASSWORD, NEW = "four quiet herons", "seven slow rivers"
HASHED = hash_password(PASSWORD)
PAGE = {"Accept": "text/html"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def goes_to(self) -> str:
        return self.headers.get("Location", "")

    @property
    def cookie(self) -> str:
        return self.headers.get("Set-Cookie", "")

    @property
    def token(self) -> str:
        cookie = re.search(r"anka_session=([^;]+);", self.cookie)
        return cookie[1] if cookie else ""


def answer_to(host: str, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
    with closing(http.client.HTTPConnection(host, timeout=20)) as connection:
        connection.request(method, path, body, headers)
        with connection.getresponse() as answer:
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))


@dataclass(frozen=True)
class Site:
    address: str
    home: Path
    register: Register
    provider: Provider

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def ask(self, path: str, *, method: str = "GET", token: str = "", body: str = "", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Cookie"] = f"anka_session={token}; {sent.get('Cookie', '')}"
        return answer_to(self.host, method, path, body, sent)

    def post(self, path: str, token: str = "", origin: str = "", **fields: str) -> Answer:
        body = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
        kind = "application/x-www-form-urlencoded"
        return self.ask(
            path, method="POST", token=token, body=body, Origin=origin or f"http://{self.host}", Content_Type=kind
        )

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Answer:
        return self.post("/sign-in", login=login, password=password, **fields)

    def session(self, login: str) -> str:
        return session_token(self.register, login)

    def change(self, token: str, **values: object) -> None:
        with self.register.writing() as session:
            sign_in = session.get_one(SignIn, sessions.key_of(token))
            for name, value in values.items():
                setattr(sign_in, name, value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("gate")
    register = with_people(home)
    with register.writing() as session:
        for login in ("dong1", "xi1", "nan1", "bei1", "admin"):
            user = find_user(session, login)
            user.password_hash, user.must_change = HASHED, login == "nan1"
    with providing() as provider:
        settings = {
            "ANKA_OIDC_ISSUER": provider.issuer,
            "ANKA_OIDC_CLIENT_ID": CLIENT,
            "ANKA_OIDC_CLIENT_SECRET": SECRET,
        }
        with serving(home, home / "server.log", settings) as address:
            yield Site(address, home, register_of(home), provider)
