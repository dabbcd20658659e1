import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct SecrecyTests {
    /// Everything that prints a value.
    static func prints(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value)|\(String(reflecting: value))|\(dumped)"
    }

    @Test(arguments: [200, 302, 400, 401, 403, 404, 422, 429, 500, 502])
    func aServerThatEchoesTheRequestRevealsNothing(_ status: Int) async throws {
        // In the text, in Core's form, and cut in the middle by the limit of a quote.
        let padding = String(repeating: "p", count: Quote.lengthMax - 6)
        for body in [
            "you sent \(testKey) and \(testSecret)",
            #"{"error":"\#(testKey)","trace":["\#(testSecret)"]}"#,
            padding + testSecret, "<b>\(testSecret)</b>",
        ] {
            let server = try await ScriptedServer.start(.answer(status, body))
            let target = submission().target
            var printed = ""
            try await withClient(testConnection(server.url)) { client in
                printed += Self.prints(await client.submit(submission()) { true })
            }
            try await withClient(testConnection(server.url)) { client in
                do {
                    printed += Self.prints(try await client.isBusy(target))
                } catch {
                    printed += Self.prints(error)
                }
            }
            for secret in [testKey, testSecret] {
                #expect(!printed.contains(secret.prefix(6)), "\(body)")
            }
            try await server.stop()
        }
    }

    @Test
    func clientAndConnectionPrintTheirAddressButNoSecret() async throws {
        let connection = testConnection("http://127.0.0.1:1")
        try await withClient(connection) { client in
            for printed in [Self.prints(connection), Self.prints(client)] {
                #expect(printed.contains("http://127.0.0.1:1"))
                #expect(!printed.contains(testKey))
                #expect(!printed.contains(testSecret))
            }
        }
    }

    @Test
    func theVersionIsAskedForWithoutTheKey() async throws {
        let server = try await ScriptedServer.start(.answer(404, ""))
        await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.identify() }
        }
        let request = try #require(server.received.requests.first)
        #expect(request.path == "/version")
        #expect(request.headers["x-api-key"] == nil)
        #expect(request.headers["x-api-secret"] == nil)
        try await server.stop()
    }
}
