import JSON
import Jobs
import MCP
import Testing

@testable import JobStore
@testable import KomodoTools

/// Durations, moments and bounded texts.
@Suite(.timeLimit(.minutes(5)))
struct TextTests {
    @Test(arguments: [
        (400, "400ms"), (45_000, "45s"), (59_600, "1m"), (154_000, "2m 34s"),
        (3_900_000, "1h 5m"), (90_000_000, "1d 1h"),
    ])
    func durationsHaveTwoUnits(_ milliseconds: Int, _ text: String) {
        #expect(DurationText.exact(.milliseconds(milliseconds)) == text)
    }

    @Test(arguments: [
        (34, 65, "34-65 seconds"), (40, 40, "about 40 seconds"), (0, 1, "about 1 second"),
        (130, 290, "2-5 minutes"), (170, 180, "2-3 minutes"), (7_200, 10_000, "2-3 hours"),
    ])
    func estimatesAreRanges(_ median: Int, _ p90: Int, _ text: String) {
        let estimate = DurationEstimate(
            median: .seconds(median), p90: .seconds(p90), count: 5)
        #expect(DurationText.estimate(estimate) == text)
    }

    @Test(arguments: [
        ("2026-01-26T15:30:00Z", Int64(1_769_441_400_000)),
        ("2026-01-26T15:30:00.25Z", 1_769_441_400_250),
        ("2026-01-26T17:30:00+02:00", 1_769_441_400_000),
        ("2026-01-26", 1_769_385_600_000), ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T00:00:00z", 1_709_164_800_000),
    ])
    func momentsAreRead(_ text: String, _ milliseconds: Int64) throws {
        let now = JobTime(milliseconds: 0)
        #expect(
            try MomentText.read(text, argument: "since", now: now).milliseconds == milliseconds)
    }

    @Test func timesBeforeNowAreRead() throws {
        let now = JobTime(milliseconds: 100_000_000)
        #expect(
            try MomentText.read("2h", argument: "since", now: now).milliseconds == 92_800_000)
        #expect(
            try MomentText.read("90s", argument: "since", now: now).milliseconds == 99_910_000)
    }

    @Test(arguments: [
        "", "h", "-1h", "soon", "2026-13-01", "2026-01-26T25:00:00Z", "2026-01-26T15:30:00",
        "99999999999999999999d", "2026-01-26T15:30:00+2", "999999999d",
    ])
    func otherTextsAreNoMoments(_ text: String) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try MomentText.read(text, argument: "since", now: JobTime(milliseconds: 0))
        }
        #expect(failure.code == .validationError)
    }

    @Test func tailsBeginAtALine() {
        #expect(BoundedText.tail("short", max: 10) == "short")
        #expect(BoundedText.tail("first line\nsecond\nthird", max: 14) == "… second\nthird")
        let umlauts = String(repeating: "ä", count: 20)
        #expect(BoundedText.tail(umlauts, max: 5) == "… ää")
    }

    @Test func headsEndBetweenCharacters() {
        #expect(BoundedText.head("short", max: 10) == "short")
        #expect(BoundedText.head("äää", max: 3) == "ä… (6 bytes in this line)")
    }

    @Test func linesLoseMarkupAndControls() {
        #expect(BoundedText.line("<b>bold</b>\n\u{1B}[31mred", max: 50) == "bold red")
    }

    @Test(arguments: [
        (Int?.none, Bool?.none, false, TaskMode.unavailable, WaitMode.none),
        (nil, false, false, .unavailable, .bounded(.seconds(45))),
        (nil, nil, true, .unavailable, .bounded(.seconds(45))),
        (10, nil, false, .unavailable, .bounded(.seconds(10))),
        (0, false, true, .unavailable, .none), (nil, nil, false, .offered, .task),
        (0, nil, false, .offered, .none), (20, nil, false, .offered, .bounded(.seconds(20))),
        (20, nil, false, .requested(timeToLive: nil), .task),
    ])
    func theAnswerDependsOnWaitAndTask(
        _ seconds: Int?, _ isAsync: Bool?, _ health: Bool, _ taskMode: TaskMode,
        _ mode: WaitMode
    ) {
        #expect(
            WaitMode.decide(
                waitSeconds: seconds, isAsync: isAsync, waitsForHealth: health,
                taskMode: taskMode) == mode)
    }

    @Test func documentedWordsDescribeTheOperation() {
        func word(_ operation: JobOperation, _ state: JobState, partial: Bool = false) -> String {
            OperationWords.status(of: operation, in: state, isPartial: partial)
        }
        #expect(word(.deploy, .running(.accepted)) == "started")
        #expect(word(.build, .running(.inProgress)) == "building")
        #expect(word(.stopServer, .success) == "stopped")
        #expect(word(.restartServer, .success) == "running")
        #expect(word(.startServer, .failed(.remoteFailed)) == "error")
        #expect(word(.runProcedure, .failed(.remoteFailed), partial: true) == "partial")
        #expect(word(.pullRepo, .running(.accepted)) == "pulling")
        // Nobody knows yet whether anything runs.
        #expect(word(.pullRepo, .starting(.sending)) == "queued")
        #expect(word(.stopServer, .starting(.reconciling)) == "queued")
        #expect(word(.cloneRepo, .pending(.queued)) == "queued")
    }

    @Test func codesHaveTheirStatus() {
        let expected: [ToolErrorCode: Int] = [
            .authError: 401, .forbidden: 403, .notFound: 404, .validationError: 400,
            .conflict: 409, .timeoutError: 504, .internalError: 500, .rateLimitError: 429,
            .executionError: 500, .outcomeUnknown: 409, .confirmationRequired: 428,
            .unsupportedOption: 400,
        ]
        for code in ToolErrorCode.allCases { #expect(code.status == expected[code]) }
    }
}
