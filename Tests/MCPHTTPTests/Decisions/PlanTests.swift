internal import HTTPTypes
internal import MCP
internal import Testing

@testable import MCPHTTP

@Suite(.timeLimit(.minutes(2)))
struct PlanTests {
    private static let request = #"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#
    private static let initialize = #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#
    private static let notification = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
    private static let response = #"{"jsonrpc":"2.0","id":"ask-1","result":{}}"#
    private static let modern =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":"#
        + #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#

    private static func plan(_ text: String, session: String? = nil, version: String? = nil)
        -> PostPlan
    {
        PostPlan(Inbound(parsing: Array(text.utf8)), sessionID: session, version: version)
    }

    @Test(
        arguments: [
            (initialize, nil, nil, PostPlan.open), (initialize, nil, "2025-11-25", .open),
            (initialize, "s", nil, .session("s")), (initialize, nil, "2026-07-28", .exchange),
            (request, "s", nil, .session("s")), (request, "s", "2025-03-26", .session("s")),
            (request, "s", "2026-07-28", .exchange), (request, nil, "1999-01-01", .exchange),
            (modern, nil, nil, .exchange), (modern, "s", nil, .exchange),
            (notification, "s", nil, .session("s")), (response, "s", nil, .session("s")),
            ("{", nil, nil, .exchange), ("{", "s", nil, .session("s")),
            ("[]", "s", nil, .session("s")),
        ] as [(String, String?, String?, PostPlan)])
    func messagesFindTheirPlace(
        text: String, session: String?, version: String?, plan: PostPlan
    ) {
        #expect(Self.plan(text, session: session, version: version) == plan)
    }

    @Test func aRequestOutsideASessionIsToldSo() {
        guard case .refuse(let reply) = Self.plan(Self.request) else {
            Issue.record("It was taken")
            return
        }
        #expect(reply.status == 400)
        #expect(reply.body?.contains("\"error\":{\"code\":-32600") == true)
    }

    @Test(arguments: [notification, response, "[]"])
    func nothingElseIsTakenOutsideASession(text: String) {
        guard case .refuse(let reply) = Self.plan(text) else {
            Issue.record("It was taken")
            return
        }
        #expect(reply.status == 400)
    }

    @Test func modernClientsSendNoResponses() {
        guard case .refuse(let reply) = Self.plan(Self.response, version: "2026-07-28") else {
            Issue.record("It was taken")
            return
        }
        #expect(reply.status == 400)
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, ["Mcp-Session-Id": "s"], SessionPlan.listen(session: "s")),
        (.get, ["Mcp-Session-Id": " s "], .listen(session: "s")),
        (
            .get, ["Mcp-Session-Id": "s", "Last-Event-ID": "3-14"],
            .resume(session: "s", after: EventID(stream: 3, number: 14))
        ),
        (.get, ["Mcp-Session-Id": "s", "Last-Event-ID": ""], .listen(session: "s")),
        (.delete, ["Mcp-Session-Id": "s"], .end(session: "s")),
        (
            .delete, ["Mcp-Session-Id": "s", "MCP-Protocol-Version": "2025-06-18"],
            .end(session: "s")
        ),
    ])
    func sessionsAreVisited(
        method: HTTPRequest.Method, fields: [String: String], plan: SessionPlan
    ) throws {
        #expect(SessionPlan(try Self.head(method, fields)) == plan)
    }

    @Test(
        arguments: [
            (HTTPRequest.Method.get, [:], 400), (.delete, [:], 400),
            (.get, ["MCP-Protocol-Version": "2026-07-28", "Mcp-Session-Id": "s"], 405),
            (.delete, ["MCP-Protocol-Version": "2026-07-28"], 405),
            (.get, ["MCP-Protocol-Version": "2031-01-01", "Mcp-Session-Id": "s"], 400),
            (.get, ["Mcp-Session-Id": "s", "Accept": "application/json"], 406),
            (.get, ["Mcp-Session-Id": "s", "Last-Event-ID": "x"], 400),
            (.get, ["Mcp-Session-Id": "s", "Last-Event-ID": "1-2-3"], 400),
            (.get, ["Mcp-Session-Id": "s", "Last-Event-ID": "-1"], 400),
        ] as [(HTTPRequest.Method, [String: String], Int)])
    func visitsThatMeanNothingAreRefused(
        method: HTTPRequest.Method, fields: [String: String], status: Int
    ) throws {
        guard case .refuse(let reply) = SessionPlan(try Self.head(method, fields)) else {
            Issue.record("It was taken")
            return
        }
        #expect(reply.status == status)
        if status == 405 { #expect(reply.fields[.allow] == "POST") }
    }

    @Test func fieldsBecomeFacts() throws {
        let head = try Self.head(
            .post,
            [
                "mcp-protocol-version": " 2026-07-28 ", "MCP-METHOD": "tools/call",
                "Mcp-Name": "\t greet ", "Mcp-Param-Region": " us-west1 ", "mcp-param-ID": "4",
            ])
        let headers = TransportFacts(head.headerFields).headers
        #expect(headers?.protocolVersion == "2026-07-28")
        #expect(headers?.method == "tools/call")
        #expect(headers?.name == "greet")
        #expect(headers?.parameters == ["region": "us-west1", "id": "4"])
    }

    private static func head(_ method: HTTPRequest.Method, _ fields: [String: String]) throws
        -> HTTPRequest
    {
        var head = HTTPRequest(method: method, scheme: "http", authority: "x", path: "/mcp")
        head.headerFields[.accept] = "text/event-stream"
        for (name, value) in fields {
            head.headerFields[try #require(HTTPField.Name(name))] = value
        }
        return head
    }
}
