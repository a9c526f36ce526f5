"""`tuyere run`, `simulate`, `why`, `why-not`, `replay` as a user calls them."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from tests.commands.tool import ROOT, tuyere

LIVE = ("--evaluator", "live")
MAP = str(ROOT / "kb" / "maps" / "simulated.yaml")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one hour of the demonstration in ``runs/``."""
    folder = tmp_path_factory.mktemp("run")
    done = tuyere("run", "--plain", "--hours", "1", "--seed", "4", "--json", "out.json", cwd=folder)
    assert 0 == done.returncode, done.stderr
    (folder / "story.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated day and two hours more with a coal stop, as CSV."""
    folder = tmp_path_factory.mktemp("recording")
    done = tuyere("simulate", "--days", "1.09", "--seed", "5", "--cause", "pci_stop@25:4", "--out", "rec", cwd=folder)
    assert 0 == done.returncode, done.stderr
    return folder / "rec"


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated hours, as CSV."""
    folder = tmp_path_factory.mktemp("short")
    done = tuyere("simulate", "--days", "0.084", "--seed", "5", "--out", "rec", cwd=folder)
    assert 0 == done.returncode, done.stderr
    return folder / "rec"


def play(recording: Path, cwd: Path, mapping: str = MAP) -> tuple[int, str, str]:
    """Run a recording; exit code, lines, errors."""
    done = tuyere("run", "--recording", str(recording), "--map", mapping, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def test_the_story_names_the_hang_and_its_advice(run: Path) -> None:
    """Lines tell what rose, how sure, and what to do, and end with a summary."""
    story = (run / "story.txt").read_text(encoding="utf-8")
    assert "Hanging, probable" in story
    assert "->" in story
    assert story.rstrip().splitlines()[-1].startswith("summary:")


def test_the_summary_has_the_keys_that_scripts_rely_on(run: Path) -> None:
    """scans, firings, skipped and by cause."""
    result = json.loads((run / "out.json").read_text(encoding="utf-8"))
    assert {"scans", "firings", "skipped", "skipped_by_cause"} <= set(result)
    assert 60 <= result["scans"]


def test_another_seed_prints_other_figures(run: Path, tmp_path: Path) -> None:
    """Two furnaces are not alike."""
    other = tuyere("run", "--plain", "--hours", "1", "--seed", "5", cwd=tmp_path).stdout
    assert other != (run / "story.txt").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_trace(run: Path, tmp_path: Path) -> None:
    """Same inputs, same program: the same chain hash."""
    tuyere("run", "--plain", "--hours", "1", "--seed", "4", "--json", "out.json", cwd=tmp_path)
    first, second = (json.loads((p / "out.json").read_text("utf-8"))["head"] for p in (run, tmp_path))
    assert first == second


def test_either_evaluator_gives_the_same_trace_and_replays_the_other(run: Path, tmp_path: Path) -> None:
    """The demonstration, run live, has the chain hash of the reference; the reference's run replays live."""
    done = tuyere("run", "--plain", "--hours", "1", "--seed", "4", *LIVE, "--json", "out.json", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    first, second = (json.loads((p / "out.json").read_text("utf-8"))["head"] for p in (run, tmp_path))
    replayed = tuyere("replay", *LIVE, cwd=run)
    assert (first, 0) == (second, replayed.returncode), replayed.stdout
    assert "all bytes identical" in replayed.stdout


def test_why_lists_and_explains_episodes_from_the_trace(run: Path) -> None:
    """Without an argument the list; with a rule's id the evidence down to instruments, in both languages."""
    listed = tuyere("why", cwd=run)
    assert "Hanging" in listed.stdout
    told = tuyere("why", "descent.hanging.probable", cwd=run).stdout
    assert "PT-101" in told
    assert "rests on" in told
    assert "rules" not in told or "descent.yaml" in told
    assert "悬料" in tuyere("why", "descent.hanging.probable", "--lang", "zh", cwd=run).stdout


def test_why_not_says_what_is_missing(run: Path) -> None:
    """For a rule that never fired; an unknown rule gets the nearest name and exit code 2."""
    told = tuyere("why-not", "water.leak.confirmed", cwd=run)
    assert (0, True) == (told.returncode, "not raised" in told.stdout)
    wrong = tuyere("why-not", "water.leak.confirmd", cwd=run)
    assert (2, True) == (wrong.returncode, "did you mean water.leak.confirmed?" in wrong.stderr)


def test_replay_finds_the_same_bytes(run: Path) -> None:
    """Every scan of the run is re-derived."""
    done = tuyere("replay", "--json", "replay.json", cwd=run)
    assert 0 == done.returncode
    assert json.loads((run / "replay.json").read_text(encoding="utf-8"))["identical"] is True


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """`| head` ends quietly."""
    done = tuyere("run", "--plain", "--hours", "1", cwd=tmp_path, shell="| head -2")
    assert (0, "", 2) == (done.returncode, done.stderr, len(done.stdout.splitlines()))


def test_ascii_output_has_only_ascii(run: Path) -> None:
    """`--ascii` keeps English explanations to seven bits (the rule's own YAML holds both languages)."""
    told = tuyere("why", "descent.hanging.probable", "--ascii", "--lang", "en", cwd=run).stdout
    assert told.split("id: ")[0].isascii()


def test_a_map_without_a_recording_is_wrong_use(tmp_path: Path) -> None:
    """Both options go together."""
    assert 2 == tuyere("run", "--map", MAP, cwd=tmp_path).returncode


def test_a_wrong_cause_is_wrong_use(tmp_path: Path) -> None:
    """The message says how to write one."""
    done = tuyere("simulate", "--cause", "flood@2", "--out", "x", cwd=tmp_path)
    assert (2, True) == (done.returncode, "hang" in done.stderr)


def test_a_recording_tells_its_story(recording: Path, tmp_path: Path) -> None:
    """Warmed up by the day before, the coal stop is found; coverage and what was lost are printed."""
    header, *rows = (recording / "samples.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "rec").mkdir()
    late = [x for x in rows if x.split(",")[2] >= "2026-03-04T02:50"]
    (tmp_path / "rec" / "samples.csv").write_text("".join([header, *late]), encoding="utf-8")
    done = tuyere("run", "--recording", "rec", "--map", MAP, "--warm-up", str(recording), cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "Coal injection lost" in done.stdout
    assert "rules are on at this plant" in done.stdout


def test_a_shuffled_recording_gives_the_same_conclusions(short: Path, tmp_path: Path) -> None:
    """Rows out of order are sorted and counted."""
    lines = (short / "samples.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = lines[1:]
    random.Random(3).shuffle(rows)
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "samples.csv").write_text("".join([lines[0], *rows]), encoding="utf-8")
    code, out, _ = play(tmp_path / "rec", tmp_path)
    assert (0, True) == (code, "out of order" in out)
    in_order, shuffled = ([x for x in text.splitlines() if x[2:3] == ":"] for text in (play(short, tmp_path)[1], out))
    assert [x for x in in_order if "first conclusion" not in x] == [x for x in shuffled if "first conclusion" not in x]


def test_a_truncated_recording_runs_to_where_it_is_cut(short: Path, tmp_path: Path) -> None:
    """A compressed file that breaks off is read as far as it goes, and that is said."""
    data = gzip.compress((short / "samples.csv").read_bytes())
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "samples.csv.gz").write_bytes(data[: len(data) // 2])
    packed = tmp_path / "packed.yaml"
    packed.write_text(Path(MAP).read_text(encoding="utf-8").replace("samples.csv", "samples.csv.gz"), encoding="utf-8")
    code, out, err = play(tmp_path / "rec", tmp_path, str(packed))
    assert 0 == code, err
    assert "samples.csv.gz cannot be read beyond row" in out


def test_a_wrongly_mapped_recording_names_the_places(recording: Path, tmp_path: Path) -> None:
    """Unknown names and units that do not fit are reported together, with the nearest names; nothing is run."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(Path(MAP).read_text(encoding="utf-8").replace("samples.csv", "sample.csv"), encoding="utf-8")
    done = tuyere("run", "--recording", str(recording), "--map", str(wrong), cwd=tmp_path)
    assert 2 == done.returncode
    assert "samples.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_recording_is_said_to_be_empty(tmp_path: Path) -> None:
    """A file without rows gives one clear message."""
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "samples.csv").write_text("", encoding="utf-8")
    code, _, err = play(tmp_path / "rec", tmp_path)
    assert (2, True) == (code, "empty" in err)


def test_a_run_goes_on_under_the_rules_as_they_are_now(tmp_path: Path) -> None:
    """`--watch-rules` takes over what an author changed, tells it, and the trace replays over the switch."""
    pack = tmp_path / "mine"
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        "name: mine\nversion: 0.1.0\ntitle: {en: Mine, zh: Mine}\nowner: me\n", encoding="utf-8"
    )
    rule = "rules:\n  - id: mine.high\n    title: {en: High, zh: High}\n    kind: note\n"
    rule += "    when: blast.pressure > 100 kPa\n    source: test\n"
    reason = '    because: {en: "{blast.pressure}", zh: "{blast.pressure}"}\n'
    (pack / "mine.yaml").write_text(rule + reason, encoding="utf-8")
    run = ("run", "--plain", "--hours", "0.05", "--seed", "4", "--trace", "t", "--rules", "mine")
    first = tuyere(*run, cwd=tmp_path)
    (pack / "mine.yaml").write_text((rule + reason).replace("> 100 kPa", "> 110 kPa"), encoding="utf-8")
    second = tuyere(*run, "--watch-rules", cwd=tmp_path)
    replayed = tuyere("replay", "t", cwd=tmp_path)
    assert (0, 0, 0) == (first.returncode, second.returncode, replayed.returncode), first.stderr + second.stderr
    assert "other rules are at work" in second.stdout and "mine.high was changed" in second.stdout
    assert "all bytes identical" in replayed.stdout
