/// Komodo Core's texts, sorted by what they prove.
///
/// Nearly every failure of Core is a 500 or a log line, so its words decide. They were read in the
/// sources of 1.19.5, 2.0.0 and 2.3.2 and are compared in lower case, without markup.
package enum CoreTexts {
    /// What a text proves about an operation.
    package enum Meaning: Sendable, Hashable {
        case busy, peripheryUnreachable, interrupted, cancelled, notFound, forbidden, invalid
        case databaseUnavailable, unknown
    }

    /// A stage of an update's log that tells how the run ended.
    private static let cancelledStages = ["build cancelled"]
    private static let interruptedStages = ["komodo shutdown"]

    private static let table: [(Meaning, [String])] = [
        (.databaseUnavailable, ["failed to query db"]),
        (.busy, ["resource is busy", "already in progress..."]),
        (
            .cancelled,
            [
                "procedure cancelled before completion",
                "command cancelled (process group killed)",
            ]
        ),
        (.interrupted, ["timed out waiting for message.", "failed at request to periphery"]),
        (
            .peripheryUnreachable,
            [
                "is not connected", "not currently connected", "no connection found for server",
                "failed to send request over channel",
                "cannot send command when server is unreachable or disabled",
            ]
        ),
        (
            .notFound,
            ["did not find any", "no tag found matching", "no update exists with given id"]
        ),
        (.forbidden, ["does not have required permissions", "required permissions", "admin only"]),
        (
            .invalid,
            [
                "with empty name / id", "server not enabled", "must attach builder",
                "repo has no server attached", "must attach either swarm or server",
                "should not be called for", "no build in progress",
                "build has already been cancelled", "build is not building",
            ]
        ),
    ]

    /// What `text` proves, by the first entry that it contains.
    package static func meaning(of text: String) -> Meaning {
        let lowered = text.lowercased()
        for (meaning, phrases) in table where phrases.contains(where: lowered.contains) {
            return meaning
        }
        return .unknown
    }

    /// What the name of a log stage proves.
    package static func meaning(ofStage stage: String) -> Meaning {
        let lowered = stage.lowercased()
        if interruptedStages.contains(lowered) { return .interrupted }
        if cancelledStages.contains(lowered) { return .cancelled }
        return .unknown
    }

    /// How a completed update ended.
    ///
    /// - Parameters:
    ///   - success: the update's own flag, which is only meaningful once it is complete.
    ///   - failures: the failed entries of its log in order, as stage and plain text.
    ///   - stages: the names of all stages, for some endings are told by a name alone.
    package static func outcome(
        success: Bool, failures: [(stage: String, text: String)], stages: [String]
    ) -> RemoteOutcome {
        if success { return .succeeded }
        let message = failureMessage(failures)
        let meanings = stages.map { meaning(ofStage: $0) } + failures.map { meaning(of: $0.text) }
        if meanings.contains(.interrupted) {
            return .interrupted(
                JobError(
                    .executionError,
                    "Komodo or its agent went away during the run; it may have finished all the "
                        + "same. \(message)"))
        }
        if meanings.contains(.cancelled) { return .cancelled(JobError(.executionError, message)) }
        // Only the error of the task itself proves that nothing ran: the same words can be part of
        // the output of a command that did.
        if let taskError = failures.first(where: { isTaskError($0.stage) }), failures.count == 1 {
            switch meaning(of: taskError.text) {
            case .busy: return .busy(JobError(.conflict, message))
            case .peripheryUnreachable: return .notStarted(JobError(.serverError, message))
            case .forbidden: return .failed(JobError(.authorizationError, message))
            case .notFound: return .failed(JobError(.notFound, message))
            case .interrupted, .cancelled, .invalid, .databaseUnavailable, .unknown: break
            }
        }
        return .failed(JobError(.executionError, message))
    }

    /// The longest part of a failure's text that its error quotes, in characters.
    private static let quoteLengthMax = 600

    private static func isTaskError(_ stage: String) -> Bool {
        stage.lowercased() == "task error"
    }

    private static func failureMessage(_ failures: [(stage: String, text: String)]) -> String {
        guard let last = failures.last else {
            return "Komodo reports a failure without a reason."
        }
        let text = last.text.split(separator: "\n", omittingEmptySubsequences: true)
            .prefix(3).joined(separator: " ")
        guard !text.isEmpty else { return "\(last.stage) failed." }
        let isShort = text.count <= quoteLengthMax
        return "\(last.stage): \(isShort ? text : text.prefix(quoteLengthMax - 1) + "…")"
    }
}
