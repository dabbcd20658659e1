internal import JSON
internal import KomodoSimulator
internal import NIOCore
internal import NIOPosix
internal import Testing

/// Which requests count, and when they arrived.
@Suite(.timeLimit(.minutes(2)))
struct LedgerTests {
    private typealias Writer = NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Sends the head of a request by hand, and closes after `body`.
    private func send(
        head: String, to address: SimulatorAddress, _ body: (Writer) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { _, outbound in
            try await outbound.write(ByteBuffer(string: head))
            try await body(outbound)
        }
    }

    private func head(bytes: Int) -> String {
        "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(bytes)\r\n\r\n"
    }

    @Test func websocketsRefusalsAndTornRequestsAreCounted() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            try await SocketClient.connect(address) { _ in }
            let caller = SimulatorCaller(address)
            let filler = String(repeating: " ", count: 3 * 1024 * 1024)
            #expect(try await caller.send("POST", "/write", text: filler).status == 413)
            #expect(try await caller.send("POST", "/read", text: "no JSON").status == 400)
            try await send(head: head(bytes: 100), to: address) { outbound in
                try await outbound.write(ByteBuffer(string: "{"))
            }
            let ledger = try await eventually {
                let ledger = simulator.ledger
                return ledger.requestCount >= 4 ? ledger : nil
            }
            #expect(
                ledger.requestsByType == ["GET /ws/update": 1, "POST /write": 1, "POST /read": 2])
            #expect(ledger.requests.count == 4)
        }
    }

    @Test func aRequestArrivesWithItsHead() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let text = #"{"type":"GetVersion","params":{}}"#
            try await send(head: head(bytes: text.utf8.count), to: address) { outbound in
                // The body waits until younger requests are some time old.
                _ = try await eventually {
                    _ = try await caller.send("GET", "/version")
                    let times = simulator.ledger.requests.map(\.time)
                    return (times.last ?? 0) - (times.first ?? 0) > 300 ? true : nil
                }
                try await outbound.write(ByteBuffer(string: text))
                _ = try await eventually {
                    simulator.ledger.requestsByType["GetVersion"] == 1 ? true : nil
                }
            }
            let requests = simulator.ledger.requests
            let place = try #require(requests.firstIndex { $0.type == "GetVersion" })
            #expect(place < requests.count - 1)
            #expect(requests.map(\.time) == requests.map(\.time).sorted())
        }
    }
}
