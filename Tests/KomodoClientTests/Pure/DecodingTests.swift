import JSON
import Jobs
import Redaction
import Testing

@testable import KomodoClient

@Suite
struct DecodingTests {
    @Test
    func anEmptyUpdateIsRead() throws {
        let update = Update(decoding: [:])
        #expect(update.summary.id == nil)
        #expect(update.summary.status == .other(""))
        #expect(update.logs.isEmpty)
        #expect(update.version == nil)
        #expect(update.commitHash == nil)
        #expect(update.endedAt == nil)
    }

    @Test(
        arguments: [
            (#"{"$oid":"64b7f0a1c2d3e4f5a6b7c8d9"}"#, testID),
            (#""64b7f0a1c2d3e4f5a6b7c8d9""#, testID),
            (#""64B7F0A1C2D3E4F5A6B7C8D9""#, "64B7F0A1C2D3E4F5A6B7C8D9"), (#""""#, nil),
            (#"{"$oid":""}"#, nil), (#""64b7f0a1c2d3e4f5a6b7c8dg""#, nil), ("12", nil),
            ("null", nil),
            (#""64b7f0a1c2d3e4f5a6b7c8d９""#, nil),
        ] as [(String, String?)])
    func idsAreReadInBothForms(_ text: String, _ expected: String?) throws {
        #expect(try JSONValue(parsing: text).objectID == expected)
    }

    @Test(
        arguments: [
            ("1700000000000", 1_700_000_000_000), ("1.7e12", 1_700_000_000_000),
            ("1700000000000.7", 1_700_000_000_000), ("null", nil), (#""x""#, nil), ("1e300", nil),
        ] as [(String, Int64?)])
    func momentsAreReadAsIntegersAndFloats(_ text: String, _ expected: Int64?) throws {
        #expect(
            try JSONValue(parsing: text).timestamp
                == expected.map { Timestamp(milliseconds: $0) })
    }

    @Test(
        arguments: [
            (#"{"major":1,"minor":2,"patch":3}"#, "1.2.3"),
            (#"{"major":0,"minor":0,"patch":0}"#, nil),
            (#"{"major":2.0}"#, "2.0.0"), (#""1.4.0""#, "1.4.0"), ("{}", nil),
        ] as [(String, String?)])
    func versionsAreRead(_ text: String, _ expected: String?) throws {
        let update = Update(decoding: ["version": try JSONValue(parsing: text)])
        #expect(update.version == expected)
    }

    @Test(arguments: [
        ("Task Error", #"<span class=\"text-red\">ERROR</span>: Resource is busy"#, "busy"),
        ("Task Error", "Server foo is not connected", "notStarted"),
        ("Task Error", "User does not have required permissions", "failed"),
        ("Komodo shutdown", "", "interrupted"), ("Build Cancelled", "", "cancelled"),
        ("Deploy", "exit code 1", "failed"),
    ])
    func endingsFollowFromTheLogs(_ stage: String, _ stderr: String, _ expected: String) throws {
        let text = updateText(
            status: "Complete", success: false,
            logs: #"[{"stage":"\#(stage)","stderr":"\#(stderr)","success":false}]"#)
        let update = Update(decoding: try JSONValue(parsing: text))
        let outcome = update.outcome(redactor: Redactor())
        #expect(kind(.concluded(.state, outcome)) == "concluded/\(expected)", "\(outcome)")
        #expect(!"\(outcome)".contains("<span"))
    }

    @Test
    func theErrorQuotesTheLogPlainShortAndWithoutSecrets() throws {
        let secret = "s3cr3ts3cr3t"
        let long = String(repeating: "x", count: 5_000)
        let log = UpdateLog(
            stage: "Up <b>\(secret)</b>\n\(long)", command: "", stdout: "unused",
            stderr: "\u{1B}[31ms3cr<b>3t</b>s3cr3t &lt;\n\n\(long)", success: false,
            startedAt: nil, endedAt: nil)
        var update = Update(decoding: ["success": false])
        update.logs = [log]
        let outcome = update.outcome(redactor: Redactor(secrets: [secret]))
        guard case .failed(let error) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.message.hasPrefix("Up [redacted] xxx"))
        #expect(error.message.contains("…: [redacted] < xxx"))
        #expect(error.message.count == 200 + 2 + 600)
    }

    static let health: [(TargetType, [String], String, HealthReport.State, String)] = [
        (.server, [], #"{"status":"Ok"}"#, .healthy, "Ok"),
        (.server, [], #"{"status":"NotOk"}"#, .unhealthy, "NotOk"),
        (.server, [], #"{"status":"Disabled"}"#, .unhealthy, "Disabled"),
        (.server, [], #"{"status":"Waking"}"#, .starting, "Waking"),
        (
            .deployment, [], #"{"state":"running","container":{"status":"Up 3 minutes"}}"#,
            .healthy, "Up 3 minutes"
        ),
        (
            .deployment, [],
            #"{"state":"running","container":{"status":"Up 3 minutes (healthy)"}}"#, .healthy,
            "Up 3 minutes (healthy)"
        ),
        (
            .deployment, [],
            #"{"state":"running","container":{"status":"Up 3 minutes (unhealthy)"}}"#, .unhealthy,
            "Up 3 minutes (unhealthy)"
        ),
        (
            .deployment, [],
            #"{"state":"running","container":{"status":"Up 3 seconds (health: starting)"}}"#,
            .starting, "Up 3 seconds (health: starting)"
        ),
        (.deployment, [], #"{"state":"running","container":null}"#, .healthy, "running"),
        (.deployment, [], #"{"state":"unhealthy"}"#, .unhealthy, "unhealthy"),
        (.deployment, [], #"{"state":"exited"}"#, .unhealthy, "exited"),
        (.deployment, [], #"{"state":"not_deployed"}"#, .unhealthy, "not_deployed"),
        (.deployment, [], #"{"state":"deploying"}"#, .starting, "deploying"),
        (.deployment, [], #"{"state":"restarting"}"#, .starting, "restarting"),
        (.deployment, [], #"{"state":"levitating"}"#, .starting, "levitating"),
        (.stack, [], "[]", .starting, "Komodo knows no services of it yet"),
        (
            .stack, [],
            #"[{"service":"web","container":{"state":"running","status":"Up"}},"#
                + #"{"service":"db","container":{"state":"running","status":"Up (healthy)"}}]"#,
            .healthy, "2 services running"
        ),
        (
            .stack, [],
            #"[{"service":"web","container":{"state":"running","status":"Up"}},"#
                + #"{"service":"db","container":{"state":"restarting","status":"Restarting"}}]"#,
            .starting, "db: Restarting"
        ),
        (
            .stack, [],
            #"[{"service":"web","container":{"state":"exited","status":"Exited (1)"}},"#
                + #"{"service":"db","container":{"state":"created"}}]"#,
            .unhealthy, "web: Exited (1), db: created"
        ),
        (
            .stack, ["web"],
            #"[{"service":"web","container":{"state":"running"}},{"service":"db"}]"#, .healthy,
            "1 service running"
        ),
        (.stack, [], #"[{"service":"db","container":null}]"#, .unhealthy, "db: no container"),
        (
            .stack, ["cache"], #"[{"service":"web","container":{"state":"running"}}]"#,
            .unhealthy, "cache: no such service"
        ),
        (
            .stack, [], #"[{"service":"web","swarm_service":{"state":"Healthy"}}]"#, .healthy,
            "1 service running"
        ),
    ]

    @Test(arguments: health.indices)
    func healthIsRead(_ index: Int) throws {
        let (type, services, text, state, detail) = Self.health[index]
        let value = try JSONValue(parsing: text)
        #expect(
            HealthReading.report(value, of: type, services: services)
                == HealthReport(state, detail: detail))
    }

    @Test(arguments: TargetType.allCases)
    func whatIsNoStateGivesNoHealth(_ type: TargetType) {
        #expect(HealthReading.report("text", of: type, services: []) == nil)
        #expect(HealthReading.report(["status": 3, "state": []], of: type, services: []) == nil)
    }

    @Test
    func aTraceIsAddedOnlyWhereTheErrorSaysTooLittle() {
        let redactor = Redactor()
        func message(_ body: String) -> String {
            CoreRefusal(
                HTTPAnswer(
                    status: 401, headers: .init(), body: Array(body.utf8),
                    beganAt: .zero, headCameAt: .zero, headAt: Timestamp(milliseconds: 0)),
                redactor: redactor
            ).message
        }
        #expect(
            message(
                #"{"error":"failed to authenticate api key","trace":["invalid api secret","x"]}"#)
                == "failed to authenticate api key: invalid api secret: [redacted]")
        #expect(
            message(#"{"error":"Did not find any Stack matching a","trace":["inner"]}"#)
                == "Did not find any Stack matching a")
        #expect(message("<h1>Gone</h1>\n<p>away</p>") == "Gone away")
        #expect(message("{broken") == "{broken")
        #expect(message("") == "Komodo answered 401 without a reason.")
    }
}
