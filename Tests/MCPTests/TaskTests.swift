import JSON
import MCP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct LegacyTaskTests {
    private let golden =
        #"{"taskId":"t1","status":"working","statusMessage":"at work","createdAt":"1970-01-01T00:00:00.000Z","lastUpdatedAt":"1970-01-01T00:00:01.500Z","ttl":60000,"pollInterval":1000}"#

    private func definition(_ tasks: StubTasks) -> ServerDefinition {
        .stub(
            tools: [
                Tool(name: "plain"), Tool(name: "may", taskSupport: .optional),
                Tool(name: "must", taskSupport: .required),
                Tool(name: "fails", taskSupport: .optional),
            ],
            bodies: [
                "may": { _, context in
                    guard context.taskMode != .unavailable else { return .result(.text("sync")) }
                    return .task(tasks.start("t1"), immediate: "Started t1.")
                },
                "must": { _, context in
                    .result(.text("\(context.taskMode)"))
                },
                "fails": { _, _ in
                    .result(CallResult(content: [.text("no such stack")], isError: true))
                },
            ], tasks: tasks)
    }

    private func peer(_ tasks: StubTasks) async -> Peer {
        let peer = Peer(definition(tasks))
        await peer.open(.november2025, capabilities: ["elicitation": [:]])
        return peer
    }

    @Test func aCallThatAsksForATaskGetsOne() async {
        let peer = await peer(StubTasks())
        let answer = await peer.request("tools/call", ["name": "may", "task": ["ttl": 5_000]])
        #expect(
            answer["result"]?.serialized()
                == #"{"task":\#(golden),"_meta":{"io.modelcontextprotocol/model-immediate-response":"Started t1."}}"#
        )
        #expect(
            await peer.request("tasks/get", ["taskId": "t1"])["result"]?.serialized() == golden)
        #expect(
            await peer.request("tasks/list")["result"]?.serialized() == #"{"tasks":[\#(golden)]}"#)
        #expect(await peer.request("tasks/list", ["cursor": "x"])["error"]?["code"] == -32602)
    }

    @Test func theToolsRuleDecides() async {
        let peer = await peer(StubTasks())
        let task: JSONValue = ["ttl": 1]
        let plain = await peer.request("tools/call", ["name": "plain", "task": task])
        #expect(plain["error"]?["code"] == -32601)
        let must = await peer.request("tools/call", ["name": "must"])
        #expect(must["error"]?["code"] == -32601)
        let may = await peer.request("tools/call", ["name": "may"])
        #expect(may["result"]?["content"]?.array?[0]["text"] == "sync")
        for bad in [7, [], ["ttl": "x"], ["ttl": -1]] as [JSONValue] {
            let answer = await peer.request("tools/call", ["name": "may", "task": bad])
            #expect(answer["error"]?["code"] == -32602)
        }
        let failed = await peer.request("tools/call", ["name": "fails", "task": [:]])
        #expect(failed["error"]?["message"]?.string?.contains("no such stack") == true)
        let old = Peer(definition(StubTasks()))
        await old.open(.june2025)
        let ignored = await old.request("tools/call", ["name": "may", "task": task])
        #expect(ignored["result"]?["content"]?.array?[0]["text"] == "sync")
        #expect(await old.request("tasks/get", ["taskId": "t1"])["error"]?["code"] == -32601)
    }

    @Test func theResultIsAwaited() async throws {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        tasks.start("t1")
        async let answer: JSONValue = peer.request("tasks/result", ["taskId": "t1"])
        #expect(try await eventually { tasks.changed.count == 1 })
        tasks.end("t1", .ended(.result(CallResult(content: [.text("ok")], meta: ["m": 1]))))
        #expect(
            await answer["result"]?.serialized()
                == #"{"content":[{"type":"text","text":"ok"}],"_meta":{"m":1,"io.modelcontextprotocol/related-task":{"taskId":"t1"}}}"#
        )
        #expect(
            await peer.request("tasks/get", ["taskId": "t1"])["result"]?["status"] == "completed")
    }

    @Test func failuresShowAsFailedAndComeBackAsTheyWere() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        for (end, status) in [
            (.result(.text("bad", isError: true)), "failed"),
            (.failure(RPCError(code: 5, message: "broken")), "failed"),
            (.result(.text("")), "completed"),
        ] as [(TaskOutcome, JSONValue)] {
            tasks.start("t1")
            tasks.end("t1", .ended(end))
            let get = await peer.request("tasks/get", ["taskId": "t1"])
            #expect(get["result"]?["status"] == status)
            let result = await peer.request("tasks/result", ["taskId": "t1"])
            switch end {
            case .result(let outcome):
                #expect(result["result"]?["isError"] == (outcome.isError ? true : nil))
            case .failure: #expect(result["error"] == ["code": 5, "message": "broken"])
            }
        }
    }

    @Test func aCancelledTaskStaysSoWhateverTheWorkComesTo() async throws {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        tasks.start("t1")
        let cancelled = await peer.request("tasks/cancel", ["taskId": "t1"])
        #expect(cancelled["result"]?["status"] == "cancelled")
        tasks.end("t1", .ended(.result(.text("done"))))
        #expect(
            await peer.request("tasks/get", ["taskId": "t1"])["result"]?["status"] == "cancelled")
        #expect(await peer.request("tasks/cancel", ["taskId": "t1"])["error"]?["code"] == -32602)
        #expect(await peer.request("tasks/result", ["taskId": "t1"])["error"]?["code"] == -32602)
        // The extension tells the truth.
        let modern = await peer.modern(
            "tasks/get", ["taskId": "t1"],
            capabilities: ["extensions": ["io.modelcontextprotocol/tasks": [:]]])
        #expect(modern["result"]?["status"] == "completed")
        let view = try #require(
            try await tasks.task("t1", for: Principal(name: "ada")))
        #expect(view.state == .ended(.result(.text("done"))))
    }

    @Test func foreignAndUnknownTasksAreTheSame() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        tasks.start("theirs", owner: "eve")
        for method in ["tasks/get", "tasks/result", "tasks/cancel"] {
            let foreign = await peer.request(method, ["taskId": "theirs"])
            let unknown = await peer.request(method, ["taskId": "none"])
            #expect(foreign == unknown)
            #expect(foreign["error"]?["code"] == -32602)
            #expect(await peer.request(method, [:])["error"]?["code"] == -32602)
        }
        #expect(await peer.request("tasks/list")["result"]?["tasks"] == [])
    }

    @Test func listingCanBeWithheld() async {
        let peer = Peer(definition(StubTasks()), listsTasks: false)
        await peer.open(.november2025)
        #expect(
            peer.received.first?["result"]?["capabilities"]?["tasks"]?.object?.keys
                == ["cancel", "requests"])
        #expect(await peer.request("tasks/list")["error"]?["code"] == -32601)
    }

    @Test func whatATaskNeedsIsAskedOnTheResultsStream() async throws {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        tasks.start("t1")
        tasks.end("t1", .inputRequired(["k": .form(StubForms.sure)]))
        async let answer: JSONValue = peer.request("tasks/result", ["taskId": "t1"])
        #expect(await peer.waits { $0.contains { $0["method"] == "elicitation/create" } })
        let asked = peer.messages("elicitation/create").first
        #expect(
            asked?["params"]?["_meta"]?["io.modelcontextprotocol/related-task"] == ["taskId": "t1"])
        await peer.send(#"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"decline"}}"#)
        #expect(try await eventually { tasks.answers["k"] == ["action": "decline"] })
        tasks.end("t1", .ended(.result(.text("ok"))))
        #expect(await answer["result"] != nil)
        #expect(peer.messages("elicitation/create").count == 1)
    }

    @Test func theStatusOfATaskIsToldWhileTheSessionIsServed() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            _ = await peer.request("tools/call", ["name": "may", "task": [:]])
            tasks.end("t1", .ended(.result(.text("ok"))))
            #expect(
                await peer.waits {
                    $0.contains { $0["method"] == "notifications/tasks/status" }
                })
            #expect(
                peer.messages("notifications/tasks/status").last?["params"]?["status"]
                    == "completed")
            group.cancelAll()
        }
    }
}

