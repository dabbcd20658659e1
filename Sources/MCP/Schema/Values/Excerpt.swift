internal import JSON

/// Values and names as messages repeat them: on one line and not longer than told.
enum Excerpt {
    /// `value` as JSON, cut after `limit` characters; large values are not written out in full.
    static func of(_ value: JSONValue, limit: Int = SchemaLimits.excerptMax) -> String {
        var text = ""
        write(value, to: &text, limit: limit)
        return cut(text, to: limit)
    }

    /// `text` in quotation marks, escaped, cut after `limit` characters.
    static func quoted(_ text: String, limit: Int) -> String {
        of(.string(text), limit: limit)
    }

    /// `text`, or its beginning followed by an ellipsis when it is longer than `limit`.
    static func cut(_ text: String, to limit: Int) -> String {
        // Counting scalars first: a hostile text can be one single long character.
        let scalars = text.unicodeScalars.prefix(limit + 1)
        guard scalars.count > limit else { return text }
        return String(String.UnicodeScalarView(scalars.dropLast())) + "…"
    }

    /// `values` as a list in words, some of them when there are many.
    static func list(_ values: [JSONValue], limit: Int = SchemaLimits.listMax) -> String {
        let shown = values.prefix(limit).map { of($0) }.joined(separator: ", ")
        return values.count > limit ? shown + " and \(values.count - limit) more" : shown
    }

    private static func write(_ value: JSONValue, to text: inout String, limit: Int) {
        guard text.utf8.count <= limit * 4 else { return }
        switch value {
        case .null, .bool: text += value.serialized()
        case .number(let digits): text += cut(digits, to: limit)
        case .string(let string):
            text += JSONValue.string(cut(string, to: limit)).serialized()
        case .array(let elements):
            text += "["
            for (index, element) in elements.prefix(limit).enumerated() {
                if index > 0 { text += ", " }
                write(element, to: &text, limit: limit)
            }
            text += "]"
        case .object(let object):
            text += "{"
            for (index, member) in object.members.prefix(limit).enumerated() {
                if index > 0 { text += ", " }
                write(.string(member.key), to: &text, limit: limit)
                text += ": "
                write(member.value, to: &text, limit: limit)
            }
            text += "}"
        }
    }
}
