#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#endif

internal import JSON

extension Reply {
    /// An error as the signed interface writes it.
    static func signedError(
        _ status: Int, _ code: String, _ message: String, at time: Int64,
        adding more: JSONObject = [:]
    ) -> Reply {
        var body: JSONObject = [
            "error": .string(message), "code": .string(code), "status": .int(status),
            "timestamp": .string(ISOTime.text(time)),
        ]
        for member in more.members { body[member.key] = member.value }
        return .json(.object(body), status: status)
    }
}

/// Moments as the signed interface writes them: whole seconds in UTC.
enum ISOTime {
    /// The text for milliseconds since 1970.
    static func text(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }
}

extension SignedStyle {
    /// The answer to a request that succeeded.
    func reply(_ content: JSONValue, at time: Int64) -> Reply {
        let content = isCamelCase ? Self.camelCased(content) : content
        guard isEnveloped else { return .json(content) }
        return .json([
            "data": content, "status": 200, "timestamp": .string(ISOTime.text(time)),
        ])
    }

    /// Objects whose names are somebody's own.
    private static let foreign: Set<String> = ["env", "environment", "variables", "build_args"]

    private static func camelCased(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var renamed = JSONObject()
            for member in object.members {
                let isForeign = foreign.contains(member.key)
                renamed[camelCased(member.key)] =
                    isForeign ? member.value : camelCased(member.value)
            }
            return .object(renamed)
        case .array(let items): return .array(items.map { camelCased($0) })
        case .null, .bool, .number, .string: return value
        }
    }

    private static func camelCased(_ name: String) -> String {
        let words = name.split(separator: "_")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (words.first.map(String.init) ?? "") + rest.joined()
    }
}
