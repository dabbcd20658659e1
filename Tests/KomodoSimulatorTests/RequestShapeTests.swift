internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct RequestShapeTests {
    @Test(arguments: [
        ("NoSuchRequest", #"{"deployment":"web"}"#), ("Deploy", "{}"),
        ("Deploy", #"{"deployment":7}"#), ("StartStack", #"{"stack":"shop","services":null}"#),
        ("StopDeployment", #"{"deployment":"web","signal":"SIGKILL"}"#),
        ("DestroyStack", #"{"stack":"shop","remove_orphans":null}"#),
    ])
    func malformedParametersDependOnTheForm(_ type: String, _ text: String) async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let params = try JSONValue(parsing: text)
            let body = try await caller.call("execute", type, params)
            #expect(body.status == 422)
            #expect(!body.error.isEmpty)
            let variant = try await caller.callVariant("execute", type, params)
            #expect(variant.status == 500)
            #expect(variant.json["trace"]?.array != nil)
            #expect(simulator.ledger.executionCount == 0)
        }
    }

    @Test func bothFormsAreAcceptedAndUnknownFieldsIgnored() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let params: JSONValue = ["deployment": "web", "force": true, "stop_time": .null]
            #expect(try await caller.call("execute", "Deploy", params).status == 200)
            let other: JSONValue = ["deployment": "api", "made_up": [1, 2]]
            #expect(try await caller.callVariant("execute", "Deploy", other).status == 200)
            #expect(simulator.ledger.executionCount == 2)
        }
    }

    @Test func textThatIsNotJSONAndMissingTypesAreRefused() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            var caller = SimulatorCaller(address)
            #expect(try await caller.send("POST", "/read", text: "{oops").status == 400)
            #expect(try await caller.send("POST", "/read", text: "{}").status == 422)
            caller.contentType = nil
            #expect(try await caller.call("read", "GetVersion").status == 415)
            caller.contentType = "text/plain"
            #expect(try await caller.call("read", "GetVersion").status == 415)
            caller.contentType = "application/json; charset=utf-8"
            #expect(try await caller.call("read", "GetVersion").status == 200)
        }
    }

    @Test func unknownPathsAnswerWithoutJSON() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let page = try await caller.send("GET", "/execute/deploy/abc")
            #expect(page.status == 404)
            #expect(page.contentType.hasPrefix("text/html"))
            let post = try await caller.send("POST", "/execute/deploy/abc", [:])
            #expect(post.status == 405)
            #expect(post.text.isEmpty)
            #expect(try await caller.send("GET", "/read").status == 405)
        }
    }

    @Test func unknownTargetIsAServerErrorAndNothingIsAccepted() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let answer = try await caller.call("execute", "Deploy", ["deployment": "nope"])
            #expect(answer.status == 500)
            #expect(answer.error == "Did not find any Deployment matching nope")
            let empty = try await caller.call("execute", "RunBuild", ["build": ""])
            #expect(empty.error == "Cannot find Build with empty name / id")
            #expect(simulator.ledger.executionCount == 0)
        }
    }

    @Test(arguments: [("1.19.5", 404), ("2.0.1", 200), ("2.3.2", 200)])
    func versionIsToldWithoutCredentialsSinceTwo(_ version: String, _ status: Int) async throws {
        try await withKomodoSimulator(quick { $0.version = version }) { _, address async throws in
            let caller = SimulatorCaller(address)
            var stranger = caller
            stranger.key = nil
            let answer = try await stranger.send("GET", "/version")
            #expect(answer.status == status)
            if status == 200 { #expect(answer.text == version) }
            let read = try await caller.call("read", "GetVersion")
            #expect(read.json["version"]?.string == version)
        }
    }

    @Test func cancelsOfActionsAndProceduresCameWithTwoThree() async throws {
        try await withKomodoSimulator(quick { $0.version = "2.0.1" }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let answer = try await caller.call("execute", "CancelAction", ["action": "report"])
            #expect(answer.status == 422)
        }
    }

    @Test func unknownVersionIsAnErrorThatNamesTheKnownOnes() async throws {
        await #expect(throws: SimulatorError.self) {
            try await withKomodoSimulator(quick { $0.version = "nine" }) { _, _ in }
        }
    }
}
