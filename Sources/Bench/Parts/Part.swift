private import FoundationEssentials
internal import JSON

/// What a process of its own does in a measurement, as told by its arguments.
package enum Part: Sendable, Hashable {
    /// Stores jobs one by one until `seconds` have passed; reports the wait for each.
    case write(database: String, number: Int, seconds: Int, report: String)
    /// The same as a loop in C with SQLite's own back-off.
    case writeInC(database: String, number: Int, seconds: Int, report: String)
    /// Claims a job after each datagram, as a loop in C; reports when.
    case claimInC(database: String, bell: String, count: Int, report: String)
    /// Reads lists and single jobs until it is ended.
    case read(database: String)
    /// Takes tokens of the shared budget as fast as it gets them until it is ended, and notes when
    /// it got each.
    case spend(database: String, log: String)

    /// The word of the command that plays parts.
    package static let command = "bench-part"
    /// What it prints when it is ready to begin.
    package static let ready = "ready"

    /// The arguments of the command.
    package var words: [String] {
        switch self {
        case .write(let database, let number, let seconds, let report):
            ["write", database, "\(number)", "\(seconds)", report]
        case .writeInC(let database, let number, let seconds, let report):
            ["write-in-c", database, "\(number)", "\(seconds)", report]
        case .claimInC(let database, let bell, let count, let report):
            ["claim-in-c", database, bell, "\(count)", report]
        case .read(let database): ["read", database]
        case .spend(let database, let log): ["spend", database, log]
        }
    }

    /// The part that these arguments ask for; nil when they ask for none.
    package init?(words: [String]) {
        func number(_ index: Int) -> Int? { Int(words[index]) }
        switch (words.first, words.count) {
        case ("write", 5), ("write-in-c", 5):
            guard let part = number(2), let seconds = number(3) else { return nil }
            self =
                words[0] == "write"
                ? .write(database: words[1], number: part, seconds: seconds, report: words[4])
                : .writeInC(database: words[1], number: part, seconds: seconds, report: words[4])
        case ("claim-in-c", 5):
            guard let count = number(3) else { return nil }
            self = .claimInC(
                database: words[1], bell: words[2], count: count, report: words[4])
        case ("read", 2): self = .read(database: words[1])
        case ("spend", 3): self = .spend(database: words[1], log: words[2])
        default: return nil
        }
    }

    /// Plays the part.
    ///
    /// - Parameter start: says that it is ready, and waits for the word to begin.
    package func play(start: () async throws -> Void) async throws {
        switch self {
        case .write(let database, let number, let seconds, let report):
            let part = try WritingPart(database: database, number: number)
            try await start()
            try Self.write(try await part.write(for: .seconds(seconds)), to: report)
        case .writeInC(let database, let number, let seconds, let report):
            try await start()
            try Self.write(
                try Baseline.write(number: number, for: .seconds(seconds), path: database),
                to: report)
        case .claimInC(let database, let bell, let count, let report):
            let listener = try Baseline.listen(bell)
            try await start()
            let moments = try Baseline.claim(count, onRingsAt: listener, path: database)
            try Self.write(["claimed_ns": .array(moments.map { .int($0) })], to: report)
        case .read(let database):
            let part = try ReadingPart(database: database)
            try await start()
            try await part.read()
        case .spend(let database, let log):
            let part = try SpendingPart(database: database, log: log)
            try await start()
            try await part.spend()
        }
    }

    private static func write(_ waits: WritingPart.Waits, to path: String) throws {
        try write(
            [
                "waits_ns": .array(waits.waits.map { .int($0.nanoseconds) }),
                "busy": .int(waits.busy),
            ], to: path)
    }

    private static func write(_ report: JSONValue, to path: String) throws {
        do {
            try report.serialized().write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw BenchError("The report \(path) cannot be written.")
        }
    }

    /// The report of a part that has ended.
    static func report(_ path: String) throws -> JSONValue {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            // Both mean that the part did not come to its end.
            let value = try? JSONValue(parsing: text)
        else { throw BenchError("A part of the measurement left no report at \(path).") }
        return value
    }
}
