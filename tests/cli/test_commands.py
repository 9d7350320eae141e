import subprocess
import sys

from click.testing import CliRunner

from preceptor.cli import commands


def test_every_module_with_a_command_is_one():
    shown = CliRunner().invoke(commands, ["--help"]).output
    for name in ("db", "demo", "doctor", "serve", "worker"):
        assert f"\n  {name} " in shown
    assert "installation" not in shown.split("Commands:")[1].split()


def test_an_unknown_command_is_told_so():
    for name in ("nonsense", "house", "os.path", "../db"):
        result = CliRunner().invoke(commands, [name])
        assert result.exit_code == 2
        assert "No such command" in result.output


def test_one_command_does_not_load_the_others():
    code = (
        "import sys; from click.testing import CliRunner; from preceptor.cli import commands;"
        "CliRunner().invoke(commands, ['doctor', '--help']); print([m for m in ('sqlalchemy', 'litestar', 'openai')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_wrong_setting_is_named_without_a_trace(run):
    result = run("db", "upgrade", PRECEPTOR_PORT="eighty")
    assert result.exit_code == 1
    assert "port" in result.output
    assert "Traceback" not in result.output
