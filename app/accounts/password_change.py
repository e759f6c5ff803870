"""A person sets a new password of their own."""

from app.access import me
from app.accounts import guard, passwords, sessions
from app.db import db
from app.models.accounts.sign_in import end_all
from app.models.user import User
from app.refusal import Invalid


def change_password(user: User, present: str, new: str) -> None:
    """Compare the present password, set the new one, end all other sessions; this one gets a new token.

    Invalid at `password` where the present one is wrong; Wait after five wrong ones in 15 minutes. Both
    hashes are computed outside any transaction. After a one-time code the present password is not asked for.
    """
    forced, kept, id_ = user.must_change_password, user.password_hash, user.id
    tried = [] if forced else guard.count([guard.password_limit(id_)])
    db.session.rollback()
    if not forced and not passwords.matches(kept, present):
        raise Invalid("password", "现在的密码不对。")
    new_hash = passwords.hashed(new)
    user = me()
    user.change_password(new_hash, by=user)
    guard.forgive_password(user.id, tried)
    here = user.sign_in
    end_all(user.id, but=here.id if here else None)
    if here:
        raw = sessions.new_token()
        here.token = sessions.digest(raw)
        sessions.carry_on(raw)
