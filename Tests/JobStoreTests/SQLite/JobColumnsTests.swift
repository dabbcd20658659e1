import Jobs
import Testing

@testable import JobStore

/// Which columns an update of a job names.
struct JobColumnsTests {
    private let job: JobRecord

    init() async throws {
        let test = try await StoreFactory.sqlite.make()
        job = try await test.running(.deploy, update: "u1")
    }

    /// Every way in which a job changes, with the columns that hold it.
    private static let changes:
        [(columns: [JobColumn], make: @Sendable (inout JobRecord) -> Void)] =
            [
                ([.status, .phase], { $0.state = .pending(.held) }),
                ([.phase], { $0.state = .running(.cancelling) }),
                ([.targetName], { $0.target.name = "another" }),
                ([.targetID], { $0.target.id = nil }),
                ([.lane], { $0.lane = "another" }),
                ([.holdsLane], { $0.holdsLane.toggle() }),
                ([.wakeAt], { $0.wakeAt = later }),
                ([.expiresAt], { $0.expiresAt = later }),
                ([.pausedAt], { $0.pausedAt = later }),
                ([.deadlineAt], { $0.deadlineAt = later }),
                ([.startedAt], { $0.startedAt = later }),
                ([.finishedAt], { $0.finishedAt = later }),
                ([.attempt], { $0.attempt += 1 }),
                ([.failures], { $0.failures += 1 }),
                ([.cancelRequestedAt], { $0.cancelRequestedAt = later }),
                ([.cancelSentAt], { $0.cancelSentAt = later }),
                (
                    [
                        .sentAt, .watermark, .senderOperator, .clockOffset, .leavesBy,
                        .leavesByBoot,
                        .requestTimeout,
                    ], { $0.intent?.sentAt = later }
                ),
                ([.ownerLostAt], { $0.ownerLostAt = later }),
                ([.doubtedSentAt], { $0.doubtedSentAt = later }),
                ([.acceptedAt], { $0.acceptedAt = later }),
                ([.remoteKind, .remoteID], { $0.remote = .update("u2") }),
                ([.leaseOwner], { $0.leaseOwner = nil }),
                ([.leaseNumber], { $0.leaseNumber += 1 }),
                ([.errorCode, .errorMessage], { $0.error = Samples.problem }),
                ([.candidates], { $0.candidates = ["u3"] }),
                ([.version], { $0.version = "another" }),
                ([.commitHash], { $0.commitHash = "another" }),
                ([.lateOutcome], { $0.lateOutcome = "success" }),
            ]
    private static let later = Timestamp(milliseconds: 4_000_000_000_000)

    @Test
    func eachChangeIsWrittenInItsOwnColumns() {
        #expect(JobColumns(from: job, to: job).isEmpty)
        var seen = JobColumns([])
        for (columns, change) in Self.changes {
            var changed = job
            change(&changed)
            #expect(JobColumns(from: job, to: changed) == JobColumns(columns))
            seen.formUnion(JobColumns(columns))
        }
        #expect(seen == .all)
    }

    @Test
    func aStatementNamesItsColumnsInTheOrderInWhichTheyAreBound() {
        let columns = JobColumns([.leaseNumber, .status, .phase])
        #expect(
            columns.updateSQL
                == "UPDATE job SET status = ?, phase = ?, lease_number = ? WHERE id = ?")
        var bound: [JobColumn] = []
        columns.forEach { bound.append($0) }
        #expect(bound == [.status, .phase, .leaseNumber])
    }
}
