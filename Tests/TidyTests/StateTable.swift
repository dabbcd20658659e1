/// The statuses and phases of a job, read from the code and from the README.
///
/// The README's section whose heading ends in "states" holds a table: first column the status,
/// second its phases, separated by commas; a dash for none.
struct StateTable: Equatable {
    /// The phases of each status.
    private(set) var phases: [String: [String]] = [:]

    /// Reads `JobStatus`, `JobPhase` and the list of legal states.
    ///
    /// - Parameters:
    ///   - status: the text of `JobStatus.swift`.
    ///   - phase: the text of `JobPhase.swift`.
    ///   - state: the text of `JobState.swift`.
    init(status: String, phase: String, state: String) {
        let statuses = Self.cases(in: status)
        let words = Self.cases(in: phase)
        for name in statuses.values { phases[name] = [] }
        let list = CodeText(state).lines.joined(separator: " ")
        for part in list.split(separator: "[").dropFirst() {
            guard let close = part.firstIndex(of: "]"),
                let target = part[close...].firstRange(of: ".map { .")
            else { continue }
            let name = part[target.upperBound...].prefix { $0.isLetter }
            let members = part[..<close].split(separator: ",")
                .compactMap { $0.split(separator: ".").last?.filter(\.isLetter) }
                .filter { !$0.isEmpty }
            phases[statuses[String(name)] ?? "?", default: []] += members.map { words[$0] ?? "?" }
        }
    }

    /// Reads the table of a README; nil when it has no such section.
    init?(readme: String) {
        let lines = readme.split(separator: "\n", omittingEmptySubsequences: false)
        guard
            let start = lines.firstIndex(where: {
                $0.hasPrefix("#") && $0.lowercased().hasSuffix("states")
            })
        else { return nil }
        let rows = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }
            .drop { !$0.hasPrefix("|-") }.dropFirst().prefix { $0.hasPrefix("|") }
        for line in rows {
            let cells = line.split(separator: "|").map { $0.filter { $0 != "`" && $0 != " " } }
            guard cells.count >= 2 else { continue }
            phases[cells[0]] = cells[1].split(separator: ",").map(String.init)
                .filter { $0.allSatisfy { $0.isLetter || $0 == "_" } }
        }
    }

    /// The cases of an enum of strings: the name in Swift and the word it stands for.
    private static func cases(in text: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " }
            // A case of a `switch` ends in a colon or begins with a dot.
            guard trimmed.hasPrefix("case "), !trimmed.hasPrefix("case ."),
                !trimmed.contains(":")
            else { continue }
            for item in trimmed.dropFirst(5).split(separator: ",") {
                let sides = item.split(separator: "=")
                    .map { String($0.filter { $0.isLetter || $0 == "_" }) }
                if let name = sides.first { found[name] = sides.last }
            }
        }
        return found
    }
}
