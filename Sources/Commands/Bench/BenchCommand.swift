internal import ArgumentParser
internal import Bench
private import FoundationEssentials
private import JSON

/// `komodo-mcp bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine.",
        discussion: """
            Stores and finishes jobs in a database that is made for it and removed again, in turns \
            with a C loop that does the least over the same SQLite. 'ratio' compares the two in the \
            same minute; rates alone say as much about the disk. Nothing else should run meanwhile.

            MEASURES
            \(Measure.helpText)
            """)

    @Option(help: "Only this measure; may be repeated.")
    var only: [Measure] = []

    @Option(help: "A folder on the disk in question.")
    var folder = "/var/tmp"

    @Option(help: "How often ours and the C loop take turns.")
    var rounds = Bench.roundsDefault

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...Bench.roundsMax).contains(rounds) else {
            throw CommandError(.usage, "--rounds is \(rounds); write 1 to \(Bench.roundsMax).")
        }
    }

    func run() async throws {
        let printer = Printer(output)
        var all: [Figures] = []
        for measure in Measure.allCases where only.isEmpty || only.contains(measure) {
            let figures = try await figures(of: measure)
            all.append(figures)
            // One line as soon as it is known; a table needs them all.
            if output.format == .jsonl, !output.quiet { Terminal.write(.object(figures.json)) }
        }
        guard output.format != .jsonl || output.quiet else { return }
        printer.print(
            list: all.map { .object($0.json) }, ids: all.map(\.measure.rawValue),
            text: BenchText.table(all, style: printer.style).lines(width: Printer.width)
                .joined(separator: "\n"))
    }
}

extension BenchCommand {
    private func figures(of measure: Measure) async throws -> Figures {
        let own = try OwnFolder.make("komodo-bench", in: folder, option: "--folder")
        do {
            let figures = try await Bench(folder: own, rounds: rounds).run(measure)
            try FileManager.default.removeItem(atPath: own)
            return figures
        } catch {
            // What went wrong first is what counts.
            try? FileManager.default.removeItem(atPath: own)
            throw error
        }
    }
}

extension Measure: ExpressibleByArgument {
    fileprivate static var helpText: String {
        let widest = allCases.map(\.rawValue.count).max() ?? 0
        return allCases.map { measure in
            let gap = String(repeating: " ", count: widest - measure.rawValue.count)
            return "  \(measure.rawValue)\(gap)  \(measure.summary)"
        }.joined(separator: "\n")
    }
}

/// The figures for people.
private enum BenchText {
    static func table(_ all: [Figures], style: Style) -> Table {
        var table = Table(
            [
                "MEASURE", "PER SECOND", "P50", "P99", "C LOOP PER SECOND", "RATIO", "LOAD", "SYNC",
            ], style: style)
        table.rows = all.map { figures in
            let json = figures.json
            func text(_ name: String, _ unit: String = "") -> Table.Cell {
                Table.Cell((json[name]?.serialized() ?? "?") + unit)
            }
            return [
                Table.Cell(figures.measure.rawValue), text("per_s"), text("p50_us", " us"),
                text("p99_us", " us"), text("baseline_per_s"), text("ratio"), text("load"),
                text("fsync_us", " us"),
            ]
        }
        return table
    }
}
