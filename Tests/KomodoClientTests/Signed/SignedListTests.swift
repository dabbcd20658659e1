import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// How far the lists of the signed interface are read.
@Suite(.timeLimit(.minutes(2)))
struct SignedListTests {
    @Test
    func aListThatTakesTooLongIsGivenUp() async throws {
        let items = (0..<SignedKomodo.pageSize).map { number in
            #"{"id":"dep_\#(number)","name":"app-\#(number)","status":"running"}"#
        }
        let page = #"{"items":[\#(items.joined(separator: ","))]}"#
        let server = try await ScriptedServer.start(.answer(200, page))
        let surroundings = Surroundings.slow(everyLook: .seconds(2))
        let error = try await withSigned(
            testConnection(server.url), surroundings: surroundings
        ) { client in
            await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "elsewhere", for: .read)
            }
        }
        #expect(error?.code == .timedOut)
        #expect((2..<50).contains(server.received.requests.count))
        try await server.stop()
    }

    @Test
    func aListWithoutAnEndIsReadForAHundredPages() async throws {
        let items = (0..<SignedKomodo.pageSize).map { number in
            #"{"id":"dep_\#(number)","name":"app-\#(number)","status":"running"}"#
        }
        let page = #"{"items":[\#(items.joined(separator: ","))]}"#
        let server = try await ScriptedServer.start(.answer(200, page))
        try await withSigned(testConnection(server.url)) { client in
            _ = await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "elsewhere", for: .read)
            }
        }
        #expect(server.received.requests.count == 100)
        #expect(server.received.requests.last?.path.contains("page=100&") == true)
        try await server.stop()
    }
}
