/// The variables of a `.env` file.
///
/// A line is `NAME=value`, with or without `export`, or a comment after `#`. Values may stand in
/// single quotes (taken as they are) or double quotes (`\n`, `\"` and `\\` are escapes); without
/// quotes a `#` after a blank begins a comment. The last of several lines with one name counts.
enum EnvironmentFile {
    /// The variables in `text`; lines that are none are passed over, as shells' own tools do.
    static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var line = trim(line)
            guard line.first != "#" else { continue }
            if line.hasPrefix("export ") { line = trim(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = trim(line[..<equals])
            guard !name.isEmpty else { continue }
            variables[String(name)] = value(trim(line[line.index(after: equals)...]))
        }
        return variables
    }

    private static func value(_ text: Substring) -> String {
        switch text.first {
        case "'":
            return String(text.dropFirst().prefix { $0 != "'" })
        case "\"":
            return quoted(text.dropFirst())
        default:
            var previous: Character = " "
            let plain = text.prefix { character in
                defer { previous = character }
                return character != "#" || !previous.isWhitespace
            }
            return String(trim(plain))
        }
    }

    private static func quoted(_ text: Substring) -> String {
        var value = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                value.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }

    private static func trim(_ text: Substring) -> Substring {
        let start = text.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
