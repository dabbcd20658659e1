/// Members of an object that is being made, in the order of their first mention.
///
/// Finds keys by an index once there are many, so that long objects are made in linear time.
package struct JSONObjectBuilder {
    private var members: [JSONObject.Member] = []
    private var positions: [[UInt8]: Int] = [:]

    /// The most members that are looked through without an index.
    private static let scanMax = 16

    /// - Parameter capacity: how many members are expected.
    package init(capacity: Int = 0) {
        members.reserveCapacity(capacity)
    }

    /// The object so far.
    package var object: JSONObject { JSONObject(distinct: members) }

    /// Adds a member; a key that is there already gets the new value.
    package mutating func set(_ key: String, to value: JSONValue) {
        if let position = position(of: key) {
            members[position].value = value
            return
        }
        members.append(JSONObject.Member(key: key, value: value))
        guard members.count > Self.scanMax else { return }
        if positions.isEmpty {
            for (position, member) in members.enumerated() {
                positions[Array(member.key.utf8)] = position
            }
        } else {
            positions[Array(key.utf8)] = members.count - 1
        }
    }

    private func position(of key: String) -> Int? {
        if positions.isEmpty { return members.firstIndex { $0.isNamed(key) } }
        return positions[Array(key.utf8)]
    }
}
