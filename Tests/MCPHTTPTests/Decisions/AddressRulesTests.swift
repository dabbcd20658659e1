internal import MCP
internal import Testing

@testable import MCPHTTP

@Suite(.timeLimit(.minutes(2)))
struct AddressRulesTests {
    private static let principal = Principal(name: "local")

    @Test(arguments: [
        ("localhost", true), ("localhost:80", true), ("LOCALHOST:1", true), ("127.0.0.1", true),
        ("127.0.0.1:65535", true), ("[::1]", true), ("[::1]:9", true), ("evil.example.com", false),
        ("localhost.evil.example", false), ("127.0.0.1.evil.example", false), ("", false),
        ("localhost:", false), ("localhost:99999", false), ("localhost:8x", false),
        ("user@localhost", false), ("::1", false), ("[::1", false), ("[localhost]", false),
        ("localhost/", false), ("mcp.example:1", true), ("mcp.example", true),
        ("fixed.example:8443", true), ("fixed.example:8444", false), ("fixed.example", false),
        ("10.1.2.3:5", true),
    ])
    func hostsAreThoseOfLoopbackAndTheConfiguredOnes(host: String, isPermitted: Bool) throws {
        let rules = try AddressRules(
            HTTPConfiguration(
                host: "10.1.2.3", allowedHosts: ["mcp.example", "fixed.example:8443"],
                localPrincipal: Self.principal))
        #expect(rules.permitsHost(host) == isPermitted)
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("https://127.0.0.1", true), ("http://[::1]:1", true),
        ("http://evil.example.com", false), ("null", false), ("file://", false), ("", false),
        ("ftp://localhost", false), ("https://app.example", true), ("HTTPS://App.Example", true),
        ("http://app.example", false), ("https://app.example:8443", false),
        ("https://app.example.evil", false), ("https://app.example:443", true),
        ("https://app.example:80", false), ("http://localhost.evil.example", false),
    ])
    func originsAreThoseOfLoopbackAndTheConfiguredOnes(origin: String, isPermitted: Bool) throws {
        let rules = try AddressRules(
            HTTPConfiguration(
                allowedOrigins: ["https://app.example/"], localPrincipal: Self.principal))
        #expect(rules.permitsOrigin(origin) == isPermitted)
    }

    @Test func theWildcardAddressIsNoHostOfItsOwn() throws {
        let rules = try AddressRules(
            HTTPConfiguration(host: "0.0.0.0", localPrincipal: Self.principal))
        #expect(!rules.permitsHost("0.0.0.0:80"))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true),
        ("0.0.0.0", false), ("::", false), ("127.0.0.1.example", false), ("127.0.0", false),
        ("127.0.0.999", false), ("192.168.1.1", false),
    ])
    func loopbackIsKnown(host: String, isLoopback: Bool) {
        #expect(Authority.isLoopback(host: host) == isLoopback)
    }

    @Test func uselessConfigurationIsRefused() {
        for configuration in [
            HTTPConfiguration(allowedHosts: ["https://x"], localPrincipal: Self.principal),
            HTTPConfiguration(allowedOrigins: ["x"], localPrincipal: Self.principal),
            HTTPConfiguration(path: "mcp", localPrincipal: Self.principal),
            HTTPConfiguration(path: "/", localPrincipal: Self.principal),
            HTTPConfiguration(path: "/a?b", localPrincipal: Self.principal),
            HTTPConfiguration(port: 70_000, localPrincipal: Self.principal),
        ] {
            let error = #expect(throws: HTTPServerError.self) {
                try Gate(configuration)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
