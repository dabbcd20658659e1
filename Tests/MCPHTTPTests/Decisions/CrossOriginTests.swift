internal import AsyncHTTPClient
internal import HTTPTypes
internal import JSON
internal import MCP
internal import NIOHTTP1
internal import Testing

@testable import MCPHTTP

/// What pages of other origins are told.
@Suite(.timeLimit(.minutes(2)))
struct CrossOriginTests {
    private static let listed = "http://localhost:6274"

    private static func rules() throws -> CrossOrigin {
        CrossOrigin(
            try AddressRules(
                HTTPConfiguration(
                    allowedOrigins: [listed, "https://app.example:443"],
                    localPrincipal: Principal(name: "local"))))
    }

    private static func head(_ method: HTTPRequest.Method, _ fields: [String: String]) throws
        -> HTTPRequest
    {
        var head = HTTPRequest(method: method, scheme: "http", authority: "x", path: "/mcp")
        for (name, value) in fields {
            head.headerFields[try #require(HTTPField.Name(name))] = value
        }
        return head
    }

    @Test(arguments: [listed, "https://app.example"])
    func aListedPageMayAskAndRead(origin: String) throws {
        let rules = try Self.rules()
        let head = try Self.head(
            .options,
            [
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers":
                    "authorization, mcp-param-region,Mcp-Param-ID, x-other, bad name",
            ])
        let reply = try #require(rules.preflight(head))
        #expect(reply.status == 204)
        #expect(reply.fields[.accessControlAllowMethods] == "POST, GET, DELETE")
        let names = reply.fields[.accessControlAllowHeaders]
        #expect(
            names == "Authorization, Content-Type, Accept, Mcp-Session-Id, MCP-Protocol-Version, "
                + "Mcp-Method, Mcp-Name, Last-Event-ID, mcp-param-region, mcp-param-id")
        let fields = rules.fields(head)
        #expect(fields[.accessControlAllowOrigin] == origin)
        #expect(fields[.vary] == "Origin")
        #expect(fields[.accessControlExposeHeaders]?.hasPrefix("Mcp-Session-Id, ") == true)
        #expect(fields[.accessControlAllowCredentials] == nil)
    }

    @Test(arguments: [
        "http://localhost:6275", "http://localhost", "https://localhost:6274", "null",
        "https://app.example:444", "http://app.example", "*",
    ])
    func othersAreToldNothing(origin: String) throws {
        let rules = try Self.rules()
        let head = try Self.head(
            .options, ["Origin": origin, "Access-Control-Request-Method": "POST"])
        #expect(rules.preflight(head) == nil)
        #expect(rules.fields(head).isEmpty)
    }

    @Test func onlyAQuestionIsAPreflight() throws {
        let rules = try Self.rules()
        #expect(rules.preflight(try Self.head(.options, ["Origin": Self.listed])) == nil)
        #expect(
            rules.preflight(
                try Self.head(
                    .post, ["Origin": Self.listed, "Access-Control-Request-Method": "POST"]))
                == nil)
        #expect(rules.fields(try Self.head(.post, [:])).isEmpty)
    }

    @Test func everyAnswerToAListedPageCanBeRead() async throws {
        let tokens = TestTokens(["one"])
        try await RunningServer.with(
            tokens: tokens,
            configured: {
                $0.allowedOrigins = [Self.listed]
            }
        ) { (server) async throws in
            let ask = [("Origin", Self.listed), ("Access-Control-Request-Method", "POST")]
            let preflight = try await server.client.send(.OPTIONS, ask)
            #expect(preflight.status == 204)
            #expect(
                preflight.headers.first(name: "Access-Control-Allow-Origin") == Self.listed)
            let refused = try await server.client.send(.GET, [("Origin", Self.listed)])
            #expect(refused.status == 401)
            #expect(refused.headers.first(name: "Access-Control-Allow-Origin") == Self.listed)
            let one = TestClient(url: server.client.url, token: "one")
            let session = try await one.session()
            let stream = try await one.open(.GET, session.headers + [("Origin", Self.listed)])
            #expect(stream.headers.first(name: "Access-Control-Allow-Origin") == Self.listed)
            let unlisted = [
                ("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "POST"),
            ]
            let other = try await server.client.send(.OPTIONS, unlisted)
            #expect(other.status == 405)
            #expect(!other.headers.contains(name: "Access-Control-Allow-Origin"))
            #expect(!other.headers.contains(name: "Vary"))
        }
    }
}
