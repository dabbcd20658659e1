internal import JSON

extension CoreState {
    /// Answers a write request whose parameters are well formed.
    mutating func write(_ type: String, _ params: JSONValue, by user: Operator) throws(Reply)
        -> JSONValue
    {
        guard type == "RefreshStackCache" else { throw .error(500, "unknown variant `\(type)`") }
        let name = params["stack"] ?? params["id"] ?? params["name"]
        let stack = try resolve(.stack, name?.string ?? "")
        guard isOpen(stack, to: user) else {
            throw .error(500, permissionText(stack, "Execute"))
        }
        // A stack that changes has a new commit whenever somebody looks.
        if stack.behaviour.change != .none { world[stack.id]?.runs += 1 }
        return [:]
    }
}
