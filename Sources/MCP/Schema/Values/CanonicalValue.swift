internal import JSON

/// A JSON value by its meaning: numbers by value, members in any order, texts by code points.
enum CanonicalValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(ExactNumber)
    case text(ExactText)
    case list([CanonicalValue])
    case members([Member])
    /// A number whose text is none; equal to itself alone.
    case unreadable(ExactText)

    /// A name with its value.
    struct Member: Sendable, Hashable {
        let name: ExactText
        let value: CanonicalValue
    }

    /// The meaning of `value`; adds to `cost` about one for each value and each 32 bytes of text.
    ///
    /// - Complexity: O(n log n) in the number of members.
    init(_ value: JSONValue, cost: inout Int) {
        cost += 1
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let text):
            cost += text.utf8.count / 32
            self = ExactNumber(text).map { .number($0) } ?? .unreadable(ExactText(text))
        case .string(let text):
            cost += text.utf8.count / 32
            self = .text(ExactText(text))
        case .array(let elements):
            self = .list(elements.map { CanonicalValue($0, cost: &cost) })
        case .object(let object):
            let members = object.members.map { member in
                Member(
                    name: ExactText(member.key), value: CanonicalValue(member.value, cost: &cost))
            }
            self = .members(members.sorted { $0.name < $1.name })
        }
    }
}
