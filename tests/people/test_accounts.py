"""Passwords, lock-out, resets and sessions on a real register."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.people import access_log, accounts, sessions
from expectations.people.access_log import AccessFilter
from expectations.people.accounts import NewPerson, add_user, check_password
from expectations.people.guesses import Guesses
from expectations.people.passwords import first_password, hash_password, matches, require_good
from expectations.rights.reader import MACHINE
from expectations.store.register import Register, now
from expectations.store.switches import DEFAULTS, Value, set_switch, switch, switches
from expectations.store.tables import Access, SignIn, User

__all__ = ["postgresql", "register"]

PASSWORD = "four quiet herons"
HASHED = hash_password(PASSWORD)
BY = (None, "test")


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def staffed(register: Register) -> Register:
    """An administrator and a prosecutor, both with PASSWORD still to be changed."""
    with register.writing() as session:
        add_user(session, NewPerson("admin", "管理", ("administrator",)), HASHED, BY)
        add_user(session, NewPerson("dong1", "示检东澄一", ("prosecutor",)), HASHED, BY)
    return register


def sign_in(staffed: Register, login: str, how: str = "link") -> str:
    with staffed.writing() as session:
        return sessions.key_of(sessions.start(session, accounts.find_user(session, login).id, how))


def set_sign_in(staffed: Register, key: str, **values: object) -> None:
    with staffed.writing() as session:
        session_row = session.get_one(SignIn, key)
        for name, value in values.items():
            setattr(session_row, name, value)


def actions(staffed: Register) -> list[str]:
    with staffed.reading() as session:
        return list(session.scalars(select(Access.action).order_by(Access.id)))


def test_a_right_password_signs_in_whatever_the_case_of_the_login(staffed: Register) -> None:
    assert check_password(staffed, " Dong1 ", PASSWORD).user_id == 2
    assert check_password(staffed, "dong1", PASSWORD.upper()).user_id is None


def test_after_five_failures_there_is_a_wait_and_the_right_password_does_not_shorten_it(staffed: Register) -> None:
    for _ in range(4):
        assert check_password(staffed, "dong1", "wrong") == accounts.Checked()
    waits = check_password(staffed, "dong1", "wrong").locked_until
    assert waits is not None
    assert timedelta(seconds=50) < waits - now() <= timedelta(minutes=1)
    assert check_password(staffed, "dong1", PASSWORD) == accounts.Checked(locked_until=waits)
    assert actions(staffed)[-6:] == ["sign_in_failed"] * 6


def test_a_stranger_who_guesses_locks_nobody_out(staffed: Register) -> None:
    for _ in range(50):
        check_password(staffed, "dong1", "wrong", "10.9.9.9")
    assert check_password(staffed, "dong1", PASSWORD, "10.9.9.9").locked_until is not None
    assert check_password(staffed, "dong1", PASSWORD, "10.1.1.1").user_id == 2


@pytest.mark.long
def test_strangers_at_a_hundred_addresses_close_a_login_but_not_where_its_person_sits(staffed: Register) -> None:
    """A known and an unknown login answer alike to the last one."""
    with staffed.writing() as session:
        sessions.start(session, 2, "password", "10.1.1.1")
    answers = {}
    for login in ("dong1", "nobody-here"):
        tried = [check_password(staffed, login, "wrong", f"10.2.0.{number}") for number in range(102)]
        answers[login] = [answer.locked_until is not None for answer in tried]
    assert answers["dong1"] == answers["nobody-here"] == [False] * 99 + [True] * 3
    assert check_password(staffed, "dong1", PASSWORD, "10.2.1.1").locked_until is not None
    assert check_password(staffed, "dong1", PASSWORD, "10.1.1.1").user_id == 2
    assert check_password(staffed, "dong1", PASSWORD, "10.2.1.2").user_id == 2  # a right password begins anew
    assert "locked" in actions(staffed)


def test_waits_grow_and_are_forgotten() -> None:
    clock = Clock(now())
    guesses, key = Guesses(clock=clock), ("dong1", "10.9.9.9")
    waits = []
    for _ in range(10):
        assert guesses.begin(key) is None
        until = guesses.waits_until(key)
        waits.append(round((until - clock()).total_seconds() / 60) if until else 0)
        clock.moment = until or clock.moment
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15]
    clock.moment += timedelta(hours=25)
    assert [guesses.begin(key) for _ in range(5)] == [None] * 5
    assert guesses.begin(key) is not None


def test_guesses_made_at_once_are_no_more_than_one_after_another() -> None:
    guesses = Guesses()
    with ThreadPoolExecutor(20) as pool:
        begun = list(pool.map(lambda _: guesses.begin(("dong1", "10.9.9.9")), range(200)))
    assert begun.count(None) == 5


def test_a_flood_of_failures_does_not_fill_the_register(staffed: Register) -> None:
    before = len(actions(staffed))
    for number in range(400):
        check_password(staffed, f"nobody{number % 7}", "wrong", "10.9.9.9")
    assert len(actions(staffed)) - before == 20


def test_the_old_password_cannot_be_guessed_with_a_session_left_open(staffed: Register) -> None:
    key = sign_in(staffed, "dong1")
    for _ in range(5):
        with pytest.raises(InputError, match="present password"):
            accounts.change_password(staffed, 2, "wrong", "seven slow rivers")
    assert sessions.standing(staffed, key) is None
    with pytest.raises(InputError, match="present password"):
        accounts.change_password(staffed, 2, PASSWORD, "seven slow rivers")
    assert check_password(staffed, "dong1", PASSWORD).user_id == 2


def test_an_unknown_login_answers_like_a_known_one_and_is_not_written_down(staffed: Register) -> None:
    nobody = f"no-such-{secrets.token_hex(4)}"
    answers = [check_password(staffed, nobody, "wrong").locked_until is None for _ in range(5)]
    assert answers == [True, True, True, True, False]
    with staffed.reading() as session:
        assert not [
            entry for entry in session.scalars(select(Access)) if nobody in entry.login + entry.subject + entry.detail
        ]


def test_a_deactivated_person_has_neither_password_nor_session(staffed: Register) -> None:
    key = sign_in(staffed, "dong1")
    assert sessions.standing(staffed, key) is not None
    accounts.set_active(staffed, "dong1", False, BY)
    assert sessions.standing(staffed, key) is None
    assert check_password(staffed, "dong1", PASSWORD).user_id is None
    with pytest.raises(InputError, match="administrator"):
        accounts.set_active(staffed, "admin", False, BY)


def test_a_reset_ends_sessions_and_asks_for_a_new_password(staffed: Register) -> None:
    key = sign_in(staffed, "dong1", "password")
    first = accounts.reset_password(staffed, "dong1", BY)
    assert sessions.standing(staffed, key) is None
    assert check_password(staffed, "dong1", PASSWORD).user_id is None
    assert check_password(staffed, "dong1", first).user_id == 2
    fresh, elsewhere = sign_in(staffed, "dong1", "password"), sign_in(staffed, "dong1", "password")
    assert sessions.reader_in(staffed, fresh) is None
    accounts.change_password(staffed, 2, first, "seven slow rivers", keep=fresh)
    assert sessions.reader_in(staffed, fresh) is not None
    assert sessions.standing(staffed, elsewhere) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("wrong", "seven slow rivers"), (PASSWORD, PASSWORD), (PASSWORD, "short"), (PASSWORD, "dong1dong1dong1")],
)
def test_a_change_needs_the_present_password_and_a_good_new_one(staffed: Register, old: str, new: str) -> None:
    with pytest.raises(InputError):
        accounts.change_password(staffed, 2, old, new)
    assert check_password(staffed, "dong1", PASSWORD).user_id == 2


@pytest.mark.parametrize(
    "password", ["", "a" * 12, "1234567890", "password123", "abcdefghijkl", "0987654321", "x" * 300]
)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(InputError):
        require_good(password, "dong1")


def test_a_first_password_is_good_and_of_its_own() -> None:
    passwords = {first_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        require_good(password, "dong1")
    assert matches("ｆｏｕｒ quiet herons", HASHED)
    assert not matches("", "")


def test_a_session_ends_when_idle_when_old_and_when_signed_out(staffed: Register) -> None:
    key = sign_in(staffed, "dong1")
    set_sign_in(staffed, key, used_at=now() - timedelta(minutes=31))
    assert sessions.standing(staffed, key) is None
    set_sign_in(staffed, key, used_at=now(), created_at=now() - timedelta(hours=12, minutes=1))
    assert sessions.standing(staffed, key) is None
    set_sign_in(staffed, key, created_at=now())
    assert sessions.standing(staffed, key) is not None
    sessions.end(staffed, key)
    assert sessions.standing(staffed, key) is None
    assert actions(staffed)[-2:] == ["sign_in", "sign_out"]


def test_the_idle_limit_is_a_switch(staffed: Register) -> None:
    key = sign_in(staffed, "dong1")
    set_sign_in(staffed, key, used_at=now() - timedelta(minutes=31))
    with staffed.writing() as session:
        set_switch(session, "idle_minutes", 60)
    assert sessions.standing(staffed, key) is not None


def test_a_one_time_link_is_worth_one_session_for_ten_minutes(staffed: Register) -> None:
    token = sessions.one_time_link(staffed, "dong1").partition("once=")[2]
    assert sessions.standing(staffed, sessions.key_of(token)) is None
    session_token = sessions.exchange(staffed, token)
    assert session_token is not None
    reader = sessions.reader_in(staffed, sessions.key_of(session_token))
    assert reader is not None
    assert (reader.login, reader.roles) == ("dong1", ("prosecutor",))
    assert sessions.exchange(staffed, token) is None
    assert sessions.exchange(staffed, session_token) is None
    late = sessions.one_time_link(staffed, "dong1").partition("once=")[2]
    set_sign_in(staffed, sessions.key_of(late), created_at=now() - timedelta(minutes=11))
    assert sessions.exchange(staffed, late) is None


def test_only_the_hash_of_a_token_is_kept(staffed: Register) -> None:
    with staffed.writing() as session:
        token = sessions.start(session, 2, "password")
        sign_in_row = session.scalars(select(SignIn)).one()
        assert token not in str(vars(sign_in_row))
        assert sign_in_row.token_hash == sessions.key_of(token)


def test_the_provider_finds_people_by_subject_then_by_login(staffed: Register) -> None:
    with staffed.writing() as session:
        session.get_one(User, 2).oidc_subject = "s-2"
    for subject, login, is_found in [
        ("s-2", "else", True),
        ("s-9", "ADMIN", True),
        ("s-9", "dong1", False),
        ("", "", False),
    ]:
        assert (sessions.start_from_provider(staffed, subject, login) is not None) is is_found


def test_a_view_is_logged_once_and_found_by_day_person_and_action(staffed: Register) -> None:
    for _ in range(3):
        access_log.log_view(staffed, MACHINE, "case", "prosecution 77号")
    access_log.log(staffed, MACHINE, "export", "findings", "department=第一检察部")
    today = now().astimezone().date()
    with staffed.reading() as session:
        assert access_log.count(session, AccessFilter(login="anka", action="case")) == 1
        entries = access_log.entries(session, AccessFilter(login="anka"), 1)
        assert [(entry.action, entry.subject) for entry in entries] == [("export", "findings")]
        assert access_log.count(session, AccessFilter(day=today - timedelta(days=2))) == 0


NO_NUMBERS = [
    "{",
    "}",
    "{}",
    "{0}",
    "{serial:>99999999}",
    "{serial:{year}}",
    "{office.__class__}",
    "{office[0]}",
    "{x}",
]
"""What makes of the pattern of a notice's number something else."""


def test_switches_have_defaults_types_and_bounds(staffed: Register) -> None:
    with staffed.writing() as session:
        assert switches(session) == DEFAULTS
        set_switch(session, "hold_after", 7)
        set_switch(session, "notice_number", "{office}〔{year}〕{serial:03}号")
        set_switch(session, "precision_floor", 1)
        assert (switch(session, "hold_after"), switch(session, "precision_floor")) == (7, 1.0)
        wrong: list[tuple[str, Value]] = [
            ("hold_on", 1),
            ("hold_after", 0),
            ("hold_after", True),
            ("notice_number", "{x}号"),
            ("notice_number", "1号"),
            *(("notice_number", "{year}{serial}" + more) for more in NO_NUMBERS),
        ]
        for name, value in wrong:
            with pytest.raises(InputError):
                set_switch(session, name, value)
