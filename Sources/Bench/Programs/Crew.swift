private import FoundationEssentials
private import Glibc
internal import JSON
private import Synchronization

/// The programs that were started for a measure.
final class Crew: Sendable {
    private let folder: String
    private let launcher: any Launcher
    private let members = Mutex<[Member]>([])

    init(folder: String, launcher: any Launcher) {
        self.folder = folder
        self.launcher = launcher
    }

    /// The path of this program.
    var program: String { get throws { try launcher.program } }

    /// One of the programs.
    struct Member: Sendable {
        let program: any LaunchedProgram
        /// What it prints goes to this file.
        let output: String

        /// What it has printed so far.
        var printed: String {
            // A file that is not there yet has no text.
            (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        }
    }

    /// Starts a worker of ours, or a ``Part``.
    func start(_ words: [String], environment: [String: String] = [:]) throws -> Member {
        try members.withLock { members in
            let output = "\(folder)/program-\(members.count + 1).log"
            let program = try launcher.start(words, environment: environment, output: output)
            let member = Member(program: program, output: output)
            members.append(member)
            return member
        }
    }

    /// Starts a part and waits until it could begin.
    func startPart(_ part: Part) async throws -> Member {
        let member = try start([Part.command] + part.words)
        try await wait("a part of the measurement is ready", for: member) {
            member.printed.contains(Part.ready)
        }
        return member
    }

    /// Waits for the end of a part, which cancellation brings about.
    ///
    /// - Throws: ``BenchError`` with what it printed, when it failed.
    func end(of member: Member) async throws {
        let outcome = await withTaskCancellationHandler {
            await member.program.end()
        } onCancel: {
            member.program.send(SIGKILL)
        }
        try Task.checkCancellation()
        guard outcome == 0 else { throw Self.failure(member, outcome) }
    }

    /// Looks until the condition holds, while the program lives.
    ///
    /// - Throws: ``BenchError`` that names the condition, when that takes too long.
    func wait(
        _ condition: String, for member: Member? = nil,
        until holds: () async throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.waitMax
        while try await !holds() {
            if let member, let outcome = member.program.outcome {
                throw Self.failure(member, outcome)
            }
            guard clock.now < end else {
                throw BenchError(
                    "Waited \(Self.waitMax.components.seconds) s in vain until \(condition).")
            }
            try await clock.sleep(for: Self.lookPause)
        }
    }

    /// Kills all that live, and waits until they are gone.
    func dismiss() async {
        for member in members.withLock({ $0 }) {
            member.program.send(SIGKILL)
            _ = await member.program.end()
        }
    }

    private static let waitMax: Duration = .seconds(300)
    private static let lookPause: Duration = .milliseconds(2)
    /// The end of what a program printed that is told of its failure.
    private static let printedMax = 500

    private static func failure(_ member: Member, _ outcome: Int32) -> BenchError {
        let printed = member.printed.suffix(printedMax)
        return BenchError(
            "A program that was started for the measurement ended with \(outcome)"
                + (printed.isEmpty ? "." : ": \(printed)"))
    }
}
