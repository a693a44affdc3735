"""Why a report cannot be made, or does not hold: one sentence and an exit code each."""


class ReportError(Exception):
    """The report cannot be made."""

    exit_code = 30


class UnreadableReportError(ReportError):
    """The file holds no whole report."""

    exit_code = 31


class ChangedReportError(ReportError):
    """The report is not as it was signed."""

    exit_code = 32


class OtherKeyError(ReportError):
    """The report was signed with another key than the one expected."""

    exit_code = 33


class OtherMethodError(ReportError):
    """This version of Vigie has another method than the report was made with."""

    exit_code = 34


class OtherFiguresError(ReportError):
    """What is told from the evidence are other figures than those of the report."""

    exit_code = 35
