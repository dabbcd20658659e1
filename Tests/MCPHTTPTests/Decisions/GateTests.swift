internal import HTTPTypes
internal import MCP
internal import Testing

@testable import MCPHTTP

@Suite(.timeLimit(.minutes(2)))
struct GateTests {
    private static let local = Principal(name: "local", scopes: ["all"])

    private static func head(
        _ method: HTTPRequest.Method = .post, authority: String? = "localhost:1",
        path: String = "/mcp", _ fields: HTTPFields = [:]
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, scheme: "http", authority: authority, path: path, headerFields: fields)
    }

    /// A gate with the tokens of one moment.
    private struct Door {
        let gate: Gate
        let access: Access

        func admit(_ head: HTTPRequest) throws(Refused) -> Principal {
            try gate.check(head)
            return try gate.authenticate(head, access).principal
        }
    }

    private static func gate(_ tokens: TokenRegistry = .none, scopes: Set<String> = []) throws
        -> Door
    {
        Door(
            gate: try Gate(HTTPConfiguration(localPrincipal: local, requiredScopes: scopes)),
            access: Access(
                tokens: tokens, needsToken: !tokens.isEmpty, localPrincipal: local))
    }

    private static func tokens() throws -> TokenRegistry {
        try TokenRegistry([
            .init(name: "reader", hash: TokenRegistry.hash(of: "r-token"), scopes: ["read"]),
            .init(
                name: "admin", hash: TokenRegistry.hash(of: "a-token").uppercased(),
                scopes: ["read", "admin"]),
        ])
    }

    private static func refusal(_ body: () throws(Refused) -> some Any) -> Reply? {
        do throws(Refused) {
            _ = try body()
            return nil
        } catch {
            return error.reply
        }
    }

    @Test func withoutTokensEverybodyIsTheLocalPrincipal() throws {
        let gate = try Self.gate()
        #expect(try gate.admit(Self.head()) == Self.local)
        #expect(try gate.admit(Self.head([.authorization: "Bearer what"])) == Self.local)
    }

    @Test(arguments: [
        nil, "", "Bearer", "Bearer ", "Basic cjpy", "Bearer wrong", "Bearer r-token extra",
        "Bearer r-tokeń", "r-token",
    ])
    func onlyAKnownTokenComesIn(field: String?) throws {
        let gate = try Self.gate(Self.tokens())
        var fields: HTTPFields = [:]
        fields[.authorization] = field
        let reply = Self.refusal { () throws(Refused) in try gate.admit(Self.head(fields)) }
        #expect(reply?.status == 401)
        #expect(reply?.fields[.wwwAuthenticate] == "Bearer")
    }

    @Test func aTokenInTheQueryIsNotLookedAt() throws {
        let gate = try Self.gate(Self.tokens())
        let head = Self.head(path: "/mcp?access_token=r-token")
        let reply = Self.refusal { () throws(Refused) in try gate.admit(head) }
        #expect(reply?.status == 401)
    }

    @Test func aTokenSaysWhoItIs() throws {
        let gate = try Self.gate(Self.tokens())
        let reader = try gate.admit(Self.head([.authorization: "bearer  r-token"]))
        #expect(reader == Principal(name: "reader", scopes: ["read"]))
        let admin = try gate.admit(Self.head([.authorization: "Bearer a-token"]))
        #expect(admin.name == "admin")
    }

    @Test func aMissingScopeIsNamed() throws {
        let gate = try Self.gate(Self.tokens(), scopes: ["read", "admin"])
        let reply = Self.refusal { () throws(Refused) in
            try gate.admit(Self.head([.authorization: "Bearer r-token"]))
        }
        #expect(reply?.status == 403)
        #expect(
            reply?.fields[.wwwAuthenticate]
                == "Bearer error=\"insufficient_scope\", scope=\"admin read\"")
        _ = try gate.admit(Self.head([.authorization: "Bearer a-token"]))
    }

    @Test func addressesAreCheckedBeforeTokens() throws {
        let gate = try Self.gate(Self.tokens())
        let evil = Self.refusal { () throws(Refused) in
            try gate.admit(Self.head(authority: "evil.example.com"))
        }
        #expect(evil?.status == 403)
        let origin = Self.refusal { () throws(Refused) in
            try gate.admit(Self.head([.origin: "http://evil.example.com"]))
        }
        #expect(origin?.status == 403)
        let none = Self.refusal { () throws(Refused) in
            try gate.admit(Self.head(authority: nil))
        }
        #expect(none?.status == 400)
        var twice = HTTPFields()
        twice.append(HTTPField(name: .extraHost, value: "localhost"))
        let two = Self.refusal { () throws(Refused) in try gate.admit(Self.head(twice)) }
        #expect(two?.status == 400)
    }

    @Test func otherMethodsAreRefusedWithoutATokenToo() throws {
        let gate = try Self.gate(Self.tokens())
        for method in [HTTPRequest.Method.put, .options, .patch, .head] {
            let reply = Self.refusal { () throws(Refused) in try gate.admit(Self.head(method)) }
            #expect(reply?.status == 405)
            #expect(reply?.fields[.allow] == "POST, GET, DELETE")
        }
    }

    @Test(
        arguments: [
            ("application/json, text/event-stream", "application/json", nil),
            (
                "text/event-stream;q=0.5,application/json;q=0.9", "application/json; charset=utf-8",
                nil
            ),
            ("*/*", "Application/JSON", nil), ("application/*, text/*", "application/json", nil),
            ("application/json", "application/json", 406),
            ("text/event-stream", "application/json", 406),
            ("", "application/json", 406), ("text/html", "application/json", 406),
            ("application/json;q=0, text/event-stream", "application/json", 406),
            ("*/*", "text/plain", 415), ("*/*", "", 415), ("*/*", "application/jsonp", 415),
        ] as [(String, String, Int?)])
    func postsSayWhatTheySendAndTake(accept: String, type: String, status: Int?) throws {
        let gate = try Self.gate()
        let head = Self.head([.accept: accept, .contentType: type])
        let reply = Self.refusal { () throws(Refused) in try gate.gate.checkPost(head) }
        #expect(reply?.status == status)
    }

    @Test(arguments: [
        ("/mcp", Route.endpoint), ("/mcp?a=b", .endpoint), ("/health", .health),
        ("/ready?x", .ready), ("/mcp/", .unknown), ("/", .unknown), ("", .unknown),
        ("/.well-known/oauth-protected-resource/mcp", .unknown),
        ("/.well-known/oauth-protected-resource", .unknown),
    ])
    func pathsLeadSomewhere(path: String, route: Route) {
        #expect(Route(path, endpoint: "/mcp") == route)
    }
}

