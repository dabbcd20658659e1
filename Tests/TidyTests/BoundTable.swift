/// The limits that the article about bounds lists, and the tests that it names.
///
/// Its tables have three columns, or four with tests in the last. A limit stands in the second
/// column: its type and name in backticks, then its value with a unit, for example
/// `` `HTTPLimits.bodyTimeout` 30 s``.
struct BoundTable {
    /// One limit.
    struct Limit: Equatable {
        /// The type that declares it; nil for one that stands in no type.
        let type: String?
        let name: String
        /// In milliseconds, bytes or pieces; nil when the article gives no number.
        let value: Int?
        /// Counted from 1.
        let line: Int

        var title: String { type.map { "\($0).\(name)" } ?? name }
    }

    /// One test, as `Suite.test`.
    struct NamedTest: Equatable {
        let title: String
        /// Counted from 1.
        let line: Int
    }

    private(set) var limits: [Limit] = []
    private(set) var tests: [NamedTest] = []

    init(_ article: String) {
        let lines = article.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { String($0) }
            guard cells.count >= 3 else { continue }
            limits += Self.limits(in: cells[1], line: number + 1)
            guard cells.count >= 4 else { continue }
            tests += Self.quoted(cells[3]).map { NamedTest(title: $0.code, line: number + 1) }
        }
    }

    private static func limits(in cell: String, line: Int) -> [Limit] {
        quoted(cell).compactMap { part in
            let path = part.code.split(separator: ".").map { String($0) }
            guard let name = path.last else { return nil }
            return Limit(
                type: path.dropLast().last, name: name, value: value(of: part.rest), line: line)
        }
    }

    /// What stands in backticks, each with the text up to the next.
    private static func quoted(_ text: String) -> [(code: String, rest: String)] {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
            .map { String($0) }
        return stride(from: 1, to: parts.count, by: 2).map { index in
            (parts[index], index + 1 < parts.count ? parts[index + 1] : "")
        }
    }

    /// The number that a text begins with, in the smallest unit; `seconds` in full count pieces.
    private static func value(of text: String) -> Int? {
        let words = text.split(separator: " ")
        guard let first = words.first,
            let number = Int(first.filter { $0 != "," && $0 != ";" })
        else { return nil }
        let unit = words.dropFirst().first.map { $0.prefix { $0.isLetter } } ?? ""
        return number * (units[String(unit)] ?? 1)
    }

    private static let units = [
        "s": 1_000, "min": 60_000, "h": 3_600_000, "KiB": 1 << 10, "MiB": 1 << 20,
    ]
}
