internal import AsyncHTTPClient
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import Testing

/// Sends requests as clients of both eras do.
struct TestClient: Sendable {
    let url: String
    var token: String?

    /// Never shut down: it lives as long as the tests.
    static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// An answer whose body has arrived.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        var json: JSONValue {
            get throws { try JSONValue(parsing: text) }
        }

        /// The text of a tool's result.
        var toolText: String? {
            get throws { try json["result"]?["content"]?.array?.first?["text"]?.string }
        }
    }

    /// Sends a request and does not wait for its body.
    func open(
        _ method: HTTPMethod = .POST, path: String? = nil, _ headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> HTTPClientResponse {
        let target = path.map { url.dropLast("/mcp".count) + $0 } ?? url[...]
        var request = HTTPClientRequest(url: String(target))
        request.method = method
        if !headers.contains(where: { $0.0.lowercased() == "accept" }) {
            request.headers.add(name: "Accept", value: "application/json, text/event-stream")
        }
        if body != nil { request.headers.add(name: "Content-Type", value: "application/json") }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return try await Self.http.execute(request, timeout: .seconds(60))
    }

    /// Sends a request and waits for the whole answer.
    func send(
        _ method: HTTPMethod = .POST, path: String? = nil, _ headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Answer {
        let response = try await open(method, path: path, headers, body: body)
        let bytes = try await response.body.collect(upTo: 32 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            text: String(buffer: bytes))
    }

    // MARK: 2026-07-28

    static let modernVersion = ("MCP-Protocol-Version", "2026-07-28")

    /// A modern request with the headers that repeat it.
    static func modern(
        _ method: String, _ params: JSONObject = [:], id: Int = 1, meta: JSONObject = [:]
    ) -> (headers: [(String, String)], body: String) {
        var metaObject: JSONObject = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        for member in meta.members { metaObject[member.key] = member.value }
        var params = params
        params["_meta"] = .object(metaObject)
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": .int(id), "method": .string(method),
            "params": .object(params),
        ]
        var headers = [modernVersion, ("Mcp-Method", method)]
        if let name = params["name"]?.string ?? params["uri"]?.string {
            headers.append(("Mcp-Name", name))
        }
        return (headers, message.serialized())
    }

    /// Sends a modern request.
    func modern(
        _ method: String, _ params: JSONObject = [:], id: Int = 1, meta: JSONObject = [:]
    ) async throws -> Answer {
        let (headers, body) = Self.modern(method, params, id: id, meta: meta)
        return try await send(.POST, headers, body: body)
    }

    /// Calls a tool with a modern request.
    func call(
        _ tool: String, _ arguments: JSONObject = [:], id: Int = 1, meta: JSONObject = [:]
    ) async throws -> Answer {
        try await modern(
            "tools/call", ["name": .string(tool), "arguments": .object(arguments)], id: id,
            meta: meta)
    }

    // MARK: Sessions

    /// A legacy message.
    static func message(_ method: String, _ params: JSONObject = [:], id: Int? = 1) -> String {
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id { object["id"] = .int(id) }
        object["method"] = .string(method)
        object["params"] = .object(params)
        return JSONValue.object(object).serialized()
    }

    /// Sends `initialize`.
    func initialize(_ revision: String = "2025-11-25", _ capabilities: JSONObject = [:])
        async throws -> Answer
    {
        try await send(
            .POST,
            body: Self.message(
                "initialize",
                [
                    "protocolVersion": .string(revision), "capabilities": .object(capabilities),
                    "clientInfo": ["name": "test", "version": "1"],
                ]))
    }

    /// Opens a session.
    func session(_ revision: String = "2025-11-25", _ capabilities: JSONObject = [:])
        async throws -> TestSession
    {
        let answer = try await initialize(revision, capabilities)
        let id = try #require(answer.headers.first(name: "Mcp-Session-Id"))
        let session = TestSession(client: self, id: id, revision: revision)
        let initialized = try await session.send("notifications/initialized", id: nil)
        #expect(initialized.status == 202)
        return session
    }
}

/// A client's session.
struct TestSession: Sendable {
    let client: TestClient
    let id: String
    let revision: String

    var headers: [(String, String)] {
        [("Mcp-Session-Id", id), ("MCP-Protocol-Version", revision)]
    }

    /// Sends a message and waits for the whole answer.
    func send(_ method: String, _ params: JSONObject = [:], id: Int? = 1) async throws
        -> TestClient.Answer
    {
        try await client.send(
            .POST, headers, body: TestClient.message(method, params, id: id))
    }

    /// Sends a message and does not wait for the body of the answer.
    func open(_ method: String, _ params: JSONObject = [:], id: Int = 1) async throws
        -> HTTPClientResponse
    {
        try await client.open(.POST, headers, body: TestClient.message(method, params, id: id))
    }

    /// Opens the stream of the session, or what followed an event.
    func listen(after event: String? = nil) async throws -> HTTPClientResponse {
        try await client.open(
            .GET, headers + (event.map { [("Last-Event-ID", $0)] } ?? []))
    }
}

extension JSONValue {
    /// A number.
    static func int(_ value: Int) -> JSONValue { .number(String(value)) }
}
