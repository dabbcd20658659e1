import JobStore
import Jobs
import Testing

@testable import KomodoTools

/// Cutting logs into bounded pages.
@Suite(.timeLimit(.minutes(5)))
struct LogPageTests {
    private let logs = [
        ToolBench.log("Clone", "one\ntwo\n", position: 0, command: "git clone"),
        ToolBench.log("Build", "three\nERROR four", position: 1, stderr: "five", success: false),
        ToolBench.log("Build", "six", attempt: 2, position: 0),
    ]

    @Test func everythingComesUnderHeadings() {
        let page = LogPage(logs, LogQuery())
        #expect(
            page.text == """
                == Clone
                $ git clone
                one
                two
                == Build, failed
                three
                ERROR four
                five
                == Build, attempt 2
                six
                """)
        #expect(page.lines == 7 && page.linesTotal == 7 && page.linesMatched == 7)
        #expect(page.bytesTotal == 31)
        #expect(!page.hasMore && !page.isBeginningOmitted)
    }

    @Test func linesAreFoundInAnyCase() {
        var query = LogQuery()
        query.grep = "error"
        let page = LogPage(logs, query)
        #expect(page.text == "== Build, failed\nERROR four")
        #expect(page.linesMatched == 1 && page.linesTotal == 7)
    }

    @Test func stagesAndAttemptsAreChosen() {
        var query = LogQuery()
        query.stage = "build"
        query.attempt = 2
        #expect(LogPage(logs, query).text == "== Build, attempt 2\nsix")
    }

    @Test func theTailIsTheEnd() {
        var query = LogQuery()
        query.tail = 2
        let page = LogPage(logs, query)
        #expect(page.text == "== Build, failed\nfive\n== Build, attempt 2\nsix")
        #expect(page.isBeginningOmitted && !page.hasMore)
    }

    @Test func pagesJoinedAreTheWholeLog() {
        let long = (0..<5_000).map { "line \($0) " + String(repeating: "x", count: $0 % 60) }
        let logs = [ToolBench.log("Build", long.joined(separator: "\n"))]
        var seen: [Substring] = []
        var query = LogQuery()
        for _ in 0..<100 {
            let page = LogPage(logs, query)
            #expect(page.text.utf8.count <= BoundedText.logBytesMax + 100)
            #expect(page.lines <= LogQuery.linesMax)
            seen += page.text.split(separator: "\n").dropFirst()
            guard page.hasMore else { break }
            query.cursor = LogCursor(page.next.description)
            #expect(query.cursor == page.next)
        }
        #expect(seen.map(String.init) == long)
    }

    @Test func aCursorPastTheEndWaitsForMore() {
        let first = LogPage(logs, LogQuery())
        var query = LogQuery()
        query.cursor = first.next
        #expect(LogPage(logs, query).text.isEmpty)
        let grown = logs + [ToolBench.log("Push", "seven", attempt: 2, position: 1)]
        #expect(LogPage(grown, query).text == "== Push, attempt 2\nseven")
    }

    @Test func headingsCountTowardsTheBoundOfAPage() {
        let logs = (0..<1_000).map {
            ToolBench.log(String(repeating: "stage", count: 30), "x", position: $0)
        }
        for query in [LogQuery(), LogQuery(tail: 1_000)] {
            #expect(LogPage(logs, query).text.utf8.count <= BoundedText.logBytesMax)
        }
    }

    @Test func aLongCommandHidesNothing() {
        let script = (0..<3_000).map { "echo step \($0) of a long script" }
        let logs = [
            ToolBench.log(
                "Run", "the end", command: script.joined(separator: "\n"))
        ]
        var seen: [Substring] = []
        var query = LogQuery()
        for _ in 0..<100 {
            let page = LogPage(logs, query)
            #expect(page.lines > 0 && page.linesTotal == 3_001)
            seen += page.text.split(separator: "\n").dropFirst()
            guard page.hasMore else { break }
            query.cursor = page.next
        }
        #expect(seen.count == 3_001 && seen.last == "the end")
    }

    @Test func aLongLineIsCut() {
        let page = LogPage(
            [ToolBench.log("Build", String(repeating: "y", count: 9_000))], LogQuery())
        #expect(page.text.utf8.count < 2_200)
        #expect(page.text.hasSuffix("(9000 bytes in this line)"))
    }

    @Test(arguments: ["", "1.2", "1.2.3.4", "a.b.c", "-1.0.0", "1..3"])
    func otherTextsAreNoCursors(_ text: String) {
        #expect(LogCursor(text) == nil)
    }
}
