import Testing

@testable import JobStore

@Suite(.timeLimit(.minutes(2)))
struct LogEntryTests {
    @Test(arguments: ["", "short", String(repeating: "x", count: 100)])
    func whatFitsStaysAsItIs(text: String) {
        #expect(LogEntry.capped(text, max: 100) == text)
    }

    @Test func headAndTailOfALongTextAreKept() {
        let text = String(repeating: "a", count: 80) + String(repeating: "z", count: 80)
        #expect(
            LogEntry.capped(text, max: 20)
                == "aaaaaaaaaa\n… 140 bytes left out …\nzzzzzzzzzz")
    }

    @Test(arguments: ["é", "日", "🎉"], 20..<32)
    func charactersAreNotCutInTwo(character: String, max: Int) {
        let text = String(repeating: character, count: 50)
        let capped = LogEntry.capped(text, max: max)
        #expect(!capped.contains("\u{FFFD}"))
        #expect(capped.hasPrefix(character) && capped.hasSuffix(character))
        #expect(capped.utf8.count <= max + 40)
    }

    @Test func hugeTextsAreCappedAtAMebibyte() {
        let text = String(repeating: "0123456789", count: 300_000)
        let capped = LogEntry.capped(text)
        #expect(capped.utf8.count < LogEntry.textBytesMax + 100)
        #expect(capped.contains("\(3_000_000 - LogEntry.textBytesMax) bytes left out"))
    }
}
