internal import ArgumentParser
private import Bootstrap
private import FoundationEssentials
internal import Jobs

/// A duration as people write it: `500ms`, `30s`, `5m`, `1h`, `2d`.
struct DurationArgument: ExpressibleByArgument, Sendable {
    let duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.parse(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}

/// A moment: RFC 3339, or a duration from now (or before now, where the past is meant).
struct MomentArgument: ExpressibleByArgument, Sendable {
    private enum Form { case absolute(Timestamp), relative(Duration) }
    private let form: Form

    init?(argument: String) {
        if let duration = DurationText.parse(argument) {
            form = .relative(duration)
        } else if let date = Self.date(argument) {
            form = .absolute(
                Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded())))
        } else {
            return nil
        }
    }

    /// The moment so long after `now`.
    func after(_ now: Timestamp) -> Timestamp {
        switch form {
        case .absolute(let moment): moment
        case .relative(let duration): now + duration
        }
    }

    /// The moment so long before `now`.
    func before(_ now: Timestamp) -> Timestamp {
        switch form {
        case .absolute(let moment): moment
        case .relative(let duration): now - duration
        }
    }

    private static func date(_ text: String) -> Date? {
        // Either form of the standard will do; a text that is neither is refused.
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(
            text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension JobStatus: ExpressibleByArgument {}

/// Statuses separated by commas.
struct StatusesArgument: ExpressibleByArgument, Sendable {
    let statuses: Set<JobStatus>

    init?(argument: String) {
        let words = argument.split(separator: ",").map { $0.lowercased() }
        let statuses = words.compactMap { JobStatus(rawValue: $0) }
        guard !words.isEmpty, statuses.count == words.count else { return nil }
        self.statuses = Set(statuses)
    }

    static let allValueStrings = JobStatus.allCases.map(\.rawValue)
}

/// An operation by its name or alias.
enum OperationArgument {
    /// Finds the operation.
    ///
    /// - Throws: ``CommandError`` with exit code 2 that names the valid ones.
    static func find(_ word: String) throws(CommandError) -> JobOperation {
        if let operation = JobOperation(word: word) { return operation }
        let names = JobOperation.allCases.map(\.rawValue)
        let question = NearestNames.question(nearest(word).map { [$0] } ?? [])
        throw CommandError(
            .usage,
            "There is no operation '\(word)'.\(question) The operations are:\n"
                + names.joined(separator: " "))
    }

    private static func nearest(_ word: String) -> String? {
        let words = JobOperation.allCases.flatMap { [$0.rawValue] + $0.spec.aliases }
        return NearestNames.nearest(to: word, among: words).first
    }
}

/// What stands for a job.
let jobHelp: ArgumentHelp =
    "The job: its id, its beginning, or at least 6 characters of its ending."

/// What stands for several.
let jobsHelp: ArgumentHelp = """
    The jobs: their ids, their beginnings, or at least 6 characters of their endings.
    """
