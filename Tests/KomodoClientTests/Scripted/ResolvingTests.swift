import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct ResolvingTests {
    static let names = ["web", "web-staging", "wiki", "database", "Web"]

    static func id(_ index: Int) -> String {
        let digits = String(index, radix: 16)
        return String(repeating: "0", count: 24 - digits.count) + digits
    }

    static func list(_ names: [String]) -> [ScriptedServer.Action] {
        let items = names.enumerated().map { index, name in
            #"{"id":"\#(id(index + 1))","type":"Deployment","name":"\#(name)","info":{}}"#
        }
        return [.send(ScriptedServer.text(200, "[\(items.joined(separator: ","))]"))]
    }

    @Test
    func manyNamesCostOneRequest() async throws {
        let server = try await ScriptedServer.start(.inTurn([Self.list(Self.names)]))
        try await withClient(testConnection(server.url)) { client in
            try await withThrowingTaskGroup(of: Target.self) { group in
                for index in 0..<1_000 {
                    let name = Self.names[index % Self.names.count]
                    group.addTask {
                        try await client.resolve(.deployment, name, for: .submission)
                    }
                }
                for try await target in group {
                    let index = try #require(Self.names.firstIndex(of: target.name))
                    #expect(target.id == Self.id(index + 1))
                }
            }
            let byID = try await client.resolve(.deployment, Self.id(3), for: .read)
            #expect(byID == Target(type: .deployment, id: Self.id(3), name: "wiki"))
        }
        #expect(server.received.requests.count == 1)
        #expect(
            server.received.requests.first?.body
                == #"{"type":"ListDeployments","params":{"limit":0}}"#)
        try await server.stop()
    }

    @Test
    func anUnknownNameComesWithTheNearest() async throws {
        let server = try await ScriptedServer.start(.inTurn([Self.list(Self.names)]))
        try await withClient(testConnection(server.url)) { client in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "wbe", for: .read)
            }
            #expect(error?.code == .notFound)
            #expect(error?.suggestions.prefix(2) == ["Web", "web"])
            #expect(error?.message.contains("no deployment 'wbe'") == true)
        }
        try await server.stop()
    }

    @Test
    func aListIsAskedForAgainWhenItIsOldOrTheNameMayBeNew() async throws {
        let server = try await ScriptedServer.start(
            .inTurn([Self.list(["web"]), Self.list(["web", "new"]), Self.list([])]))
        let clock = TestClock()
        let surroundings = clock.surroundings(patience: .seconds(5))
        try await withClient(testConnection(server.url), surroundings: surroundings) { client in
            _ = try await client.resolve(.deployment, "web", for: .read)
            clock.advance(by: .seconds(1))
            await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "new", for: .read)
            }
            #expect(server.received.requests.count == 1)
            clock.advance(by: .seconds(2))
            _ = try await client.resolve(.deployment, "new", for: .read)
            #expect(server.received.requests.count == 2)
            clock.advance(by: .seconds(10))
            _ = try await client.resolve(.deployment, "web", for: .read)
            #expect(server.received.requests.count == 2)
            clock.advance(by: .milliseconds(1))
            await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "web", for: .read)
            }
            #expect(server.received.requests.count == 3)
        }
        try await server.stop()
    }

    @Test(arguments: TargetType.allCases)
    func everyTypeHasItsList(_ type: TargetType) async throws {
        let server = try await ScriptedServer.start(.inTurn([Self.list(["x"])]))
        try await withClient(testConnection(server.url)) { client in
            let target = try await client.resolve(type, "x", for: .read)
            #expect(target.type == type)
        }
        let body = try #require(server.received.requests.first?.body)
        #expect(body.contains("\"List\(type.rawValue)s\""))
        try await server.stop()
    }

    @Test
    func whatIsNoListIsMalformed() async throws {
        let server = try await ScriptedServer.start(.answer(200, #"{"hello":1}"#))
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) {
                try await $0.resolve(.stack, "x", for: .read)
            }
        }
        #expect(error?.code == .malformed)
        try await server.stop()
    }

    @Test
    func aCancelledCallerLeavesTheOthersTheirAnswer() async throws {
        let server = try await ScriptedServer.start(
            .inTurn([[.pause(.milliseconds(300))] + Self.list(["web"]), Self.list(["web"])]))
        try await withClient(testConnection(server.url)) { client in
            let first = Task { try await client.resolve(.deployment, "web", for: .read) }
            try await eventually("the list is asked for") { server.received.requests.count == 1 }
            let second = Task { try await client.resolve(.deployment, "web", for: .read) }
            first.cancel()
            #expect(try await second.value.name == "web")
            await #expect(throws: KomodoError.self) { try await first.value }
        }
        try await server.stop()
    }
}
