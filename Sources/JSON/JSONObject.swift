/// The members of a JSON object, in order.
///
/// Small objects are the rule here, so look-up is a scan (``JSONObjectBuilder`` makes large ones); a
/// duplicate key keeps its last value, as most parsers do. Keys are the same when their bytes are:
/// Swift takes texts for equal that look the same.
package struct JSONObject: Sendable, Hashable {
    /// One key with its value.
    package struct Member: Sendable, Hashable {
        package let key: String
        package var value: JSONValue
    }

    package private(set) var members: [Member]

    /// An object of `pairs` in their order.
    package init(_ pairs: [(String, JSONValue)] = []) {
        var builder = JSONObjectBuilder(capacity: pairs.count)
        for (key, value) in pairs { builder.set(key, to: value) }
        self = builder.object
    }

    /// Members known to have distinct keys.
    init(distinct members: [Member]) {
        self.members = members
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var keys: [String] { members.map(\.key) }

    /// The value of `key`; assigning nil removes it.
    ///
    /// - Complexity: O(n) in the number of members.
    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.isNamed(key) }?.value }
        set {
            let index = members.firstIndex { $0.isNamed(key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject.Member {
    /// Whether its key has the bytes of `key`.
    func isNamed(_ key: String) -> Bool {
        self.key.utf8.count == key.utf8.count && self.key.utf8.elementsEqual(key.utf8)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
