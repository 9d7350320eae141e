"""What happens to money. Entries are their own record; events stand for decisions about them."""
