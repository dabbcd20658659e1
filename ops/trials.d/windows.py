"""Counts of requests in time."""

WINDOW_MS = 60_000


def most_in_a_window(times):
    """The most requests in any 60 s; their milliseconds are cut, so the end counts too."""
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] > WINDOW_MS:
            first += 1
        most = max(most, last - first + 1)
    return most
