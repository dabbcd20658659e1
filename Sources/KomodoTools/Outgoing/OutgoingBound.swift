internal import JSON

/// Makes a result short enough for a model: less than 25,000 tokens at 4 characters each.
struct OutgoingBound {
    /// What was left out, as sentences.
    private var notes: [String] = []

    /// Names of texts whose end matters most.
    private static let ends: Set<String> = ["logs", "output", "stdout", "stderr", "text"]
    private static let notesMax = 10
    /// The most bytes of a resource, which is sent once.
    static let resourceBytesMax = 96_000
    /// Room for the notes.
    private static let notesBytes = 2_000
    private static let membersMax = 500
    /// The least bytes that a value is cut to.
    private static let valueBytesMin = 24
    private static let attemptsMax = 6

    /// The most bytes of a result as JSON.
    ///
    /// A result is sent twice, as a text and as an object; both fit where Komodo decides how long it
    /// is. Results of our own are bounded where they are made: a full page of jobs needs the most.
    static func bytesMax(of source: Outgoing.Source) -> Int {
        switch source {
        case .komodo: 46_000
        case .ours: 60_000
        }
    }

    /// `value`, cut with notes in `data.notes` when it is longer than `bytesMax` bytes of JSON.
    static func fit(_ value: JSONValue, bytesMax: Int) -> JSONValue {
        guard value.bytes > bytesMax else { return value }
        var budget = bytesMax - notesBytes
        var result = value
        for _ in 0..<attemptsMax {
            var bound = OutgoingBound()
            result = bound.trimmed(value, to: budget, "")
            result = noted(result, bound.notes, original: value)
            if result.bytes <= bytesMax { break }
            budget = budget * 3 / 5
        }
        return result
    }

    private static func noted(
        _ value: JSONValue, _ notes: [String], original: JSONValue
    ) -> JSONValue {
        guard var object = value.object, var data = object["data"]?.object else { return value }
        let known = data["notes"]?.array ?? []
        let rest = rest(data, original["data"])
        data["notes"] = .array(
            known.prefix(notesMax)
                + (notes.prefix(notesMax) + [rest].compactMap { $0 }).map {
                    .string($0)
                })
        object["data"] = .object(data)
        return .object(object)
    }

    /// How to get the items of a page that were left out.
    private static func rest(_ data: JSONObject, _ original: JSONValue?) -> String? {
        guard let all = original?["items"]?.array?.count, let shown = data["items"]?.array?.count,
            shown < all, let page = data["page"]?.int, let size = data["pageSize"]?.int
        else { return nil }
        let smaller = Int64(max(1, shown))
        let start = (page - 1) * size + Int64(shown)
        return "Ask with page_size \(smaller) and page \(start / smaller + 1) for the next ones."
    }

    private mutating func trimmed(_ value: JSONValue, to budget: Int, _ path: String) -> JSONValue {
        guard value.bytes > budget else { return value }
        switch value {
        case .string(let text): return .string(trimmed(text, to: budget, path))
        case .array(let items): return .array(trimmed(items, to: budget, path))
        case .object(let object): return .object(trimmed(object, to: budget, path))
        case .null, .bool, .number: return value
        }
    }

    private mutating func trimmed(_ text: String, to budget: Int, _ path: String) -> String {
        let name = path.split(separator: ".").last.map(String.init) ?? ""
        let isEnd = Self.ends.contains(name)
        let count = text.utf8.count
        var kept = max(Self.valueBytesMin, min(count, budget))
        var result = text
        while kept >= Self.valueBytesMin {
            result =
                isEnd
                ? BoundedText.tail(text, max: kept) : BoundedText.beginning(text, max: kept)
            if JSONValue.string(result).bytes <= budget { break }
            kept = kept * 4 / 5
        }
        note("\(path): the \(isEnd ? "last" : "first") \(kept) of \(count) bytes.")
        return result
    }

    private mutating func trimmed(
        _ items: [JSONValue], to budget: Int, _ path: String
    ) -> [JSONValue] {
        let itemBudget = max(budget / 3, Self.valueBytesMin)
        var result: [JSONValue] = []
        var used = 2
        for item in items {
            let item = trimmed(item, to: itemBudget, path)
            used += item.bytes + 1
            if used > budget { break }
            result.append(item)
        }
        if result.count < items.count {
            note("\(path): the first \(result.count) of \(items.count).")
        }
        return result
    }

    private mutating func trimmed(
        _ object: JSONObject, to budget: Int, _ path: String
    ) -> JSONObject {
        let members = object.members.prefix(Self.membersMax)
        if members.count < object.count {
            note("\(path): the first \(members.count) of \(object.count) members.")
        }
        let names = members.reduce(2) { $0 + $1.key.utf8.count + 4 }
        let level = Self.level(members.map(\.value.bytes), budget - names)
        var result = JSONObject()
        for member in members {
            let isRoot = path.isEmpty && member.key == "data"
            let inner = isRoot ? "" : path.isEmpty ? member.key : "\(path).\(member.key)"
            result[member.key] = trimmed(member.value, to: level, inner)
        }
        return result
    }

    /// The most bytes for each value so that all of them together have at most `budget`.
    private static func level(_ sizes: [Int], _ budget: Int) -> Int {
        var left = budget
        let sorted = sizes.sorted()
        for (index, size) in sorted.enumerated() {
            let share = left / (sorted.count - index)
            if size > share { return max(share, valueBytesMin) }
            left -= size
        }
        return max(budget, valueBytesMin)
    }

    private mutating func note(_ text: String) {
        guard !notes.contains(text) else { return }
        notes.append(text)
    }
}

extension JSONValue {
    /// Its length as JSON.
    fileprivate var bytes: Int { serialized().utf8.count }
}
