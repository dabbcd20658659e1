private import Foundation
private import JSON
private import JobStore
private import Jobs
private import Subprocess
private import TestSupport
import Testing

/// Several processes write to one database at once, as clients, servers and workers do.
@Suite(.timeLimit(.minutes(2)))
struct ProcessContentionTests {
    private static let processes = 4
    private static let jobsEach = 1_000
    private static let rounds = 40
    private static let makers = 8

    @Test func fourProcessesEnqueueAThousandJobsEachWithoutABusyError() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let store = try SQLiteJobStore.open(path: path, mode: .create(makingFolder: false))
        let stored = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<Self.processes {
                group.addTask { try await Self.enqueue(path, name: "process-\(number)") }
            }
            return try await group.reduce(0, +)
        }
        #expect(stored == Int64(Self.processes * Self.jobsEach))
        let report = try await store.report(isThorough: true)
        #expect(report.jobs == Self.processes * Self.jobsEach)
        #expect(report.problems.isEmpty)
    }

    /// Each of them finds no database, or one that another is about to make.
    @Test func manyMakeOneDatabaseAtOnceWithoutABusyError() async throws {
        for _ in 0..<Self.rounds {
            let directory = try TemporaryDirectory()
            let path = directory.file("jobs.db")
            let start = Date(timeIntervalSinceNow: 0.02)
            let errors = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<Self.makers { group.addTask { await Self.open(path, at: start) } }
                return await group.reduce(into: [String]()) { list, error in
                    if let error { list.append(error) }
                }
            }
            #expect(errors.isEmpty)
        }
    }

    /// Opens on a thread of its own, at the same moment as others; the error's text if it fails.
    private static func open(_ path: String, at start: Date) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while Date() < start {}
                do {
                    try SQLiteJobStore.open(path: path, mode: .create(makingFolder: false)).close()
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: "\(error)")
                }
            }
        }
    }

    /// Runs one process; a busy error would end it with a status of its own.
    private static func enqueue(_ path: String, name: String) async throws -> Int64 {
        let folder = URL(fileURLWithPath: BuiltProgram.path("enqueuer"))
            .deletingLastPathComponent().path
        let result = try await run(
            .name("enqueuer"), arguments: [path, "\(jobsEach)", name],
            environment: .inherit.updating(["PATH": folder]),
            output: .string(limit: 4_096), error: .string(limit: 65_536))
        #expect(
            result.terminationStatus == .exited(0), "\(result.standardError)")
        let report = try JSONValue(parsing: result.standardOutput)
        return try #require(report["stored"]?.int)
    }
}
