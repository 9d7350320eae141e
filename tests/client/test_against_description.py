"""The client against the API's own description: every address it asks, what it sends, and what it reads of answers."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

from preceptor.app import create_app
from preceptor.client import documents
from preceptor.lib.settings import Settings

CLIENT = Path(documents.__file__).parent
ASKING = {"get": "GET", "send": None, "send_bytes": "POST", "stream": "GET"}


class Call:
    """One place where the client asks something."""

    def __init__(self, file, node):
        self.place = f"{file.name}:{node.lineno}"
        values = list(node.args)
        self.method = ASKING[node.func.attr] or ast.literal_eval(values.pop(0))
        self.path = path_of(values[0])
        named = {one.arg: one.value for one in node.keywords}
        self.answer = named["answer"].id if isinstance(named.get("answer"), ast.Name) else None


def path_of(node):
    if isinstance(node, ast.Constant):
        return node.value
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)


def calls():
    for file in sorted(CLIENT.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            asked = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING
            if asked and "_connection" in ast.unparse(node.func.value):
                call = Call(file, node)
                # A path put together beforehand is not seen here; and the page to sign in at is no part of the API.
                if call.path not in {"{}", "/sign-in"}:
                    yield call


CALLS = list(calls())


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url="postgresql://nobody@127.0.0.1:1/none")
    schema = create_app(settings).openapi_schema.to_schema()
    paths = {
        (method.upper(), re.sub(r"\{[^}]*\}", "{}", path.removeprefix("/api/v1"))): operation
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    }
    return paths, schema["components"]["schemas"]


def test_there_are_calls():
    assert len(CALLS) > 40


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_address_is_described_and_answers_what_is_read(call, described):
    paths, schemas = described
    operation = paths.get((call.method, call.path.partition("?")[0]))
    assert operation is not None, f"{call.place}: nothing answers {call.method} {call.path}"
    if call.answer is None or not hasattr(documents, call.answer):
        return
    document = getattr(documents, call.answer)
    told = answered(operation, schemas)
    for field in msgspec.structs.fields(document):
        assert field.encode_name in told, f"{call.place}: {call.answer}.{field.name} is not in the answer"


def answered(operation, schemas):
    """Names of what the good answers of an operation hold."""
    names = set()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for content in response.get("content", {}).values():
                names |= names_in(content["schema"], schemas)
    return names


def names_in(schema, schemas):
    if "$ref" in schema:
        return names_in(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    found = set(schema.get("properties", {}))
    for part in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(part, []):
            found |= names_in(one, schemas)
    return found
