"""The house rules that a machine can check (docs/architecture.md says why each stands)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import access

TESTS = Path(__file__).parent
APP = TESTS.parent / "app"
# request → blueprint → access → model: what a place may import of the app, never upwards
MAY_IMPORT = {
    "models": {
        "app.models",
        "app.db",
        "app.clock",
        "app.crypto",
        "app.freshness",
        "app.spoken",
        "app.statements",
        "app.straight",
        "app.reads",
        "app.labels",
        "app.state_words",
        "app.once",
        "app.refusal",
        "app.text",
        "app.typed",
        "app.media.pictures",
        "app.media.storage",
        "app.accounts.passwords",
    },
    "access.py": {"app.db", "app.statements", "app.straight", "app.models"},
    "listing.py": {
        *(
            "app.addresses",
            "app.counted",
            "app.db",
            "app.export",
            "app.few",
            "app.freshness",
            "app.htmx",
            "app.positions",
            "app.reads",
            "app.statements",
            "app.typed",
        ),
    },
    "htmx.py": set(),
    "clock.py": set(),
    "text.py": set(),
    "refusal.py": set(),
}
VIEW_LINES, FUNCTION_LINES, MODULE_LINES, TEMPLATE_LINES, SCRIPT_LINES = 15, 25, 200, 120, 100
DEMO_LINES = 45  # rows written out column by column are data, not logic
TEST_LINES = 400


def python_files(place: Path) -> list[Path]:
    return [place] if place.suffix else sorted(place.rglob("*.py"))


def functions(file: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)]


def eager(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when this expression is read: all of it but the bodies of its lambdas."""
    if not isinstance(node, ast.Lambda):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from eager(child)


def lines_of(function: ast.FunctionDef) -> int:
    """The lines of code of a function: without its decorators and its docstring."""
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno - docstring


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_imports_point_downwards(place):
    for file in python_files(APP / place):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                for name in names:
                    allowed = any(name == one or name.startswith(one + ".") for one in MAY_IMPORT[place])
                    assert allowed, f"{file}:{node.lineno} imports {name}"


@pytest.mark.parametrize(
    "file", sorted((APP / "blueprints").rglob("*.py")), ids=lambda file: str(file.relative_to(APP))
)
def test_views_stay_thin_and_leave_the_session_alone(file):
    source = file.read_text()
    long = [f"{f.name}: {lines_of(f)}" for f in functions(file) if lines_of(f) > VIEW_LINES]
    assert not long, f"{file.name}: over {VIEW_LINES} lines: {long}"
    assert not re.search(r"db\.session\.(commit|rollback)", source), f"{file.name}: the application commits"


@pytest.mark.parametrize("file", sorted((APP / "blueprints" / "office").rglob("*.py")), ids=lambda file: file.name)
def test_the_office_reaches_rows_only_through_access(file):
    source = file.read_text()
    assert "db.session" not in source and not re.search(r"(?<![.\w])select\(", source), file.name


@pytest.mark.parametrize("file", python_files(APP), ids=lambda file: str(file.relative_to(APP)))
def test_modules_and_functions_stay_small(file):
    assert len(file.read_text().splitlines()) <= MODULE_LINES + 100, f"{file}: would you want to live there?"
    limit = DEMO_LINES if "demo" in file.parts else FUNCTION_LINES
    long = [f"{f.name}: {lines_of(f)}" for f in functions(file) if lines_of(f) > limit]
    assert not long, f"{file}: over {limit} lines: {long}"


def too_long(place: Path) -> list[str]:
    """The files with tests, and what these share, of more lines than a reader keeps in mind."""
    lines = {file.relative_to(place): len(file.read_text().splitlines()) for file in python_files(place)}
    return [f"{file}: {number}" for file, number in lines.items() if number > TEST_LINES]


def test_files_with_tests_stay_small():
    assert not too_long(TESTS), f"over {TEST_LINES} lines: one theme a file"


def test_a_file_with_tests_of_one_line_too_many_is_caught(tmp_path):
    (tmp_path / "office").mkdir()
    (tmp_path / "test_most.py").write_text("\n" * TEST_LINES)
    (tmp_path / "office" / "test_more.py").write_text("\n" * (TEST_LINES + 1))
    assert too_long(tmp_path) == [f"office/test_more.py: {TEST_LINES + 1}"]


@pytest.mark.parametrize("file", python_files(APP), ids=lambda file: str(file.relative_to(APP)))
def test_body_and_address_are_never_read_as_one(file):
    """`app.sent` says why."""
    code = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)]
    assert not [node.lineno for node in code if ast.unparse(node) == "request.values"], file.name


def runs_at_once(node: ast.AST) -> list[ast.expr]:
    """What of this statement runs when its file is read: a function's decorators, the value of a constant."""
    if isinstance(node, ast.FunctionDef):
        return node.decorator_list
    return [node.value] if isinstance(node, ast.Assign) and not node.col_offset else []


def test_no_test_asks_the_time_while_it_is_collected():
    """A run may begin before midnight and end after it: what depends on today is worked out in the test."""
    for file in python_files(TESTS):
        for part in (part for node in ast.walk(ast.parse(file.read_text())) for part in runs_at_once(node)):
            for call in (node for node in eager(part) if isinstance(node, ast.Call)):
                assert not re.fullmatch(r"day|(.*\.)?(now|today)", ast.unparse(call.func)), f"{file}:{call.lineno}"


def test_templates_and_scripts_stay_small():
    templates = [file for file in (APP / "templates").rglob("*.html") if "macros" not in file.parts]
    long = {str(file): n for file in templates if (n := len(file.read_text().splitlines())) > TEMPLATE_LINES}
    assert not long
    for script in (APP / "static").rglob("*.js"):
        assert len(script.read_text().splitlines()) <= SCRIPT_LINES, script


def test_every_public_function_says_what_it_does():
    silent = []
    for file in python_files(APP):
        tree = ast.parse(file.read_text())
        if file.read_text().strip() and not ast.get_docstring(tree):
            silent.append(str(file.relative_to(APP)))
        for node in tree.body:
            public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            enum = isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases)
            if public and not enum and not ast.get_docstring(node):
                silent.append(f"{file.relative_to(APP)}:{node.name}")
    assert not silent


@pytest.mark.sqlite_only
def test_a_route_without_access_stops_the_start(app):
    app.view_functions["planted"] = lambda: ""
    app.url_map.add(app.url_rule_class("/planted-hole", endpoint="planted"))
    try:
        with pytest.raises(RuntimeError, match="planted-hole"):
            access.check_every_view(app)
    finally:
        app.url_map = type(app.url_map)(
            [rule.empty() for rule in app.url_map.iter_rules() if rule.endpoint != "planted"],
            converters=app.url_map.converters,  # ours: the site is the other tests' too
        )
        del app.view_functions["planted"]


@pytest.mark.sqlite_only
def test_addresses_are_lower_case_and_kebab_case(app):
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert fixed == fixed.lower() and "_" not in fixed, rule.rule


def test_templates_hold_nothing_that_the_content_policy_forbids():
    for file in (APP / "templates").rglob("*.html"):
        source = re.sub(r"{#.*?#}", "", file.read_text(), flags=re.S)
        for wrong in (r"\sstyle=", r"\son[a-z]+=", r"hx-on", r"\bjs:", r"\|\s*safe\b(?!_)", r"<script(?![^>]*\bsrc=)"):
            assert not re.search(wrong, source), f"{file}: {wrong}"
