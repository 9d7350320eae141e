"""What a demo holds, so that no page is empty. All of it comes about as it would in earnest: by operations."""

from preceptor.cli.demo_house.accounts import ACCOUNTS, PASSWORD, Account
from preceptor.cli.demo_house.load import load, unfinished

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "load", "unfinished"]
