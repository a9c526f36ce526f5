"""Painting: exact sizes whatever the texts, readable without colour, the same picture every time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from expert.values.cells import cells
from tests.tui.conftest import moment_at
from tests.tui.scripted import ScriptedDesk
from tui.texts import LANGUAGES
from tui.views.overview import EventView, Overview, overview
from tui.views.paint import Look, Shares, notice_rows, paint, score_bar
from tui.views.pen import Run, beside, clipped, padded, plain, spread, width_of
from tui.views.plot import bar, buckets, plot_rows, scale, spark
from tui.views.trends import trend_rows, trends
from tui.views.watch import flag, last_value
from tui.views.wording import plain_letters

View = Callable[..., Overview]
LETTERS = st.text(
    st.one_of(
        st.characters(min_codepoint=32, max_codepoint=126), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
    ),
    max_size=60,
)  # fmt: skip


def picture(view: Overview, width: int = 80, height: int = 23, ascii_only: bool = False) -> str:
    """The overview as text, its first line selected and new."""
    first = view.abnormal[0].id if view.abnormal else ""
    rows = paint(view, Look(width, height, ascii_only, first, {first}))
    return "\n".join(plain(r).rstrip() for r in rows)


ENGLISH = """\
 TUYERE  Test furnace x60                        Tue 03 Mar 02:33   ! data 88 %
  BACK   Cut blast volume 10 %          level 95  variation 100  GO until 02:23
  permeability L ########## V     --      gas pattern  L     --     V     --
  local perm.  L     --     V     --      gas use      L     --     V     --
  descent      L     --     V ##########  body heat    L     --     V     --
  hearth heat  L     --     V     --      liquids      L     --     V     --

 ABNORMAL NOW (2)                        how sure       since rests on
>*!!4 Hanging, probable                  nearly certain 02:21 PT-101, CT-310
   !2 Hot wall A (north)                 possible, held 02:24 TT-341A lost
 TO DO
   1 Cut blast volume 10 % (limit 20 %)  acts in 1-5 min; review after 15 min
      approval: foreman; check: Blast pressure falls
   x Raise blast volume 1 % (limit 2 %)  not now: Hanging
 WATCH                                      now   normal        last 30 min
  hot blast pressure         kPa          439.0 ^ 419.5 +-4.5   ::::::--=+*####
  minutes since charge       min             25 ^ 5-12          .:__.::-==+**##
  stave body temperat~ 02:31 degC            -- ? 90.0 +-6.0    :::::::::=*###
  hot metal temperature      degC          1504   1503 +-18     ----------=====
  silicon in 2 h             %             0.41   (0.26-0.56)   P(<0.35) 22-31 %
 EARLIER  02:32   ?? Hot wall A (north)  held without data since 02:32
          02:23   == verdict GO -> BACK  level 60  variation 50
          02:21   !3 Hanging, suspected: No charge for 13 min; blast pressure ~"""

CHINESE = """\
 风口 TUYERE  试验炉 x60                        3月3日 周二 02:33   ! 数据 88 %
  退守   减风 10 %                          水平 95  变动 100  02:23 前为可强化
  全炉透气   平 ▆▆▆▆▆▆▆▆▆▆ 变     --      煤气分布   平     --     变     --
  局部透气   平     --     变     --      煤气利用   平     --     变     --
  下料状态   平     --     变 ▆▆▆▆▆▆▆▆▆▆  炉体热负荷 平     --     变     --
  炉热       平     --     变     --      渣铁残留   平     --     变     --

 当前异常 (2)                            把握           起始  依赖仪表
