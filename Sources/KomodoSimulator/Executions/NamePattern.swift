/// The pattern of a batch: names, wildcards, or a regular expression between backslashes; several
/// stand in lines or between commas.
struct NamePattern {
    private let parts: [Part]
    /// Parts of a pattern that are looked at.
    private static let partsMax = 1_000

    private enum Part {
        case wildcard([Character])
        case expression(Regex<AnyRegexOutput>)
    }

    init(_ text: String) {
        parts = text.split(whereSeparator: { $0 == "," || $0.isNewline })
            .prefix(Self.partsMax)
            .compactMap { Self.part($0.drop { $0 == " " }) }
    }

    /// Whether one of the parts matches the whole name.
    func matches(_ name: String) -> Bool {
        parts.contains { part in
            switch part {
            case .wildcard(let pattern): Self.matches(pattern[...], Array(name)[...])
            // A regular expression that fails at run time matches nothing, as an error would.
            case .expression(let regex): (try? regex.firstMatch(in: name)) != nil
            }
        }
    }

    private static func part(_ piece: Substring) -> Part? {
        var text = String(piece)
        while text.last == " " { text.removeLast() }
        guard !text.isEmpty else { return nil }
        if text.count > 2, text.first == "\\", text.last == "\\" {
            // An invalid expression matches nothing.
            return (try? Regex(String(text.dropFirst().dropLast()))).map { .expression($0) }
        }
        return .wildcard(Array(text))
    }

    private static func matches(
        _ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>
    ) -> Bool {
        guard let head = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        switch head {
        case "*":
            return matches(rest, name) || (!name.isEmpty && matches(pattern, name.dropFirst()))
        case "?": return !name.isEmpty && matches(rest, name.dropFirst())
        default: return name.first == head && matches(rest, name.dropFirst())
        }
    }
}
