import Testing

@Suite(.timeLimit(.minutes(2)))
struct CodeRuleTests {
    @Test func bannedCallsAreNotUsed() {
        let findings = (SourceTree.sources + SourceTree.tests)
            .flatMap { CodeRules.findings(path: $0.path, code: CodeText($0.text)) }
        findings.record()
    }

    @Test(arguments: [
        "let a = try! b()", "let a = b as! C", "fatalError(\"no\")",
        "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
        "let a = DispatchSemaphore(value: 0)", "Bundle.module.url",
        "Thread.sleep(forTimeInterval: 1)",
        "try await Task.sleep(for: .seconds(1))", "print(a)", "let a = try? b()",
        "\"\\(try! b())\"", "JSONSerialization.data()", "fputs(a, stderr)", "debugPrint(a)",
        "FileHandle.standardOutput.write(a)", "write(STDOUT_FILENO, a, 1)",
        "Terminal.writeAsIs(a)", "OutputMask.lift()", "StreamLogHandler.standardError(label: a)",
    ])
    func aBannedCallIsFound(source: String) {
        #expect(CodeRules.findings(path: "Sources/Jobs/A.swift", code: CodeText(source)).count == 1)
    }

    @Test(arguments: [
        "// try!", "let a = \"print(\"", "fingerprint(a)", "log.print(a)", "isfatalErrorLike()",
        "let a = try? b()  // An answer in time is all that counts.", "alias!",
    ])
    func aHarmlessTextIsNot(source: String) {
        #expect(CodeRules.findings(path: "Sources/Jobs/A.swift", code: CodeText(source)).isEmpty)
    }

    @Test func exceptionsHoldWhereTheyAreNamed() {
        let speaks = CodeText("print(a)")
        let sleeps = CodeText("Task.sleep(a)")
        let printer = "Sources/Commands/Output/Printer.swift"
        #expect(CodeRules.findings(path: printer, code: speaks).isEmpty)
        #expect(CodeRules.findings(path: "Sources/Commands/A.swift", code: speaks).count == 1)
        #expect(CodeRules.findings(path: "Tests/JobsTests/A.swift", code: speaks).isEmpty)
        #expect(CodeRules.findings(path: "Tests/TestSupport/A.swift", code: sleeps).isEmpty)
        #expect(CodeRules.findings(path: "Tests/JobsTests/A.swift", code: sleeps).count == 1)
        let waits = CodeText("while !isDone() {\n    try await Task.sleep(for: pause)\n}")
        #expect(CodeRules.findings(path: "Tests/JobsTests/A.swift", code: waits).isEmpty)
        #expect(CodeRules.findings(path: "Sources/Jobs/A.swift", code: waits).count == 1)
        let replaceable = CodeText("sleep: Sleep = { try await Task.sleep(for: $0) }")
        #expect(CodeRules.findings(path: "Sources/Jobs/A.swift", code: replaceable).isEmpty)
    }
}
