import JSON
import Jobs
import Redaction
import Testing

@testable import KomodoTools

/// What is said about arguments, and about time.
@Suite(.timeLimit(.minutes(5)))
struct FaultTests {
    private let redactor = Redactor(secrets: ["correct-horse-battery"])

    @Test func aFaultNamesPathExpectationValueAndWhatIsAllowed() throws {
        let arguments = ToolArguments(["on_busy": "maybe"])
        let failure = try #require(throws: ToolFailure.self) {
            try arguments.choice("on_busy", NewJob.OnBusy.self)
        }
        #expect(failure.code == .validationError)
        #expect(failure.message == "'/on_busy' must be one of wait, fail.")
        #expect(
            failure.faults.map { $0.json(redactor) } == [
                [
                    "path": "/on_busy", "expectation": "must be one of wait, fail",
                    "value": "maybe", "allowed_values": ["wait", "fail"],
                ]
            ])
    }

    @Test func nestedArgumentsHaveTheirPath() throws {
        let options = try ToolArguments(["options": ["timeout": "60"]]).nested("options")
        let failure = try #require(throws: ToolFailure.self) {
            try options.int("timeout", in: 1...10)
        }
        #expect(failure.faults.map(\.path) == ["/options/timeout"])
    }

    @Test func aListWithOneWrongWordIsRefusedWhole() throws {
        for value: JSONValue in [["failed", "lost"], "failed", [1], ["status": "failed"]] {
            let failure = try #require(throws: ToolFailure.self) {
                try ToolArguments(["status": value]).choices("status", JobStatus.self)
            }
            #expect(failure.faults.first?.value == value)
        }
        #expect(
            try ToolArguments(["status": ["failed"]]).choices("status", JobStatus.self)
                == [.failed])
    }

    @Test(arguments: [
        ("/payload/password", JSONValue.string("hunter2hunter2"), JSONValue.string("[redacted]")),
        ("/id", .string("correct-horse-battery"), .string("[redacted]")), ("/id", .int(7), .int(7)),
        ("/id", .object(["api_key": "hunter2hunter2"]), .string("[redacted]")),
    ])
    func secretsAreNotGivenBack(_ path: String, _ value: JSONValue, _ shown: JSONValue) {
        let fault = ArgumentFault(path, "must be a text", value: value)
        #expect(fault.json(redactor)["value"] == shown)
    }

    @Test func whatComesBackIsShort() {
        let long = String(repeating: "x", count: 100_000)
        let fault = ArgumentFault("/" + long, "must be " + long, value: .string(long))
        #expect(fault.json(redactor).serialized().utf8.count < 1_500)
    }

    @Test func theNextTryIsWhenTheBudgetHasAToken() {
        let limits = TokenBucket.Limits(perMinute: 60, burst: 200)
        func seconds(_ change: (inout TokenBucket) -> Void) -> Int {
            var bucket = TokenBucket.full(limits, at: 1_000)
            change(&bucket)
            return RetryTime.seconds(bucket, limits)
        }
        #expect(seconds { _ in } == 0)
        #expect(seconds { $0.obey(wait: .milliseconds(17_500), at: 1_000, limits) } == 18)
        // One a second in all, of which jobs have three fifths.
        #expect(seconds { $0.obey(remaining: 0, at: 1_000, limits) } == 2)
    }
}
