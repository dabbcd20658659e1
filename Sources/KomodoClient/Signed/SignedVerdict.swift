internal import JSON
internal import Jobs

/// How a run stands of which nothing but the state of its resource tells: one on a server or a
/// repository.
///
/// A state never says whose doing it is, so that only what was seen to happen since the run was
/// accepted counts as its end.
struct SignedVerdict: Sendable {
    let run: RemoteRun
    let runs: SignedRuns
    let sighting: SignedSighting
    let grace: SignedGrace

    /// How the run ended; nil while it may go on.
    var outcome: RemoteOutcome? {
        guard sighting.restsSince != nil else { return nil }
        if SignedStatus.meaning(ofRun: runs.word) == .failed { return failure }
        if isReached { return .succeeded }
        return sighting.restTime >= grace.movement ? lostTrack : nil
    }

    private var hasChanged: Bool { runs.hasChanged(since: run.watermark) }

    /// Whether the resource is where the operation leads, and got there since it was accepted as far
    /// as that can be told.
    private var isReached: Bool {
        guard let goal = SignedStatus.goal(of: run.operation) else {
            return runs.syncedAt.map { moment in
                run.watermark.map { moment > $0 } ?? true
            } ?? false
        }
        guard runs.word?.lowercased() == goal else { return false }
        let hasSettled = sighting.restTime >= grace.settling
        // A server that is to be restarted is there from the beginning: it has to have been away, or
        // to have changed and then stayed.
        guard run.operation == .restartServer else { return hasChanged || hasSettled }
        return sighting.hasBeenAway || (hasChanged && hasSettled)
    }

    /// What a state of failure proves.
    private var failure: RemoteOutcome? {
        if sighting.hasBeenAtWork, hasChanged {
            return .failed(
                JobError(
                    .executionError, "Komodo shows \(subject) as \(state) after the operation."))
        }
        if hasChanged, sighting.restTime >= grace.trace {
            return .interrupted(
                JobError(
                    .executionError,
                    "Komodo shows \(subject) as \(state) since the operation, and nothing tells "
                        + "whether that was this run."))
        }
        return sighting.restTime >= grace.movement ? lostTrack : nil
    }

    /// Nothing has happened for so long that there is nothing to wait for any more.
    private var lostTrack: RemoteOutcome {
        let time = "\(Int(grace.movement.inSeconds)) s"
        guard hasChanged || sighting.hasBeenAtWork else {
            return .unknown(
                JobError(
                    .outcomeUnknown,
                    "Komodo accepted it, but \(subject) has not moved for \(time) and is \(state): "
                        + "check it, then use 'resolve --retry' or 'resolve --fail'."))
        }
        return .interrupted(
            JobError(
                .executionError,
                "Something happened to \(subject) after Komodo accepted it, but it has rested as "
                    + "\(state) for \(time), which is not where the operation leads."))
    }

    private var subject: String {
        "the \(run.target.type.word) '\(Quote.word(run.target.name))'"
    }

    private var state: String { "'\(Quote.word(runs.word ?? "unknown"))'" }

    /// What was seen, to be kept with the job.
    var facts: JSONObject {
        var facts = JSONObject()
        if let word = runs.word { facts["target_status"] = .string(Quote.word(word)) }
        facts["target_changed_at"] = runs.changedAt.map { .string($0.iso8601Seconds) }
        facts["target_changed_before"] = run.watermark.map { .string($0.iso8601Seconds) }
        return facts
    }
}
