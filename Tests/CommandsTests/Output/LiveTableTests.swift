@testable internal import JobStore
internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct LiveTableTests {
    private static let plain = Style(usesColour: false)
    private static let wide = (columns: 100, rows: 24)
    private static let running = Fixture.job(.running(.inProgress))
    private static let ended = Fixture.job(
        target: "api", token: "1M7X7E4GA0BA1AF27P6DN9R467", row: 8)

    private static func frame(
        _ table: inout LiveTable, _ jobs: [JobRecord], estimates: [Int64: DurationEstimate] = [:],
        size: (columns: Int, rows: Int) = wide, isLast: Bool = false
    ) -> String {
        table.frame(
            jobs, estimates: estimates, now: Fixture.now, style: plain, size: size, isLast: isLast)
    }

    @Test func theFirstFrameErasesNothing() {
        var table = LiveTable()
        #expect(
            Self.frame(&table, [Self.running, Self.ended]) == """
                ID        OPERATION  TARGET  STATE                PROGRESS  TOOK  REASON
                BHKHCAQD  deploy     web     running/in_progress  ⠙         50s
                6DN9R467  deploy     api     success              done      8.0s

                """)
    }

    @Test func laterFramesReplaceTheOneBefore() {
        var table = LiveTable()
        _ = Self.frame(&table, [Self.running, Self.ended])
        #expect(Self.frame(&table, [Self.running]).hasPrefix("\u{1B}[3A\r\u{1B}[JID "))
        #expect(Self.frame(&table, [Self.running]).hasPrefix("\u{1B}[2A\r\u{1B}[JID "))
    }

    @Test func theSpinnerTurnsWithEveryFrame() {
        var table = LiveTable()
        let first = Self.frame(&table, [Self.running])
        let second = Self.frame(&table, [Self.running])
        #expect(first.contains("⠙") && second.contains("⠹"))
    }

    @Test(arguments: [
        (490, "█░░░░░░░░░░░░░░░ 10%"), (98, "████████░░░░░░░░ 50%"), (49, "███████████████░ 99%"),
        (5, "███████████████░ 99%"),
    ])
    func historyMakesABarThatNeverFillsByItself(median: Int, bar: String) {
        var table = LiveTable()
        let estimate = DurationEstimate(
            median: .seconds(median), p90: .seconds(median), count: 5)
        let frame = Self.frame(&table, [Self.running], estimates: [Self.running.row: estimate])
        #expect(frame.contains(bar))
    }

    @Test func whatDoesNotFitIsCounted() {
        var table = LiveTable()
        let jobs = (0..<10).map { Fixture.job(row: Int64($0)) }
        let frame = Self.frame(&table, jobs, size: (40, 8))
        #expect(frame.split(separator: "\n").count == 7)
        #expect(frame.hasSuffix("… and 5 more\n"))
    }

    @Test func theLastFrameShowsEverything() {
        var table = LiveTable()
        let jobs = (0..<10).map { Fixture.job(row: Int64($0)) }
        #expect(
            Self.frame(&table, jobs, size: (40, 8), isLast: true).split(separator: "\n").count
                == 11)
    }

    @Test func aLineAboveTheTableStays() {
        var table = LiveTable()
        _ = Self.frame(&table, [Self.running])
        #expect(table.above("Said.") == "\u{1B}[2A\r\u{1B}[JSaid.\n")
        #expect(Self.frame(&table, [Self.running]).hasPrefix("ID "))
    }

    @Test(arguments: [1, 5, 12, 20]) func narrowTerminalsAreNotOverrun(columns: Int) {
        var table = LiveTable()
        let jobs = (0..<9).map { Fixture.job(row: Int64($0)) }
        for line in Self.frame(&table, jobs, size: (columns, 5)).split(separator: "\n") {
            #expect(TextWidth.columns(String(line)) <= columns)
        }
    }
}
