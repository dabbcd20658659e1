import Jobs
import Testing

@testable import JobStore

/// Stores of one process that share a file, as several processes do.
@Suite(.timeLimit(.minutes(2)))
struct ContentionTests {
    private static let stores = 4
    private static let jobsEach = 500

    @Test func fourStoresEnqueueFiveHundredJobsEachWithoutABusyError() async throws {
        let files = try SQLiteFiles()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.stores {
                let store = try files.open()
                group.addTask {
                    for job in 0..<Self.jobsEach {
                        let target = number * Self.jobsEach + job
                        let results = try await store.enqueue([
                            EnqueueRequest(job: Samples.job(.deploy, target))
                        ])
                        #expect(results.first?.job != nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let report = try await files.open().report(isThorough: true)
        #expect(report.jobs == Self.stores * Self.jobsEach && report.problems.isEmpty)
    }

    @Test func manyCallersOfOneStoreAreCommittedTogether() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let rows = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    try await store.enqueue([EnqueueRequest(job: Samples.job(.deploy, number))])
                        .first?.job?.row
                }
            }
            return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }
        #expect(rows.count == 1_000 && !rows.contains(nil))
    }
}
