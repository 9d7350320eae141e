"""Looking changes nothing: a link, a prefetching browser or a mail's preview must not begin, end or decide anything."""

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "src" / "preceptor"
CHANGES = (".write()", ".hot()", ".start(", ".claim(")

MAY = {
    "web/account/notices.py follow": "a notice is marked as read by following it",
    "web/manager/releases.py take": "who took data is written down",
    "web/manager/releases.py take_all": "who took data is written down",
    "web/operator/payout_batch.py download_file": "who took a file with accounts is written down",
    "web/public/provider.py come_back": "a provider sends people back by a link: the protocol has no other way",
    "web/trainer/announcements.py show_announcement": "it is marked as seen",
    "web/trainer/questions.py show_question": "it is marked as read",
    "api/releases.py take": "who took data is written down",
    "api/releases.py take_all": "who took data is written down",
}
"""Handlers of GET that write, and why."""


def changing(path: Path) -> set[str]:
    """The names of handlers of GET in a file that write, or call a function of the file that does."""
    source = path.read_text()
    tree = ast.parse(source)
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    found = set()
    for handler in functions.values():
        if not any((ast.get_source_segment(source, one) or "").startswith("get(") for one in handler.decorator_list):
            continue
        seen: set[str] = set()
        todo = [handler]
        while todo:
            one = todo.pop()
            seen.add(one.name)
            if any(word in (ast.get_source_segment(source, one) or "") for word in CHANGES):
                found.add(handler.name)
            names = {call.func.id for call in ast.walk(one) if isinstance(call, ast.Call) and hasattr(call.func, "id")}
            todo += [functions[name] for name in names & set(functions) - seen]
    return found


def test_gets_only_show():
    files = [*HOUSE.glob("web/**/*.py"), *HOUSE.glob("api/*.py")]
    found = {f"{path.relative_to(HOUSE).as_posix()} {name}" for path in files for name in changing(path)}
    assert found == set(MAY)


def test_a_get_that_writes_is_found(tmp_path):
    path = tmp_path / "page.py"
    path.write_text(
        "@get('/a')\nasync def one(request):\n    return await _two(request)\n"
        "async def _two(request):\n    async with request.db.write() as session:\n        pass\n"
        "@post('/a')\nasync def three(request):\n    async with request.db.write() as session:\n        pass\n"
    )
    assert changing(path) == {"one"}
