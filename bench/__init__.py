"""Speed, measured as ratios in one run against raw PostgreSQL: see `README.md` beside this."""
