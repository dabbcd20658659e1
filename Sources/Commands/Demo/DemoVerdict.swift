internal import JobStore
internal import Jobs
internal import KomodoSimulator

/// Compares what happened with what should have happened.
struct DemoVerdict: Sendable {
    let jobs: [JobRecord]
    let store: SQLiteJobStore
    /// What the simulated Komodo accepted.
    let ledger: SimulatorLedger
    /// The workers in the order in which they were started.
    let workers: [String]
    /// Whether the last worker left without an error.
    let isStopped: Bool

    /// What was found out about one job.
    struct Finding: Sendable {
        let expected: DemoJob
        let job: JobRecord
        /// How often Komodo accepted it.
        let executions: Int
        /// What is wrong; empty when all is well.
        let problems: [String]
    }

    /// What was found out about everything.
    struct Findings: Sendable {
        let jobs: [Finding]
        /// What is wrong beside single jobs.
        let problems: [String]
        /// How many jobs the second worker took over.
        let takenOver: Int

        /// Whether everything went as it should.
        var isGood: Bool { problems.isEmpty && jobs.allSatisfy(\.problems.isEmpty) }
    }

    /// Looks at every job, its history and what Komodo knows.
    func findings() async throws -> Findings {
        var found: [Finding] = []
        var takenOver = 0
        for (expected, job) in zip(DemoJob.all, jobs) {
            let events = try await store.events(EventQuery(job.row)).events
            if Set(events.compactMap(\.worker)).isSuperset(of: workers) { takenOver += 1 }
            found.append(finding(expected, job, events))
        }
        return Findings(
            jobs: found, problems: try await otherProblems(takenOver: takenOver),
            takenOver: takenOver)
    }

    private func finding(
        _ expected: DemoJob, _ job: JobRecord, _ events: [JobEventRecord]
    ) -> Finding {
        let accepted = ledger.submissions(
            of: expected.operation.spec.request, target: expected.target)
        var problems: [String] = []
        if job.state != expected.end { problems.append("should have ended as \(expected.end)") }
        if accepted.count != expected.executions {
            problems.append("should have run \(expected.executions) times in Komodo")
        }
        if accepted.last?.updateID != job.remote?.updateID {
            problems.append("belongs to another run in Komodo")
        }
        if let proof = expected.proof, !events.contains(where: { $0.reason == proof }) {
            problems.append("has no '\(proof)' in its history")
        }
        return Finding(
            expected: expected, job: job, executions: accepted.count, problems: problems)
    }

    private func otherProblems(takenOver: Int) async throws -> [String] {
        var problems: [String] = []
        if jobs.count != DemoJob.all.count {
            problems.append("\(jobs.count) of \(DemoJob.all.count) jobs were stored.")
        }
        let wanted = DemoJob.all.reduce(1) { $0 + $1.executions }
        let all = ledger.submissions().count
        if all != wanted {
            problems.append(
                "Komodo accepted \(all) requests instead of \(wanted), the cancel included.")
        }
        if takenOver == 0 { problems.append("The second worker took no job over.") }
        if !isStopped { problems.append("The second worker did not end as it should.") }
        problems += try await store.report(isThorough: true).problems
        return problems
    }
}
