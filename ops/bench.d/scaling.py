"""Writes how costs grow: scaling.jsonl and scaling.svg."""
import json

import svg

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 960, 170, 70, 70, 190, 34
# Title, what it grows with, and the lines: measure, figure, key.
PANELS = [
    ("Requests to Komodo a minute", "followed", "running jobs", {
        "requests": ("following", "requests", "value")}),
    ("Processor of the worker, % of a core", "followed", "running jobs", {
        "processor": ("following", "processor", "value")}),
    ("Median time of one commit, µs", "rows", "finished jobs in the history", {
        "enqueue": ("history", "enqueue", "p50_us"), "claim": ("history", "claim", "p50_us")}),
    ("Median time of one look, µs", "rows", "finished jobs in the history", {
        "list": ("history", "list", "p50_us"), "show": ("history", "show", "p50_us"),
        "stats": ("history", "stats", "p50_us")}),
]


def write(folder, head, lines):
    with open(folder / "scaling.jsonl", "w") as file:
        for line in [{"machine": head}, *lines]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    draw(folder / "scaling.svg", lines)
    print(f"{folder}/scaling.svg")


def points(lines, by, measure, figure, key):
    return [(line[by], line[key]) for line in lines
            if by in line and (line["measure"], line["figure"]) == (measure, figure)
            and line[key]]


def draw(path, lines):
    out = svg.Drawing(WIDTH, TOP + len(PANELS) * (PANEL + GAP))
    for number, (title, by, of, names) in enumerate(PANELS):
        top = TOP + number * (PANEL + GAP)
        series = {name: points(lines, by, *what) for name, what in names.items()}
        every = [point for each in series.values() for point in each]
        across = svg.LogScale([x for x, _ in every], LEFT, WIDTH - RIGHT)
        up = svg.LogScale([y for _, y in every], top + PANEL, top)
        out.text(LEFT, top - 10, title, font_weight="bold")
        for tick in up.ticks():
            y = float(up.place(tick))
            out.line(LEFT, WIDTH - RIGHT, y, y, stroke="#ddd")
            out.text(LEFT - 6, y + 4, svg.short(tick), text_anchor="end")
        for tick in across.ticks():
            x = float(across.place(tick))
            out.line(x, x, top, top + PANEL, stroke="#eee")
            out.text(x, top + PANEL + 15, svg.short(tick), text_anchor="middle")
        out.text((LEFT + WIDTH - RIGHT) / 2, top + PANEL + 32, of, text_anchor="middle")
        for index, (name, each) in enumerate(series.items()):
            colour = svg.COLOURS[index % len(svg.COLOURS)]
            places = [(across.place(x), up.place(y)) for x, y in each]
            out.polyline(places, stroke=colour)
            for x, y in places:
                out.dot(float(x), float(y), fill=colour)
            out.text(WIDTH - RIGHT + 8, top + 14 + 16 * index, name, fill=colour)
    out.save(path)