/// Tasks that end as soon as they have been looked at for the first time.
private struct EndingTasks: TaskProvider {
    let tasks: StubTasks

    func task(_ id: String, for principal: Principal) async throws -> TaskView? {
        let view = try await tasks.task(id, for: principal)
        if view?.isOver == false { tasks.end(id, .ended(.result(.text("ok")))) }
        return view
    }

    func tasks(after cursor: String?, for principal: Principal) async throws -> Listing<TaskView> {
        try await tasks.tasks(after: cursor, for: principal)
    }

    func changes(of id: String, for principal: Principal) -> AsyncStream<Void> {
        tasks.changes(of: id, for: principal)
    }

    func cancel(_ id: String, for principal: Principal, hidesOutcome: Bool) async throws
        -> TaskView?
    { nil }
}

/// What a client of 2025-11-25 is told of its tasks without asking.
@Suite(.timeLimit(.minutes(2))) struct LegacyTaskWatchTests {
    private func peer(
        _ tasks: StubTasks, change: @escaping (inout ServerDefinition) -> Void = { _ in }
    ) async -> Peer {
        let peer = Peer(
            .stub(
                tools: [Tool(name: "may", taskSupport: .optional)],
                bodies: [
                    "may": { _, context in
                        context.report(progress: 3)
                        return .task(tasks.start("t1"))
                    }
                ], tasks: tasks, clock: ManualClock().clock
            ) { definition in
                definition.limits.updateInterval = .zero
                change(&definition)
            })
        await peer.open(.november2025)
        return peer
    }

    @Test func progressGoesOnUnderTheTokenOfTheCall() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        @Sendable func progress() -> [JSONValue] { peer.messages("notifications/progress") }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            _ = await peer.request(
                "tools/call", ["name": "may", "task": [:], "_meta": ["progressToken": "p"]])
            tasks.say("t1", "halfway")
            #expect(await holds { progress().count == 2 })
            #expect(progress().first?["params"] == ["progressToken": "p", "progress": 3])
            #expect(
                progress().last?["params"]
                    == [
                        "progressToken": "p", "progress": 1_785_000_000, "message": "halfway",
                        "_meta": ["io.modelcontextprotocol/related-task": ["taskId": "t1"]],
                    ])
            tasks.say("t1", "nearly done")
            #expect(await holds { progress().count == 3 })
            #expect(progress().last?["params"]?["progress"] == 1_785_000_001)
            tasks.say("t1", "done")
            tasks.end("t1", .ended(.result(.text("ok"))))
            #expect(await holds { !peer.messages("notifications/tasks/status").isEmpty })
            let last = progress().count
            #expect(peer.received.last?["method"] == "notifications/tasks/status")
            tasks.say("t1", "over")
            #expect(progress().count == last)
            group.cancelAll()
        }
    }

    @Test func withoutATokenOnlyTheStatusIsTold() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            _ = await peer.request("tools/call", ["name": "may", "task": [:]])
            tasks.say("t1", "halfway")
            tasks.end("t1", .ended(.result(.text("ok"))))
            #expect(await holds { !peer.messages("notifications/tasks/status").isEmpty })
            #expect(peer.messages("notifications/progress").isEmpty)
            group.cancelAll()
        }
    }

    @Test func noChangeIsMissedBetweenTheAnswerAndTheFirstLook() async {
        let tasks = StubTasks()
        let peer = await peer(tasks) { $0.tasks = EndingTasks(tasks: tasks) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            _ = await peer.request("tools/call", ["name": "may", "task": [:]])
            #expect(
                await holds {
                    peer.messages("notifications/tasks/status").last?["params"]?["status"]
                        == "completed"
                })
            group.cancelAll()
        }
    }

    @Test func aTaskIsNotWatchedBeforeTheClientKnowsIt() async {
        let tasks = StubTasks()
        let peer = await peer(tasks)
        let listeners = Notes<Int>()
        let call = peer.take(Peer.frame("tools/call", ["name": "may", "task": [:]], id: 1))
        guard case .call(let call) = call else {
            Issue.record("the call was not taken")
            return
        }
        await call.run { _ in listeners.append(tasks.changed.count) }
        #expect(listeners.all == [0])
        #expect(tasks.changed.count == 1)
    }

    @Test func cancellingATaskThatHasEndedMeanwhileTellsItsEnd() async {
        let tasks = StubTasks(endsFirst: true)
        let peer = await peer(tasks)
        tasks.start("t1")
        let answer = await peer.request("tasks/cancel", ["taskId": "t1"])
        #expect(answer["error"]?["code"] == -32602)
        #expect(answer["error"]?["message"]?.string?.hasSuffix("already: completed") == true)
    }
}

