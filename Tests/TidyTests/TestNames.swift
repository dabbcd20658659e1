/// The tests of the project, as `Suite.test`.
struct TestNames {
    private let names: Set<String>

    init(_ files: [SourceFile]) {
        var names: Set<String> = []
        for file in files {
            let suites = file.lines.compactMap(Self.suite)
            let tests = file.lines.compactMap(Self.test)
            for suite in suites { names.formUnion(tests.map { "\(suite).\($0)" }) }
        }
        self.names = names
    }

    /// The tests of an article that are none.
    func findings(_ table: BoundTable, path: String) -> [Finding] {
        table.tests.filter { !names.contains($0.title) }.map {
            Finding(path: path, line: $0.line, message: "there is no test \($0.title)")
        }
    }

    /// The type that a line without indentation declares or extends.
    private static func suite(_ line: Substring) -> Substring? {
        guard line.first.map({ $0 != " " && $0 != "/" }) ?? false else { return nil }
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(where: { $0 == "struct" || $0 == "extension" }),
            place + 1 < words.count
        else { return nil }
        return words[place + 1].prefix { $0.isLetter || $0.isNumber }
    }

    private static func test(_ line: Substring) -> Substring? {
        guard let range = line.firstRange(of: "func ") else { return nil }
        return line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
