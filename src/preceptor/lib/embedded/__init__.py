"""Servers that run inside an installation (PostgreSQL, a language model's, the web server) and what watches them.

Everything keeps to one folder, the *home*: `postgres/` (data), `engine/` (a copy of the server's programs, where one is
needed), `run/` (locks and addresses of what is running), `logs/`.
"""
