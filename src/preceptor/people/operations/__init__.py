"""Changing people: accounts, signing in and out, tokens, teams."""

from preceptor.people.operations.accounts import (
    EmailTakenError,
    accept_invitation,
    add_person,
    add_stub_person,
    change_profile,
    change_roles,
    invite,
    set_clients,
)
from preceptor.people.operations.sign_in import (
    TooManyAttemptsError,
    WrongPasswordError,
    change_password,
    make_token,
    note_failed_attempt,
    revoke_session,
    revoke_token,
    set_password,
    sign_in,
    sign_out,
    sign_out_everywhere,
    sweep_sign_ins,
)
from preceptor.people.operations.teams import TeamNameTakenError, add_member, add_team, remove_member

__all__ = [
    "EmailTakenError",
    "TeamNameTakenError",
    "TooManyAttemptsError",
    "WrongPasswordError",
    "accept_invitation",
    "add_member",
    "add_person",
    "add_stub_person",
    "add_team",
    "change_password",
    "change_profile",
    "change_roles",
    "invite",
    "make_token",
    "note_failed_attempt",
    "remove_member",
    "revoke_session",
    "revoke_token",
    "set_clients",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "sweep_sign_ins",
]
