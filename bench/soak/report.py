"""What came of a run: a table of all figures with their verdict, the plot, and what was spent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.soak.drawing import blocks, svg
from bench.soak.judging import Judgement, judge
from bench.soak.sampling import KINDS, MB, Kind, Sample

COLUMNS = f"{'figure':<24}{'unit':>5}{'level':>10}{'highest':>10}{'growth':>10}{'allowed':>10}  verdict  course"


@dataclass(frozen=True, slots=True)
class Report:
    """Samples of a run, and the seconds that were not judged."""

    samples: Sequence[Sample]
    warm_up_s: float

    @property
    def names(self) -> list[str]:
        """Give all figures, in the order of their kinds."""
        found = {name for sample in self.samples for name in sample.figures}
        order = list(KINDS)
        return sorted(found, key=lambda name: (order.index(name.split(".")[0]), name))

    def course(self, name: str) -> tuple[list[float], list[float]]:
        """Give instants and values of a figure; a program without a session has none, others are NaN where not told."""
        absent = 0.0 if name.startswith("connections.") else float("nan")
        return [one.at_s for one in self.samples], [one.figures.get(name, absent) for one in self.samples]

    def judgements(self) -> dict[str, Judgement]:
        """Judge every figure. Raises TooShortError."""
        return {name: judge(*self.course(name), kind_of(name).bound, self.warm_up_s) for name in self.names}

    def table(self, judgements: Mapping[str, Judgement]) -> Iterator[str]:
        """Write the table, a figure a line."""
        yield COLUMNS
        for name, one in judgements.items():
            numbers = "".join(f"{value:>10.4g}" for value in (one.level, one.highest, one.growth, one.allowed))
            verdict = "flat " if one.is_flat else "GROWS"
            yield f"{name:<24}{kind_of(name).unit:>5}{numbers}  {verdict:<7}  {blocks(self.course(name)[1])}"

    def spent(self) -> Iterator[str]:
        """Write what went through after the warm-up, and what each program spent on it."""
        first = next(one for one in self.samples if one.at_s >= self.warm_up_s)
        last = self.samples[-1]
        seconds = last.at_s - first.at_s
        n_messages = last.n_messages - first.n_messages
        yield f"{last.n_messages:,} messages, {last.n_measurements:,} values; {n_messages / seconds:.1f} messages/s"
        for name, held in last.held.items():
            cpu_s = held.cpu_s - first.held[name].cpu_s
            each = f"{1e6 * cpu_s / n_messages:8.0f} µs a message" if n_messages else ""
            yield f"{name:<10}{cpu_s:8.1f} CPU s = {cpu_s / seconds:6.1%} of a core, {held.whole_b / MB:6.0f} MB {each}"

    def drawn(self, title: str, judgements: Mapping[str, Judgement]) -> str:
        """Draw all figures as SVG."""
        flat = {name: one.is_flat for name, one in judgements.items()}
        return svg(title, {titled(name): self.course(name) for name in judgements}, with_units(flat), self.warm_up_s)


def kind_of(name: str) -> Kind:
    """Give the kind of a figure."""
    return KINDS[name.split(".")[0]]


def titled(name: str) -> str:
    """Give a figure's name with its unit."""
    return f"{name} [{kind_of(name).unit}]"


def with_units(flat: Mapping[str, bool]) -> dict[str, bool]:
    """Give the verdicts by the titles of the panels."""
    return {titled(name): is_flat for name, is_flat in flat.items()}
