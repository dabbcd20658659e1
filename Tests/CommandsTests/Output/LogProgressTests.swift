@testable internal import JobStore
internal import Testing

@testable internal import Commands

/// A growing log, printed piece by piece.
@Suite struct LogProgressTests {
    private static let plain = Style(usesColour: false)

    private static func log(
        _ stdout: String, _ stderr: String = "", position: Int = 0, attempt: Int = 1,
        success: Bool = true, command: String = ""
    ) -> LogEntry {
        LogEntry(
            attempt: attempt, position: position, stage: "Stage \(position)", command: command,
            stdout: LogEntry.capped(stdout), stderr: LogEntry.capped(stderr),
            stdoutSize: stdout.utf8.count, stderrSize: stderr.utf8.count, success: success,
            startedAt: nil, endedAt: nil)
    }

    private static func pieces(_ logs: LogEntry...) -> [String] {
        var progress = LogProgress()
        return logs.map { progress.news(in: $0, style: plain) }
    }

    @Test func aStageBeginsWithItsHeadingAndCommand() {
        #expect(
            Self.pieces(Self.log("one\n", "two", command: "make")) == [
                "── Stage 0\n$ make\none\ntwo\n"
            ])
    }

    @Test func nothingIsPrintedTwice() {
        let log = Self.log("one\n", "two")
        #expect(Self.pieces(log, log) == ["── Stage 0\none\ntwo\n", ""])
    }

    @Test(arguments: [
        // Komodo puts line ends between lines, not behind them.
        (["a", "a\nb", "a\nb\nc"], ["a\n", "b\n", "c\n"]),
        (["a\n", "a\nb\n"], ["a\n", "b\n"]),
        (["a", "a\n", "a\n\nb"], ["a\n", "", "\nb\n"]),
        (["", "a"], ["", "a\n"]),
        (["é", "é\nü"], ["é\n", "ü\n"]),
    ])
    func linesAreAddedBelow(texts: [String], pieces: [String]) {
        var progress = LogProgress()
        let printed = texts.map { progress.news(in: Self.log($0), style: Self.plain) }
        #expect(printed == ["── Stage 0\n" + pieces[0]] + pieces.dropFirst())
        let last = LogText.text([Self.log(texts.last ?? "")], tail: nil, style: Self.plain)
        #expect(printed.joined() == last + "\n")
    }

    @Test func linesThatContinueAnEarlierStageStandUnderItsHeadingAgain() {
        #expect(
            Self.pieces(
                Self.log("a"), Self.log("x", position: 1), Self.log("a\nb"),
                Self.log("a\nb\nc"))
                == ["── Stage 0\na\n", "── Stage 1\nx\n", "── Stage 0\nb\n", "c\n"])
    }

    @Test func aStageThatTurnsOutToHaveFailedSaysSo() {
        #expect(
            Self.pieces(Self.log("a"), Self.log("a", success: false))
                == ["── Stage 0\na\n", "── Stage 0 (failed)\n"])
        #expect(
            Self.pieces(Self.log("a"), Self.log("a\nb", success: false))
                == ["── Stage 0\na\n", "── Stage 0 (failed)\nb\n"])
    }

    @Test func anotherAttemptBeginsAnew() {
        #expect(
            Self.pieces(Self.log("a"), Self.log("a", attempt: 2))
                == ["── Stage 0\na\n", "── Stage 0 of attempt 2\na\n"])
    }

    @Test func aLogBeyondItsLimitGoesOnWithItsEnd() {
        let long = String(repeating: "0123456789abcde\n", count: LogEntry.textBytesMax / 16 + 1)
        let pieces = Self.pieces(Self.log(long), Self.log(long + "more\n"))
        #expect(pieces[0].contains("bytes left out"))
        #expect(pieces[1] == "more\n")
        let half = LogEntry.textBytesMax / 2
        let much = Self.pieces(Self.log("short\n"), Self.log("short\n" + long + long))
        #expect(much[1].utf8.count <= half)
    }

    @Test func onlyChangesAreNews() {
        var progress = LogProgress()
        let logs = [
            Self.log("a"), Self.log("a"), Self.log("a", "b"), Self.log("a", "b", success: false),
            Self.log("", position: 1),
        ]
        let news = logs.map { progress.hasNews(in: $0) }
        #expect(news == [true, false, true, true, true])
    }
}
