internal import Foundation
internal import FoundationNetworking
internal import JSON
internal import Testing

/// A client of a server over HTTP, which asks in the form of 2026-07-28.
struct HTTPPeer: Sendable {
    /// What the server printed.
    let announced: JSONValue
    let url: String
    let port: Int

    /// Runs `body` beside a server, then ends it with SIGTERM.
    static func with<Value: Sendable>(
        _ programs: Programs, bind: String = "127.0.0.1:0", _ options: [String] = [],
        _ body: (HTTPPeer) async throws -> Value
    ) async throws -> MCPPeer.Ending<Value> {
        let arguments = ["serve", "--transport", "http", "--bind", bind] + options
        return try await MCPPeer.with(programs, arguments) { server in
            let announced = try #require(try await server.next())
            let url = try #require(announced["url"]?.string)
            let peer = HTTPPeer(
                announced: announced, url: url, port: try #require(URL(string: url)?.port))
            let value = try await body(peer)
            server.signal(SIGTERM)
            return value
        }
    }

    /// The answer to GET.
    func get(_ path: String) async throws -> (status: Int, body: JSONValue) {
        try await send(try request(path))
    }

    /// The answer to the call of a tool.
    func call(
        _ tool: String, _ arguments: JSONValue = [:], token: String? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        let prefix = "io.modelcontextprotocol/"
        let frame: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": [
                "name": .string(tool), "arguments": arguments,
                "_meta": .object(
                    JSONObject([
                        (prefix + "protocolVersion", "2026-07-28"),
                        (prefix + "clientCapabilities", [:]),
                    ])),
            ],
        ]
        var message = try request("/mcp")
        message.httpMethod = "POST"
        message.httpBody = Data(frame.serialized().utf8)
        let fields = [
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool,
        ]
        for (name, value) in fields { message.setValue(value, forHTTPHeaderField: name) }
        if let token { message.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return try await send(message)
    }

    private func request(_ path: String) throws -> URLRequest {
        URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
    }

    private func send(_ request: URLRequest) async throws -> (status: Int, body: JSONValue) {
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = try #require((response as? HTTPURLResponse)?.statusCode)
        return (status, try Self.json(String(decoding: data, as: UTF8.self)))
    }

    /// The body, or the last event when a slow answer came as a stream.
    private static func json(_ text: String) throws -> JSONValue {
        let events = text.split(separator: "\n").filter { $0.hasPrefix("data:") }
        guard let last = events.last else { return try JSONValue(parsing: text) }
        return try JSONValue(parsing: String(last.dropFirst("data:".count)))
    }
}
