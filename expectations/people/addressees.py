"""What is read by whom a paper is addressed to: an office, a department and perhaps a name, as the cards write them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.people.languages import home_language, language_of
from expectations.people.organisation import Tree, read_tree
from expectations.store.tables import User
from expectations.texts import Language


def language_to(session: Session, office: str, department: str, prosecutor: str = "") -> Language:
    """The language of the person named, else of who heads the department; the home's where they are several of several languages."""
    tree = read_tree(session)
    people = select(User).where(User.active.is_(True))
    if prosecutor:
        people = people.where(User.name == prosecutor)
    inside = [
        user for user in session.scalars(people) if (prosecutor or "head" in user.roles) and _is_in(tree, user, office)
    ]
    meant = [user for user in inside if _is_of(tree, user, department)] or (inside if prosecutor else [])
    languages = {language_of(session, user) for user in meant}
    return languages.pop() if len(languages) == 1 else home_language(session)


def _is_in(tree: Tree, user: User, office: str) -> bool:
    its_office = tree.office(user.unit_id)
    return its_office is not None and its_office.name == office


def _is_of(tree: Tree, user: User, department: str) -> bool:
    its_department = tree.department(user.unit_id)
    return its_department is not None and its_department.name == department