>*!!4 很可能悬料                         几乎确定       02:21 PT-101, CT-310
   !2 炉墙过热 A（北）                   可能，保持     02:24 TT-341A 失效
 操作建议
   1 减风 10 %（上限 20 %）  1-5 min 后见效；15 min 后复核
      须批准：值班工长；检查：风压下降
   x 加风 1 %（上限 2 %）    暂不执行：悬料"""


def test_overview_in_english_ascii(view: View) -> None:
    """The whole picture at 80x24 with ASCII signs only."""
    text = picture(view(33), ascii_only=True)
    assert ENGLISH == text
    assert text.isascii()


def test_overview_in_chinese(view: View) -> None:
    """The upper part in Chinese: columns stand although letters are two cells wide."""
    assert CHINESE == "\n".join(picture(view(33, "zh")).splitlines()[:14])


def test_monochrome_has_marks_and_words(view: View) -> None:
    """What colour says is there as a mark and a word, too."""
    text = picture(view(33))
    for word in (
        "!!4",
        "BACK",
        "nearly certain",
        "possible, held",
        "TT-341A lost",
        "439.0 ^",
        "-- ?",
        "! data 88 %",
    ):
        assert word in text


def test_quiet_overview_says_so(view: View) -> None:
    """Nothing abnormal and nothing to do are said in words."""
    text = picture(view(0))
    assert "ABNORMAL NOW (0)  nothing abnormal" in text
    assert "TO DO  nothing" in text


def test_selection_and_newness_are_marked(view: View) -> None:
    """`>` is the selected line, `*` a new one, `.` an acknowledged one."""
    v = view(33)
    known = replace(v, abnormal=(replace(v.abnormal[0], acknowledged=True), v.abnormal[1]))
    rows = paint(known, Look(80, 23, True, v.abnormal[1].id, {v.abnormal[1].id}))
    lines = [plain(r)[:5] for r in rows]
    assert [" .!!4", ">* !2"] == lines[8:10]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 23), (81, 24), (100, 30), (120, 40), (139, 60)])
@pytest.mark.parametrize("minute", [0, 22, 33, 45])
def test_rows_fit_the_terminal(view: View, lang: str, size: tuple[int, int], minute: int) -> None:
    """No row is wider, and no picture higher, than the terminal, in its own measure of cells."""
    rows = paint(view(minute, lang), Look(*size, False, "", set()))
    assert len(rows) <= size[1]
    assert max(cell_len(plain(r)) for r in rows) <= size[0]


@given(
    titles=st.lists(LETTERS, min_size=0, max_size=12),
    note=LETTERS,
    width=st.integers(80, 139),
    height=st.integers(23, 60),
    ascii_only=st.booleans(),
    lang=st.sampled_from(LANGUAGES),
)
def test_any_text_fits(titles: list[str], note: str, width: int, height: int, ascii_only: bool, lang: str) -> None:
    """However long and wide the words of a plant are, and however many lines there are, the picture keeps its size."""
    v = moment_view(lang)
    abnormal = tuple(
        replace(v.abnormal[i % 2], id=str(i), title=t, rests=note, word=note, note=note if i % 3 else "")
        for i, t in enumerate(titles)
    )
    advice = tuple(replace(v.advice[i % 2], what=t, short=t, when=note, confirm=note) for i, t in enumerate(titles))
    watch = tuple(replace(r, title=note, unit=note, value=note[:9], normal=note, note=note) for r in v.watch)
    earlier = tuple(EventView("02:00", " ok", t, 0) for t in titles)
    wild = replace(v, name=note, abnormal=abnormal, advice=advice, watch=watch * 3, evidence_rows=4, earlier=earlier)
    rows = paint(wild, Look(width, height, ascii_only, "3", {"1"}))
    assert len(rows) <= height
    assert max(cells(plain(r)) for r in rows) <= width


def moment_view(lang: str) -> Overview:
    """The overview at 02:33, without a fixture (for properties)."""
    return overview(*moment_at(33), lang)


@given(n=st.integers(1, 30), chosen=st.integers(0, 29), height=st.integers(23, 40))
def test_the_selected_line_is_always_in_sight(n: int, chosen: int, height: int) -> None:
    """The list moves with the selection."""
    v = moment_view("en")
    abnormal = tuple(replace(v.abnormal[0], id=str(i), title=f"state {i}.") for i in range(n))
    rows = paint(replace(v, abnormal=abnormal), Look(80, height, True, str(min(chosen, n - 1))))
    assert any(plain(r).startswith(">") and f"state {min(chosen, n - 1)}." in plain(r) for r in rows)


@given(n=st.integers(0, 20), advice=st.integers(0, 8), watch=st.integers(0, 12), room=st.integers(9, 60))
def test_shares_never_exceed_the_room(n: int, advice: int, watch: int, room: int) -> None:
    """Rows below the headings fit, and something to do is shown when there is something to do."""
    v = moment_view("en")
    full = replace(
        v,
        abnormal=v.abnormal[:1] * n,
        advice=v.advice[:1] * advice,
        watch=v.watch[:1] * watch,
        evidence_rows=min(watch, 2),
    )
    s = Shares.of(full, room)
    assert s.abnormal + s.advice + s.watch + s.earlier + (4 if s.blanks == 2 else s.blanks) <= room
    assert (s.advice > 0) == (advice > 0)


@given(width=st.integers(1, 100), height=st.integers(1, 30), lang=st.sampled_from(LANGUAGES))
def test_notice_fits_any_terminal(width: int, height: int, lang: str) -> None:
    """The notice of a small terminal fits it."""
    rows = notice_rows(width, height, lang, (80, 24))
    assert len(rows) <= height
    assert all(cells(plain(r)) <= width for r in rows)


@pytest.mark.parametrize(("lang", "word"), [("en", "72 x 20"), ("zh", "72 x 20")])
def test_notice_names_both_sizes(lang: str, word: str) -> None:
    """It says how large the terminal is and how large it must be, in cells."""
    text = " ".join(plain(r) for r in notice_rows(72, 20, lang, (80, 24)))
    assert word in text
    assert "80 x 24" in text


@given(text=LETTERS, other=LETTERS, width=st.integers(0, 90))
def test_rows_have_exact_widths(text: str, other: str, width: int) -> None:
    """Cutting never exceeds, padding fills, two ends meet exactly."""
    row = (Run(text), Run(other, "dim"))
    assert width_of(clipped(row, width)) <= width
    assert width_of(padded(row, width)) == width
    assert width_of(spread((Run(text),), (Run("x"),), max(1, width))) == max(1, width)


def test_beside_keeps_the_gap() -> None:
    """Two blocks of different heights stand side by side."""
    rows = beside([(Run("悬料"),)], [(Run("ab"),), (Run("c"),)], 5, 3)
    assert ["悬料   ab", "       c"] == [plain(r) for r in rows]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [80, 160])
def test_trends_fit(lang: str, width: int) -> None:
    """Curves keep to their width and mark what is not normal without colour."""
    desk, story = moment_at(33)
    curves = trends(desk, story, ["blast.pressure", "charge.count", "silicon_outlook"], lang, width - 10, 4)
    rows = trend_rows(curves, width, False)
    assert max(cells(plain(r)) for r in rows) <= width
    assert any("!!" in plain(r) for r in rows)


@pytest.mark.parametrize("room", range(4, 16))
def test_trends_keep_to_their_room(room: int) -> None:
    """Whole curves only, with the time axis as the last row."""
    curves = trends(*moment_at(33), ["blast.pressure", "charge.count", "blast.volume"], "en", 60, 4)
    rows = [plain(r) for r in trend_rows(curves, 78, True, 2, room)]
    assert len(rows) <= room
    assert rows[-1].split() == ["22:33", "00:33", "02:33"]


def test_score_bars() -> None:
    """Known, unknown and open scores look different without colour."""
    from expert.values.interval import FALSE, UNKNOWN, Interval

    assert ["    --    ", "..........", "??????????", "###??....."] == [
        score_bar(x, True) for x in (None, FALSE, UNKNOWN, Interval(300_000, 500_000))
    ]  # fmt: skip


def test_bars_show_a_trace() -> None:
    """Anything above zero is seen."""
    assert ["#...", "....", "####"] == [bar(0.01, 4, True), bar(0.0, 4, True), bar(1.5, 4, True)]


def test_buckets_hold_and_break() -> None:
    """A slow variable is held; a bad sample breaks the curve."""
    samples = [(-50, 1.0), (25, 2.0), (45, None), (95, 4.0)]
    assert (1.0, 1.0, 2.0, 2.0, None, None, None, None, None, 4.0) == buckets(samples, 0, 100, 10, 1000)


def test_buckets_stop_holding() -> None:
    """After its age a value is not drawn on."""
    assert (2.0, 2.0, None, None) == buckets([(10, 2.0)], 0, 80, 4, 25)


def test_spark_is_clipped() -> None:
    """Values beyond the scale stay on it; gaps stay gaps."""
    assert "_ #" == spark([-5.0, None, 50.0], 0.0, 10.0, True)


def test_curves_of_several_rows() -> None:
    """Each value stands in one row."""
    assert ["  #", "_- "] == plot_rows([0.0, 0.2, 1.0], 0.0, 1.0, 2, True)


@pytest.mark.parametrize(
    ("values", "band", "expected"),
    [
        ([10.0, 11.0], (8.0, 12.0), (6.0, 14.0)),
        ([1.0], (0.0, 4.0), (0.0, 6.0)),
        ([], None, (0.0, 1.0)),
        ([3.0], None, (2.5, 3.5)),
    ],
)
def test_scale(values: list[float | None], band: tuple[float, float] | None, expected: tuple[float, float]) -> None:
    """Twice the normal band at least, so that noise looks like noise; never below zero for what is not."""
    assert expected == scale(values, band)


def test_flags() -> None:
    """Above, below, within."""
    assert ["high", "low", "", ""] == [flag(5, (1, 4)), flag(0, (1, 4)), flag(4, (1, 4)), flag(9, None)]


def test_last_value_must_be_usable() -> None:
    """Too old or followed by a bad sample: no value."""
    assert [(2.0, 5), (None, 5), (None, 5), (None, None)] == [
        last_value([(5, 2.0)], 9, 10), last_value([(5, 2.0)], 99, 10), last_value([(5, 2.0), (6, None)], 9, 10),
        last_value([], 9, 10),
    ]  # fmt: skip


@given(text=LETTERS)
def test_plain_letters_are_ascii(text: str) -> None:
    """English in ASCII mode has no other sign; Chinese keeps only its letters."""
    assert plain_letters(text + " ±°→", "en").isascii()
    kept = plain_letters(text + " ±°→", "zh")
    assert all(c.isascii() or unicodedata.east_asian_width(c) in "WF" for c in kept)


def test_no_data_is_not_zero() -> None:
    """A desk without a single sample shows dashes, not zeros."""
    desk = ScriptedDesk(-1)
    from tui.views.chronicle import Chronicle
    from tui.views.layout import read_layout

    text = picture(overview(desk, Chronicle(desk.program, read_layout()), "en"))
    assert text.count("-- ?") >= 3
