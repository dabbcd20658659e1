/// Calls and words that are never right in our code.
enum CodeRules {
    /// A banned text and where it is allowed all the same.
    struct Ban: Sendable {
        let text: String
        let reason: String
        /// Beginnings of the paths where it is allowed.
        var allowedIn: [String] = []
        /// Whether tests may use it.
        var allowedInTests = false
    }

    /// Files that may sleep: the effects around decisions, and clocks of tests.
    static let sleepers = [
        "Sources/Commands/Demo/", "Sources/Commands/Jobs/JobWaiter.swift",
        "Sources/Commands/Jobs/JobWatch.swift",
        "Sources/Commands/Worker/OnDemandCommand.swift",
        "Sources/KomodoClient/HTTP/Surroundings.swift", "Sources/KomodoSimulator/",
        "Tests/KomodoClientTests/Support/", "Tests/TestSupport/",
    ]

    /// The method that prints results calls itself.
    private static let printer = "Sources/Commands/Output/Printer.swift"
    /// Files that may name the standard descriptors: the one that writes there, those that open
    /// and inherit them, and the protocol's own transport.
    private static let writers = [
        "Sources/Commands/Output/Terminal.swift", "Sources/Commands/Entry.swift",
        "Sources/Commands/Worker/Detachment.swift", "Sources/MCP/Stdio/",
    ]
    /// What is printed there is the program's own text, or a secret that was asked for.
    private static let unmasked = [
        "Sources/Commands/Entry.swift", "Sources/Commands/Serve/TokensCommand.swift",
        "Sources/Commands/Simulator/SimulatorCommand.swift",
    ]

    static let bans = [
        Ban(text: "try!", reason: "handle the error", allowedInTests: true),
        Ban(text: "as!", reason: "handle the other type", allowedInTests: true),
        Ban(text: "fatalError", reason: "return an error", allowedInTests: true),
        Ban(text: "@unchecked Sendable", reason: "use a Mutex"),
        Ban(text: "nonisolated(unsafe)", reason: "use a Mutex"),
        Ban(text: "DispatchSemaphore", reason: "it blocks the cooperative pool"),
        Ban(text: "Bundle.module", reason: "it needs the build folder at run time"),
        Ban(text: "Thread.sleep", reason: "it blocks the cooperative pool"),
        Ban(
            text: "print(", reason: "Terminal writes, and masks what it writes",
            allowedIn: [printer], allowedInTests: true),
        Ban(
            text: "debugPrint(", reason: "Terminal writes, and masks what it writes",
            allowedInTests: true),
        Ban(
            text: "fputs(", reason: "Terminal writes, and masks what it writes",
            allowedInTests: true),
        Ban(
            text: "FileHandle", reason: "Terminal writes, and masks what it writes",
            allowedInTests: true),
        Ban(
            text: "STDOUT_FILENO", reason: "Terminal writes, and masks what it writes",
            allowedIn: writers, allowedInTests: true),
        Ban(
            text: "STDERR_FILENO", reason: "Terminal writes, and masks what it writes",
            allowedIn: writers + ["Sources/Bootstrap/LoggingBootstrap.swift"],
            allowedInTests: true),
        Ban(
            text: "StreamLogHandler", reason: "LoggingBootstrap masks what is logged",
            allowedIn: ["Sources/Commands/Simulator/"], allowedInTests: true),
        Ban(
            text: "Terminal.writeAsIs", reason: "it masks nothing", allowedIn: unmasked),
        Ban(text: "Terminal.writeAll", reason: "it masks nothing", allowedInTests: true),
        Ban(
            text: "OutputMask.lift", reason: "only --reveal asks for it",
            allowedIn: ["Sources/Commands/Options/RevealOptions.swift"], allowedInTests: true),
        Ban(text: "JSONSerialization", reason: "use JSONValue", allowedInTests: true),
    ]

    /// The banned texts in a file, each `try?` without a comment, and each sleep out of place.
    static func findings(path: String, code: CodeText) -> [Finding] {
        let bans = bans.filter { ban in
            !(ban.allowedInTests && path.hasPrefix("Tests/"))
                && !ban.allowedIn.contains { path.hasPrefix($0) }
        }
        return code.lines.enumerated().flatMap { number, line in
            var found = bans.filter { occurs($0.text, in: line) }
                .map { Finding(path: path, line: number + 1, message: "\($0.text): \($0.reason)") }
            if line.contains("Task.sleep"), !maySleep(number, path: path, in: code) {
                let message = "Task.sleep: take a clock, or wait for a condition"
                found.append(Finding(path: path, line: number + 1, message: message))
            }
            if path.hasPrefix("Sources/"), line.contains("try?"), !isExplained(number, in: code) {
                let message = "try? needs a comment that gives the reason"
                found.append(Finding(path: path, line: number + 1, message: message))
            }
            return found
        }
    }

    /// Whether a sleep is the default of one that callers can replace, or is part of a test's loop
    /// around a condition.
    private static func maySleep(_ number: Int, path: String, in code: CodeText) -> Bool {
        if code.lines[number].contains("Task.sleep(for: $0") { return true }
        if sleepers.contains(where: { path.hasPrefix($0) }) { return true }
        let above = code.lines[max(0, number - linesAboveMax)..<number]
        return path.hasPrefix("Tests/")
            && above.contains { $0.drop { $0 == " " }.hasPrefix("while ") }
    }

    /// How far above a `try?` its comment may stand, and above a sleep its loop.
    private static let linesAboveMax = 4

    private static func isExplained(_ number: Int, in code: CodeText) -> Bool {
        code.isCommented[max(0, number - linesAboveMax)...number].contains(true)
    }

    /// Whether `text` stands in `line` as a word of its own.
    private static func occurs(_ text: String, in line: String) -> Bool {
        line.ranges(of: text).contains { range in
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            return !(isWordEdge(text.first) && isWordEdge(before) || before == ".")
                && !(isWordEdge(text.last) && isWordEdge(after))
        }
    }

    private static func isWordEdge(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }
}
