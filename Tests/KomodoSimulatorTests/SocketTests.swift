internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct SocketTests {
    @Test func everyUpdateIsAnnouncedAfterTheLogin() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            try await SocketClient.connect(address) { socket async throws in
                #expect(socket.head.hasPrefix("HTTP/1.1 101 "))
                // The answer to the key of RFC 6455 §1.3.
                #expect(socket.head.lowercased().contains("s3pplmbitxaq9kygzzhzrbk+xoo="))
                try await socket.login(address.apiKey, address.apiSecret)
                #expect(try await socket.text() == "LOGGED_IN")
                let id = try await SimulatorCaller(address).execute(
                    "Deploy", ["deployment": "web"])
                for status in ["InProgress", "Complete"] {
                    let event = try JSONValue(parsing: try await socket.text() ?? "")
                    #expect(event["id"]?.string == id)
                    #expect(event["status"]?.string == status)
                    #expect(event["username"]?.string == "komodo-mcp")
                }
            }
        }
    }

    @Test func wrongLoginIsToldAndCounted() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            try await SocketClient.connect(address) { socket async throws in
                try await socket.login(address.apiKey, "S_wrong_S")
                let text = try await socket.text() ?? ""
                #expect(text.hasPrefix("[401 Unauthorized]: "))
                #expect(try await socket.text() == nil)
            }
            var wrong = SimulatorCaller(address)
            wrong.secret = "S_wrong_S"
            let answer = try await wrong.call("read", "GetVersion")
            #expect(answer.error.hasSuffix("You have 3 attempts remaining"))
        }
    }

    @Test func busyRunSendsOneEventAndForbiddenOnesNone() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            simulator.script(FaultScript(resources: [ResourceFault("web", .busy)]))
            try await SocketClient.connect(address) { socket async throws in
                try await socket.login(address.apiKey, address.apiSecret)
                _ = try await socket.text()
                let caller = SimulatorCaller(address)
                _ = try await caller.execute("Deploy", ["deployment": "secret-vault"])
                let busy = try await caller.execute("Deploy", ["deployment": "web"])
                let next = try await caller.execute("Deploy", ["deployment": "api"])
                var ids: [String] = []
                for _ in 0..<2 {
                    let event = try JSONValue(parsing: try await socket.text() ?? "")
                    ids.append(event["id"]?.string ?? "")
                }
                #expect(ids == [busy, next])
            }
        }
    }

    @Test func eventsCanBeDoubledAndTheSocketClosed() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            var script = FaultScript()
            script.websocket.duplicates = 1
            script.websocket.closeAfter = 2
            simulator.script(script)
            try await SocketClient.connect(address) { socket async throws in
                try await socket.login(address.apiKey, address.apiSecret)
                _ = try await socket.text()
                let caller = SimulatorCaller(address)
                _ = try await caller.run("Deploy", ["deployment": "web"])
                var texts: [String] = []
                for _ in 0..<4 { texts.append(try await socket.text() ?? "") }
                #expect(texts[0] == texts[1])
                #expect(texts[2] == texts[3])
                _ = try await caller.run("Deploy", ["deployment": "api"])
                #expect(try await socket.text() == nil)
            }
        }
    }

    @Test func refusedUpgradeIsAnOrdinaryAnswer() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            var script = FaultScript()
            script.websocket.refuses = true
            simulator.script(script)
            try await SocketClient.connect(address) { socket async throws in
                #expect(socket.head.hasPrefix("HTTP/1.1 503"))
            }
        }
    }

    @Test func restartCutsTheSocket() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            try await SocketClient.connect(address) { socket async throws in
                try await socket.login(address.apiKey, address.apiSecret)
                _ = try await socket.text()
                simulator.restart()
                #expect(try await socket.text() == nil)
            }
        }
    }
}
