import JSON
import Jobs
import Testing

@testable import KomodoClient

/// What the states of servers and repositories prove about a run.
@Suite struct SignedVerdictTests {
    private static let watermark = Timestamp(milliseconds: 1_769_421_600_000)
    private static let grace = SignedGrace(base: .seconds(30))
    private static let before = "2026-01-26T10:00:00Z"
    private static let after = "2026-01-26T10:00:07Z"

    /// One read, so many seconds after the run was accepted.
    struct Look: Sendable {
        let seconds: Int
        let word: String
        var changedAt = SignedVerdictTests.before
        var syncedAt: String?
        var fails = false

        init(
            _ seconds: Int, _ word: String, changed: Bool = false, synced: Bool = false,
            fails: Bool = false
        ) {
            self.seconds = seconds
            self.word = word
            if changed { changedAt = SignedVerdictTests.after }
            syncedAt = synced ? SignedVerdictTests.after : nil
            self.fails = fails
        }
    }

    /// What is known after these looks.
    private static func outcome(_ operation: JobOperation, _ looks: [Look]) -> RemoteOutcome? {
        let target = Target(type: operation.spec.targetType, id: "x", name: "x")
        let run = RemoteRun(
            id: nil, operation: operation, target: target, acceptedAt: watermark,
            watermark: watermark)
        var memory = SignedMemory()
        var outcome: RemoteOutcome?
        for look in looks {
            guard !look.fails else {
                memory.interrupt([run])
                continue
            }
            var document: JSONObject = [
                "id": "x", "status": .string(look.word), "updatedAt": .string(look.changedAt),
            ]
            if let synced = look.syncedAt { document["last_sync"] = .string(synced) }
            let runs = SignedRuns(.object(document), target.type, at: nil)
            let sighting = memory.see(
                run, runs.word, isAtWork: runs.isBusy, at: .seconds(look.seconds))
            outcome =
                SignedVerdict(run: run, runs: runs, sighting: sighting, grace: grace).outcome
        }
        return outcome
    }

    private static func kind(_ outcome: RemoteOutcome?) -> String { outcome?.word ?? "none" }

    private static func steady(_ word: String, until end: Int, changed: Bool = false) -> [Look] {
        stride(from: 0, through: end, by: 5).map { Look($0, word, changed: changed) }
    }

    @Test(arguments: [
        // Where it is to be from the beginning: that proves nothing about a restart.
        (JobOperation.restartServer, steady("running", until: 595), "none"),
        (.restartServer, steady("running", until: 600), "unknown"),
        // Away and back.
        (.restartServer, [Look(1, "restarting"), Look(3, "running")], "succeeded"),
        (.restartServer, [Look(1, "stopped"), Look(3, "running")], "succeeded"),
        (.restartServer, [Look(1, "restarting")], "none"),
        // Changed, and then stayed.
        (.restartServer, [Look(1, "running", changed: true)], "none"),
        (.restartServer, steady("running", until: 10, changed: true), "succeeded"),
        // Whoever wants it started has it.
        (.startServer, [Look(1, "running", changed: true)], "succeeded"),
        (.startServer, [Look(1, "running")], "none"),
        (.startServer, steady("running", until: 10), "succeeded"),
        (.stopServer, [Look(1, "stopping"), Look(5, "stopped", changed: true)], "succeeded"),
        (.stopServer, steady("running", until: 595), "none"),
        (.stopServer, steady("running", until: 600), "unknown"),
        (.stopServer, steady("running", until: 600, changed: true), "interrupted"),
        // Repositories.
        (.pullRepo, [Look(1, "connected", changed: true, synced: true)], "succeeded"),
        (.pullRepo, steady("connected", until: 595), "none"),
        (.pullRepo, steady("connected", until: 600), "unknown"),
        (.cloneRepo, steady("connected", until: 600, changed: true), "interrupted"),
    ])
    func onlyWhatHappenedSinceCounts(
        _ operation: JobOperation, _ looks: [Look], _ expected: String
    ) {
        #expect(Self.kind(Self.outcome(operation, looks)) == expected)
    }

    @Test(arguments: [JobOperation.startServer, .restartServer, .pullRepo])
    func aStateOfFailureIsOursOnlyWhenItWasSeenToCome(_ operation: JobOperation) {
        let seen = [Look(1, "pending", changed: true), Look(3, "error", changed: true)]
        let isSeen = operation.spec.targetType == .server
        let busy = isSeen ? seen : [Look(1, "pulling"), Look(3, "error", changed: true)]
        #expect(Self.kind(Self.outcome(operation, busy)) == "failed")
        // It may have failed before, or for another reason.
        #expect(Self.outcome(operation, [Look(1, "error", changed: true)]) == nil)
        #expect(
            Self.kind(Self.outcome(operation, Self.steady("error", until: 60, changed: true)))
                == "interrupted")
        #expect(Self.outcome(operation, Self.steady("error", until: 595)) == nil)
        #expect(Self.kind(Self.outcome(operation, Self.steady("error", until: 600))) == "unknown")
    }

    @Test func aReadThatFailsBeginsTheWaitAnew() {
        var looks = Self.steady("running", until: 590)
        looks += [Look(595, "", fails: true)]
        looks += stride(from: 600, through: 1_195, by: 5).map { Look($0, "running") }
        #expect(Self.outcome(.restartServer, looks) == nil)
        looks.append(Look(1_200, "running"))
        #expect(Self.kind(Self.outcome(.restartServer, looks)) == "unknown")
    }

    @Test func aWorkerThatSleptHasSeenNothingMeanwhile() {
        let looks = [Look(0, "running"), Look(5_000, "running")]
        #expect(Self.outcome(.restartServer, looks) == nil)
    }

    @Test func theEvidenceIsKept() {
        let target = Target(type: .server, id: "x", name: "x")
        let run = RemoteRun(
            id: nil, operation: .stopServer, target: target, acceptedAt: Self.watermark,
            watermark: Self.watermark)
        let runs = SignedRuns(
            ["status": "error", "updatedAt": .string(Self.after)], .server, at: nil)
        let facts = SignedVerdict(
            run: run, runs: runs, sighting: SignedSighting(at: .zero), grace: Self.grace
        ).facts
        #expect(
            JSONValue.object(facts) == [
                "target_status": "error", "target_changed_at": .string(Self.after),
                "target_changed_before": .string(Self.before),
            ])
    }

    @Test func whatStaysPendingIsNotAboutToBegin() {
        var memory = SignedMemory()
        let target = Target(type: .server, id: "x", name: "x")
        let moment = Timestamp(milliseconds: 5)
        #expect(memory.pendingTime(target, changedAt: moment, at: .seconds(10)) == .zero)
        #expect(memory.pendingTime(target, changedAt: moment, at: .seconds(70)) == .seconds(60))
        // It moved, or was something else meanwhile.
        #expect(memory.pendingTime(target, changedAt: nil, at: .seconds(80)) == .zero)
        memory.isNotPending(target)
        #expect(memory.pendingTime(target, changedAt: nil, at: .seconds(99)) == .zero)
    }
}
