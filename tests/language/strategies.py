"""Random syntax trees of the expression language, as a parser would give them."""

from hypothesis import strategies as st

from expert.language import ast
from expert.language.calls import FUNCTIONS
from expert.language.lexer import KEYWORDS

WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda w: w not in KEYWORDS | FUNCTIONS)
VARIABLES = st.builds(lambda a, b: f"{a}.{b}", WORDS, WORDS)
UNITS = st.sampled_from(["", "%", "kPa", "degC", "min", "Nm3/min", "kW/m2", "degC/min"])
DURATIONS = st.integers(1, 10_000).map(lambda n: n * 1000)
VALUES = st.decimals(-10_000, 10_000, places=3, allow_nan=False).map(lambda d: float(d) or 0.0)
REFS = st.builds(ast.Ref, variable=VARIABLES)
NUMBERS = st.builds(ast.Number, value=VALUES, unit=UNITS)
FACTS = st.builds(
    ast.FactRef,
    type=WORDS,
    args=st.dictionaries(WORDS, WORDS, max_size=2).map(lambda d: tuple(d.items())),
)
WINDOWS = st.builds(
    ast.Window,
    function=st.sampled_from(["mean", "min", "max", "std", "range", "slope", "change", "drop", "rise"]),
    ref=REFS,
    duration=DURATIONS,
    bounded=st.booleans(),
)
ATOMS = st.one_of(
    NUMBERS,
    REFS,
    WINDOWS,
    st.builds(ast.ZScore, function=st.sampled_from(["z", "z_std", "z_slope", "z_range"]), ref=REFS, duration=DURATIONS),
    st.builds(ast.Baseline, ref=REFS),
    st.builds(ast.Since, ref=REFS),
    st.builds(ast.Age, ref=REFS),
    st.builds(ast.Unchanged, ref=REFS),
    st.builds(ast.FactValue, fact=FACTS, field=WORDS),
    st.builds(
        lambda f, r: ast.SetAggregate(function=f, set=r.variable.split(".")[0], binding="_", arg=r),
        st.sampled_from(["min", "max", "mean", "median", "sum", "spread"]),
        REFS,
    ),
    st.builds(
        ast.RowAggregate,
        function=st.sampled_from(["sum", "min", "max", "mean"]),
        relation=WORDS,
        binding=WORDS,
        arg=REFS,
        where=st.none() | FACTS,
    ),
    st.builds(ast.RowAggregate, function=st.just("count"), relation=WORDS, binding=WORDS, where=st.none() | FACTS),
)


def _larger(inner: st.SearchStrategy[ast.Expr]) -> st.SearchStrategy[ast.Expr]:
    return st.one_of(
        st.builds(
            lambda op, a, b: ast.Arithmetic(op=op, args=(a, b)), st.sampled_from(["+", "-", "*", "/"]), inner, inner
        ),
        st.builds(lambda op, a: ast.Arithmetic(op=op, args=(a,)), st.sampled_from(["abs", "sqrt"]), inner),
        st.builds(ast.Lag, arg=inner, duration=DURATIONS),
    )


EXPRESSIONS = st.recursive(ATOMS, _larger, max_leaves=6)
LIMITS = st.integers(0, 1000).map(lambda n: n * 1000)


def _graded(arg: ast.Expr, zero: float, one: float, unit: str) -> ast.Graded:
    return ast.Graded(arg=arg, zero=ast.Number(value=zero, unit=unit), one=ast.Number(value=one, unit=unit))


SIMPLE = st.one_of(
    st.builds(ast.Compare, op=st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), left=EXPRESSIONS, right=EXPRESSIONS),
    st.tuples(EXPRESSIONS, VALUES, VALUES, UNITS).filter(lambda t: t[1] != t[2]).map(lambda t: _graded(*t)),
    st.builds(
        lambda arg, term: ast.Graded(arg=arg, zero=ast.Number(value=0.0), one=ast.Number(value=0.0), term=term),
        EXPRESSIONS,
        WORDS,
    ),
    FACTS,
    st.builds(ast.Certainty, fact=FACTS, op=st.sampled_from(["<", "<=", ">", ">=", "=="]), limit=LIMITS),
    st.builds(
        ast.ModelProbability,
        model=WORDS,
        op=st.sampled_from(["below", "above"]),
        limit=NUMBERS,
        ahead=DURATIONS,
        at_least=st.none() | LIMITS,
    ),
    st.builds(ast.Raised, rule=VARIABLES),
    st.builds(ast.Bad, ref=REFS),
)


def _combined(inner: st.SearchStrategy[ast.Cond]) -> st.SearchStrategy[ast.Cond]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(ast.All, items=several), st.builds(ast.Any, items=several), st.builds(ast.Not, item=inner)
    )


CONDITIONS = st.recursive(SIMPLE, _combined, max_leaves=6)
