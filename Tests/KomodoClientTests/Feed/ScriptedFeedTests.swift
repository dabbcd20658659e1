import JSON
import Jobs
import NIOCore
import NIOPosix
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// The websocket against servers that do as they are told.
@Suite(.timeLimit(.minutes(2)))
struct ScriptedFeedTests {
    private static let welcome = SocketBytes.text("LOGGED_IN")

    /// Runs `body` with an ear at a client of a server, on a clock that stands still.
    private func listening(
        to script: ScriptedServer.Script, path: String = "", witness: Witness = Witness(),
        permit: RequestPermit? = nil,
        _ body: (FeedEar, ScriptedServer, SteppedClock, CoreKomodo) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(script)
        let clock = SteppedClock()
        try await withClient(
            testConnection(server.url + path), witness: witness,
            surroundings: clock.surroundings, permit: permit
        ) { client in
            try await FeedEar.listening(to: client) { ear in
                try await body(ear, server, clock, client)
            }
        }
        try await server.stop()
    }

    @Test
    func theKeyLeavesInTheFirstFrameAlone() async throws {
        let script = SocketBytes.script(Self.welcome, SocketBytes.text(SocketBytes.item("Queued")))
        let witness = Witness()
        try await listening(to: script, path: "/base", witness: witness) { ear, server, _, _ in
            try await eventually("nothing told") { !ear.hints.isEmpty }
            #expect(ear.news == [.opened, .told(UpdateHint(id: testID, status: .queued))])
            try await eventually("no login") { !server.received.upgraded.isEmpty }
            let frames = SocketBytes.frames(of: server.received.upgraded)
            #expect(frames.map(\.opcode) == [1])
            #expect(frames.first?.text == FeedSession.login(testConnection("http://k")))
            let head = try #require(server.received.heads.first)
            #expect(head.method == "GET" && head.path == "/base/ws/update")
            #expect(head.headers["host"] == "127.0.0.1:\(server.port)")
            #expect(head.headers["user-agent"] == "komodo-mcp/1.2.3")
            #expect(head.headers["sec-websocket-version"] == "13")
            let words = head.headers.values.joined()
            #expect(!words.contains(testKey) && !words.contains(testSecret))
            try await eventually("nothing learned") { !witness.signals.isEmpty }
            #expect(witness.permits == [.poll])
            #expect(witness.signals == [KomodoSignals(keyAccepted: true)])
        }
    }

    /// Gives a name these addresses, in this order.
    private final class Addresses: Resolver, Sendable {
        private let loop: any EventLoop
        private let hosts: [String]

        init(_ hosts: [String]) {
            self.hosts = hosts
            loop = MultiThreadedEventLoopGroup.singleton.next()
        }

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeCompletedFuture {
                try hosts.map { try SocketAddress(ipAddress: $0, port: port) }
            }
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture([])
        }

