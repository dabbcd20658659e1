import Testing

/// The article that lists every bound, compared with the code and the tests.
@Suite(.timeLimit(.minutes(2)))
struct BoundsTests {
    private static let path = "Sources/JobWorker/JobWorker.docc/Bounds.md"
    /// The simulator is a tool of tests; its bounds are its own.
    private static let simulator = "Sources/KomodoSimulator/"

    private static let declarations = BoundDeclarations(
        SourceTree.sources.filter { !$0.path.hasPrefix(simulator) })

    private func table() throws -> BoundTable {
        BoundTable(try #require(SourceTree.file(Self.path)).text)
    }

    @Test func theLimitsOfTheArticleAreThoseOfTheCode() throws {
        let table = try table()
        #expect(table.limits.count > 200)
        Self.declarations.findings(table, path: Self.path).record()
    }

    @Test func theArticleListsEveryLimitOfTheCode() throws {
        #expect(Self.declarations.declarations.count > 500)
        Self.declarations.unlisted(in: try table()).record()
    }

    @Test func theTestsOfTheArticleExist() throws {
        let table = try table()
        #expect(table.tests.count > 100)
        TestNames(SourceTree.tests).findings(table, path: Self.path).record()
    }

    // MARK: The readers

    private static let source = """
        private struct Line {
            /// Let otherMax = 9 be.
            static let bytesMax = 64 << 10
            private static let waitMax: Duration = .seconds(5)
            package var pause = Duration.milliseconds(1_500)
            static var triesMax: Int { 100 }
            init(count: Int = 8, burst: Int = 200) {}
        }
        let pageMax = 2 * 50
        """

    @Test(arguments: [
        ("`Line.bytesMax` 64 KiB", [String]()), ("`Line.waitMax` 5 s", []),
        ("`Line.pause` 1,500 ms", []), ("`Line.triesMax` 100 tries", []),
        ("`Line.count` 8; `Line.burst` 200", []), ("`pageMax` 100 rows", []),
        ("twice `Line.bytesMax`", []), ("`Some.Line.pause`", []),
        ("`Line.bytesMax` 63 KiB", ["Line.bytesMax is not 64512 but 65536"]),
        ("`Line.waitMax` 5 ms", ["Line.waitMax is not 5 but 5000"]),
        ("`Other.waitMax` 5 s", ["Other.waitMax is not declared"]),
        ("`Line.otherMax` 9", ["Line.otherMax is not declared"]),
    ])
    func aWrongLimitIsFound(cell: String, messages: [String]) {
        let declarations = BoundDeclarations([SourceFile(path: "a.swift", text: Self.source)])
        let table = BoundTable("| What | Limit | Then |\n|---|---|---|\n| a | \(cell) | b |\n")
        #expect(!table.limits.isEmpty && table.tests.isEmpty)
        #expect(declarations.findings(table, path: "b").map(\.message) == messages)
    }

    @Test func aLimitThatIsNotListedIsFound() {
        let file = SourceFile(path: "a.swift", text: Self.source)
        let table = BoundTable("| a | `Line.bytesMax` 64 KiB, `Line.triesMax` 1 | b |\n")
        let found = BoundDeclarations([file]).unlisted(in: table)
        #expect(found.map(\.line) == [4, 9])
        let limits = SourceFile(path: "LineLimits.swift", text: Self.source)
        #expect(BoundDeclarations([limits]).unlisted(in: table).map(\.line) == [4, 5, 9])
    }

    @Test func aTestThatDoesNotExistIsFound() {
        let names = TestNames([
            SourceFile(
                path: "a.swift",
                text: "@Suite struct ATests {\n    struct B {}\n    @Test func itEnds() {}\n}\n")
        ])
        let table = BoundTable(
            "| a | `b` | c | `ATests.itEnds`, `B.itEnds`, `ATests.itBegins` |\n")
        #expect(
            names.findings(table, path: "b").map(\.message) == [
                "there is no test B.itEnds", "there is no test ATests.itBegins",
            ])
    }
}
