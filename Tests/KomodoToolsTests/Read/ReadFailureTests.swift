import JSON
import Jobs
import KomodoClient
import Testing

@testable import KomodoTools

/// What becomes of Komodo's errors.
@Suite(.timeLimit(.minutes(5)))
struct ReadFailureTests {
    private static func call(_ name: String, _ arguments: JSONObject) -> (String, JSONObject) {
        (name, arguments)
    }

    @Test(
        arguments: [
            (KomodoError(.notFound, "No server.", suggestions: ["prod-1"]), "NOT_FOUND", 404),
            (KomodoError(.forbidden, "No right."), "FORBIDDEN", 403),
            (KomodoError(.unauthorized, "Refused."), "AUTH_ERROR", 401),
            (KomodoError(.throttled(retryAfter: .seconds(7)), "Wait."), "RATE_LIMIT_ERROR", 429),
            (KomodoError(.throttled(retryAfter: nil), "Wait."), "RATE_LIMIT_ERROR", 429),
            (
                KomodoError(.budgetExhausted(wait: .milliseconds(6_001)), "Wait."),
                "RATE_LIMIT_ERROR", 429
            ),
            (KomodoError(.unreachable, "No connection."), "NETWORK_ERROR", nil),
            (
                KomodoError(.timedOut, "Komodo at http://k gave no answer in time."),
                "TIMEOUT_ERROR", 504
            ),
            (KomodoError(.malformed, "No JSON."), "INTERNAL_ERROR", 500),
            (KomodoError(.serverFault, "Broken.", status: 500), "INTERNAL_ERROR", 500),
            (KomodoError(.invalid, "Too old."), "VALIDATION_ERROR", 400),
            (KomodoError(.unsupported, "Core has no pending."), "UNSUPPORTED_OPTION", 400),
        ] as [(KomodoError, String, Int?)])
    func everyErrorHasItsCode(_ error: KomodoError, _ code: String, _ status: Int?) async throws {
        try await ToolBench.reading(FakeReads(error: error)) { bench in
            for (name, arguments) in [
                Self.call(ToolName.listServers, [:]), Self.call(ToolName.getServer, ["id": "prod"]),
                Self.call(ToolName.getLog, ["stack": "a"]), Self.call(ToolName.listUpdates, [:]),
                Self.call(ToolName.getSystemStats, ["server": "prod"]),
            ] {
                let answer = try await bench.call(name, arguments)
                #expect(answer.code == code && answer.isError)
                #expect(answer.structured["status"]?.int == status.map(Int64.init))
                #expect(answer.structured["error"]?.string?.contains(error.message) == true)
                let wait = answer.structured["retry_after"]?.int
                #expect((wait != nil) == (code == "RATE_LIMIT_ERROR"))
                #expect(wait ?? 1 >= 1)
            }
        }
    }

    @Test func theTimeToWaitIsGivenInWholeSeconds() async throws {
        let error = KomodoError(.budgetExhausted(wait: .milliseconds(6_001)), "Wait.")
        try await ToolBench.reading(FakeReads(error: error)) { bench in
            let answer = try await bench.call(ToolName.listServers)
            #expect(answer.structured["retry_after"] == 7)
        }
    }

    @Test func nearNamesAreProposed() async throws {
        let error = KomodoError(.notFound, "No server prod.", suggestions: ["prod-1", "prod-2"])
        try await ToolBench.reading(FakeReads(error: error)) { bench in
            let answer = try await bench.call(ToolName.getServer, ["id": "prod"])
            #expect(answer.details["suggestions"] == ["prod-1", "prod-2"])
            #expect(answer.structured["error"]?.string?.contains("prod-1, prod-2?") == true)
        }
    }

    @Test func aCancelledReadIsACancelledCall() async throws {
        try await ToolBench.reading(FakeReads(error: KomodoError(.interrupted, "Gone."))) { bench in
            await #expect(throws: CancellationError.self) {
                try await bench.call(ToolName.listServers)
            }
        }
    }
}
