internal import JSON

/// Makes an answer short enough for a model: less than 25,000 tokens at 4 characters each.
struct OutgoingBound {
    private let weight: OutgoingWeight
    /// What was left out, as sentences.
    private var notes: [String] = []

    /// Names of texts whose end matters most.
    private static let ends: Set<String> = ["logs", "output", "stdout", "stderr", "text"]
    private static let notesMax = 10
    /// The most that a note takes, and the most of a path that it names, in bytes.
    private static let noteMax = 400
    private static let pathBytesMax = 100
    /// The most members of an object, and the longest name of one in bytes.
    private static let membersMax = 500
    private static let nameBytesMax = 200
    /// The least that a value is cut to.
    private static let valueMin = 48

    private init(_ weight: OutgoingWeight) { self.weight = weight }

    /// `value`, cut with notes in `data.notes` (or `details.notes`) when it takes more than `limit`
    /// as `weight` counts.
    ///
    /// - Complexity: O(n) in the size of `value` where it fits, else O(`limit`) for each level of
    ///   nesting.
    static func fit(_ value: JSONValue, in limit: Int, as weight: OutgoingWeight) -> JSONValue {
        guard weight.of(value, upTo: limit) > limit else { return value }
        var bound = OutgoingBound(weight)
        // One note more tells how to get the rest.
        let result = bound.trimmed(value, to: limit - (notesMax + 1) * noteMax, "") ?? .null
        return bound.noted(result, original: value)
    }

    private func noted(_ value: JSONValue, original: JSONValue) -> JSONValue {
        guard var object = value.object,
            let place = ["data", "details"].first(where: { object[$0]?.object != nil }),
            var data = object[place]?.object
        else { return value }
        let known = data["notes"]?.array ?? []
        let rest = rest(data, original[place])
        data["notes"] = .array(
            known + (notes.prefix(Self.notesMax) + [rest].compactMap { $0 }).map { .string($0) })
        object[place] = .object(data)
        return .object(object)
    }

    /// How to get the items of a page that were left out.
    private func rest(_ data: JSONObject, _ original: JSONValue?) -> String? {
        guard let all = original?["items"]?.array?.count, let shown = data["items"]?.array?.count,
            shown < all, let page = data["page"]?.int, let size = data["pageSize"]?.int
        else { return nil }
        let smaller = Int64(max(1, shown))
        let start = (page - 1) * size + Int64(shown)
        return "Ask with page_size \(smaller) and page \(start / smaller + 1) for the next ones."
    }

    /// The value in at most `budget`, which is at least ``valueMin``; nil when it cannot be cut.
    private mutating func trimmed(
        _ value: JSONValue, to budget: Int, _ path: String
    ) -> JSONValue? {
        guard weight.of(value, upTo: budget) > budget else { return value }
        switch value {
        case .string(let text): return .string(trimmed(text, to: budget, path))
        case .array(let items): return .array(trimmed(items, to: budget, path))
        case .object(let object): return .object(trimmed(object, to: budget, path))
        case .number:
            note(path, "left out, for it is too long")
            return nil
        case .null, .bool: return value
        }
    }

    private mutating func trimmed(_ text: String, to budget: Int, _ path: String) -> String {
        let name = path.split(separator: ".").last.map(String.init) ?? ""
        let isEnd = Self.ends.contains(name)
        let result =
            isEnd ? weight.tail(of: text, max: budget) : weight.head(of: text, max: budget)
        let kept = result.utf8.count - Self.markBytes
        note(path, "the \(isEnd ? "last" : "first") \(kept) of \(text.utf8.count) bytes")
        return result
    }

    /// Of the dots and the blank that stand for what was cut.
    private static let markBytes = 4

    private mutating func trimmed(
        _ items: [JSONValue], to budget: Int, _ path: String
    ) -> [JSONValue] {
        let itemBudget = max(budget / 3, Self.valueMin)
        var result: [JSONValue] = []
        var used = weight.of(.array([]))
        var seen = 0
        for item in items {
            seen += 1
            guard let item = trimmed(item, to: itemBudget, path) else { continue }
            used += weight.of(item) + weight.copies
            if used > budget { break }
            result.append(item)
        }
        if result.count < items.count {
            note(path, "the first \(result.count) of \(items.count)")
        }
        return result
    }

    private mutating func trimmed(
        _ object: JSONObject, to budget: Int, _ path: String
    ) -> JSONObject {
        let named = object.members.filter { $0.key.utf8.count <= Self.nameBytesMax }
        var members: [JSONObject.Member] = []
        var left = budget - weight.of(.object([:]))
        for member in named.prefix(Self.membersMax) {
            // The name with its colon and comma, and the least that its value takes.
            let cost = weight.of(member.key) + 2 * weight.copies
            guard left >= cost + (members.count + 1) * Self.valueMin else { break }
            left -= cost
            members.append(member)
        }
        if members.count < object.count {
            note(path, "the first \(members.count) of \(object.count) members")
        }
        let level = Self.level(members.map { weight.of($0.value, upTo: left) }, left)
        var result = JSONObject()
        for member in members {
            let isRoot = path.isEmpty && (member.key == "data" || member.key == "details")
            let inner = isRoot ? "" : path.isEmpty ? member.key : "\(path).\(member.key)"
            result[member.key] = trimmed(member.value, to: level, inner)
        }
        return result
    }

    /// The most for each value so that all of them together take at most `budget`.
    private static func level(_ sizes: [Int], _ budget: Int) -> Int {
        var left = budget
        let sorted = sizes.sorted()
        for (index, size) in sorted.enumerated() {
            let share = left / (sorted.count - index)
            if size > share { return max(share, valueMin) }
            left -= size
        }
        return max(budget, valueMin)
    }

    /// Adds a sentence about what stands at `path`.
    private mutating func note(_ path: String, _ what: String) {
        guard notes.count < Self.notesMax else { return }
        var place = path
        if path.utf8.count > Self.pathBytesMax {
            place = "…" + weight.end(of: path, max: Self.pathBytesMax)
        }
        let note = String(
            weight.beginning(
                of: place.isEmpty ? "\(what)." : "\(place): \(what).", max: Self.noteMax))
        if !notes.contains(note) { notes.append(note) }
    }
}
