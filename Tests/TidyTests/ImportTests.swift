import Testing

@Suite(.timeLimit(.minutes(2)))
struct ImportTests {
    @Test func importsFollowTheTargetGraph() {
        let findings = SourceTree.sources.flatMap {
            ImportRules.findings(path: $0.path, target: $0.target, code: CodeText($0.text))
        }
        findings.record()
    }

    @Test func theGraphNamesTheTargetsThatExist() throws {
        let targets = try SourceTree.names(in: "Sources")
        #expect(Set(targets) == Set(ImportRules.graph.keys))
    }

    @Test func noArrowTurnsBack() {
        var known: Set<String> = []
        var open = ImportRules.graph
        while let next = open.first(where: { $0.value.isSubset(of: known) }) {
            known.insert(next.key)
            open[next.key] = nil
        }
        #expect(open.isEmpty, "these import each other: \(open.keys.sorted())")
    }

    @Test(arguments: [
        ("JobWorker", "internal import Commands", "JobWorker may not import Commands"),
        ("Jobs", "internal import JobStore", "Jobs may not import JobStore"),
        ("Jobs", "private import Foundation", "Jobs is pure and may not import Foundation"),
        ("Commands", "internal import GRDB", "Commands may not import GRDB"),
        ("Commands", "internal import Leftpad", "Leftpad has no target that may import it"),
        ("JobStore", "import GRDB", "import GRDB without access level"),
        ("JobStore", "@preconcurrency import GRDB", "import GRDB without access level"),
        ("Commands", "internal import struct GRDB.Row", "Commands may not import GRDB"),
        ("Helpers", "internal import JSON", "target Helpers is not in the graph"),
    ])
    func aWrongImportIsFound(target: String, source: String, message: String) {
        let findings = ImportRules.findings(path: "a", target: target, code: CodeText(source))
        #expect(findings == [Finding(path: "a", line: 1, message: message)])
    }

    @Test(arguments: [
        ("JobStore", "internal import GRDB"), ("Commands", "private import JobStore"),
        ("Jobs", "package import JSON // import GRDB"), ("Jobs", "let a = \"import GRDB\""),
        ("Redaction", "private import Synchronization"),
    ])
    func aRightImportIsNot(target: String, source: String) {
        let code = CodeText(source)
        #expect(ImportRules.findings(path: "a", target: target, code: code).isEmpty)
    }
}
