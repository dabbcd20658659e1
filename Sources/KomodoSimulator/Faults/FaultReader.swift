internal import JSON

/// Reads one object of a fault script, refusing what it does not know.
struct FaultReader {
    private let object: JSONObject
    private let path: String

    init(_ value: JSONValue, path: String, keys: Set<String>) throws(FaultScriptError) {
        guard case .object(let object) = value else {
            throw FaultScriptError(message: "\(path) must be an object")
        }
        if let unknown = object.keys.first(where: { !keys.contains($0) }) {
            let known = keys.sorted().joined(separator: ", ")
            throw FaultScriptError(message: "\(path).\(unknown) is unknown; use one of \(known)")
        }
        self.object = object
        self.path = path
    }

    func string(_ key: String) throws(FaultScriptError) -> String? {
        try read(key, "a string") { $0.string }
    }

    func count(_ key: String, min least: Int64 = 0, max most: Int64 = 1 << 40)
        throws(FaultScriptError) -> Int?
    {
        try read(key, "a whole number from \(least) to \(most)") { value in
            value.int.flatMap { (least...most).contains($0) ? Int($0) : nil }
        }
    }

    func bool(_ key: String) throws(FaultScriptError) -> Bool? {
        try read(key, "true or false") { $0.bool }
    }

    func fraction(_ key: String) throws(FaultScriptError) -> Double? {
        try read(key, "a number from 0 to 1") { value in
            value.double.flatMap { (0...1).contains($0) ? $0 : nil }
        }
    }

    func milliseconds(_ key: String) throws(FaultScriptError) -> Duration? {
        try count(key).map { .milliseconds($0) }
    }

    func list(_ key: String) throws(FaultScriptError) -> [JSONValue] {
        try read(key, "a list of at most \(FaultScript.entriesMax)") { value in
            value.array.flatMap { $0.count <= FaultScript.entriesMax ? $0 : nil }
        } ?? []
    }

    func strings(_ key: String) throws(FaultScriptError) -> [String: String]? {
        try read(key, "an object of strings") { value -> [String: String]? in
            guard let members = value.object?.members else { return nil }
            let pairs = members.compactMap { member in
                member.value.string.map { (member.key, $0) }
            }
            return pairs.count == members.count ? Dictionary(pairs) { $1 } : nil
        }
    }

    func choice<T: RawRepresentable & CaseIterable>(_ key: String, _ type: T.Type)
        throws(FaultScriptError) -> T? where T.RawValue == String
    {
        let names = T.allCases.map { $0.rawValue }.joined(separator: ", ")
        return try read(key, "one of \(names)") { $0.string.flatMap { T(rawValue: $0) } }
    }

    func value(_ key: String) -> JSONValue? { object[key] }

    private func read<T>(_ key: String, _ expectation: String, _ convert: (JSONValue) -> T?)
        throws(FaultScriptError) -> T?
    {
        guard let value = object[key], !value.isNull else { return nil }
        guard let result = convert(value) else {
            throw FaultScriptError(message: "\(path).\(key) must be \(expectation)")
        }
        return result
    }
}

extension FaultScript {
    /// Reads a script from its JSON value.
    init(_ value: JSONValue) throws(FaultScriptError) {
        let reader = try FaultReader(
            value, path: "script",
            keys: ["rules", "resources", "websocket", "database_down", "append"])
        self.init()
        for (index, rule) in try reader.list("rules").enumerated() {
            rules.append(try FaultRule(rule, path: "rules[\(index)]"))
        }
        for (index, fault) in try reader.list("resources").enumerated() {
            resources.append(try ResourceFault(fault, path: "resources[\(index)]"))
        }
        if let socket = reader.value("websocket") { websocket = try SocketFault(socket) }
        isDatabaseDown = try reader.bool("database_down") ?? false
        appends = try reader.bool("append") ?? false
    }
}

extension FaultRule {
    fileprivate init(_ value: JSONValue, path: String) throws(FaultScriptError) {
        let reader = try FaultReader(value, path: path, keys: ["match", "times", "action"])
        guard let action = reader.value("action") else {
            throw FaultScriptError(message: "\(path).action is missing")
        }
        let match = try FaultReader(
            reader.value("match") ?? [:], path: "\(path).match",
            keys: ["method", "path", "type", "target", "nth", "every", "probability"])
        self.init(
            method: try match.string("method"), path: try match.string("path"),
            type: try match.string("type"), target: try match.string("target"),
            nth: try match.count("nth", min: 1), every: try match.count("every", min: 1),
            probability: try match.fraction("probability"),
            times: try reader.count("times", min: 1),
            action: try FaultAction(action, path: "\(path).action"))
    }
}

extension FaultAction {
    fileprivate init(_ value: JSONValue, path: String) throws(FaultScriptError) {
        let reader = try FaultReader(
            value, path: path,
            keys: [
                "kind", "delay_before_ms", "delay_after_ms", "status", "body", "headers", "bytes",
                "chunk_bytes", "interval_ms", "accepted",
            ])
        guard let kind = try reader.choice("kind", Kind.self) else {
            throw FaultScriptError(message: "\(path).kind is missing")
        }
        self.init(kind)
        delayBefore = try reader.milliseconds("delay_before_ms") ?? .zero
        delayAfter = try reader.milliseconds("delay_after_ms") ?? .zero
        status = try reader.count("status", min: 200, max: 599)
        body = try reader.string("body")
        headers = try reader.strings("headers") ?? [:]
        bytes = try reader.count("bytes", min: 1, max: Int64(Self.bytesMax)) ?? bytes
        chunkBytes = try reader.count("chunk_bytes", min: 1) ?? chunkBytes
        interval = try reader.milliseconds("interval_ms") ?? interval
        accepted = try reader.bool("accepted")
    }
}

extension ResourceFault {
    fileprivate init(_ value: JSONValue, path: String) throws(FaultScriptError) {
        let reader = try FaultReader(
            value, path: path, keys: ["name", "type", "behaviour", "for_ms", "times"])
        guard let name = try reader.string("name"),
            let behaviour = try reader.choice("behaviour", Behaviour.self)
        else { throw FaultScriptError(message: "\(path) needs name and behaviour") }
        self.init(
            name, behaviour, type: try reader.string("type"),
            lasts: try reader.milliseconds("for_ms"), times: try reader.count("times", min: 1))
    }
}

extension SocketFault {
    fileprivate init(_ value: JSONValue) throws(FaultScriptError) {
        let reader = try FaultReader(
            value, path: "websocket",
            keys: ["refuse", "status", "stall_after", "close_after", "duplicates"])
        self.init()
        refuses = try reader.bool("refuse") ?? false
        status = try reader.count("status", min: 200, max: 599) ?? status
        stallAfter = try reader.count("stall_after")
        closeAfter = try reader.count("close_after")
        duplicates = try reader.count("duplicates", max: 100) ?? 0
    }
}
