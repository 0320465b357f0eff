"""Rows of an experiment's table as people read them, on the terminal and on the page."""


def score(row: dict[str, str], column: str = "nats_per_step", spread: str = "sd") -> str:
    """A row's nats a step with their spread, as people read them; ≤ where they are a bound."""
    bound = "≤ " if row["is_bound"] == "yes" else ""
    return f"{bound}{float(row[column]):.3f}" + (
        f" ({float(row[spread]):.3f})" if row[spread] else ""
    )


def change(row: dict[str, str]) -> str:
    """A row's difference from its model's base, likewise."""
    if not row["change"]:
        return "–"
    told = f"{float(row['change']):+.3f}"
    if not row["change_low"]:
        return told
    return f"{told} ({float(row['change_low']):+.3f} to {float(row['change_high']):+.3f})"
