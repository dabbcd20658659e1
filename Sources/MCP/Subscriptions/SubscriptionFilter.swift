internal import JSON

/// What a `subscriptions/listen` asks to be told.
struct SubscriptionFilter: Hashable {
    var lists: [ListKind] = []
    var resources: [String] = []
    /// nil: not mentioned.
    var tasks: [String]?

    init() {}

    /// Reads the `notifications` member of the parameters.
    init(_ params: JSONObject, limits: ProtocolLimits) throws(RPCError) {
        guard case .object(let object)? = params["notifications"] else {
            throw RPCError.invalidParams("\"notifications\" must be an object")
        }
        for kind in ListKind.allCases {
            switch object[kind.filterKey] {
            case nil, .bool(false): break
            case .bool(true): lists.append(kind)
            default: throw RPCError.invalidParams("\"\(kind.filterKey)\" must be a Boolean")
            }
        }
        resources =
            try Self.texts("resourceSubscriptions", object, max: limits.subscriptionsMax) ?? []
        tasks = try Self.texts("taskIds", object, max: limits.watchedTasksMax)
    }

    /// The `notifications` member of the acknowledgement.
    var json: JSONObject {
        var object: JSONObject = [:]
        for kind in lists { object[kind.filterKey] = true }
        if !resources.isEmpty { object["resourceSubscriptions"] = .strings(resources) }
        object["taskIds"] = tasks.map { .strings($0) }
        return object
    }

    private static func texts(
        _ key: String, _ object: JSONObject, max: Int
    ) throws(RPCError) -> [String]? {
        guard let value = object[key] else { return nil }
        guard let list = value.array else {
            throw RPCError.invalidParams("\"\(key)\" must be an array of strings")
        }
        guard list.count <= max else {
            throw RPCError.invalidParams("\"\(key)\" has at most \(max) entries")
        }
        var texts: [String] = []
        for element in list {
            guard let text = element.string else {
                throw RPCError.invalidParams("\"\(key)\" must be an array of strings")
            }
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }
}
