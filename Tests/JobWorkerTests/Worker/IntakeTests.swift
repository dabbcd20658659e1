import Intake
import JSON
import JobStore
import Jobs
import KomodoSimulator
import Testing

/// From a request to a job, with and without Komodo.
@Suite(.timeLimit(.minutes(5)))
struct IntakeTests {
    @Test
    func anUnknownTargetIsRefusedWithTheNearestNames() async throws {
        try await Bench.with { bench in
            let error = await #expect(throws: IntakeError.self) {
                try await bench.intake().take(bench.request(.deploy, "wep"))
            }
            #expect(error?.error.code == .notFound)
            #expect(error?.suggestions.contains("web") == true)
            #expect(error.map { "\($0)" }?.contains("Did you mean") == true)
            let stored = try await bench.store.jobs(JobQuery()).jobs
            #expect(stored.isEmpty)
        }
    }

    @Test
    func aNameAndItsIDMeanTheSameTarget() async throws {
        try await Bench.with { bench in
            let byName = try await bench.enqueue(.deploy, "web")
            let id = try #require(byName.target.id)
            let byID = try await bench.enqueue(.deploy, id)
            #expect(byID.target == byName.target)
            #expect(byID.lane == byName.lane)
        }
    }

    @Test
    func whatKomodoCannotBeAskedIsResolvedLater() async throws {
        try await Bench.with { bench in
            bench.simulator.restart(down: .seconds(8))
            let known = try await bench.enqueue(.deploy, "web")
            let unknown = try await bench.enqueue(.deploy, "wep")
            #expect(known.target.id == nil && known.lane?.hasSuffix("name:web") == true)
            try await bench.withWorker { _ in
                let ended = try await bench.expect(known, endsAs: .success)
                #expect(ended.target.id != nil && ended.lane != nil)
                #expect(bench.submissions(known) == 1)
                let refused = try await bench.expect(unknown, endsAs: .failed(.rejected))
                #expect(refused.error?.code == .notFound)
                #expect(refused.attempt == 0)
            }
        }
    }

    @Test
    func aTargetThatIsResolvedLateWaitsForItsLane() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let first = try await bench.enqueue(.deploy, "slow")
                _ = try await bench.wait(for: first, in: .running(.inProgress))
                let late = try await bench.intake(asksKomodo: false).take(
                    bench.request(.restartDeployment, "slow"))
                let second = try #require(late.job)
                let held = try await bench.wait(for: second) { $0.state == .pending(.held) }
                #expect(held.lane != nil && !held.holdsLane)
                try await bench.expect(first, endsAs: .success)
                let ended = try await bench.expect(second, endsAs: .success)
                #expect(ended.attempt == 1)
            }
        }
    }

    @Test
    func whatCannotBeHonouredIsRefused() async throws {
        try await Bench.with { bench in
            var health = bench.request(.build, "my-app")
            health.waitsForHealth = true
            let requests: [(NewJob, JobErrorCode)] = [
                (health, .unsupportedOption),
                (bench.request(.deploy, "web", ["nonsense": 1]), .unsupportedOption),
                (bench.request(.deploy, "web", ["stop_time": "soon"]), .validationError),
                (bench.request(.startContainer, "prod-1"), .validationError),
            ]
            for (request, code) in requests {
                let error = await #expect(throws: IntakeError.self) {
                    try await bench.intake().take(request)
                }
                #expect(error?.error.code == code)
            }
            let stored = try await bench.store.jobs(JobQuery()).jobs
            #expect(stored.isEmpty)
        }
    }

    @Test
    func anEqualRequestJoinsAndABusyTargetCanBeRefused() async throws {
        try await Bench.with { bench in
            var request = bench.request(.deploy, "slow")
            request.isNew = false
            try await bench.withWorker { _ in
                let first = try #require(try await bench.intake().take(request).job)
                let again = try await bench.intake().take(request)
                guard case .joined(let joined) = again else {
                    Issue.record("\(again)")
                    return
                }
                #expect(joined.row == first.row)
                _ = try await bench.wait(for: first) { $0.state.status == .running }
                var other = bench.request(.restartDeployment, "slow")
                other.onBusy = .fail
                let error = await #expect(throws: IntakeError.self) {
                    try await bench.intake().take(other)
                }
                #expect(error?.error.code == .conflict)
                try await bench.expect(first, endsAs: .success)
            }
        }
    }

    @Test
    func secretArgumentsReachKomodoAndNothingElse() async throws {
        try await Bench.with { bench in
            let arguments: JSONObject = [
                "args": ["password": "hunter2-hunter2", "note": "correct-horse-battery"]
            ]
            let job = try await bench.enqueue(.triggerAction, "report", arguments)
            #expect(job.arguments["args"]?.string == redactedArgument)
            #expect(try await bench.store.secrets(of: job.row) == arguments)
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                let sent = try #require(bench.simulator.ledger.submissions(of: "RunAction").first)
                #expect(sent.params["args"]?["password"]?.string == "hunter2-hunter2")
                #expect(try await bench.store.secrets(of: job.row).isEmpty)
                let logs = try await bench.store.logs(of: job.row)
                let events = try await bench.store.events(EventQuery(job.row)).events
                let everything = "\(ended) \(logs) \(events)"
                #expect(everything.contains("[redacted]"))
                #expect(!everything.contains("hunter2"))
                #expect(!everything.contains("correct-horse"))
                await #expect(throws: StoreError.self) {
                    try await bench.store.retry(job.row, by: Bench.caller)
                }
            }
        }
    }
}