        func cancelQueries() {}
    }

    /// Nobody listens at the others.
    @Test(arguments: [["127.0.0.2", "127.0.0.1"], ["127.0.0.2", "127.0.0.3", "127.0.0.1"]])
    func aNameWithSeveralAddressesIsReachedAtTheOneThatAnswers(hosts: [String]) async throws {
        let server = try await ScriptedServer.start(SocketBytes.script(Self.welcome))
        var surroundings = SteppedClock().surroundings
        surroundings.resolver = Addresses(hosts)
        try await withClient(
            testConnection("http://komodo.example:\(server.port)"), surroundings: surroundings
        ) { client in
            try await FeedEar.listening(to: client) { ear in
                try await eventually("not opened") { ear.news == [.opened] }
                #expect(server.received.heads.count == 1)
            }
        }
        try await server.stop()
    }

    @Test
    func aMessageInPiecesIsOneAndAPingBetweenThemIsAnswered() async throws {
        let item = SocketBytes.item("Complete")
        let script = SocketBytes.script(
            Self.welcome, SocketBytes.frame(1, String(item.prefix(9)), isLast: false),
            SocketBytes.frame(9, "are you there"), SocketBytes.frame(0, "", isLast: false),
            SocketBytes.frame(0, String(item.dropFirst(9))))
        try await listening(to: script) { ear, server, _, _ in
            try await eventually("nothing told") { !ear.hints.isEmpty }
            #expect(ear.hints == [UpdateHint(id: testID, status: .complete)])
            try await eventually("no pong") {
                SocketBytes.frames(of: server.received.upgraded).contains {
                    $0.opcode == 10 && $0.text == "are you there"
                }
            }
            #expect(ear.losses.isEmpty)
        }
    }

    @Test
    func whatCannotBeReadIsLeftOut() async throws {
        let script = SocketBytes.script(
            Self.welcome, SocketBytes.text("no JSON"), SocketBytes.frame(2, "binary"),
            SocketBytes.frame(10), SocketBytes.text(#"{"type":"NEWS"}"#),
            SocketBytes.text(SocketBytes.item("Complete")))
        try await listening(to: script) { ear, _, _, _ in
            try await eventually("nothing told") { !ear.hints.isEmpty }
            #expect(ear.news.count == 2)
        }
    }

    @Test(arguments: [false, true])
    func aMessageBeyondItsLimitEndsTheConnection(inPieces: Bool) async throws {
        // Announced as 2 MiB, or as pieces of which there is no end.
        let announced: [ScriptedServer.Action] = [
            .bytes([0x81, 127, 0, 0, 0, 0, 0, 0x20, 0, 0]), .flood(1 << 10),
        ]
        let pieces =
            [SocketBytes.frame(1, "x", isLast: false)]
            + (0..<CoreUpdateFeed.fragmentsMax).map { _ in
                SocketBytes.frame(0, "x", isLast: false)
            }
        let script = ScriptedServer.Script(onRequest: {
            [SocketBytes.upgrade($0), Self.welcome] + (inPieces ? pieces : announced)
        })
        try await listening(to: script) { ear, server, _, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.openings == 1 && ear.losses.first?.code == .malformed)
            try await eventually("not closed") { server.received.closed == 1 }
        }
    }

    @Test
    func aLostConnectionIsOpenedAgainAfterAPauseThatGrows() async throws {
        let script = SocketBytes.script(Self.welcome, SocketBytes.frame(8))
        try await listening(to: script) { ear, server, clock, _ in
            for (number, wait) in [5, 10, 20].enumerated() {
                try await eventually("not lost") { ear.losses.count == number + 1 }
                #expect(server.received.connections == number + 1)
                try await eventually("no pause") { clock.waits.contains(.seconds(wait)) }
                clock.advance(by: .seconds(wait) - .milliseconds(1))
                #expect(clock.waits.contains(.milliseconds(1)))
                clock.advance(by: .milliseconds(1))
            }
            try await eventually("not opened again") { ear.openings == 4 }
        }
    }

    @Test(arguments: [false, true])
    func aConnectionThatIsCutAtOnceIsLost(isUpgraded: Bool) async throws {
        let script = ScriptedServer.Script(onRequest: {
            (isUpgraded ? [SocketBytes.upgrade($0)] : []) + [.close]
        })
        try await listening(to: script) { ear, _, clock, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .unreachable)
            try await eventually("no pause") { clock.waits.contains(.seconds(5)) }
        }
    }

    @Test(arguments: [
        "[401 Unauthorized]: Invalid user credentials | You have 4 attempts remaining",
        #"{"type":"INVALID_USER","msg":"disabled"}"#,
    ])
    func aRefusedKeyIsNotTriedAgainForMinutesAndStopsOtherRequests(_ text: String) async throws {
        let isLate = text.hasPrefix("{")
        let script = ScriptedServer.Script(onRequest: {
            [SocketBytes.upgrade($0)] + (isLate ? [Self.welcome] : []) + [SocketBytes.text(text)]
        })
        let witness = Witness()
        try await listening(to: script, witness: witness) { ear, server, clock, client in
            try await eventually("not refused") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .unauthorized)
            #expect(ear.openings == (isLate ? 1 : 0))
            try await eventually("not told") { witness.signals.contains { $0.keyRefused } }
            let error = await #expect(throws: KomodoError.self) {
                try await client.isBusy(submission().target)
            }
            #expect(error?.code == .unauthorized)
            try await eventually("no pause") { clock.waits.contains(.seconds(300)) }
            clock.advance(by: .seconds(299))
            #expect(server.received.connections == 1)
            clock.advance(by: .seconds(1))
            try await eventually("not tried again") { server.received.connections == 2 }
        }
    }

    @Test
    func aBreakerThatIsOpenKeepsTheWebsocketShut() async throws {
        let script = ScriptedServer.Script(onRequest: { request in
            request.method == "POST"
                ? [.send(ScriptedServer.text(401, #"{"error":"Invalid user credentials"}"#))]
                : [SocketBytes.upgrade(request), Self.welcome]
        })
        let server = try await ScriptedServer.start(script)
        let clock = SteppedClock()
        try await withClient(testConnection(server.url), surroundings: clock.surroundings) {
            client in
            await #expect(throws: KomodoError.self) {
                try await client.isBusy(submission().target)
            }
            try await FeedEar.listening(to: client) { ear in
                try await eventually("not refused") { !ear.losses.isEmpty }
                #expect(ear.losses.first?.code == .unauthorized)
                #expect(server.received.requests.map(\.method) == ["POST"])
                // It is the probe once the breaker's time is over.
                for wait in [5, 10, 20] {
                    try await eventually("no pause") { clock.waits.contains(.seconds(wait)) }
                    clock.advance(by: .seconds(wait))
                }
                try await eventually("not opened") { ear.openings == 1 }
            }
            #expect(server.received.requests.map(\.method) == ["POST", "GET"])
        }
        try await server.stop()
    }

    @Test(arguments: [200, 301, 302, 307, 400, 401, 403, 404, 426, 501])
    func whoeverOpensNoWebsocketIsNotAskedForTenMinutes(_ status: Int) async throws {
        let script = ScriptedServer.Script.answer(
            status, "<html>", headers: ["Location": "http://127.0.0.1:1/ws/update"])
        let witness = Witness()
        try await listening(to: script, witness: witness) { ear, server, clock, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            let error = try #require(ear.losses.first)
            #expect(error.code == .unsupported && error.status == status)
            #expect(error.message.contains("has to pass upgrades on"))
            try await eventually("no pause") { clock.waits.contains(.seconds(600)) }
            clock.advance(by: .seconds(599))
            #expect(server.received.connections == 1 && witness.signals.isEmpty)
            clock.advance(by: .seconds(1))
            try await eventually("not asked again") { server.received.connections == 2 }
        }
    }

    @Test
    func aHandshakeThatIsNotOursOpensNothing() async throws {
        let script = ScriptedServer.Script.always(
            .send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: bm90IG91cnM=\r\n\r\n"))
        try await listening(to: script) { ear, server, _, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .unsupported && server.received.upgraded.isEmpty)
        }
    }

    @Test
    func aProxyThatAsksForPatienceIsObeyedByAllRequests() async throws {
        let script = ScriptedServer.Script.answer(429, "", headers: ["Retry-After": "33"])
        let witness = Witness()
        try await listening(to: script, witness: witness) { ear, _, clock, client in
            try await eventually("not lost") { !ear.losses.isEmpty }
            try await eventually("no pause") { clock.waits.contains(.seconds(33)) }
            #expect(witness.signals == [KomodoSignals(retryAfter: .seconds(33))])
            let error = await #expect(throws: KomodoError.self) {
                try await client.isBusy(submission().target)
            }
            #expect(error?.code == .throttled(retryAfter: .seconds(33)))
        }
    }

    @Test
    func withoutATokenNothingIsSent() async throws {
        try await listening(
            to: SocketBytes.script(Self.welcome),
            permit: { _ throws(KomodoError) in
                throw KomodoError(.budgetExhausted(wait: .seconds(42)), "No token is left.")
            }
        ) { ear, server, clock, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            try await eventually("no pause") { clock.waits.contains(.seconds(42)) }
            #expect(server.received.connections == 0)
        }
    }

    @Test
    func silenceOfNinetySecondsEndsTheConnectionAndPingsAreNoSilence() async throws {
        let pings = (0..<200).flatMap { _ in
            [ScriptedServer.Action.pause(.milliseconds(30)), SocketBytes.frame(9)]
        }
        let script = ScriptedServer.Script(onRequest: { request in
            [SocketBytes.upgrade(request), Self.welcome] + (request.connection == 1 ? pings : [])
        })
        try await listening(to: script) { ear, server, clock, _ in
            try await eventually("not opened") { ear.openings == 1 }
            func pongs() -> Int {
                SocketBytes.frames(of: server.received.upgraded).count { $0.opcode == 10 }
            }
            for _ in 0..<3 {
                let before = pongs()
                try await eventually("no pings") { pongs() >= before + 2 }
                clock.advance(by: .seconds(60))
            }
            #expect(ear.losses.isEmpty)
            try await eventually("pings do not end") { pongs() == 200 }
            clock.advance(by: .seconds(90))
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.message == "Komodo's websocket has gone silent.")
            clock.advance(by: .seconds(5))
            try await eventually("not opened again") { ear.openings == 2 }
        }
    }

    @Test(arguments: [false, true])
    func aLoginWithoutAnAnswerIsGivenUp(isUpgraded: Bool) async throws {
        let script = isUpgraded ? SocketBytes.script() : .always()
        try await listening(to: script) { ear, server, clock, _ in
            try await eventually("no connection") {
                server.received.heads.count == 1 && clock.waits.contains(.seconds(40))
            }
            clock.advance(by: .seconds(40))
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .timedOut)
            try await eventually("not closed") { server.received.closed == 1 }
        }
    }

    @Test
    func nobodyWhoLeavesLeavesAConnection() async throws {
        let server = try await ScriptedServer.start(SocketBytes.script(Self.welcome))
        let clock = SteppedClock()
        try await withClient(testConnection(server.url), surroundings: clock.surroundings) {
            client in
            try await FeedEar.listening(to: client) { ear in
                try await eventually("not opened") { ear.openings == 1 }
            }
            try await eventually("not closed") { server.received.closed == 1 }
            // Who comes back at once waits all the same.
            try await FeedEar.listening(to: client) { ear in
                try await eventually("no pause") { clock.waits.contains(.seconds(5)) }
                #expect(server.received.connections == 1)
                clock.advance(by: .seconds(5))
                try await eventually("not opened") { ear.openings == 1 && ear.losses.isEmpty }
            }
        }
        try await server.stop()
    }

    @Test
    func nobodyWhoCannotBeReachedIsTakenForAProxy() async throws {
        let server = try await ScriptedServer.start(.always(.close))
        let url = server.url
        try await server.stop()
        let clock = SteppedClock()
        try await withClient(testConnection(url), surroundings: clock.surroundings) { client in
            try await FeedEar.listening(to: client) { ear in
                try await eventually("not lost") { !ear.losses.isEmpty }
                #expect(ear.losses.first?.code == .unreachable)
                #expect(ear.losses.first?.message.contains("connection refused") == true)
                try await eventually("no pause") { clock.waits.contains(.seconds(5)) }
            }
        }
    }
}

