internal import JobStore
internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct TableTests {
    private static let plain = Style(usesColour: false)

    private static func table(_ rows: [[String]], style: Style = plain) -> Table {
        var table = Table(["ID", "NAME", "REASON"], style: style)
        for row in rows { table.rows.append(row.map { Table.Cell($0) }) }
        return table
    }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        let lines = Self.table([["1", "web", "busy"], ["234", "long-name", ""]]).lines(width: nil)
        #expect(
            lines == [
                "ID   NAME       REASON",
                "1    web        busy",
                "234  long-name",
            ])
    }

    @Test func wideCharactersTakeTwoColumns() {
        let lines = Self.table([["1", "日本", "x"], ["2", "🚀", "y"], ["3", "e\u{301}é", "z"]])
            .lines(width: nil)
        #expect(
            lines == [
                "ID  NAME  REASON",
                "1   日本  x",
                "2   🚀    y",
                "3   e\u{301}é    z",
            ])
    }

    @Test(arguments: 1...30) func noLineIsWiderThanTheTerminal(width: Int) {
        let table = Self.table([["1", "日本語日本語", "a long reason"], ["22", "x", "y"]])
        for line in table.lines(width: width) {
            #expect(TextWidth.columns(line) <= width)
            #expect(line.last != " ")
        }
    }

    @Test func whatIsCutEndsInAnEllipsis() {
        let lines = Self.table([["1", "web", "a long reason"]]).lines(width: 16)
        #expect(lines == ["ID  NAME  REASON", "1   web   a lon…"])
    }

    @Test func colourDoesNotCountForTheWidth() {
        let bold = Style(usesColour: true)
        let lines = Self.table([["1", "web", "x"]], style: bold).lines(width: nil)
        #expect(
            lines[0] == "\u{1B}[1mID\u{1B}[0m  \u{1B}[1mNAME\u{1B}[0m  \u{1B}[1mREASON\u{1B}[0m")
        #expect(lines[1] == "1   web   x")
    }

    @Test func namesCannotSteerTheTerminal() {
        let lines = Self.table([["1", "we\u{1B}[31mb\u{202E}\u{9B}2J\rx\ny", "<b>bold</b>"]])
            .lines(width: nil)
        #expect(lines[1] == "1   web x y  bold")
    }

    @Test(arguments: [
        ("", 0), ("web", 3), ("日本", 4), ("ｗ", 2), ("🚀", 2), ("e\u{301}", 1), ("…", 1), ("█", 1),
        ("한", 2), ("\u{200B}", 0),
    ])
    func widthsFollowUnicode(text: String, columns: Int) {
        #expect(TextWidth.columns(text) == columns)
    }

    @Test func prefixesNeverSplitAWideCharacter() {
        #expect(TextWidth.prefix("日本語", columns: 5) == "日本")
        #expect(TextWidth.prefix("日本語", columns: 1).isEmpty)
    }

    @Test func jobsAreListedWithTheirReasons() {
        let jobs = [
            Fixture.job(
                .failed(.remoteFailed), target: "broken", token: "1M7X7E6KEGTPWJ6ZTT93NG2XG7",
                error: JobError(.executionError, "Docker Run:\n\tno such image")),
            Fixture.job(),
            Fixture.job(
                .pending(.backoff), operation: .restartDeployment,
                token: "1M7X7E4GA0BA1AF27P6DN9R467",
                error: JobError(.networkError, "Komodo does not answer")
            ) { $0.wakeAt = Fixture.now + .seconds(4) },
        ]
        let lines = JobText.table(jobs, now: Fixture.now, style: Self.plain).lines(width: nil)
        #expect(
            lines == [
                "ID        STATE                 OPERATION           TARGET  CREATED  TOOK  REASON",
                "93NG2XG7  failed/remote_failed  deploy              broken  1m ago   8.0s  "
                    + "Docker Run: no such image",
                "BHKHCAQD  success               deploy              web     1m ago   8.0s",
                "6DN9R467  pending/backoff       restart-deployment  web     1m ago   -     "
                    + "Komodo does not answer. Next try in 4.0s.",
            ])
    }
}
