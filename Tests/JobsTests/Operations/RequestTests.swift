import JSON
import Jobs
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RequestTests {
    private static let web = Target(type: .deployment, id: "66113df3abe32960b87018dd", name: "web")

    private static func request(_ change: (inout NewJob) -> Void = { _ in }) -> NewJob {
        var job = NewJob(
            operation: .deploy, target: web, arguments: ["stop_signal": "SIGINT", "stop_time": 5],
            instance: "https://komodo.example", keyFingerprint: "k1",
            caller: NewJob.Caller(principal: "ann", clientName: "cli", clientVersion: "1"))
        change(&job)
        return job
    }

    @Test func theOrderOfArgumentsDoesNotMatter() {
        let other = Self.request {
            $0.arguments = ["stop_time": 5, "stop_signal": "SIGINT"]
        }
        #expect(other.identity == Self.request().identity)
        let nested = Self.request { $0.arguments = ["args": ["b": 1, "a": ["d": 2, "c": 3]]] }
        let turned = Self.request { $0.arguments = ["args": ["a": ["c": 3, "d": 2], "b": 1]] }
        #expect(nested.identity == turned.identity)
    }

    @Test func howTheCallerWaitsDoesNotMatter() {
        let other = Self.request {
            $0.idempotencyKey = "k"
            $0.priority = 9
            $0.runAt = Timestamp(milliseconds: 1)
            $0.startWithin = .seconds(1)
            $0.deadline = .seconds(1)
            $0.onBusy = .fail
            $0.isNew = true
            $0.retryOf = "x"
            $0.keyFingerprint = "k2"
            $0.caller.clientName = "other"
            $0.caller.clientVersion = "2"
            $0.caller.traceContext = "00-1-2-00"
        }
        #expect(other.identity == Self.request().identity)
    }

    @Test func whatIsAskedForMatters() {
        let changes: [(inout NewJob) -> Void] = [
            { $0.caller.principal = "bob" }, { $0.instance = "https://other.example" },
            { $0.operation = .restartDeployment },
            { $0.target = Target(type: .deployment, id: Self.web.id, name: "api") },
            { $0.target = Target(type: .stack, id: Self.web.id, name: "web") },
            { $0.arguments = ["stop_signal": "SIGINT", "stop_time": 6] }, { $0.arguments = [:] },
            { $0.arguments = ["stop_signal": "SIGINT", "stop_time": "5"] },
            { $0.waitsForHealth = true }, { $0.retriesFailure = true },
        ]
        let identities = changes.map { Self.request($0).identity } + [Self.request().identity]
        #expect(Set(identities).count == identities.count)
    }

    @Test func whetherKomodoCouldBeAskedForTheTargetDoesNotMatter() {
        let unresolved = Self.request { $0.target.id = nil }
        #expect(unresolved.identity == Self.request().identity)
    }

    @Test func aLaneIsOneTargetOfOneInstance() {
        func lane(_ operation: JobOperation, _ target: Target, _ instance: String = "a") -> String {
            Lane(instance: instance, operation: operation, target: target).key
        }
        #expect(lane(.deploy, Self.web) == lane(.stopDeployment, Self.web))
        #expect(lane(.deploy, Self.web) != lane(.deploy, Self.web, "b"))
        var other = Self.web
        other.name = "renamed"
        #expect(lane(.deploy, Self.web) == lane(.deploy, other))
        other.id = "0123456789abcdef01234567"
        #expect(lane(.deploy, Self.web) != lane(.deploy, other))
        other.id = nil
        // Until the id is known, the name is the lane.
        #expect(lane(.deploy, other) == lane(.stopDeployment, other))
        #expect(lane(.deploy, other) != lane(.deploy, Self.web))
        let stack = Target(type: .stack, id: Self.web.id, name: "web")
        #expect(lane(.deployStack, stack) != lane(.deploy, Self.web))
    }

    @Test func cancelsHaveLanesOfTheirOwn() {
        let build = Target(type: .build, id: "66113df3abe32960b87018dd", name: "app")
        let run = Lane(instance: "a", operation: .build, target: build)
        let cancel = Lane(instance: "a", operation: .cancelBuild, target: build)
        #expect(run != cancel)
    }

    @Test func momentsAreCountedInMilliseconds() {
        let moment = Timestamp(milliseconds: 1_000)
        #expect(moment + .seconds(2) == Timestamp(milliseconds: 3_000))
        #expect(moment - .milliseconds(1) == Timestamp(milliseconds: 999))
        #expect((moment + .seconds(2)) - moment == .seconds(2))
        #expect(moment < moment + .milliseconds(1))
        #expect(Duration.microseconds(1_999).inMilliseconds == 1)
        #expect(Duration.milliseconds(-1_500).inMilliseconds == -1_500)
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
    }
}