extension ScriptedFeedTests {
    @Test
    func aCertificateIsTrustedThroughTheFileOfItsAuthorityAlone() async throws {
        let authority = try await TestAuthority()
        let server = try await ScriptedServer.start(
            SocketBytes.script(Self.welcome), tls: try await authority.server("IP:127.0.0.1"))
        for file in [authority.file, nil] {
            var connection = testConnection(server.url)
            connection.certificateFile = file
            try await withClient(connection, surroundings: SteppedClock().surroundings) { client in
                try await FeedEar.listening(to: client) { ear in
                    try await eventually("no news") { !ear.news.isEmpty }
                    guard file == nil else { return #expect(ear.news == [.opened]) }
                    #expect(
                        ear.losses.first?.message.contains("its certificate is not trusted") == true
                    )
                }
            }
        }
        #expect(server.received.heads.count == 1)
        try await server.stop()
    }

    @Test
    func theCertificateMustBeThatOfTheHost() async throws {
        let authority = try await TestAuthority()
        let server = try await ScriptedServer.start(
            SocketBytes.script(Self.welcome), tls: try await authority.server("DNS:other.example"))
        var connection = testConnection(server.url)
        connection.certificateFile = authority.file
        try await withClient(connection, surroundings: SteppedClock().surroundings) { client in
            try await FeedEar.listening(to: client) { ear in
                try await eventually("no news") { !ear.news.isEmpty }
                #expect(
                    ear.losses.first?.message.contains("its certificate is for another host")
                        == true, "\(ear.news)")
            }
        }
        #expect(server.received.heads.isEmpty)
        try await server.stop()
    }
}
