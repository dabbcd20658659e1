internal import Bench
private import JSON

/// The figures for people.
enum BenchText {
    static func table(_ all: [Figures], style: Style) -> Table {
        var table = Table(
            [
                "MEASURE", "FIGURE", "VALUE", "BAR", "BASELINE", "PER SECOND", "P50", "P99",
                "LOAD", "SYNC",
            ], style: style)
        table.rows = all.flatMap { figures in
            zip(figures.figures, figures.lines).map { row(figures.measure, $0, $1) }
        }
        return table
    }

    private static func row(_ measure: String, _ figure: Figure, _ line: JSONObject) -> [Table.Cell]
    {
        func text(_ name: String, _ unit: String = "") -> Table.Cell {
            guard let value = line[name], !value.isNull else { return Table.Cell("-") }
            return Table.Cell(value.serialized() + unit)
        }
        let unit = Self.unit(figure.unit)
        return [
            Table.Cell(measure), Table.Cell(figure.name), text("value", unit), bar(figure, line),
            // The rate of the loop says more than that its ratio is 1.
            figure.baseline == nil ? text("baseline_per_s", "/s") : text("baseline", unit),
            text("per_s"), text("p50_us", " us"), text("p99_us", " us"), text("load"),
            text("fsync_us", " us"),
        ]
    }

    private static func bar(_ figure: Figure, _ line: JSONObject) -> Table.Cell {
        guard let bar = figure.bar, let isMet = figure.isMet else { return Table.Cell("-") }
        let sense =
            switch bar {
            case .atLeast: "at least"
            case .atMost: "at most"
            }
        let limit = line["bar"]?.serialized() ?? "?"
        return Table.Cell("\(sense) \(limit), " + (isMet ? "met" : "missed"))
    }

    private static func unit(_ unit: Figure.Unit) -> String {
        switch unit {
        case .ratio, .count: ""
        case .perSecond: "/s"
        case .perMinute: "/min"
        case .percent: "%"
        case .seconds, .milliseconds, .mebibytes: " \(unit.rawValue)"
        }
    }
}
