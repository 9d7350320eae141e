"""`preceptor …` and `python -m preceptor …`."""

from preceptor.cli import commands


def main() -> None:
    """Run the command that the arguments name."""
    commands(prog_name="preceptor")


if __name__ == "__main__":
    main()
