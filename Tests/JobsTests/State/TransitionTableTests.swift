import Jobs
import Testing

/// The relation as it is against the relation as it is meant to be, line by line.
@Suite(.timeLimit(.minutes(2)))
struct TransitionTableTests {
    private static let plain = TransitionTable()

    private static func expect(
        _ table: TransitionTable, _ expected: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let actual = "\(table)".split(separator: "\n")
        let wanted = expected.split(separator: "\n")
        #expect(actual.difference(from: wanted).isEmpty, sourceLocation: location)
    }

    @Test func theRelationIsAsItIsMeantToBe() {
        Self.expect(Self.plain, TransitionTable.expected)
    }

    @Test func cancellationChangesWhatCameToNothing() {
        let table = TransitionTable { $0.isCancelRequested = true }
        Self.expect(table.without(Self.plain), TransitionTable.expectedWhenCancelled)
    }

    @Test(arguments: [
        JobOperation.runProcedure, .triggerAction, .runSync, .buildRepo,
    ])
    func ownCodeIsNotRunAgainWithoutAsking(operation: JobOperation) {
        let table = TransitionTable(operation)
        Self.expect(table.without(Self.plain), TransitionTable.expectedOfOwnCode)
        let cancelled = TransitionTable(operation) { $0.isCancelRequested = true }
        Self.expect(cancelled.only("evidenceAbsent"), TransitionTable.expectedOfOwnCode)
    }

    @Test(arguments: [false, true])
    func whatLeavesNoTraceIsNotGuessedAbout(isCancelRequested: Bool) {
        let table = TransitionTable(.deployStackIfChanged) {
            $0.isCancelRequested = isCancelRequested
        }
        Self.expect(table.only("evidenceAbsent"), TransitionTable.expectedWithoutTrace)
    }

    @Test func healthIsLookedAtWhereThereIsAny() {
        let table = TransitionTable { $0.waitsForHealth = true }
        Self.expect(table.without(Self.plain), TransitionTable.expectedWithHealth)
        let none = TransitionTable(.build) { $0.waitsForHealth = true }
        #expect(none == Self.plain)
        let cancelled = TransitionTable {
            $0.waitsForHealth = true
            $0.isCancelRequested = true
        }
        #expect(cancelled == TransitionTable { $0.isCancelRequested = true })
    }

    @Test func aFailureIsRepeatedWhereThatIsWanted() {
        let table = TransitionTable { $0.retriesFailure = true }
        Self.expect(table.without(Self.plain), TransitionTable.expectedWithRetries)
        let tired = TransitionTable {
            $0.retriesFailure = true
            $0.failedRuns = 3
        }
        let plain = TransitionTable { $0.failedRuns = 3 }
        #expect(tired.only("concluded.failed") == plain.only("concluded.failed"))
        let cancelled = TransitionTable {
            $0.retriesFailure = true
            $0.isCancelRequested = true
        }
        #expect(cancelled == TransitionTable { $0.isCancelRequested = true })
    }

    @Test func inDoubtABusyTargetAndALateRunAreTold() {
        let table = TransitionTable { $0.isDoubted = true }
        Self.expect(table.without(Self.plain), TransitionTable.expectedInDoubt)
    }

    @Test func afterAFailedRunNoEndSaysThatNothingRan() {
        let table = TransitionTable {
            // The failed run is none of those that came to nothing.
            $0.attempt = 4
            $0.failedRuns = 1
        }
        Self.expect(table.without(Self.plain), TransitionTable.expectedAfterAFailedRun)
    }

    @Test func theLastTryIsTheLast() {
        let table = TransitionTable { $0.failures = 3 }
        let last = table.only("concluded.notStarted").without(Self.plain)
        Self.expect(last, TransitionTable.expectedWhenTired)
    }

    @Test func anOverdueJobWithoutItsLaneIsOver() {
        let table = TransitionTable { $0.holdsLane = false }
        let gone = Self.plain.without(table)
        #expect(gone.rows.allSatisfy { $0.state == "failed/deadline" })
        #expect(!gone.rows.isEmpty && !table.rows.contains { $0.state == "failed/deadline" })
    }
}
