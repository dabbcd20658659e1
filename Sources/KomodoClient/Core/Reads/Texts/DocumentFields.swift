internal import JSON
internal import Jobs

/// Fields of a document: what Komodo did not tell is left out, never null.
extension JSONObject {
    /// Sets a text; nil and the empty text leave the field out.
    mutating func put(_ key: String, text: String?) {
        guard let text, !text.isEmpty else { return }
        self[key] = .string(text)
    }

    /// Sets an integer.
    mutating func put(_ key: String, int: Int64?) {
        guard let int else { return }
        self[key] = .int(int)
    }

    /// Sets a number, rounded to `digits` after the point.
    mutating func put(_ key: String, decimal: Double?, digits: Int = 2) {
        guard let decimal, decimal.isFinite else { return }
        self[key] = .number(HumanText.decimal(decimal, digits: digits))
    }

    /// Sets a Boolean value.
    mutating func put(_ key: String, flag: Bool?) {
        guard let flag else { return }
        self[key] = .bool(flag)
    }

    /// Sets a moment as ISO 8601 in UTC; Komodo writes 0 for never.
    mutating func put(_ key: String, moment: Timestamp?) {
        guard let moment, moment.milliseconds > 0 else { return }
        put(key, text: moment.iso8601Seconds)
    }

    /// Sets a list of texts, also when it is empty.
    mutating func put(_ key: String, texts: [String]) {
        self[key] = .array(texts.map { .string($0) })
    }

    /// Sets a list of objects, also when it is empty.
    mutating func put(_ key: String, objects: [JSONObject]) {
        self[key] = .array(objects.map { .object($0) })
    }

    /// Sets an object; nil and one without fields leave the field out.
    mutating func put(_ key: String, object: JSONObject?) {
        guard let object, !object.isEmpty else { return }
        self[key] = .object(object)
    }

    /// Sets a duration as text and, as `…_ms`, in milliseconds.
    mutating func put(_ key: String, duration: Duration?) {
        guard let duration, duration >= .zero else { return }
        put(key, text: HumanText.duration(duration))
        put("\(key)_ms", int: duration.inMilliseconds)
    }

    /// Adds the fields of another object.
    mutating func merge(_ other: JSONObject) {
        for member in other.members { self[member.key] = member.value }
    }
}

extension JSONValue {
    /// The text of a string that is not empty.
    var filledText: String? {
        guard let string, !string.isEmpty else { return nil }
        return string
    }

    /// The strings of an array; everything else in it is left out.
    var texts: [String] { (array ?? []).compactMap(\.string) }
}
