internal import JSON
internal import Logging
internal import MCP
internal import NIOCore
internal import NIOPosix
internal import TestSupport
internal import Testing

@testable import MCPHTTP

/// How the server begins and ends.
@Suite(.timeLimit(.minutes(2)))
struct LifeTests {
    @Test(arguments: ["127.0.0.1", "::1", "[::1]", "localhost"])
    func loopbackIsServedUnderEachOfItsNames(host: String) async throws {
        try await RunningServer.with(configured: {
            $0.host = host
        }) { (server) async throws in
            #expect(server.address.port > 0)
            #expect(server.address.url.hasSuffix(":\(server.address.port)/mcp"))
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func anotherPathMayBeServed() async throws {
        try await RunningServer.with(configured: {
            $0.path = "/tools/mcp"
        }) { (server) async throws in
            #expect(server.address.url.hasSuffix("/tools/mcp"))
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func aTakenPortIsSaid() async throws {
        try await RunningServer.with { (server) async throws in
            let port = server.address.port
            let error = await #expect(throws: HTTPServerError.self) {
                try await RunningServer.with(configured: {
                    $0.port = port
                }) { _ in
                }
            }
            #expect(error?.code == .cannotListen)
            #expect(error?.message.contains("\(port)") == true)
        }
    }

    @Test func aConnectionThatNobodyServesIsClosed() async throws {
        try await RunningServer.with { (server) async throws in
            let channel = EndpointChannel(
                responder: Responder(endpoint: server.endpoint), connections: server.connections,
                limits: server.endpoint.limits)
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0) { accepted in
                    channel.setup(channel: accepted, logger: Logger(label: "test"))
                }
            try await listener.executeThenClose { accepted in
                let port = try #require(listener.channel.localAddress?.port)
                try await RawConnection.with(port: port) { (connection) async throws in
                    try await connection.send("GET /health HTTP/1.1\r\n")
                    for try await _ in accepted { break }
                    #expect(try await connection.read().isEmpty)
                }
            }
        }
    }

    @Test func aShutdownWaitsForCallsAndRefusesNewOnes() async throws {
        try await RunningServer.with { (server) async throws in
            let held = Task { try await server.client.call("hold") }
            #expect(try await eventually { server.tools.started == 1 })
            let session = try await server.client.session()
            let stream = try await session.listen()
            await server.shutDown()
            var reader = EventReader(stream)
            _ = try await reader.rest()
            #expect(server.tools.cancelled == 0)
            await #expect(throws: (any Error).self) {
                try await RawConnection.with(port: server.address.port) {
                    (connection) async throws in
                    try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    if try await connection.read(until: { $0.contains("\r\n\r\n") }).isEmpty {
                        throw CancellationError()
                    }
                }
            }
            server.tools.open()
            #expect(try await held.value.toolText == "released")
            try await server.waitForEnd()
        }
    }

    @Test func aShutdownDoesNotWaitForHalfABody() async throws {
        try await RunningServer.with(configured: {
            $0.limits.lingerTimeout = .milliseconds(50)
            $0.limits.shutdownGrace = .seconds(600)
        }) { (server) async throws in
            let held = Task { try await server.client.call("hold") }
            #expect(try await eventually { server.tools.started == 1 })
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
                #expect(
                    try await eventually { server.endpoint.admission.count(.request) == 2 })
                await server.shutDown()
                _ = try await connection.read()
            }
            #expect(server.tools.cancelled == 0)
            server.tools.open()
            #expect(try await held.value.toolText == "released")
            try await server.waitForEnd()
        }
    }

    @Test func aShutdownDoesNotWaitForEver() async throws {
        try await RunningServer.with(configured: {
            $0.limits.shutdownGrace = .milliseconds(100)
        }) { (server) async throws in
            let session = try await server.client.session()
            let legacy = Task { try await session.send("tools/call", ["name": "hold"], id: 1) }
            let modern = Task { try await server.client.call("hold") }
            #expect(try await eventually { server.tools.started == 2 })
            await server.shutDown()
            try await server.waitForEnd()
            #expect(server.tools.cancelled == 2)
            _ = await legacy.result
            _ = await modern.result
        }
    }
}
