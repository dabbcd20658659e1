import Foundation
internal import JobStore
internal import TestSupport
internal import Testing

@testable internal import Commands

/// What a server does whose database leaves its place.
@Suite(.timeLimit(.minutes(2))) struct DatabasePlaceTests {
    @Test func aFileThatCameBackIsWatchedFurther() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let store = try SQLiteJobStore.open(path: path, mode: .create(makingFolder: false))
        let place = DatabasePlace(store)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        // It would wait for the end of the server.
        let caller = Task { try await place.confirm() }
        caller.cancel()
        await #expect(throws: StoreError.self) { try await caller.value }
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)

        let watch = Task { try await place.run() }
        try await place.confirm()
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        let error = await #expect(throws: StoreError.self) { try await watch.value }
        #expect(error?.code == .displaced)
    }

    @Test func aWatchThatIsToldToEndEndsInPeace() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteJobStore.open(
            path: directory.file("jobs.db"), mode: .create(makingFolder: false))
        let watch = Task { try await DatabasePlace(store).run() }
        watch.cancel()
        try await watch.value
    }
}
