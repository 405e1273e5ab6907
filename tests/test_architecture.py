"""The arrows between modules, and what no file may do. Read from the source, so nothing need run."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

READ_BY_DASHBOARD = (
    "pipeline.schema",
    "pipeline.snapshot",
    "pipeline.intervals",
    "pipeline.stability",
    "pipeline.stop_words",
    "pipeline.search_text",
    "pipeline.embedding.query",
    "pipeline.duplicates",
    "pipeline.placing",
    "pipeline.readers.report",
)
COMPOSITION_ROOT = "pipeline/cli.py"
DRAWS_PAGES = re.compile(r"dashboard/((app|server|data|state|navigation|sign_in|http_gate)\.py|(views|components)/.*)")
FITS = {"bertopic", "umap", "hdbscan", "numba", "sklearn", "statsmodels", "torch", "joblib"}
WRITES_DOWNLOADS = ("dashboard/exports.py", "dashboard/components/downloads.py")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 80  # without the docstring


# --- reading the source ------------------------------------------------------------


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(*folders: str) -> list[Path]:
    return sorted(chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


OURS = {module_of(path) for path in sources("pipeline", "dashboard")}


def imports_of(path: Path) -> set[str]:
    """Full names of all modules ``path`` imports, wherever in the file."""
    return {module for node in ast.walk(tree_of(path)) for module in _imported(node, path)}


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = module_of(path).split(".")
        if path.name != "__init__.py":
            package = package[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        # `from pipeline import snapshot` imports pipeline.snapshot; `from pipeline.snapshot import X` the same.
        submodules = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in OURS]
        yield from submodules
        if len(submodules) < len(node.names):
            yield base
    elif isinstance(node, ast.Call) and _dotted(node.func) in (
        "importlib.import_module",
        "import_module",
        "__import__",
    ):
        yield from (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def where(path: Path, node: ast.AST) -> str:
    return f"{name_of(path)}:{getattr(node, 'lineno', 1)}"


def calls(*folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sources(*folders):
        yield from ((path, node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


# --- arrows ----------------------------------------------------------------------------


def test_the_source_is_there():
    assert len(OURS) > 20
    assert {"pipeline.schema", "dashboard.fts_query"} <= OURS


def test_the_dashboard_reads_snapshots_and_nothing_else_of_the_pipeline():
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("dashboard")
        for module in imports_of(path)
        if within(module, "pipeline") and not within(module, *READ_BY_DASHBOARD)
    ]
    assert offences == []


def test_the_pipeline_never_imports_the_dashboard_but_where_the_program_is_put_together():
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("pipeline")
        for module in imports_of(path)
        if within(module, "dashboard", "streamlit") and name_of(path) != COMPOSITION_ROOT
    ]
    assert offences == []
    assert not any(within(module, "streamlit") for module in imports_of(ROOT / COMPOSITION_ROOT))


def test_streamlit_is_known_only_where_pages_are_drawn():
    offences = [
        name_of(path)
        for path in sources("dashboard")
        if any(within(module, "streamlit") for module in imports_of(path)) and not DRAWS_PAGES.fullmatch(name_of(path))
    ]
    assert offences == []


def test_only_the_model_knows_bertopic_umap_and_hdbscan():
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("pipeline", "dashboard")
        for module in imports_of(path)
        if within(module, "bertopic", "umap", "hdbscan") and not within(module_of(path), "pipeline.model")
    ]
    assert offences == []


def test_no_module_imports_itself_by_a_detour():
    arrows = {
        module_of(path): {module for module in _at_import_time(path) if module in OURS and module != module_of(path)}
        for path in sources("pipeline", "dashboard")
    }
    settled: set[str] = set()
    while free := {module for module, targets in arrows.items() if module not in settled and targets <= settled}:
        settled |= free
    assert sorted(set(arrows) - settled) == []


def _at_import_time(path: Path) -> Iterator[str]:
    """Modules imported by top-level statements, type checking aside."""
    for node in tree_of(path).body:
        yield from _imported(node, path)


# --- what importing costs ------------------------------------------------------------


def loaded_by(*modules: str) -> set[str]:
    """Top-level names in ``sys.modules`` after importing ``modules`` in a fresh process."""
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *modules], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_dashboard_loads_nothing_that_fits_models():
    # app.py is the script Streamlit runs, not a module.
    modules = [module_of(path) for path in sources("dashboard") if name_of(path) != "dashboard/app.py"]
    assert sorted(loaded_by(*modules) & FITS) == []


def test_queries_figures_and_exports_load_no_streamlit():
    modules = [
        module_of(path)
        for path in sources("dashboard")
        if name_of(path) != "dashboard/app.py" and not DRAWS_PAGES.fullmatch(name_of(path))
    ]
    assert "dashboard.exports" in modules
    assert sorted(loaded_by(*modules) & {*FITS, "streamlit"}) == []


def test_the_driver_of_postgresql_is_loaded_by_those_who_use_it():
    assert "psycopg" not in loaded_by("dashboard.data", "dashboard.curation.store")


def test_asking_the_command_for_help_loads_nothing_heavy():
    assert sorted(loaded_by("pipeline.cli") & {*FITS, "streamlit", "onnxruntime"}) == []


# --- what no file may do -----------------------------------------------------------------

UNSAFE_MODULES = ("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "streamlit.components.v1")
UNSAFE_CALLS = ("eval", "exec", "os.system", "os.popen", "st.html", "st.components.v1.html", "st.components.v1.iframe")
UNSAFE_METHODS = ("read_pickle", "to_pickle")


def test_nothing_is_unpickled_evaluated_or_handed_to_a_shell():
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("pipeline", "dashboard")
        for module in imports_of(path)
        if within(module, *UNSAFE_MODULES)
    ]
    for path, call in calls("pipeline", "dashboard"):
        called = _dotted(call.func)
        if called in UNSAFE_CALLS or called.rpartition(".")[2] in UNSAFE_METHODS:
            offences.append(f"{where(path, call)} calls {called}")
        for keyword in call.keywords:
            if keyword.arg in ("shell", "allow_pickle") and not _is_false(keyword.value):
                offences.append(f"{where(path, call)} sets {keyword.arg}")
            if keyword.arg == "unsafe_allow_html":
                offences.append(f"{where(path, call)} sets unsafe_allow_html")
    assert offences == []


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


ASKS_OTHERS = {"pipeline/serving.py"}  # the dashboard it has started itself, on this machine
NETWORK = ("socket", "urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib")
MARKUP = ("xml", "lxml", "defusedxml", "html.parser", "bs4", "yaml", "zipfile.ZipFile", "tarfile")


def test_nothing_asks_another_machine():
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("pipeline", "dashboard")
        for module in imports_of(path)
        if within(module, *NETWORK) and name_of(path) not in ASKS_OTHERS
    ]
    assert offences == []


def test_no_format_is_read_that_can_point_elsewhere_or_unfold():
    """XML with its entities, YAML with its tags, archives with their paths: papers come in none of them here."""
    offences = [
        f"{name_of(path)} imports {module}"
        for path in sources("pipeline", "dashboard")
        for module in imports_of(path)
        if within(module, *MARKUP)
    ]
    assert offences == []


def test_no_page_writes_raw_html():
    offences = [
        where(path, node)
        for path in sources("dashboard")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and _dotted(node) in ("st.html", "st.components", "streamlit.html")
        and not _is_components_v2(node, path)
    ]
    assert offences == []


def _is_components_v2(node: ast.Attribute, path: Path) -> bool:
    return any(
        isinstance(outer, ast.Attribute) and outer.value is node and outer.attr == "v2"
        for outer in ast.walk(tree_of(path))
    )


def test_downloads_are_written_in_one_place():
    offences = [
        where(path, node)
        for path in sources("pipeline", "dashboard")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("to_csv", "to_excel", "download_button")
        and name_of(path) not in WRITES_DOWNLOADS
    ]
    assert offences == []


def test_caches_are_bounded_and_in_one_place():
    offences, n_caches = [], 0
    for path in sources("dashboard"):
        bounded = {
            id(node.func)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call) and {keyword.arg for keyword in node.keywords} & {"max_entries", "ttl"}
        }
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in ("cache_data", "cache_resource"):
                n_caches += 1
                if name_of(path) != "dashboard/data.py" or id(node) not in bounded:
                    offences.append(where(path, node))
    assert offences == []
    assert n_caches


# --- SQL ------------------------------------------------------------------------------------


# SQLAlchemy's expressions (`select(Table).where(Table.x == value)`) send every value apart from the statement, so they
# may be run. What takes SQL as text may not be given a value anywhere: neither to run it, nor inside an expression.
RUN_SQL = ("execute", "executemany", "executescript")
RUN_EXPRESSIONS = (*RUN_SQL, "scalar", "scalars", "exec_driver_sql")
TAKE_TEXT = (
    "text",
    "literal_column",
    "DDL",
    "TextClause",
    "exec_driver_sql",
    "prefix_with",
    "suffix_with",
    "with_hint",
)
EXPRESSIONS = ("select", "insert", "update", "delete")


def test_no_value_is_written_into_sql():
    offences, n_statements = [], 0
    for path in sources("pipeline", "dashboard"):
        run = RUN_EXPRESSIONS if _knows_sqlalchemy(path) else RUN_SQL
        for scope in (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
                if _last_name(call) in run:
                    n_statements += 1
                    expressed = _knows_sqlalchemy(path) and call.args and _is_expression(call.args[0], scope)
                    if not expressed and (not call.args or not _is_fixed(call.args[0], scope)):
                        offences.append(where(path, call))
    assert offences == []
    assert n_statements


def test_no_value_is_written_into_sql_inside_an_expression():
    offences, n_texts = [], 0
    for path in filter(_knows_sqlalchemy, sources("pipeline", "dashboard")):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _last_name(node) in TAKE_TEXT:
                n_texts += 1
                if not all(isinstance(argument, ast.Constant) for argument in node.args):
                    offences.append(where(path, node))
            if isinstance(node, ast.alias) and node.asname and node.name in TAKE_TEXT:
                offences.append(f"{name_of(path)} imports {node.name} as {node.asname}")
    assert offences == []
    assert n_texts


def _knows_sqlalchemy(path: Path) -> bool:
    return any(within(module, "sqlalchemy", "alembic") for module in imports_of(path))


def _last_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else _dotted(call.func)


def _is_expression(node: ast.AST, scope: ast.FunctionDef) -> bool:
    """Whether a statement was made by `EXPRESSIONS` and by what those give, however long the chain."""
    if isinstance(node, ast.IfExp):
        return _is_expression(node.body, scope) and _is_expression(node.orelse, scope)
    if isinstance(node, ast.Name):
        values = _assigned(node.id, scope)
        return bool(values) and all(_is_expression(value, scope) for value in values)
    if not isinstance(node, ast.Call):
        return False
    if _last_name(node) in EXPRESSIONS:
        return True
    return isinstance(node.func, ast.Attribute) and _is_expression(node.func.value, scope)


def _is_fixed(node: ast.AST, scope: ast.FunctionDef) -> bool:
    """Whether a string is written in the source, question marks for values aside."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_fixed(node.left, scope) and _is_fixed(node.right, scope)
    if isinstance(node, ast.JoinedStr):
        return all(_is_fixed(value, scope) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_fixed(node.value, scope) or _are_question_marks(node.value)
    if isinstance(node, ast.Name):
        if node.id.isupper():
            return True  # a constant of some module
        values = _assigned(node.id, scope)
        return bool(values) and all(_is_fixed(value, scope) for value in values)
    return False


def _are_question_marks(node: ast.AST) -> bool:
    """``",".join("?" * n)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Constant)
        and node.func.attr == "join"
        and isinstance(node.args[0], ast.BinOp)
        and isinstance(node.args[0].left, ast.Constant)
        and node.args[0].left.value == "?"
    )


def _assigned(name: str, scope: ast.FunctionDef) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = getattr(node, "value", None)
            found.append(value if value is not None else ast.Pass())
    return found


@pytest.mark.parametrize(
    ("source", "fixed"),
    [
        ('c.execute("SELECT 1")', True),
        ('c.execute("SELECT " + "1")', True),
        ("c.execute(_CREATE)", True),
        ('c.execute(f"SELECT {x}")', False),
        ('c.execute("SELECT %s" % x)', False),
        ('c.execute("SELECT " + x)', False),
        ('c.execute("SELECT {}".format(x))', False),
        ("c.execute(x)", False),
        ('s = "SELECT 1"\n    s += " LIMIT 1"\n    c.execute(s)', True),
        ('s = "SELECT 1"\n    s += x\n    c.execute(s)', False),
        ("s = f\"SELECT 1 IN ({','.join('?' * len(x))})\"\n    c.execute(s)", True),
        ("s = f\"SELECT 1 IN ({','.join(x)})\"\n    c.execute(s)", False),
    ],
)
def test_the_rule_for_sql_tells_fixed_from_built(source, fixed):
    scope = ast.parse(f"def f(c, x):\n    {source}").body[0]
    call = next(n for n in ast.walk(scope) if isinstance(n, ast.Call) and _dotted(n.func) == "c.execute")
    assert _is_fixed(call.args[0], scope) is fixed


@pytest.mark.parametrize(
    ("source", "expressed"),
    [
        ("c.execute(select(T).where(T.x == x))", True),
        ("s = update(T).where(T.x == x)\n    c.execute(s.returning(T.x))", True),
        ("s = update(T) if x else insert(T)\n    c.execute(s)", True),
        ("s = update(T) if x else x\n    c.execute(s)", False),
        ("c.execute(text(x))", False),
        ("c.execute(f(x))", False),
        ("c.execute(x)", False),
    ],
)
def test_the_rule_for_sql_knows_expressions(source, expressed):
    scope = ast.parse(f"def f(c, x):\n    {source}").body[0]
    call = next(n for n in ast.walk(scope) if isinstance(n, ast.Call) and _dotted(n.func) == "c.execute")
    assert _is_expression(call.args[0], scope) is expressed


# --- the lock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-hosting.lock", "requirements-test.lock"])
def test_every_line_of_the_lock_is_pinned_and_hashed(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 20
    offences = [
        line[:80]
        for line in lines
        if not re.match(r"^[A-Za-z0-9][A-Za-z0-9._-]*==[^\s;]+( *;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+\s*$", line)
    ]
    assert offences == []
    names = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    assert names.isdisjoint({"torch", "sentence-transformers", "transformers"})
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host| @ ", text)


# --- size ---------------------------------------------------------------------------------------


def test_files_and_functions_stay_small_enough_to_read():
    offences = []
    for path in sources("pipeline", "dashboard"):
        n_lines = len(path.read_text(encoding="utf-8").splitlines())
        if n_lines > MAX_FILE_LINES:
            offences.append(f"{name_of(path)}: {n_lines} lines")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                n_lines = _n_lines(node) - (_n_lines(node.body[0]) if ast.get_docstring(node) is not None else 0)
                if n_lines > MAX_FUNCTION_LINES:
                    offences.append(f"{where(path, node)} {node.name}: {n_lines} lines")
    assert offences == []


def _n_lines(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1
