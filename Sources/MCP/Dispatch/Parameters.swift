internal import JSON

extension JSONObject {
    /// The text under `key`.
    func requiredString(_ key: String) throws(RPCError) -> String {
        guard case .string(let text)? = self[key] else {
            throw RPCError.invalidParams("\"\(key)\" must be a string")
        }
        return text
    }

    /// The cursor of a list request; nil on the first page.
    func cursor() throws(RPCError) -> String? {
        switch self["cursor"] {
        case nil, .null: nil
        case .string(let text): text
        default: throw RPCError.invalidParams("\"cursor\" must be a string")
        }
    }
}
