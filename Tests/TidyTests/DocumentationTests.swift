import Testing

@Suite(.timeLimit(.minutes(2)))
struct DocumentationTests {
    @Test func whatOtherTargetsUseIsDocumented() {
        DocumentationRules.findings(in: SourceTree.sources).record()
    }

    @Test(arguments: [
        ("package func run() {}", "run"), ("package struct A {}", "A"),
        ("    package static func b(c: Int) {}", "b"), ("package final class C {}", "C"),
        ("// A note.\npackage enum D {}", "D"), ("/// Far.\n\npackage enum E {}", "E"),
        ("@frozen package enum F {}", "F"), ("package class func g() {}", "g"),
        ("/// A.\npackage protocol A {\n    func b()\n}", "b"),
    ])
    func aSilentDeclarationIsFound(source: String, name: String) {
        let findings = DocumentationRules.findings(in: [SourceFile(path: "a", text: source)])
        #expect(findings.map(\.message) == ["\(name) is not documented"])
    }

    @Test(arguments: [
        "/// Runs.\npackage func run() {}", "/// A.\n@frozen\npackage struct A {}",
        "func a() {}", "private struct B {}", "package static func < (a: A, b: A) -> Bool {",
        "let a = \"package func b() {}\"", "package let a = 1", "package init() {}",
        "package func hash(into hasher: inout Hasher) {",
        "/// A.\npackage protocol A {\n    /// B.\n    func b()\n}\npackage func b() {}",
        "protocol A {\n    func b()\n}",
    ])
    func aDocumentedOrPrivateOneIsNot(source: String) {
        #expect(DocumentationRules.findings(in: [SourceFile(path: "a", text: source)]).isEmpty)
    }
}
