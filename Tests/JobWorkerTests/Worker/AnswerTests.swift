import Intake
import JSON
import JobStore
import Jobs
import KomodoSimulator
import Testing

/// What comes of answers that Komodo, or something before it, should not give.
@Suite(.timeLimit(.minutes(5)))
struct AnswerTests {
    /// One peculiar answer to a submission.
    struct Case: Sendable {
        let name: String
        let action: FaultAction
        let end: JobState
        /// What Komodo accepted in the end.
        let executions: Int
        /// A word that the history has.
        let reason: String
        /// What the stored evidence contains.
        let evidence: String
    }

    private static func huge() -> FaultAction {
        var action = FaultAction(.huge)
        action.bytes = 9 << 20
        return action
    }

    private static func malformed(_ body: String) -> FaultAction {
        var action = FaultAction(.malformed)
        action.body = body
        return action
    }

    private static func core(_ status: Int, _ text: String) -> FaultAction {
        .status(status, body: #"{"error":"\#(text)","trace":[]}"#)
    }

    static let cases: [Case] = [
        Case(
            name: "a gateway's page", action: FaultAction(.html), end: .success, executions: 1,
            reason: "never_started", evidence: "502"),
        Case(
            name: "an unknown fault", action: core(500, "the hamster is tired"), end: .success,
            executions: 1, reason: "never_started", evidence: "hamster"),
        Case(
            name: "unavailable", action: .status(503, body: "starting"), end: .success,
            executions: 1, reason: "never_started", evidence: "starting"),
        Case(
            name: "a huge answer", action: huge(), end: .success, executions: 1,
            reason: "evidence_found", evidence: "longer than"),
        Case(
            name: "half an answer", action: FaultAction(.truncate), end: .success, executions: 1,
            reason: "evidence_found", evidence: "broke"),
        Case(
            name: "broken JSON", action: FaultAction(.malformed), end: .success, executions: 1,
            reason: "evidence_found", evidence: "not with an update"),
        Case(
            name: "another document", action: malformed("[1,2,3]"), end: .success, executions: 1,
            reason: "evidence_found", evidence: "[1,2,3]"),
        Case(
            name: "bytes that are no text", action: malformed("\u{0}\u{1}\u{FFFD}"),
            end: .success, executions: 1, reason: "evidence_found", evidence: "200"),
        Case(
            name: "a slow answer", action: FaultAction(.slowBody), end: .success, executions: 1,
            reason: "", evidence: ""),
        Case(
            name: "a database that is down", action: FaultAction(.databaseDown), end: .success,
            executions: 1, reason: "unavailable", evidence: "Failed to query db"),
        Case(
            name: "busy", action: core(409, "already running"), end: .success, executions: 1,
            reason: "busy", evidence: "already running"),
        Case(
            name: "a failure without an update",
            action: malformed(#"{"success":false,"status":"failed","error":"disk is full"}"#),
            end: .failed(.remoteFailed), executions: 1, reason: "remote_failed",
            evidence: "disk is full"),
        Case(
            name: "a bad request", action: core(400, "no"), end: .failed(.rejected),
            executions: 0, reason: "rejected", evidence: "no"),
        Case(
            name: "forbidden", action: core(403, "admin only"), end: .failed(.rejected),
            executions: 0, reason: "rejected", evidence: "admin only"),
        Case(
            name: "not found", action: core(404, "gone"), end: .failed(.rejected), executions: 0,
            reason: "rejected", evidence: "gone"),
        Case(
            name: "unprocessable", action: core(422, "unknown field"), end: .failed(.rejected),
            executions: 0, reason: "rejected", evidence: "unknown field"),
        Case(
            name: "a missing target", action: core(500, "Did not find any Deployment"),
            end: .failed(.rejected), executions: 0, reason: "rejected",
            evidence: "Did not find any"),
        Case(
            name: "a redirect",
            action: .status(302, headers: ["Location": "http://example.invalid/"]),
            end: .failed(.rejected), executions: 0, reason: "rejected", evidence: "redirect"),
    ]

    /// Each case has a target of its own, so that all are under way at once.
    @Test
    func everyAnswerLeadsToAnEndWithItsEvidence() async throws {
        let targets = Self.cases.indices.map { "app-\(String(10_000 + $0 + 1).dropFirst())" }
        var plan = Bench.Plan()
        plan.extraDeployments = Self.cases.count
        plan.faults = FaultScript(
            rules: zip(Self.cases, targets).map { one, target in
                FaultRule(
                    path: "/execute", type: "Deploy", target: target, times: 1, action: one.action)
            })
        try await Bench.with(plan) { bench in
            var jobs: [JobRecord] = []
            for target in targets { jobs.append(try await bench.enqueue(.deploy, target)) }
            try await bench.withWorker { _ in
                for (one, job) in zip(Self.cases, jobs) {
                    let ended = try await bench.expect(job, endsAs: one.end, one.name)
                    #expect(bench.submissions(job) == one.executions, "\(one.name)")
                    let events = try await bench.store.events(EventQuery(job.row)).events
                    let reasons = events.map(\.reason)
                    #expect(one.reason.isEmpty || reasons.contains(one.reason), "\(one.name)")
                    let evidence = events.compactMap(\.detail) + [ended.error?.message ?? ""]
                    let seen = evidence.joined(separator: "\n")
                    // The error of a success is gone; what came instead of an answer stays.
                    let isShown =
                        one.evidence.isEmpty || seen.contains(one.evidence)
                        || (ended.state == .success && reasons.contains("answer_lost"))
                    #expect(isShown, "\(one.name): \(seen)")
                }
            }
        }
    }

    @Test
    func unusableAnswersToPollsAndReadsDelayTheEndAtMost() async throws {
        let actions: [FaultAction] = [
            FaultAction(.html), FaultAction(.malformed), FaultAction(.truncate), Self.huge(),
            FaultAction(.dropBefore), FaultAction(.resetAfter), Self.core(500, "hamster"),
            Self.malformed("[]"), Self.malformed("{}"), Self.malformed(#"{"updates":[1,null]}"#),
        ]
        let rules = ["ListUpdates", "GetUpdate"].flatMap { type in
            actions.map { FaultRule(type: type, times: 1, action: $0) }
        }
        try await Bench.with(rules: rules) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "slow")
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
                #expect(try await !bench.store.logs(of: job.row).isEmpty)
            }
        }
    }

