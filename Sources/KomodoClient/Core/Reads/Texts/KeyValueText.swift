internal import JSON

/// The texts in which Core keeps pairs: `KEY=VALUE`, `- KEY: VALUE`, with comments.
///
/// What Core calls an environment, build arguments, labels, ports and volumes are such texts; some
/// versions and exports have an array of objects instead.
enum KeyValueText {
    /// The most pairs of one text that are read.
    static let pairsMax = 2_000

    /// The pairs of a text, or of an array of `{variable, value}`, in order.
    static func pairs(_ value: JSONValue?) -> [(key: String, value: String)] {
        guard let value else { return [] }
        if let text = value.string { return pairs(in: text) }
        return (value.array ?? []).prefix(pairsMax).compactMap { element in
            if let text = element.string { return pairs(in: text).first }
            let key = (element["variable"] ?? element["name"] ?? element["local"])?.string
            let found = (element["value"] ?? element["container"])?.string
            return key.flatMap { key in key.isEmpty ? nil : (key, found ?? "") }
        }
    }

    /// The pairs as an object of texts; the last of equal keys counts, as for a shell.
    static func object(_ value: JSONValue?) -> JSONObject {
        var object: JSONObject = [:]
        for pair in pairs(value) { object[pair.key] = .string(pair.value) }
        return object
    }

    /// The pairs with a colon between, as in `8080:80`.
    static func joined(_ value: JSONValue?) -> [String] {
        pairs(value).map { "\($0.key):\($0.value)" }
    }

    private static func pairs(in text: String) -> [(key: String, value: String)] {
        var found: [(key: String, value: String)] = []
        var openValue: OpenValue?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // The lines of a value are no pairs: a key among them would show part of a secret.
            if let open = openValue, let last = found.indices.last {
                found[last].value += "\n" + line
                if open.ends(on: line) { openValue = nil }
                continue
            }
            guard let pair = pair(on: line) else { continue }
            guard found.count < pairsMax else { break }
            openValue = OpenValue(pair.value)
            found.append(pair)
        }
        return found
    }

    private static func pair(on line: Substring) -> (key: String, value: String)? {
        let trimmed = trim(line)
        guard !trimmed.hasPrefix("#"), !trimmed.hasPrefix("//") else { return nil }
        let code = trimmed.firstRange(of: " #").map { trimmed[..<$0.lowerBound] } ?? trimmed
        let bare = trim(code.drop { $0 == "-" })
        guard let split = bare.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        var key = trim(bare[..<split])
        var value = trim(bare[bare.index(after: split)...])
        // One pair of quotes around the whole line is dropped, quotes of the value stay.
        if let quote = key.first, quote == "\"" || quote == "'",
            key.last != quote || key.count == 1,
            value.last == quote
        {
            key = trim(key.dropFirst())
            value = trim(value.dropLast())
        }
        return key.isEmpty ? nil : (String(key), String(value))
    }

    /// What a value that goes on in the next lines ends with.
    private enum OpenValue {
        case quote(Character)
        case armour

        init?(_ value: String) {
            if value.contains("-----BEGIN "), !value.contains("-----END ") {
                self = .armour
            } else if let quote = value.first, quote == "\"" || quote == "'",
                !value.dropFirst().contains(quote)
            {
                self = .quote(quote)
            } else {
                return nil
            }
        }

        func ends(on line: Substring) -> Bool {
            switch self {
            case .quote(let quote): line.contains(quote)
            case .armour: line.contains("-----END ")
            }
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else {
            return start[..<start.startIndex]
        }
        return start[...end]
    }
}
