import Foundation
import TestSupport
import Testing

@testable import Bench

/// What processes of a measurement are told, and what they note.
struct PartTests {
    @Test(arguments: [
        Part.write(database: "/a b/db", number: 1, seconds: 2, report: "/r"),
        .writeInC(database: "/db", number: 3, seconds: 4, report: "/r"),
        .claimInC(database: "/db", bell: "/bell", count: 5, report: "/r"), .read(database: "/db"),
        .spend(database: "/db", log: "/log"),
    ])
    func aPartIsWhatItsWordsSay(part: Part) {
        #expect(Part(words: part.words) == part)
        #expect(Part(words: part.words + ["more"]) == nil)
    }

    @Test func otherWordsAreNoPart() {
        #expect(Part(words: []) == nil && Part(words: ["dance", "/db"]) == nil)
        #expect(Part(words: ["write", "/db", "one", "2", "/r"]) == nil)
    }

    @Test func aMomentThatIsBeingNotedDoesNotCount() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("log")
        #expect(MomentLog.lines(path).isEmpty)
        let log = try MomentLog(path)
        try log.note([1, 2])
        try log.note([3])
        #expect(MomentLog.lines(path) == [[1, 2], [3]])
        try "1 2\n3".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(MomentLog.lines(path) == [[1, 2]])
    }

    @Test func aPartThatLeftNoReportIsNamed() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: BenchError.self) { try Part.report(directory.file("none")) }
    }
}
