import Intake
import JSON
import JobStore
import Jobs
import Redaction
import Testing

/// Reading and checking arguments.
@Suite(.timeLimit(.minutes(2)))
struct OperationArgumentsTests {
    /// An argument as text, and the object that it becomes.
    struct Reading: Sendable {
        let operation: JobOperation
        let pair: String
        let json: String

        init(_ operation: JobOperation, _ pair: String, _ json: String) {
            self.operation = operation
            self.pair = pair
            self.json = json
        }
    }

    static let readings: [Reading] = [
        Reading(.deploy, "stop_time=30", #"{"stop_time":30}"#),
        Reading(.deploy, "stop_signal=SIGTERM", #"{"stop_signal":"SIGTERM"}"#),
        Reading(.deployStack, "services=web, db", #"{"services":["web","db"]}"#),
        Reading(.destroyStack, "remove_orphans=YES", #"{"remove_orphans":true}"#),
        Reading(.destroyStack, "remove_orphans=0", #"{"remove_orphans":false}"#),
        Reading(.triggerAction, #"args={"a":[1,2.50]}"#, #"{"args":{"a":[1,2.50]}}"#),
        Reading(.runSync, "resource_type=a=b", #"{"resource_type":"a=b"}"#),
        Reading(.startContainer, "container=a_b.c-1", #"{"container":"a_b.c-1"}"#),
    ]

    @Test(arguments: readings)
    func textBecomesWhatKomodoExpects(_ reading: Reading) throws {
        let arguments = try OperationArguments.parse([reading.pair], for: reading.operation)
        #expect(JSONValue.object(arguments).serialized() == reading.json)
    }

    /// Arguments that are refused, and what the refusal says.
    struct Refusal: Sendable {
        let operation: JobOperation
        let pairs: [String]
        let code: JobErrorCode
        let words: String

        init(
            _ operation: JobOperation, _ pairs: [String], _ words: String,
            _ code: JobErrorCode = .validationError
        ) {
            self.operation = operation
            self.pairs = pairs
            self.code = code
            self.words = words
        }
    }

    static let refusals: [Refusal] = [
        Refusal(.deploy, ["stop_time"], "name=value"),
        Refusal(.deploy, ["=3"], "name=value"),
        Refusal(.deploy, ["stop_tme=3"], "stop_signal, stop_time", .unsupportedOption),
        Refusal(.build, ["branch=main"], "takes no arguments", .unsupportedOption),
        Refusal(.deploy, ["stop_time=3", "stop_time=4"], "given twice"),
        Refusal(.deploy, ["stop_time=3.5"], "a whole number"),
        Refusal(.deploy, ["stop_time=99999999999999999999"], "a whole number"),
        Refusal(.deploy, ["stop_signal=SIGKILL"], "one of SIGHUP"),
        Refusal(.destroyStack, ["remove_orphans=maybe"], "true or false"),
        Refusal(.triggerAction, ["args=[1]"], "a JSON object"),
        Refusal(.triggerAction, ["args={"], "a JSON object"),
        Refusal(.startContainer, [], "needs --arg container="),
        Refusal(.startContainer, ["container="], "a text"),
        Refusal(.deployStack, ["services=,,"], "a list of names"),
    ]

    @Test(arguments: refusals)
    func whatIsWrongIsNamed(_ refusal: Refusal) {
        let error = #expect(throws: IntakeError.self) {
            try OperationArguments.parse(refusal.pairs, for: refusal.operation)
        }
        #expect(error?.error.code == refusal.code)
        #expect(error?.error.message.contains(refusal.words) == true)
    }

    @Test(
        arguments: [
            ["stop_time": "3"], ["stop_time": true], ["stop_signal": 9], ["stop_time": .null],
        ] as [JSONObject])
    func jsonOfTheWrongTypeIsRefused(_ arguments: JSONObject) {
        #expect(throws: IntakeError.self) {
            try OperationArguments.checked(arguments, for: .deploy)
        }
    }

    @Test
    func everyParameterOfEveryOperationCanBeGiven() throws {
        for operation in JobOperation.allCases {
            let pairs = operation.spec.parameters.map { parameter in
                let text =
                    switch parameter.kind {
                    case .string: "x"
                    case .integer: "7"
                    case .boolean: "true"
                    case .strings: "a,b"
                    case .object: "{}"
                    case .oneOf(let words): words[0]
                    }
                return "\(parameter.name)=\(text)"
            }
            let arguments = try OperationArguments.parse(pairs, for: operation)
            #expect(arguments.members.count == pairs.count, "\(operation.rawValue)")
        }
    }
}

/// Taking secret values out of what may be shown.
@Suite(.timeLimit(.minutes(2)))
struct SecretArgumentsTests {
    private let redactor = Redactor(secrets: ["correct-horse-battery"])

    @Test(
        arguments: [
            ["args": ["password": "hunter2-hunter2"]],
            ["args": ["deep": [["api_key": "0123456789abcdef"]]]],
            ["args": ["note": "say correct-horse-battery twice"]],
            ["args": ["url": "https://user:swordfish99@host/x"]],
            ["args": ["dbPass": "swordfish99"]], ["args": ["MYSQL_ROOT_PW": "swordfish99"]],
            ["args": ["session": "Xk3Qm9Vb7RtZ5pLw8YsD3fGh6J"]],
            ["args": ["command": ["--requirepass", "swordfish99"]]],
            ["args": ["command": "redis-server --requirepass swordfish99"]],
            ["args": ["image": "ada:swordfish99@registry.example.com/team/app"]],
            ["args": ["chat": "https://hooks.slack.com/services/T000/B000/swordfish99"]],
            ["args": ["ghp_0123456789abcdefghijklmnopqrstuvwxyz": true]],
        ] as [JSONObject])
    func aValueWithASecretGoesAsideAsAWhole(_ arguments: JSONObject) {
        let (shown, secrets) = SecretArguments.split(arguments, redactor)
        #expect(secrets == arguments)
        #expect(shown["args"]?.string == redactedArgument)
    }

    @Test
    func harmlessValuesStay() {
        let arguments: JSONObject = [
            "services": ["web", "db"], "stop_time": 3, "args": ["passage": "north"],
            "update_id": "6b00a18b43f7d1be5d000001",
            "container": "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
            "options": ["commit": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "branch": "main"],
        ]
        let (shown, secrets) = SecretArguments.split(arguments, redactor)
        #expect(shown == arguments && secrets.isEmpty)
    }

    @Test
    func onlyTheSecretOneOfSeveralGoesAside() {
        let arguments: JSONObject = [
            "container": "web", "token": "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        ]
        let (shown, secrets) = SecretArguments.split(arguments, redactor)
        #expect(shown["container"]?.string == "web")
        #expect(secrets.members.map(\.key) == ["token"])
        #expect(!JSONValue.object(shown).serialized().contains("ghp_"))
    }
}
