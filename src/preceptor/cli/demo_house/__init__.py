"""What a demo holds, so that no page is empty. All of it comes about as it would in earnest: by operations.

What a start asks first stands here and is there at once; the story (`load`) brings the whole house along.
"""

from preceptor.cli.demo_house.accounts import ACCOUNTS, PASSWORD, Account
from preceptor.cli.demo_house.before import unfinished, with_payer

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "unfinished", "with_payer"]