extension GateTests {
    private static func head(_ fields: HTTPFields) -> HTTPRequest {
        head(.post, fields)
    }
}

@Suite(.timeLimit(.minutes(2)))
struct TokenRegistryTests {
    @Test func namesAreUniqueAndHashesAreHashes() {
        let hash = TokenRegistry.hash(of: "x")
        for entries in [
            [TokenRegistry.Entry(name: "", hash: hash, scopes: [])],
            [.init(name: "a", hash: hash, scopes: []), .init(name: "a", hash: hash, scopes: [])],
            [.init(name: "a", hash: "x", scopes: [])],
            [.init(name: "a", hash: String(hash.dropLast(2)), scopes: [])],
            [.init(name: "a", hash: String(hash.dropLast()) + "g", scopes: [])],
        ] {
            let error = #expect(throws: HTTPServerError.self) { try TokenRegistry(entries) }
            #expect(error?.code == .invalidToken)
        }
    }

    @Test func theHashIsTheStandardOne() {
        #expect(
            TokenRegistry.hash(of: "abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func newTokensAreTokensAndDiffer() {
        let tokens = Set((0..<100).map { _ in TokenRegistry.newToken() })
        #expect(tokens.count == 100)
        #expect(tokens.allSatisfy { Challenge.token(in: "Bearer \($0)") == $0 })
    }
}
