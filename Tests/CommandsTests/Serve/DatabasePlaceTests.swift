internal import JobStore
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Commands

/// What a server does whose database leaves its place.
@Suite(.timeLimit(.minutes(2))) struct DatabasePlaceTests {
    @Test func aFileThatCameBackIsWatchedFurther() async throws {
        let looks = Atomic(0)
        // Gone when the caller looks, back when its alarm is looked into, then gone for good.
        let place = DatabasePlace {
            let look = looks.add(1, ordering: .acquiringAndReleasing).newValue
            if look != 2 { throw StoreError(.displaced, "away at look \(look)") }
        }
        // It would wait for the end of the server.
        let caller = Task { try await place.confirm() }
        caller.cancel()
        await #expect(throws: StoreError.self) { try await caller.value }

        let error = await #expect(throws: StoreError.self) { try await place.run() }
        #expect(error?.message == "away at look 3")
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
