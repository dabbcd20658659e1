"""Writes what was measured: bench.md, bench.jsonl and bench.svg."""
import json

import svg

TITLES = {"enqueue": "one job per commit", "bulk-enqueue": "100 jobs per commit",
          "drain": "claim to finish", "pick-up": "stored here, picked up there",
          "idle": "a worker without jobs"}
# What is compared: the key of a line, its unit, and how its number is written.
COMPARED = {"enqueue": ("per_s", "jobs a second"), "bulk-enqueue": ("per_s", "jobs a second"),
            "drain": ("per_s", "jobs a second"), "pick-up": ("p50_us", "µs, median"),
            "idle": ("memory_mib", "MiB")}
SYSTEMS = ["komodo-mcp", "huey", "dbos", "procrastinate"]


def of_ours(lines):
    """Our lines of one measure with the keys that peers have."""
    first = lines[0]
    if first["measure"] == "idle":
        named = {line["figure"]: line["value"] for line in lines}
        return {"memory_mib": named["memory"], "processor_percent": named["processor"]}
    keys = ("p50_us", "p99_us") if first["per_s"] is None else ("per_s", "p50_us", "p99_us")
    return {key: first[key] for key in keys}


def write(folder, head, own, compared):
    with open(folder / "bench.jsonl", "w") as file:
        for line in [{"machine": head}, *own, *compared]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    (folder / "bench.md").write_text(document(head, own, compared))
    if compared:
        draw(folder / "bench.svg", compared)
    print(f"{folder}/bench.md")


def document(head, own, compared):
    syncs = [line["fsync_us"] for line in own]
    loads = [line["load"] for line in own]
    lines = [
        "# Measurements", "",
        f"{head['cpu']}, {head['cores']} cores, Linux {head['kernel']}, {head['file_system']}, "
        f"SQLite {head['sqlite']}. A write of 4 KiB with its sync took {min(syncs)} to "
        f"{max(syncs)} µs; load average {head['load']} before, {min(loads)} to {max(loads)} "
        "during the measures.", "",
        "| measure | figure | value | bar | met | baseline | jobs a second | median | p99 |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(row, own),
    ]
    if compared:
        lines += ["", *comparison(head, compared)]
    return "\n".join(lines) + "\n"


def row(line):
    bar = {"least": "≥ ", "most": "≤ "}.get(line["bar_is"], "")
    unit = "" if line["unit"] in ("ratio", "count") else " " + line["unit"]
    baseline = line["baseline"] if line["baseline"] is not None else line["baseline_per_s"]
    cells = [
        line["measure"], line["figure"], told(line["value"]) + unit,
        bar + told(line["bar"]) if bar else "", {True: "yes", False: "**no**"}.get(line["met"], ""),
        told(baseline), told(line["per_s"]), told(line["p50_us"], " µs"),
        told(line["p99_us"], " µs"),
    ]
    return "| " + " | ".join(cells) + " |"


def told(value, unit=""):
    if value is None:
        return ""
    return (f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}") + unit


def comparison(head, compared):
    versions = head.get("peers", {})
    known = [name for name in SYSTEMS if any(line["system"] == name for line in compared)]
    titles = [f"{name} {versions[name]}" if name in versions else name for name in known]
    table = [
        "The same work by others, in turns, each commit synced; medians of the turns.", "",
        "| measure | unit | " + " | ".join(titles) + " |", "|---|---|" + "---|" * len(known),
    ]
    for measure, (key, unit) in COMPARED.items():
        cells = [told(figure(compared, name, measure, key)) for name in known]
        table.append(f"| {measure}: {TITLES[measure]} | {unit} | " + " | ".join(cells) + " |")
    return table


def figure(compared, system, measure, key):
    found = [line for line in compared if (line["system"], line["measure"]) == (system, measure)]
    return found[0][key] if found else None


WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 960, 130, 110, 18, 54, 34


def draw(path, compared):
    """A panel for each measure, a bar for each system, on a scale of powers of ten."""
    shown = [(measure, [(name, value) for name in SYSTEMS
                        if (value := figure(compared, name, measure, key))], unit)
             for measure, (key, unit) in COMPARED.items()]
    shown = [panel for panel in shown if panel[1]]
    height = TOP + sum(BAR * len(bars) + GAP for _, bars, _ in shown)
    out, top = svg.Drawing(WIDTH, height), TOP
    for measure, bars, unit in shown:
        scale = svg.LogScale([value for _, value in bars], LEFT, WIDTH - RIGHT)
        bottom = top + BAR * len(bars)
        out.text(LEFT, top - 8, f"{measure}: {TITLES[measure]}, {unit}", font_weight="bold")
        for tick in scale.ticks():
            x = float(scale.place(tick))
            out.line(x, x, top, bottom, stroke="#ddd")
            out.text(x, bottom + 14, svg.short(tick), text_anchor="middle")
        for number, (name, value) in enumerate(bars):
            y, end = top + BAR * number, scale.place(value)
            out.bar(LEFT, y + 2, float(end - LEFT), BAR - 4,
                    fill=svg.COLOURS[SYSTEMS.index(name)])
            out.text(LEFT - 6, y + 13, name, text_anchor="end")
            out.text(float(end + 5), y + 13, told(value))
        top = bottom + GAP
    out.save(path)
