"""A report as PDF: the same words and charts, with bookmarks, alternative texts and the language it is in."""

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from fpdf import FPDF
from fpdf.fonts import FontFace

from analytics.report import amount as write
from analytics.report.document import Document
from analytics.report.plot import draw_comparison, draw_course
from analytics.report.words import say, titled

FONT = "DejaVu"
FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
BLUE, INK, QUIET, PALE = (0, 114, 178), (31, 41, 55), (75, 85, 99), (243, 244, 246)
CHART_RATIO, COMPARISON_RATIO = 2.5 / 7.2, 1.5 / 7.2
LONGEST_SOURCE = 2500  # characters of a method's text that a page shows; the HTML shows all


class Sheet(FPDF):
    """Pages of A4 with a footer."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.document = document
        folder = Path(mpl.get_data_path()) / "fonts" / "ttf"  # a free font with all signs, which comes with matplotlib
        for style, name in FILES.items():
            self.add_font(FONT, style, folder / name)
        self.set_margins(18, 18)
        self.set_auto_page_break(True, 20)
        self.set_title(document.title)
        self.set_lang(document.heading.language)
        self.set_creator("Vigie")
        self.set_creation_date(document.heading.as_of)

    def footer(self) -> None:
        """Write what every page ends with."""
        self.set_y(-14)
        self.set_font(FONT, "", 7.5)
        self.set_text_color(*QUIET)
        page = f"{say('page', self.document.heading.language)} {self.page_no()}/{{nb}}"
        self.cell(0, 5, f"{self.document.title}  ·  {page}", align="C")


def write_pdf(document: Document) -> bytes:
    """Write all pages."""
    sheet = Sheet(document)
    sheet.add_page()
    put_title(sheet)
    put_figures(sheet)
    put_charts(sheet)
    put_withheld(sheet)
    put_changes(sheet)
    put_methods(sheet)
    return bytes(sheet.output())


def put_title(sheet: Sheet) -> None:
    """Write title, period, key."""
    heading = sheet.document.heading
    language = heading.language
    put(sheet, say("title", language), 11, BLUE, "B")
    put(sheet, f"{heading.territory}, {write.span_title(heading.span, language)}", 20, INK, "B")
    as_of = write.instant(heading.as_of, heading.zone, language)
    put(
        sheet,
        f"{say('as_of', language)} {as_of} ({heading.time_zone}). {titled('key', language)} {heading.fingerprint}",
        8,
        QUIET,
    )
    sheet.ln(2)
    put(sheet, say("how_to_verify", language), 8, QUIET)


def put_figures(sheet: Sheet) -> None:
    """Write the key figures, field by field."""
    language = sheet.document.heading.language
    put_heading(sheet, say("figures", language))
    put(sheet, say("how_to_read", language), 8, QUIET)
    head = [say(word, language) for word in ("kpi", "value", "interval", "baseline", "completeness")]
    for section in sheet.document.sections:
        put_heading(sheet, section.title, 1)
        rows = [[one.name, one.value, one.interval, one.baseline, one.completeness] for one in section.lines]
        put_table(sheet, head, rows, (50, 30, 44, 28, 22), "LRRRR")


def put_charts(sheet: Sheet) -> None:
    """Draw what would have been beside what was, and the courses."""
    document, language = sheet.document, sheet.document.heading.language
    if document.comparisons:
        put_heading(sheet, say("compared", language), room=65)
        for one in document.comparisons:
            about = (
                f"{one.name} : {write.number(one.baseline, language)} / {write.number(one.value, language)} {one.unit}"
            )
            put_image(sheet, one.name, draw_comparison(one, language, "png"), COMPARISON_RATIO, about)
    if document.charts:
        put_heading(sheet, say("charts", language), room=90)
        for chart in document.charts:
            put_image(sheet, chart.name, draw_course(chart, language, "png"), CHART_RATIO, chart.about)


def put_withheld(sheet: Sheet) -> None:
    """Say what is withheld and why, and what the report leaves out."""
    document, language = sheet.document, sheet.document.heading.language
    put_heading(sheet, say("withheld_title", language))
    lines = document.withheld
    if lines:
        rows = [[line.name, line.reason or "", line.completeness] for line in lines]
        put_table(sheet, [say(word, language) for word in ("kpi", "reason", "completeness")], rows, (60, 90, 24), "LLR")
    else:
        put(sheet, say("withheld_none", language), 9)
    if document.left_out:
        put_heading(sheet, say("left_out", language), 1)
        put_table(
            sheet,
            [say("kpi", language), say("reason", language)],
            [list(row) for row in document.left_out],
            (70, 104),
            "LL",
        )


def put_changes(sheet: Sheet) -> None:
    """List the restatements."""
    document, language = sheet.document, sheet.document.heading.language
    put_heading(sheet, say("restated", language))
    if not document.changes:
        put(sheet, say("restated_none", language), 9)
        return
    head = [say(word, language) for word in ("kpi", "period", "old", "new", "cause", "who", "when")]
    rows = [
        [f"{one.name} ({one.about})", one.period, one.old, one.new, one.cause, one.who, one.when]
        for one in document.changes
    ]
    put_table(sheet, head, rows, (36, 26, 22, 22, 24, 20, 24), "LLRRLLL", size=6.5)
    if document.has_more_changes:
        put(sheet, say("restated_more", language), 8, QUIET)


def put_methods(sheet: Sheet) -> None:
    """Write the annex: method, source, numbers behind each figure."""
    language = sheet.document.heading.language
    sheet.add_page()
    put_heading(sheet, say("methods", language))
    for method in sheet.document.methods:
        put_heading(sheet, method.title, 1)
        put(sheet, f"{titled('method', language)} {method.method}", 9, INK, "B")
        put(sheet, method.source[:LONGEST_SOURCE], 8)
        put(sheet, f"{titled('inputs', language)} {', '.join(method.files)}", 7.5, QUIET)
        for name, digest, numbers in method.proofs:
            put(sheet, name, 8.5, INK, "B")
            put(sheet, f"{titled('hash', language)} {digest}", 7, QUIET)
            put(sheet, "; ".join(f"{key} = {value}" for key, value in numbers), 7.5)
        sheet.ln(2)


def put(sheet: Sheet, text: str, size: float, colour: tuple[int, int, int] = INK, style: str = "") -> None:
    """Write a paragraph."""
    sheet.set_font(FONT, style, size)
    sheet.set_text_color(*colour)
    sheet.multi_cell(0, size * 0.52, text, new_x="LMARGIN", new_y="NEXT", align="L")


def put_heading(sheet: Sheet, text: str, level: int = 0, room: float = 30) -> None:
    """Write a heading and its bookmark, where `room` [mm] is left on the page for what it heads."""
    if sheet.will_page_break(room):
        sheet.add_page()
    sheet.ln(4 if level == 0 else 2)
    sheet.start_section(text, level)
    put(sheet, text, 14 if level == 0 else 10.5, BLUE if level == 0 else INK, "B")
    sheet.ln(1)


def put_table(
    sheet: Sheet,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: tuple[int, ...],
    align: str,
    size: float = 8,
) -> None:
    """Write a table."""
    sheet.set_font(FONT, "", size)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(*PALE)
    places = tuple({"L": "LEFT", "R": "RIGHT"}[one] for one in align)
    style = FontFace(emphasis="BOLD", fill_color=PALE, color=INK)
    with sheet.table(
        col_widths=widths,
        text_align=places,
        headings_style=style,
        line_height=size * 0.55,
        padding=1,
        width=sum(widths),
        align="LEFT",
    ) as grid:
        for line in (head, *rows):
            row = grid.row()
            for cell in line:
                row.cell(cell)


def put_image(sheet: Sheet, title: str, png: bytes, ratio: float, about: str) -> None:
    """Draw a chart under its name, both on one page."""
    height = sheet.epw * ratio
    if sheet.will_page_break(height + 8):
        sheet.add_page()
    put(sheet, title, 9, INK, "B")
    sheet.image(io.BytesIO(png), w=sheet.epw, h=height, alt_text=about)
    sheet.ln(2)
