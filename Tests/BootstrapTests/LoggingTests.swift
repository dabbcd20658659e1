import Foundation
import Glibc
import JSON
import Jobs
import Logging
import Redaction
import Synchronization
import TestSupport
import Testing

@testable import Bootstrap

@Suite(.serialized, .timeLimit(.minutes(2)))
struct LoggingTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        @Sendable func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct Failure: Error, CustomStringConvertible {
        let description = "it broke"
    }

    private static func pipeThatNeverBlocks() throws -> [CInt] {
        var ends: [CInt] = [0, 0]
        let made = pipe(&ends)
        try #require(made == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        return ends
    }

    /// Threads that begin at the same moment.
    private final class Threads: Sendable {
        private let arrived = Atomic(0)
        private let done = Atomic(0)
        private let count: Int

        init(_ bodies: [@Sendable () -> Void]) {
            count = bodies.count
            for body in bodies {
                Thread.detachNewThread { [self] in
                    arrived.add(1, ordering: .acquiringAndReleasing)
                    while arrived.load(ordering: .acquiring) < count {}
                    body()
                    done.add(1, ordering: .acquiringAndReleasing)
                }
            }
        }

        var areDone: Bool { done.load(ordering: .acquiring) == count }
    }

    private static let page = [UInt8](repeating: 0, count: 4_096)
    /// As long as one may be, and so a page of a pipe.
    private static let longLine = String(repeating: "x", count: LogLine.bytesMax)

    /// Leaves a page of room in a pipe, for which writers wait from then on.
    private static func leaveAPage(_ ends: [CInt]) {
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        while write(ends[1], page, page.count) > 0 {}
        #expect(readAPage(ends) == page.count)
        _ = fcntl(ends[1], F_SETFL, 0)
    }

    private static func readAPage(_ ends: [CInt]) -> Int {
        var drained = page
        return read(ends[0], &drained, drained.count)
    }

    private let lines = Lines()

    private func logger(_ style: LogStyle, level: Logger.Level = .trace) -> Logger {
        LoggingBootstrap(
            level: level, style: style,
            mask: ValueMask(Redactor(secrets: ["hunter2!"]), strips: false), write: lines.append,
            now: { "2026-01-02T03:04:05.678Z" }
        ).logger(label: "test")
    }

    @Test func theJournalGetsPriorities() {
        let logger = logger(.plain)
        logger.debug("a")
        logger.info("b")
        logger.notice("c")
        logger.warning("d", metadata: [LogKey.jobID: "job_1", LogKey.errorType: "a b"])
        logger.error("e\nf\u{1B}[31m")
        logger.critical("g")
        #expect(
            lines.all == [
                "<7>a", "<6>b", "<5>c", "<4>d error.type=\"a b\" job.id=job_1",
                "<3>e\\nf\\u{1b}[31m", "<2>g",
            ])
    }

    @Test func peopleGetTimeAndLevel() {
        logger(.human(isTerminal: false, hasColour: false)).info("Done", metadata: ["n": "1"])
        logger(.human(isTerminal: true, hasColour: false)).error("Failed")
        logger(.human(isTerminal: true, hasColour: true)).warning("Careful")
        #expect(lines.all[0] == "2026-01-02T03:04:05.678Z INFO     Done n=1")
        #expect(lines.all[1] == "03:04:05 ERROR    Failed")
        #expect(lines.all[2].contains("\u{1B}[33mWARNING \u{1B}[0m Careful"))
    }

    @Test func machinesGetJSON() throws {
        var logger = logger(.json)
        logger[metadataKey: LogKey.jobID] = "job_1"
        logger.info(
            "Say \"x\"",
            metadata: [
                LogKey.durationMS: .stringConvertible(12), "list": ["a", "b"], "message": "no",
            ])
        let value = try JSONValue(parsing: lines.all[0])
        #expect(value["time"]?.string == "2026-01-02T03:04:05.678Z")
        #expect(value["level"]?.string == "info")
        #expect(value["logger"]?.string == "test")
        #expect(value["message"]?.string == "Say \"x\"")
        #expect(value["job.id"]?.string == "job_1")
        #expect(value["duration_ms"]?.int == 12)
        #expect(value["list"]?.array == ["a", "b"])
    }

    @Test(arguments: [LogStyle.plain, .json, .human(isTerminal: true, hasColour: true)])
    func secretsAreMaskedEverywhere(style: LogStyle) {
        logger(style).info(
            "key hunter2! password=abcdef",
            metadata: [
                "token": "ghijkl", "x": "hunter2!", "list": ["hunter2!"],
                "command": "redis-server --requirepass mnopqr", "url": "u:stuvwx@r.example/a",
                "table": ["secret": ["yzabcd"]],
            ])
        let secrets = ["hunter2!", "abcdef", "ghijkl", "mnopqr", "stuvwx", "yzabcd"]
        for secret in secrets {
            #expect(!lines.all[0].contains(secret), "\(lines.all[0])")
        }
    }

    @Test func aLongJSONLineStaysJSON() throws {
        let long = String(repeating: "é\u{1}", count: 20_000)
        logger(.json).info("a hunter2! \(long)", metadata: ["x": "\(long)"])
        #expect(lines.all[0].utf8.count <= LogLine.bytesMax)
        let value = try JSONValue(parsing: lines.all[0])
        #expect(value["message"]?.string?.hasPrefix("a [redacted] é") == true)
    }

    @Test func levelsBelowTheSettingAreDropped() {
        let logger = logger(.plain, level: .warning)
        logger.info("no")
        logger.warning("yes")
        #expect(lines.all == ["<4>yes"])
    }

    @Test func anErrorIsDescribed() {
        logger(.plain).error("Failed", error: Failure())
        #expect(lines.all == ["<3>Failed error.message=\"it broke\" error.type=Failure"])
    }

    @Test(arguments: [
        (Settings.LogFormat.auto, ["JOURNAL_STREAM": "8:9"], true, LogStyle.plain),
        (.auto, ["JOURNAL_STREAM": "8:10"], true, .human(isTerminal: true, hasColour: true)),
        (.auto, [:], true, .human(isTerminal: true, hasColour: true)),
        (.auto, ["NO_COLOR": "1"], true, .human(isTerminal: true, hasColour: false)),
        (.auto, ["NO_COLOR": ""], true, .human(isTerminal: true, hasColour: true)),
        (.human, ["TERM": "dumb"], true, .human(isTerminal: true, hasColour: false)),
        (.auto, [:], false, .human(isTerminal: false, hasColour: false)),
        (.human, ["JOURNAL_STREAM": "8:9"], false, .human(isTerminal: false, hasColour: false)),
        (.plain, [:], true, .plain),
        (.json, ["JOURNAL_STREAM": "8:9"], true, .json),
    ])
    func theStyleFollowsWhereErrorsGo(
        format: Settings.LogFormat, environment: [String: String], isTerminal: Bool,
        expected: LogStyle
    ) {
        let facts = DescriptorFacts(isTerminal: isTerminal, device: 8, inode: 9)
        #expect(LogStyle(format, environment: environment, standardError: facts) == expected)
    }

    @Test func aLineIsWrittenWholeAndBounded() throws {
        let ends = try Self.pipeThatNeverBlocks()
        defer { for end in ends { close(end) } }
        LineWriter.write("short", to: ends[1])
        LineWriter.write(String(repeating: "é", count: LogLine.bytesMax), to: ends[1])
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(ends[0], &buffer, buffer.count)
        let text = try #require(String(validating: buffer[..<max(count, 0)], as: UTF8.self))
        #expect(text.hasPrefix("short\né"))
        #expect(text.hasSuffix("é…\n"))
        #expect(count <= LogLine.bytesMax + 16)
    }

    @Test(arguments: [false, true])
    func aFullPipeLosesLinesNotTheProgram(blocks: Bool) throws {
        let ends = try Self.pipeThatNeverBlocks()
        defer { for end in ends { close(end) } }
        let filler = [UInt8](repeating: 0, count: 4_096)
        while write(ends[1], filler, filler.count) > 0 {}
        if blocks { _ = fcntl(ends[1], F_SETFL, 0) }
        LineWriter.write("lost", to: ends[1])
        LineWriter.write(String(repeating: "lost", count: 4_000), to: ends[1])
        var drained = [UInt8](repeating: 0, count: 1 << 20)
        #expect(read(ends[0], &drained, drained.count) > 0)
        LineWriter.write("kept", to: ends[1])
        let size = read(ends[0], &drained, drained.count)
        #expect(String(decoding: drained.prefix(max(0, size)), as: UTF8.self) == "kept\n")
    }

    @Test func twoLinesDoNotBothTakeTheLastRoomOfAPipe() async throws {
        let ends = try Self.pipeThatNeverBlocks()
        defer { for end in ends { close(end) } }
        for _ in 0..<20 {
            Self.leaveAPage(ends)
            let line: @Sendable () -> Void = { LineWriter.write(Self.longLine, to: ends[1]) }
            let writers = Threads([line, line])
            #expect(try await eventually(every: .milliseconds(1)) { writers.areDone })
        }
    }

    @Test func aLineThatHasToWaitHoldsNoOtherUp() async throws {
        let terminal = try Self.terminal()
        let pipe = try Self.pipeThatNeverBlocks()
        defer { for end in terminal + pipe { close(end) } }
        // A terminal says that there is room, and not how much: a line may have to wait for more.
        _ = fcntl(terminal[1], F_SETFL, O_NONBLOCK)
        while write(terminal[1], Self.page, 1_000) > 0 {}
        var drained = Self.page
        #expect(
            try await eventually {
                if Self.hasRoom(terminal[1]) { return true }
                _ = read(terminal[0], &drained, 500)
                return false
            })
        _ = fcntl(terminal[1], F_SETFL, 0)
        let line = Threads([{ LineWriter.write(Self.longLine, to: terminal[1]) }])
        #expect(try await eventually { !Self.hasRoom(terminal[1]) })

        let other = Threads([{ LineWriter.write("kept or lost", to: pipe[1]) }])
        #expect(try await eventually { other.areDone })
        #expect(!line.areDone)
        #expect(
            try await eventually(every: .milliseconds(1)) {
                _ = read(terminal[0], &drained, drained.count)
                return line.areDone
            })
    }

    /// The two ends of a terminal; the first never blocks.
    private static func terminal() throws -> [CInt] {
        let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
        var number: CInt = 0
        var isLocked: CInt = 0
        // TIOCGPTN and TIOCSPTLCK, which the module of C does not show.
        let isMade =
            ioctl(main, 0x8004_5430, &number) == 0 && ioctl(main, 0x4004_5431, &isLocked) == 0
        try #require(isMade)
        let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(secondary >= 0)
        return [main, secondary]
    }

    private static func hasRoom(_ descriptor: CInt) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 0) > 0
    }

    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (1_767_323_045, 7, "2026-01-02T03:04:05.007Z"),
    ])
    func timesAreRFC3339(seconds: Int, milliseconds: Int, expected: String) {
        #expect(LogTime.format(seconds: seconds, milliseconds: milliseconds) == expected)
    }
}
