"""What bench/soak found: soak.py SAMPLES SIZES. Prints tables, and ends with 1 if something has grown that must not.

A line of SAMPLES is a sample: second, requests a second, p99 in ms, failed requests, waiting jobs, tickets created so far, and the
memory of the processes in kB. A line of SIZES is a table at the time of a sample, or an index of `jobs`: second, name, bytes, bytes of
its indexes.
"""

import sys
from collections import defaultdict

PROCESSES = ("API", "worker", "scheduler", "Redis")
# Rows come and go here, or are the same ones all the time. Of `jobs`, only what the workers look for: done jobs are kept for days.
BOUNDED = (
    "agents attendance feed_pending jobs_leased jobs_ready jobs_unique_key processes queue_control relay_asleep schedules search_stale"
    " sessions sla_policies stats_cursor stats_dirty stats_freshness ticket_counts users webhook_cursor"
).split()
# Memory has grown if it is steeper than so many kB a minute, and so many standard errors.
STEEP, SURE = 100, 3
# A size has grown by these in the second half of the time: a file grows in steps, and the space of dead rows is used again only after
# an autovacuum.
FACTOR, BYTES = 1.25, 1 << 20


def slope(points):
    """Least squares: the slope a minute and its standard error."""
    n = len(points)
    x0, y0 = (sum(axis) / n for axis in zip(*points))
    width = sum((x - x0) ** 2 for x, _ in points)
    steep = sum((x - x0) * (y - y0) for x, y in points) / width
    rest = sum((y - y0 - steep * (x - x0)) ** 2 for x, y in points)
    return steep * 60, (rest / (n - 2) / width) ** 0.5 * 60


def table(*head):
    print("\n| " + " | ".join(head) + " |\n|" + " --- |" * len(head))


def row(*cells):
    print("| " + " | ".join(cells) + " |")


def mean(values):
    return sum(values) / len(values)


def main():
    samples = [[float(cell) for cell in line.split()] for line in open(sys.argv[1])]
    end = samples[-1][0]
    steady = [sample for sample in samples if sample[0] > end / 5]
    if len(steady) < 4:
        sys.exit("The time was too short for a judgement.")
    grown = []

    first = [sample for sample in samples if sample[0] <= samples[0][0] + 50]
    last = [sample for sample in samples if sample[0] > end - 60]
    table("what", "first minute", "last minute")
    for column, name in ((1, "requests a second"), (2, "p99 ms"), (4, "jobs that wait")):
        row(name, *(f"{mean([sample[column] for sample in part]):.1f}" for part in (first, last)))
    for column, name in enumerate(PROCESSES, 6):
        row(f"memory of {name}, MB", *(f"{mean([sample[column] for sample in part]) / 1024:.1f}" for part in (first, last)))
    failed = sum(sample[3] for sample in samples)
    row("failed requests, in all", "", f"{failed:.0f}")
    if failed:
        grown.append("failed requests")

    table("process", "memory grows, kB a minute", "standard error")
    for column, name in enumerate(PROCESSES, 6):
        steep, error = slope([(sample[0], sample[column]) for sample in steady])
        row(name, f"{steep:+.0f}", f"{error:.0f}")
        if steep > STEEP and steep > SURE * error:
            grown.append(f"memory of {name}")
    steep, error = slope([(sample[0], sample[4]) for sample in steady])
    # One job a second.
    if steep > 60 and steep > SURE * error:
        grown.append("waiting jobs")

    sizes = defaultdict(dict)
    for line in open(sys.argv[2]):
        second, name, own, indexes = line.split()
        sizes[name][int(second)] = int(own), int(indexes)
    if unknown := set(BOUNDED) - set(sizes):
        sys.exit(f"bench/soak.py names what is no table: {unknown}")
    begun, half = steady[0][0], min((sample[0] for sample in samples), key=lambda second: abs(second - end / 2))
    tickets = steady[-1][5] - steady[0][5]
    growth = {name: [b - a for a, b in zip(size[begun], size[end])] for name, size in sizes.items() if not name.startswith("jobs_")}
    growth = {name: by for name, by in growth.items() if sum(by) and name not in BOUNDED}
    table("grows with each created ticket, after a fifth of the time", "bytes of the table", "bytes of its indexes")
    for name, by in sorted(growth.items(), key=lambda pair: -sum(pair[1])):
        row(f"`{name}`", *(f"{part / tickets:.0f}" for part in by))
    row("all", *(f"{sum(parts) / tickets:.0f}" for parts in zip(*growth.values())))

    table("must not grow", "kB with indexes: first", "half of the time", "end")
    small = [[0, 0, 0]]
    for name in BOUNDED:
        at = [sum(sizes[name][second]) for second in (samples[0][0], half, end)]
        if max(at) > 128 << 10:
            row(f"`{name}`", *(f"{size / 1024:.0f}" for size in at))
        else:
            small.append(at)
        if at[2] > FACTOR * at[1] and at[2] - at[1] > BYTES:
            grown.append(name)

    row(f"others, together: {len(small) - 1}", *(f"{sum(size) / 1024:.0f}" for size in zip(*small)))

    print("\nGrown: " + ", ".join(grown) + "." if grown else "\nNothing has grown that must not.")
    sys.exit(1 if grown else 0)


main()
