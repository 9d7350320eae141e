"""Templates parse, refer only downwards, and break none of the page's rules: the tool that `make templates` runs."""

import subprocess
import sys

from tests.house.conftest import ROOT


def test_templates_are_in_order():
    done = subprocess.run(
        [sys.executable, "tools/check_templates.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
