internal import JSON
internal import JobStore
internal import Jobs
internal import Redaction

/// What a finished job's log tells in a few fields.
struct LogDigest: Sendable, Hashable {
    /// The names of the stages as they were logged, in order.
    let steps: [String]
    let stepsCompleted: Int
    let stepsFailed: Int
    /// The first stage that failed.
    let failedStep: String?
    /// The end of what the failed stage wrote, or else the last one.
    let output: String

    /// The most stages that are named, and the longest name in characters.
    private static let stepsMax = 50
    private static let stepMax = 100

    /// Names of stages for a result: few enough, short and without markup.
    static func json(_ steps: [String]) -> JSONValue {
        .array(steps.prefix(stepsMax).map { .string(BoundedText.line($0, max: stepMax)) })
    }

    /// The digest of the last attempt of `logs`; nil without any.
    init?(_ logs: [LogEntry]) {
        guard let attempt = logs.map(\.attempt).max() else { return nil }
        let stages = logs.filter { $0.attempt == attempt }
        steps = stages.prefix(Self.stepsMax).map(\.stage)
        stepsFailed = stages.count { !$0.success }
        stepsCompleted = stages.count - stepsFailed
        let failed = stages.first { !$0.success }
        failedStep = failed.map { BoundedText.line($0.stage, max: Self.stepMax) }
        let quoted = failed ?? stages.last { !$0.stdout.isEmpty || !$0.stderr.isEmpty }
        let texts = [quoted?.stdout, quoted?.stderr].compactMap { $0 }.filter { !$0.isEmpty }
        output = BoundedText.tail(KeyRemains.mask(texts.joined(separator: "\n")))
    }
}
