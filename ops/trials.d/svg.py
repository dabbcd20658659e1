"""Plots as SVG, without a library."""
import html
import math
import pathlib

COLOURS = ["#1f6fb2", "#c4501b", "#2c8a3e", "#7b4fa3", "#8a6d1d"]


class Drawing:
    """Lines and words on white."""

    def __init__(self, width, height):
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
                      f'font-family="sans-serif" font-size="12" fill="#222">',
                      f'<rect width="{width}" height="{height}" fill="#fff"/>']

    def text(self, x, y, text, **style):
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}"{attributes(style)}>'
                          f"{html.escape(text, quote=False)}</text>")

    def line(self, x1, x2, y1, y2, title="", **style):
        inside = f"><title>{html.escape(title, quote=False)}</title></line>" if title else "/>"
        self.parts.append(f'<line x1="{number(x1)}" x2="{number(x2)}" y1="{number(y1)}" '
                          f'y2="{number(y2)}"{attributes(style)}{inside}')

    def polyline(self, points, **style):
        dots = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{dots}" fill="none"{attributes(style)}/>')

    def bar(self, x, y, width, height, **style):
        self.parts.append(f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
                          f'height="{number(height)}"{attributes(style)}/>')

    def dot(self, x, y, **style):
        self.parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="3"{attributes(style)}/>')

    def save(self, path):
        pathlib.Path(path).write_text("\n".join([*self.parts, "</svg>"]) + "\n")


def number(value):
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def attributes(style):
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())


class LogScale:
    """Places values on a line by their logarithms, from a power of ten to another."""

    def __init__(self, values, start, end):
        known = [value for value in values if value > 0] or [1]
        self.low = math.floor(math.log10(min(known)))
        self.high = max(math.ceil(math.log10(max(known))), self.low + 1)
        self.start, self.end = start, end

    def place(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        return [10.0 ** power for power in range(self.low, self.high + 1)]


def short(value):
    """A tick's number in few characters."""
    for limit, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"
