internal import ArgumentParser
internal import Bench
private import Bootstrap
private import FoundationEssentials
private import JSON
private import UnixSignals

/// `komodo-mcp bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine.",
        discussion: """
            Works in a folder that is made for it and removed again, with processes of its own and \
            a simulated Komodo where needed. Where the disk or the processor decides, something \
            that does the least over the same SQLite takes turns with it: a loop in C, or Debian's \
            sqlite3. Rates and times alone say as much about the machine. Nothing else should run \
            meanwhile; all measures take some minutes.

            MEASURES
            \(BenchCommand.measuresHelp)

            LINES
            With --format jsonl, one object for each figure of a measure, all with the same keys; \
            what does not apply is null. 'measure', 'figure', 'value' and its 'unit', the \
            'baseline' in the same unit, the 'bar', whether that is the 'least' or the 'most' \
            allowed ('bar_is') and whether it is 'met'; 'per_s', 'baseline_per_s' and their \
            'ratio' where jobs are counted; 'p50_us' and 'p99_us' where calls are timed; 'load', \
            the load average of the last minute, and 'fsync_us', the median of a write of 4 KiB \
            with its sync.
            """)

    @Option(help: "Only this measure; may be repeated.")
    var only: [String] = []

    @Option(help: "A folder on the disk in question.")
    var folder = "/var/tmp"

    @Option(help: "How often ours and the baseline take turns.")
    var rounds = Sizes.roundsDefault

    @Option(help: "Finished jobs of 'history'.")
    var rows = Sizes.rowsDefault

    @Option(help: "Jobs that run at once in 'following'.")
    var followed = Sizes.followedDefault

    @Option(help: "How long measures look on that do not count rounds; else what each needs.")
    var seconds: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try Self.check("--rounds", rounds, 1...Sizes.roundsMax)
        try Self.check("--rows", rows, 1...Sizes.rowsMax)
        try Self.check("--followed", followed, 1...Sizes.followedMax)
        if let seconds { try Self.check("--seconds", seconds, 1...Sizes.secondsMax) }
        for name in only where Measures.named(name) == nil {
            let names = Measures.all.map(\.name).joined(separator: " ")
            throw CommandError(
                .usage, "There is no measure '\(name)'. The measures are:\n\(names)")
        }
    }

    private static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw CommandError(
                .usage,
                "\(option) is \(value); write \(range.lowerBound) to \(range.upperBound).")
        }
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm, .sighup])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await measure() }
            group.addTask {
                for await _ in signals { throw CommandError(.failure, "Interrupted.") }
                throw CancellationError()
            }
            // Programs and folders of what is interrupted are gone when the group has ended.
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

extension BenchCommand {
    private func measure() async throws {
        let printer = Printer(output)
        var all: [Figures] = []
        for measure in Measures.all where only.isEmpty || only.contains(measure.name) {
            let figures = try await figures(of: measure)
            all.append(figures)
            // Lines as soon as they are known; a table needs them all.
            if output.format == .jsonl, !output.quiet {
                for line in figures.lines { Terminal.write(.object(line)) }
            }
        }
        guard output.format != .jsonl || output.quiet else { return }
        printer.print(
            list: all.flatMap(\.lines).map { .object($0) }, ids: all.map(\.measure),
            text: BenchText.table(all, style: printer.style).lines(width: Printer.width)
                .joined(separator: "\n"))
    }

    private func figures(of measure: any Measure) async throws -> Figures {
        // Processes of the measurement work in another directory.
        let place = folder.hasPrefix("/") ? folder : Self.absolute(folder)
        let own = try OwnFolder.make("komodo-bench", in: place, option: "--folder")
        do {
            let figures = try await Bench(folder: own, sizes: sizes, launcher: BenchLauncher())
                .run(measure)
            try FileManager.default.removeItem(atPath: own)
            return figures
        } catch {
            // What went wrong first is what counts.
            try? FileManager.default.removeItem(atPath: own)
            throw error
        }
    }

    private static func absolute(_ path: String) -> String {
        "\(ProcessEnvironment.currentDirectory())/\(path)"
    }

    private var sizes: Sizes {
        var sizes = Sizes()
        sizes.rounds = rounds
        sizes.rows = rows
        sizes.followed = followed
        sizes.seconds = seconds
        return sizes
    }

    fileprivate static var measuresHelp: String {
        let widest = Measures.all.map(\.name.count).max() ?? 0
        return Measures.all.map { measure in
            let gap = String(repeating: " ", count: widest - measure.name.count)
            return "  \(measure.name)\(gap)  \(measure.summary)"
        }.joined(separator: "\n")
    }
}
