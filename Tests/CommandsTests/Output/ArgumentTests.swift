internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct ArgumentTests {
    @Test(arguments: [
        ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000),
    ])
    func durationsAreReadAsPeopleWriteThem(text: String, milliseconds: Int) {
        #expect(DurationArgument(argument: text)?.duration == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "0s", "-5s", "5 parsecs", "s", "soon"])
    func otherDurationsAreRefused(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test func momentsAreRelativeOrAbsolute() throws {
        let relative = try #require(MomentArgument(argument: "2h"))
        #expect(relative.before(Fixture.now) == Fixture.now - .seconds(7_200))
        #expect(relative.after(Fixture.now) == Fixture.now + .seconds(7_200))
        for text in ["2026-03-01T12:00:00.250Z", "2026-03-01T13:00:00.250+01:00"] {
            let absolute = try #require(MomentArgument(argument: text))
            #expect(absolute.before(Fixture.now) == Fixture.now)
            #expect(absolute.after(Timestamp(milliseconds: 0)) == Fixture.now)
        }
        #expect(
            MomentArgument(argument: "2026-03-01T12:00:00Z")?.after(Fixture.now)
                == Fixture.now - .milliseconds(250))
        #expect(MomentArgument(argument: "yesterday") == nil)
    }

    @Test func statusesAreSeparatedByCommas() {
        #expect(StatusesArgument(argument: "failed,Running")?.statuses == [.failed, .running])
        for text in ["", ",", "done", "failed,done", "failed done"] {
            #expect(StatusesArgument(argument: text) == nil)
        }
    }

    @Test func operationsAreFoundByNameAndAlias() throws {
        #expect(try OperationArgument.find("Deploy") == .deploy)
        #expect(try OperationArgument.find("run-build") == .build)
    }

    @Test(arguments: [
        ("dploy", "Did you mean deploy?"),
        ("restart-deploymnt", "Did you mean restart-deployment?"),
        ("run-bild", "Did you mean run-build?"),
    ])
    func misspeltOperationsNameTheNearest(word: String, question: String) throws {
        let error = try #require(throws: CommandError.self) { try OperationArgument.find(word) }
        #expect(error.exit == .usage)
        #expect(error.message.contains(question))
        #expect(error.message.contains("stop-server"))
    }

    @Test func strangeOperationsNameTheValidOnes() throws {
        let error = try #require(throws: CommandError.self) { try OperationArgument.find("xyzzy") }
        #expect(!error.message.contains("Did you mean"))
        for operation in JobOperation.allCases {
            #expect(error.message.contains(operation.rawValue))
        }
    }

    @Test(arguments: [1, 35, 36, 1_000_000, Int64.max]) func pageTokensComeBack(row: Int64) {
        #expect(PageToken.row(PageToken.text(row)) == row)
    }

    @Test(arguments: ["", "p", "7", "p-1", "p+1", "p0", "p!", "pzzzzzzzzzzzzzzz", "q1"])
    func otherPageTokensAreRefused(text: String) {
        #expect(PageToken.row(text) == nil)
    }

    @Test(arguments: [
        ("list -f json", true), ("list --format json", true), ("list --format=jsonl", true),
        ("list", false), ("list -f table", false), ("logs abc -f json", false),
        ("logs abc --format json", true), ("run deploy -- -f json", false), ("list -f", false),
    ])
    func theFormatOfErrorsIsToldFromTheArguments(line: String, isJSON: Bool) {
        let words = line.split(separator: " ").map(String.init)
        #expect(ErrorFormat.isJSON(["komodo-jobs"] + words) == isJSON)
    }

    @Test func exitCodesAreAsDocumented() {
        #expect(
            Commands.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 69])
        #expect(
            Commands.ExitStatus.helpText.split(separator: "\n").count
                == Commands.ExitStatus.allCases.count)
    }
}
