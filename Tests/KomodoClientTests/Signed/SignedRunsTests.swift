import JSON
import Jobs
import Testing

@testable import KomodoClient

/// What a resource's document tells of its runs.
@Suite struct SignedRunsTests {
    private static func build(_ status: String, _ history: JSONValue) -> SignedRuns {
        SignedRuns(
            ["id": "b", "status": .string(status), "build_history": history], .build, at: nil)
    }

    @Test func aHistoryWithAnEntryWithoutATimeProvesNothing() {
        let known: JSONValue = [
            ["build_number": 1, "status": "success", "started_at": "2026-01-26T11:00:00Z"]
        ]
        #expect(!Self.build("success", known).hasUnreadableEntries)
        let queued: JSONValue = [["build_number": 2, "status": "pending", "started_at": nil]]
        #expect(Self.build("success", queued).hasUnreadableEntries)
    }

    @Test func aBuildThatHasRunBeforeIsAtWorkWhilePending() {
        let known: JSONValue = [
            ["build_number": 1, "status": "success", "started_at": "2026-01-26T11:00:00Z"]
        ]
        #expect(Self.build("pending", known).isBusy)
        #expect(!Self.build("pending", []).isBusy)
        #expect(!Self.build("success", known).isBusy)
    }

    @Test func theNewestOfALongHistoryAreLookedAtWhateverItsOrder() throws {
        let entries: [JSONValue] = (0..<300).map { number in
            let time = "\(Self.two(number / 60)):\(Self.two(number % 60))"
            return [
                "build_number": .int(number), "status": "success",
                "started_at": .string("2026-01-26T\(time):00Z"),
            ]
        }
        for history in [entries, entries.reversed()] {
            let runs = Self.build("success", .array(history))
            #expect(runs.entries.last?.id == "b#299")
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
