"""Pack and site folders -> Program.

Sources are kept by name (``<folder>/<path in it>``), so that a program can be built again from a trace alone, on
another machine and without the folders.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from expert.compile.canonical import digest
from expert.compile.evidence import check_evidence
from expert.compile.exchange import Exporters, connected, exported
from expert.compile.ground import ground_rules
from expert.compile.independence import check_independence
from expert.compile.stratify import Strata, stratify
from expert.language import ast
from expert.language.check import check_program
from expert.language.diagnostics import Diagnostic, ProgramError, Sink
from expert.language.pack import read_pack, report_no_pack
from expert.language.raw import RawPack
from expert.language.site import finish_site, is_site_file, misspelt_site_file, override, read_site
from expert.language.strict_yaml import decode
from expert.values.types import Variable

UNREADABLE = ("E0101", "E0102", "E0103", "E0105", "E0116")
INSTALLED, VARIABLES, PERIOD = "@installed.json", "@variables.json", "@period.json"
EXPORTERS = "@exporters.json"


@dataclass
class _Built:
    program: ast.Program | None
    sink: Sink


def load_program(
    pack: Path | Sequence[Path],
    site: Path,
    *,
    installed: frozenset[str] | None = None,
    variables: Mapping[str, Variable] | None = None,
    period: int | None = None,
    exporters: Exporters | None = None,
    root: Path | None = None,
) -> ast.Program:
    """Load packs and a site.

    Parameters
    ----------
    pack : Path or sequence of Path
        Folders with ``pack.yaml``, or single rule files.
    site : Path
        Folder with ``site.yaml``.
    installed : frozenset of str, optional
        Ground names of the variables that the site's map has; None: all.
    variables : mapping, optional
        Declarations that replace the site's own (another unit, period or range).
    period : int, optional
        Scan period of this plant, ms; None: the site's.
    exporters : mapping, optional
        Name of every other pack at work here -> fact types that it exports; None: there is none, and what the packs
        import counts as never installed.
    root : Path, optional
        Places in error messages are shown relative to it (default: the working folder).

    Raises
    ------
    ProgramError
        With every finding in the files.
    """
    sink = Sink()
    sources, shown = _gather(pack, site, sink)
    built = _build(sources, installed, variables, period, exporters, sink)
    if sink.found or built.program is None:
        raise _shown_error(sink.found, sources, shown, root)
    return built.program


def check(pack: Path | Sequence[Path], site: Path, *, root: Path | None = None) -> list[Diagnostic]:
    """All findings of packs and a site, sorted by file and line."""
    try:
        load_program(pack, site, root=root)
    except ProgramError as e:
        return e.diagnostics
    return []


def load_program_from_sources(
    sources: Mapping[str, str],
    *,
    installed: frozenset[str] | None = None,
    variables: Mapping[str, Variable] | None = None,
) -> ast.Program:
    """The same program from `Program.sources` alone; raises `ProgramError` like `load_program`."""
    texts = {k: v for k, v in sources.items() if not k.startswith("@")}
    known = installation(sources)
    if installed is None:
        installed = known["installed"]
    if variables is None:
        variables = known["variables"]
    sink = Sink()
    built = _build(texts, installed, variables, known["period"], known["exporters"], sink)
    if sink.found or built.program is None:
        raise ProgramError(sink.sorted, texts)
    return built.program


def installation(sources: Mapping[str, str]) -> dict[str, Any]:
    """What `load_program` was told of the plant besides the files that became these `Program.sources`."""
    found = {k: json.loads(sources[k]) for k in (INSTALLED, VARIABLES, PERIOD, EXPORTERS) if k in sources}
    return {
        "installed": frozenset(found[INSTALLED]) if INSTALLED in found else None,
        "variables": {k: _variable(v) for k, v in found[VARIABLES].items()} if VARIABLES in found else None,
        "period": found.get(PERIOD),
        "exporters": found.get(EXPORTERS),
    }


def describe_coverage(program: ast.Program) -> list[tuple[str, float, bool]]:
    """Rule key, share of its weight that this site can see, and whether the rule is off."""
    from expert.values.types import rule_key

    found = [(rule_key(g.rule.id, g.bindings), float(g.coverage), g.off) for layer in program.strata for g in layer]
    return sorted(found)


def _variable(data: dict[str, Any]) -> Variable:
    ranges = {k: tuple(data[k]) if data[k] is not None else None for k in ("valid", "normal")}
    return Variable(**{**data, **ranges})


# ---------------------------------------------------------------- files


def _gather(pack: Path | Sequence[Path], site: Path, sink: Sink) -> tuple[dict[str, str], dict[str, Path]]:
    """Texts of all files that matter, and where each is on disk."""
    sources: dict[str, str] = {}
    shown: dict[str, Path] = {}
    for folder in [site, *([pack] if isinstance(pack, Path) else pack)]:
        prefix = _prefix(folder, sources)
        if folder.is_file() and folder.suffix == ".yaml":
            shown[prefix + folder.name] = folder
            text = _read(folder, prefix + folder.name, sink)
            if text is not None:
                sources |= {prefix + folder.name: text, f"{prefix}pack.yaml": _own_pack(folder.stem)}
            continue
        if not folder.is_dir():
            shown[prefix] = folder
            sink.error("E0116", "no such folder", ast.Span(prefix, 0, 0, 0))
            continue
        files = _site_files(folder, prefix, shown, sink) if folder is site else _pack_files(folder)
        for path in files:
            name = prefix + path.relative_to(folder).as_posix()
            shown[name] = path
            text = _read(path, name, sink)
            if text is not None:
                sources[name] = text
        if folder is not site and f"{prefix}pack.yaml" not in shown:
            shown[f"{prefix}pack.yaml"] = folder / "pack.yaml"
            report_no_pack(prefix, sink)
    return sources, shown


def _pack_files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*.yaml")) if not p.name.endswith(".test.yaml")]


def _site_files(folder: Path, prefix: str, shown: dict[str, Path], sink: Sink) -> list[Path]:
    found = []
    for path in sorted(folder.glob("*.yaml")):
        if is_site_file(path.name):
            found.append(path)
        elif meant := misspelt_site_file(path.name):
            shown[prefix + path.name] = path
            message = f"{path.name} is not a file of a site"
            sink.error("E0116", message, ast.Span(prefix + path.name, 0, 0, 0), help=f"did you mean {meant}?")
    return found


def _own_pack(name: str) -> str:
    """What a single file of rules says of itself when it is loaded as a pack."""
    return f"name: {name}\nversion: 0.0.0\ntitle: {{en: {name}, zh: {name}}}\n"


def _prefix(folder: Path, taken: Mapping[str, str]) -> str:
    base = (folder.stem if folder.is_file() else folder.resolve().name) or "root"
    name, n = base, 2
    while any(k.startswith(f"{name}/") for k in taken):
        name, n = f"{base}-{n}", n + 1
    return f"{name}/"


def _read(path: Path, name: str, sink: Sink) -> str | None:
    try:
        return decode(path.read_bytes(), name, sink)
    except OSError as e:
        sink.error("E0101", f"cannot be read: {e.strerror}", ast.Span(name, 0, 0, 0))
        return None


def as_shown(
    found: Sequence[Diagnostic], pack: Path | Sequence[Path], site: Path, root: Path | None = None
) -> tuple[list[Diagnostic], dict[str, str]]:
    """Findings about a loaded program with places as the user knows the files, and the texts by those names."""
    sources, shown = _gather(pack, site, Sink())
    error = _shown_error(found, sources, shown, root)
    return error.diagnostics, error.sources


def shown_names(pack: Path | Sequence[Path], site: Path, root: Path | None = None) -> dict[str, str]:
    """How the user knows each file of a program: name in the program -> path, below ``root`` relative to it."""
    base = (root or Path.cwd()).resolve()
    return {name: _relative(path, base) for name, path in _gather(pack, site, Sink())[1].items()}


def _shown_error(
    found: Sequence[Diagnostic], sources: Mapping[str, str], shown: Mapping[str, Path], root: Path | None
) -> ProgramError:
    """The error with places as the user knows the files."""
    base = (root or Path.cwd()).resolve()
    names = {name: _relative(path, base) for name, path in shown.items()}
    moved = []
    for d in found:
        notes = tuple(_rename(n, names) for n in d.notes)
        span = replace(d.span, file=names.get(d.span.file, d.span.file))
        moved.append(replace(d, span=span, notes=notes))
    return ProgramError(moved, {names.get(k, k): v for k, v in sources.items()})


def _relative(path: Path, base: Path) -> str:
    full = path.resolve()
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else path.as_posix()


def _rename(note: str, names: Mapping[str, str]) -> str:
    for name, shown in names.items():
        if f"{name}:" in note:
            return note.replace(f"{name}:", f"{shown}:")
    return note


# ---------------------------------------------------------------- program


def _build(
    sources: Mapping[str, str],
    installed: frozenset[str] | None,
    variables: Mapping[str, Variable] | None,
    period: int | None,
    exporters: Exporters | None,
    sink: Sink,
) -> _Built:
    site_prefix, pack_prefixes = _folders(sources)
    site_files = {k: v for k, v in sources.items() if k.startswith(site_prefix)}
    raw_site, site_facts = read_site(site_files, site_prefix, sink)
    if variables:
        override(raw_site, variables)
    if period is not None and raw_site.settings:
        raw_site.settings["period"] = period
    packs = [read_pack({k: v for k, v in sources.items() if k.startswith(p)}, p, sink) for p in pack_prefixes]
    packs.sort(key=lambda p: p.name)
    if not raw_site.settings or _names_missing(sink, site_prefix):
        return _Built(None, sink)
    facts, rules, actions = check_program(raw_site, [site_facts, *packs], sink)
    facts = connected(facts, packs, exporters or {})
    site = finish_site(raw_site, actions)
    strata = stratify(rules, facts, site, sink)
    check_independence(rules, facts, site, sink)
    check_evidence(rules, facts, site, sink)
    if sink.found:
        return _Built(None, sink)
    kept = dict(sources)
    if installed is not None:
        kept[INSTALLED] = json.dumps(sorted(installed))
    if variables:
        kept[VARIABLES] = json.dumps({k: asdict(v) for k, v in sorted(variables.items())}, ensure_ascii=False)
    if period is not None:
        kept[PERIOD] = json.dumps(period)
    if exporters:
        kept[EXPORTERS] = json.dumps({k: sorted(v) for k, v in sorted(exporters.items())})
    return _Built(_program(site, facts, rules, strata, packs, installed, kept), sink)


def _names_missing(sink: Sink, site_prefix: str) -> bool:
    """True when a file that declares names could not be read: every rule would seem wrong."""
    unreadable = [d.span.file for d in sink.found if d.code in UNREADABLE]
    return any(f.startswith(site_prefix) or f.endswith("facts.yaml") for f in unreadable)


def _folders(sources: Mapping[str, str]) -> tuple[str, list[str]]:
    """Prefix of the site's folder and of the packs', told apart by site.yaml and pack.yaml."""
    prefixes = list(dict.fromkeys(k.split("/", 1)[0] + "/" for k in sources))
    site = next((p for p in prefixes if f"{p}site.yaml" in sources), "")
    return site or "site/", [p for p in prefixes if p != site]


def _program(
    site: ast.Site,
    facts: dict[str, ast.FactType],
    rules: dict[str, ast.Rule],
    strata: Strata,
    packs: Sequence[RawPack],
    installed: frozenset[str] | None,
    sources: dict[str, str],
) -> ast.Program:
    ground = ground_rules(site, facts, rules, installed)
    count = max(strata.rules.values(), default=-1) + 1
    layers = tuple(tuple(g for g in ground if strata.rules[g.rule.id] == k) for k in range(count))
    program = ast.Program(
        site=site,
        facts=facts,
        rules=rules,
        strata=layers,
        fact_stratum=dict(sorted(strata.facts.items())),
        digest="",
        pack="+".join(p.name for p in packs),
        version="+".join(p.version for p in packs),
        installed=installed,
        exports=exported(facts, packs),
        sources=sources,
    )
    return replace(program, digest=digest(program))
