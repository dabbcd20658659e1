internal import AsyncHTTPClient
internal import JSON
internal import KomodoSimulator
internal import NIOCore
internal import NIOHTTP1
internal import Testing

/// One HTTP answer of a simulator, read whole.
struct Answer {
    let status: Int
    let text: String
    let contentType: String
    let fields: [String: String]

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
    /// Core's error text.
    var error: String { json["error"]?.string ?? "" }
    /// The id of the update that an execution answered with.
    var updateID: String { json["_id"]?["$oid"]?.string ?? "" }
}

/// Calls a simulator as a client would.
struct SimulatorCaller {
    let address: SimulatorAddress
    var key: String?
    var secret: String?
    var contentType: String? = "application/json"
    var forwardedFor: String?

    /// The longest that a condition is waited for.
    static let patience = Duration.seconds(60)

    init(_ address: SimulatorAddress) {
        self.address = address
        key = address.apiKey
        secret = address.apiSecret
    }

    /// A request in the form `{type, params}`.
    func call(_ module: String, _ type: String, _ params: JSONValue = [:]) async throws -> Answer {
        try await send("POST", "/\(module)", ["type": .string(type), "params": params])
    }

    /// A request with its type in the path.
    func callVariant(_ module: String, _ type: String, _ params: JSONValue) async throws -> Answer {
        try await send("POST", "/\(module)/\(type)", params)
    }

    func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
        try await send(method, path, text: body?.serialized())
    }

    func send(_ method: String, _ path: String, text: String?) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url + path)
        request.method = .init(rawValue: method)
        if let key { request.headers.add(name: "X-Api-Key", value: key) }
        if let secret { request.headers.add(name: "X-Api-Secret", value: secret) }
        if let forwardedFor { request.headers.add(name: "X-Forwarded-For", value: forwardedFor) }
        if let text {
            if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
            request.body = .bytes(ByteBuffer(string: text))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 64 * 1024 * 1024)
        var fields: [String: String] = [:]
        for field in response.headers { fields[field.name.lowercased()] = field.value }
        return Answer(
            status: Int(response.status.code), text: String(buffer: body),
            contentType: response.headers.first(name: "Content-Type") ?? "", fields: fields)
    }

    /// Starts an execution and returns the id of its update.
    func execute(_ type: String, _ params: JSONValue) async throws -> String {
        let answer = try await call("execute", type, params)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.updateID
    }

    func update(_ id: String) async throws -> JSONValue {
        try await call("read", "GetUpdate", ["id": .string(id)]).json
    }

    /// The update once it is complete.
    func finished(_ id: String) async throws -> JSONValue {
        try await eventually {
            let update = try await update(id)
            return update["status"]?.string == "Complete" ? .some(update) : .none
        }
    }

    /// Runs an execution to its end.
    func run(_ type: String, _ params: JSONValue) async throws -> JSONValue {
        try await finished(try await execute(type, params))
    }

    /// The items of `ListUpdates` for a query.
    func updates(_ query: JSONValue) async throws -> [JSONValue] {
        try await call("read", "ListUpdates", ["query": query]).json["updates"]?.array ?? []
    }
}

/// Waits until `condition` gives a value.
///
/// A literal nil can mean JSON's null: write `.none`.
func eventually<Value>(
    _ condition: () async throws -> Value?, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> Value {
    let end = ContinuousClock.now + SimulatorCaller.patience
    while ContinuousClock.now < end {
        if let value = try await condition() { return value }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try #require(nil as Value?, "the condition never held", sourceLocation: sourceLocation)
}

/// Options for tests: operations take hundredths of their time.
func quick(_ change: (inout SimulatorOptions) -> Void = { _ in }) -> SimulatorOptions {
    var options = SimulatorOptions()
    options.timeScale = 0.005
    change(&options)
    return options
}

extension JSONValue {
    /// The logs of an update.
    var logs: [JSONValue] { self["logs"]?.array ?? [] }
    /// The stages of an update's logs.
    var stages: [String] { logs.compactMap { $0["stage"]?.string } }
    /// Everything that an update's logs print as errors.
    var errors: String { logs.compactMap { $0["stderr"]?.string }.joined(separator: "\n") }
}
