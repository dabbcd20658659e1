import JSON
import Testing

@testable import KomodoTools

/// What an action is given is stored with its job, so it has a bound.
@Suite(.timeLimit(.minutes(2)))
struct PayloadBoundsTests {
    @Test func aPayloadHasAHundredThousandBytesAtMost() async throws {
        try await ToolBench.offline { bench in
            // The name, the quotes and the braces take eleven.
            func payload(_ bytes: Int) -> JSONValue {
                ["text": .string(String(repeating: "x", count: bytes - 11))]
            }
            #expect(payload(100).serialized().utf8.count == 100)
            let refused = try await bench.call(
                ToolName.triggerAction, ["id": "backup", "payload": payload(100_001)])
            #expect(refused.code == "VALIDATION_ERROR", "\(refused.structured)")
            #expect(try await bench.jobs().isEmpty)
            let taken = try await bench.call(
                ToolName.triggerAction, ["id": "backup", "payload": payload(100_000)])
            #expect(!taken.isError)
            #expect(try await bench.jobs().count == 1)
        }
    }
}
