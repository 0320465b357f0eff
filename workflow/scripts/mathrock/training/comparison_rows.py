"""Format rows of an experiment's table, for the terminal and the page."""


def score(row: dict[str, str], column: str = "nats_per_step", spread: str = "sd") -> str:
    """Format a row's nats a step with their spread; ≤ marks an upper bound."""
    bound = "≤ " if row["is_bound"] == "yes" else ""
    return f"{bound}{float(row[column]):.3f}" + (
        f" ({float(row[spread]):.3f})" if row[spread] else ""
    )


def change(row: dict[str, str]) -> str:
    """Format a row's difference from its model's base setting, with its interval."""
    if not row["change"]:
        return "–"
    told = f"{float(row['change']):+.3f}"
    if not row["change_low"]:
        return told
    return f"{told} ({float(row['change_low']):+.3f} to {float(row['change_high']):+.3f})"