    @Test
    func aRefusedKeyStopsEverythingUntilItWorksAgain() async throws {
        let rule = FaultRule(
            path: "/execute", times: 1, action: Self.core(401, "Invalid user credentials"))
        try await Bench.with(rules: [rule]) { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.deploy, "web")
                let held = try await bench.wait(for: job, in: .pending(.held))
                #expect(held.error?.code == .authenticationError)
                #expect(held.attempt == 0)
                let credential = try await bench.store.credential(
                    instance: Bench.instance, keyFingerprint: Bench.keyFingerprint)
                #expect(credential?.refusedUntil != nil)
                let asked = bench.simulator.ledger.requestCount
                let result = try await bench.intake(asksKomodo: false).take(
                    bench.request(.deploy, "api"))
                let other = try #require(result.job)
                try await worker.passes(4)
                bench.clock.advance(by: .seconds(20))
                try await worker.passes(4)
                #expect(bench.simulator.ledger.requestCount == asked)
                #expect(try await bench.current(other).state == .pending(.queued))
                bench.clock.advance(by: .seconds(11))
                try await bench.expect(job, endsAs: .success)
                try await bench.expect(other, endsAs: .success)
                // One of them tried the key, the other waited for that.
                for waiting in [job, other] {
                    let history = try await bench.history(waiting)
                    #expect(history.filter { $0 == "key_refused" }.count <= 1)
                }
                let after = try await bench.store.credential(
                    instance: Bench.instance, keyFingerprint: Bench.keyFingerprint)
                #expect(after?.refusedUntil == nil)
            }
        }
    }

    @Test(arguments: [429, 503])
    func aRequestForPatienceIsObeyed(_ status: Int) async throws {
        let action = FaultAction.status(
            status, body: "slow down", headers: ["Retry-After": "2"])
        let rule = FaultRule(path: "/execute", times: 1, action: action)
        let (history, times) = try await Bench.with(rules: [rule]) { bench in
            let job = try await bench.enqueue(.deploy, "web")
            _ = try await bench.withWorker { _ in try await bench.expect(job, endsAs: .success) }
            #expect(bench.submissions(job) == 1)
            let requests = bench.simulator.ledger.requests
            let first = try #require(requests.first { $0.type == "Deploy" }?.time)
            return (try await bench.history(job), requests.map { $0.time - first })
        }
        let next = try #require(times.filter { $0 > 100 }.min())
        #expect(next >= 1_900)
        #expect(history.contains(status == 429 ? "throttled" : "never_started"))
    }
}