@Suite(.timeLimit(.minutes(2))) struct ExtensionTaskTests {
    private let able: JSONValue = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]

    private func peer(_ tasks: StubTasks) -> Peer {
        Peer(
            .stub(
                tools: [
                    Tool(name: "plain"), Tool(name: "may", taskSupport: .optional),
                    Tool(name: "must", taskSupport: .required),
                ],
                bodies: [
                    "plain": { _, context in .result(.text("\(context.taskMode)")) },
                    "may": { _, context in
                        context.taskMode == .offered
                            ? .task(tasks.start("t1")) : .result(.text("sync"))
                    },
                    "must": { _, _ in .task(tasks.start("t1")) },
                ], tasks: tasks))
    }

    @Test func aTaskIsFlatAndOnlyForThoseWhoDeclaredIt() async {
        let peer = peer(StubTasks())
        let task = await peer.modern("tools/call", ["name": "may"], capabilities: able)
        var result = task["result"]?.object
        result?["_meta"] = nil
        #expect(
            result.map { JSONValue.object($0).serialized() }
                == #"{"resultType":"task","taskId":"t1","status":"working","statusMessage":"at work","createdAt":"1970-01-01T00:00:00.000Z","lastUpdatedAt":"1970-01-01T00:00:01.500Z","ttlMs":60000,"pollIntervalMs":1000}"#
        )
        let plain = await peer.modern("tools/call", ["name": "may"])
        #expect(plain["result"]?["content"]?.array?[0]["text"] == "sync")
        let refused = await peer.modern("tools/call", ["name": "must"])
        #expect(refused["error"]?["code"] == -32021)
        #expect(refused["error"]?["data"] == ["requiredCapabilities": able])
        let hinted = await peer.modern(
            "tools/call", ["name": "plain", "task": ["ttl": 1]], capabilities: able)
        #expect(hinted["result"]?["content"]?.array?[0]["text"] == "unavailable")
    }

    @Test func theMethodsNeedTheDeclarationAndAKnownTask() async {
        let tasks = StubTasks()
        let peer = peer(tasks)
        tasks.start("theirs", owner: "eve")
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let params: JSONObject = ["taskId": "theirs", "inputResponses": [:]]
            #expect(await peer.modern(method, params)["error"]?["code"] == -32021)
            let foreign = await peer.modern(method, params, capabilities: able)
            #expect(foreign["error"]?["code"] == -32602)
            #expect(await peer.modern(method, capabilities: able)["error"]?["code"] == -32602)
        }
        let listen = await peer.modern("subscriptions/listen", ["notifications": ["taskIds": []]])
        #expect(listen["error"]?["code"] == -32021)
    }

    @Test func eachStateCarriesWhatBelongsToIt() async {
        let tasks = StubTasks()
        let peer = peer(tasks)
        tasks.start("t1")
        func get() async -> JSONValue? {
            await peer.modern("tasks/get", ["taskId": "t1"], capabilities: able)["result"]
        }
        #expect(await get()?["resultType"] == "complete")
        tasks.end("t1", .inputRequired(["k": .form(StubForms.sure)]))
        let waiting = await get()
        #expect(waiting?["status"] == "input_required")
        #expect(waiting?["inputRequests"]?["k"]?["method"] == "elicitation/create")
        for bad in [nil, 7, ["k": 7]] as [JSONValue] {
            let answer = await peer.modern(
                "tasks/update", ["taskId": "t1", "inputResponses": bad], capabilities: able)
            #expect(answer["error"]?["code"] == -32602)
        }
        let update = await peer.modern(
            "tasks/update", ["taskId": "t1", "inputResponses": ["k": ["action": "accept"]]],
            capabilities: able)
        #expect(update["result"]?["resultType"] == "complete")
        #expect(update["result"]?.object?.keys == ["resultType", "_meta"])
        #expect(tasks.answers["k"] == ["action": "accept"])
        let cancel = await peer.modern("tasks/cancel", ["taskId": "t1"], capabilities: able)
        #expect(cancel["result"]?["resultType"] == "complete")
        tasks.end("t1", .ended(.result(.text("bad", isError: true))))
        let failed = await get()
        #expect(failed?["status"] == "completed")
        #expect(failed?["result"]?["isError"] == true)
        tasks.end("t1", .ended(.failure(RPCError(code: 5, message: "x", data: [1]))))
        #expect(await get()?["error"] == ["code": 5, "message": "x", "data": [1]])
        #expect(await get()?["status"] == "failed")
        let again = await peer.modern("tasks/cancel", ["taskId": "t1"], capabilities: able)
        #expect(again["result"]?["resultType"] == "complete")
        tasks.end("t1", .cancelled)
        #expect(await get()?["status"] == "cancelled")
    }

    @Test func changesWithinASecondArePushedAsOne() async throws {
        let tasks = StubTasks()
        let clock = ManualClock()
        let peer = Peer(.stub(tasks: tasks, clock: clock.clock))
        tasks.start("t1")
        async let done: [JSONValue] = peer.send(
            Peer.modernFrame(
                "subscriptions/listen", ["notifications": ["taskIds": ["t1"]]], id: "L",
                capabilities: able))
        func told() -> [JSONValue?] {
            peer.messages("notifications/tasks").map { $0["params"]?["statusMessage"] }
        }
        #expect(try await eventually { told() == ["at work"] && clock.sleepers == 1 })
        for step in 1...20 {
            tasks.say("t1", "step \(step)")
            await Task.yield()
        }
        #expect(told() == ["at work"])
        clock.advance(by: .seconds(1))
        #expect(try await eventually { told().count == 2 && clock.sleepers == 1 })
        #expect(told() == ["at work", "step 20"])
        peer.session.shutDown()
        _ = await done
    }

    @Test func changesArePushedToThoseWhoListen() async throws {
        let tasks = StubTasks()
        let peer = peer(tasks)
        tasks.start("t1")
        async let done: [JSONValue] = peer.send(
            Peer.modernFrame(
                "subscriptions/listen", ["notifications": ["taskIds": ["t1", "none"]]], id: "L",
                capabilities: able))
        #expect(await peer.waits { $0.count == 2 })
        tasks.end("t1", .ended(.result(.text("ok"))))
        #expect(await peer.waits { $0.count == 3 })
        peer.session.shutDown()
        let all = await done
        #expect(all.first?["params"]?["notifications"] == ["taskIds": ["t1"]])
        let last = peer.messages("notifications/tasks").last?["params"]
        #expect(last?["status"] == "completed")
        #expect(last?["result"]?["content"]?.array?.count == 1)
        #expect(last?["_meta"]?[MetaKey.subscriptionID] == "L")
        #expect(all.last?["result"]?["_meta"]?[MetaKey.subscriptionID] == "L")
    }
}
