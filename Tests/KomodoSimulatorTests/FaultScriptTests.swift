internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct FaultScriptTests {
    @Test func scriptIsReadFromJSON() throws {
        let script = try FaultScript(
            parsing: """
                {"rules": [{"match": {"method": "POST", "path": "/execute", "type": "Deploy",
                   "target": "web", "nth": 1, "every": 3, "probability": 0.2}, "times": 2,
                   "action": {"kind": "status", "status": 503, "body": "no", "accepted": true,
                   "headers": {"Retry-After": "3"}, "delay_before_ms": 5, "delay_after_ms": 6}}],
                 "resources": [{"name": "web", "behaviour": "busy", "for_ms": 9, "times": 4}],
                 "websocket": {"stall_after": 3, "duplicates": 1}, "append": true}
                """)
        var action = FaultAction.status(503, body: "no", headers: ["Retry-After": "3"])
        action.accepted = true
        action.delayBefore = .milliseconds(5)
        action.delayAfter = .milliseconds(6)
        var expected = FaultScript(
            rules: [
                FaultRule(
                    method: "POST", path: "/execute", type: "Deploy", target: "web", nth: 1,
                    every: 3, probability: 0.2, times: 2, action: action)
            ],
            resources: [ResourceFault("web", .busy, lasts: .milliseconds(9), times: 4)])
        expected.websocket.stallAfter = 3
        expected.websocket.duplicates = 1
        expected.appends = true
        #expect(script == expected)
    }

    @Test(arguments: [
        ("[]", "script must be an object"),
        ("{", "The fault script is the JSON text ends too early, at byte 1"),
        (#"{"rule": []}"#, "script.rule is unknown"),
        (#"{"rules": [{}]}"#, "rules[0].action is missing"),
        (#"{"rules": [{"action": {"kind": "drop"}}]}"#, "rules[0].action.kind must be one of"),
        (#"{"rules": [{"action": {"kind": "stall", "status": 99}}]}"#, "rules[0].action.status"),
        (#"{"rules": [{"match": {"nth": 0}, "action": {"kind": "stall"}}]}"#, "rules[0].match.nth"),
        (#"{"resources": [{"name": "web"}]}"#, "resources[0] needs name and behaviour"),
        (#"{"websocket": {"duplicates": -1}}"#, "websocket.duplicates"),
    ])
    func wrongScriptIsRefusedByPlace(_ text: String, _ message: String) {
        let error = #expect(throws: FaultScriptError.self) { try FaultScript(parsing: text) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func optionsTakeTheirFaultsFromAFile() throws {
        let options = try SimulatorOptions(
            parsingFaultFile: #"{"rules": [{"action": {"kind": "stall"}}]}"#)
        #expect(options.faults.rules.map(\.action.kind) == [.stall])
    }
}
