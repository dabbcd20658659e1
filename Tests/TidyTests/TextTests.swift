import Testing

@Suite(.timeLimit(.minutes(2)))
struct TextTests {
    @Test func textsAreTidy() {
        #expect(SourceTree.texts.count > 20)
        let findings = SourceTree.texts
            .flatMap { TextRules.findings(path: $0.path, text: $0.text) }
        findings.record()
    }

    @Test(arguments: [
        "a \n", "a\r\n", "a\tb\n", "a", "a\n\n", "see /wo" + "rk/a\n", "TO" + "DO: a\n",
    ])
    func anUntidyTextIsFound(text: String) {
        #expect(TextRules.findings(path: "a", text: text).count == 1)
    }

    @Test func aTidyTextIsNot() {
        #expect(TextRules.findings(path: "a", text: "a b\n\nc\n").isEmpty)
    }
}
