import Jobs
import Testing

/// Core's texts as they come, without markup.
@Suite(.timeLimit(.minutes(2)))
struct CoreTextsTests {
    static let texts: [(String, CoreTexts.Meaning)] = [
        ("Failed to query db | server selection timeout", .databaseUnavailable),
        ("Resource is busy", .busy), ("ERROR: Resource is busy", .busy),
        ("Another prune is already in progress...", .busy),
        ("Server my-server is not connected", .peripheryUnreachable),
        ("Periphery is not currently connected", .peripheryUnreachable),
        ("No connection found for server 66113df3", .peripheryUnreachable),
        ("Failed to send request over channel", .peripheryUnreachable),
        (
            "Cannot send command when Server is unreachable or disabled",
            .peripheryUnreachable
        ),
        ("failed at request to periphery", .interrupted),
        ("Timed out waiting for message.", .interrupted),
        ("Procedure cancelled before completion", .cancelled),
        ("Command cancelled (process group killed)", .cancelled),
        ("Did not find any Deployment matching web", .notFound),
        ("did not find any Deployment matching web", .notFound),
        ("No tag found matching name or id: blue", .notFound),
        ("no update exists with given id", .notFound),
        (
            "User does not have required permissions on this Deployment. Must have at least Execute",
            .forbidden
        ),
        ("admin only", .forbidden), ("This method is Admin Only.", .forbidden),
        ("required permissions", .forbidden),
        ("Cannot find Server with empty name / id", .invalid), ("server not enabled", .invalid),
        ("Must attach builder to RunBuild", .invalid),
        ("repo has no server attached", .invalid),
        ("Must attach either Swarm or Server", .invalid),
        ("This should not be called for Stacks in Swarm Mode", .invalid),
        ("No build in progress", .invalid), ("Build has already been cancelled", .invalid),
        ("Build is not building.", .invalid),
        ("Invalid user credentials | You have 3 attempts remaining", .unknown),
        ("Invalid client credentials", .unknown), ("failed to authenticate api key", .unknown),
        ("Too many attempts | Try again in 12s", .unknown),
        ("exit code 1: npm ERR! missing script", .unknown), ("", .unknown),
    ]

    @Test(arguments: texts)
    func textsMeanTheSameInAnyCase(text: String, meaning: CoreTexts.Meaning) {
        #expect(CoreTexts.meaning(of: text) == meaning)
        #expect(CoreTexts.meaning(of: text.uppercased()) == meaning)
        #expect(CoreTexts.meaning(of: text.lowercased()) == meaning)
        #expect(CoreTexts.meaning(of: "ERROR: \(text)\nTRACE:\n1: cause") == meaning)
    }

    @Test(arguments: [
        ("Komodo shutdown", CoreTexts.Meaning.interrupted), ("komodo shutdown", .interrupted),
        ("Build cancelled", .cancelled), ("Build Cancelled", .cancelled),
        ("build cancelled", .cancelled), ("Task Error", .unknown), ("Docker Compose Up", .unknown),
        ("Build cancelled by nobody", .unknown), ("", .unknown),
    ])
    func stagesAreKnownByTheirWholeName(stage: String, meaning: CoreTexts.Meaning) {
        #expect(CoreTexts.meaning(ofStage: stage) == meaning)
    }

    private static func outcome(_ stage: String, _ text: String, after: [String] = [])
        -> RemoteOutcome
    {
        CoreTexts.outcome(
            success: false, failures: [(stage: stage, text: text)], stages: after + [stage])
    }

    @Test func aSuccessIsASuccessWhateverItsLogSays() {
        let outcome = CoreTexts.outcome(
            success: true, failures: [(stage: "Task Error", text: "Resource is busy")],
            stages: ["Task Error"])
        #expect(outcome == .succeeded)
    }

    @Test(arguments: [
        ("Resource is busy", "busy"), ("Another one is already in progress...", "busy"),
        ("Server a is not connected", "notStarted"),
        ("Cannot send command when Server is unreachable or disabled", "notStarted"),
        ("No connection found for server a", "notStarted"), ("server not enabled", "failed"),
        ("User does not have required permissions on this Stack", "failed"),
        ("Did not find any Stack matching a", "failed"), ("something else", "failed"),
        ("Timed out waiting for message.", "interrupted"),
        ("failed at request to periphery", "interrupted"),
        ("Procedure cancelled before completion", "cancelled"),
    ])
    func theTasksOwnErrorTellsHowItEnded(text: String, kind: String) {
        #expect(Self.outcome("Task Error", text).kind == kind)
        #expect(Self.outcome("task error", text.uppercased()).kind == kind)
    }

    @Test func theSameWordsInACommandsOutputProveNothing() {
        #expect(Self.outcome("Docker Compose Up", "Resource is busy").kind == "failed")
        #expect(Self.outcome("Pre Deploy", "host is not connected").kind == "failed")
        let both = CoreTexts.outcome(
            success: false,
            failures: [
                (stage: "Docker Compose Down", text: "no such file"),
                (stage: "Task Error", text: "Server a is not connected"),
            ], stages: ["Docker Compose Down", "Task Error"])
        #expect(both.kind == "failed")
    }

    @Test func aShutdownOutweighsEverythingElse() {
        let outcome = CoreTexts.outcome(
            success: false, failures: [(stage: "Komodo shutdown", text: "Komodo shutdown")],
            stages: ["Clone Repo", "Komodo shutdown"])
        #expect(outcome.kind == "interrupted")
        let both = CoreTexts.outcome(
            success: false,
            failures: [
                (stage: "Task Error", text: "Resource is busy"),
                (stage: "komodo Shutdown", text: ""),
            ], stages: ["Task Error", "komodo Shutdown"])
        #expect(both.kind == "interrupted")
    }

    @Test func aCancelledBuildIsToldByItsStage() {
        #expect(Self.outcome("Build Cancelled", "").kind == "cancelled")
        #expect(
            Self.outcome("Docker Build", "Command cancelled (process group killed)").kind
                == "cancelled")
    }

    @Test func codesAndMessagesAreFitForPeople() {
        #expect(
            Self.outcome("Task Error", "User does not have required permissions on this Stack")
                == .failed(
                    JobError(
                        .authorizationError,
                        "Task Error: User does not have required permissions on this Stack")))
        #expect(
            Self.outcome("Task Error", "Did not find any Stack matching a")
                == .failed(JobError(.notFound, "Task Error: Did not find any Stack matching a")))
        #expect(
            Self.outcome("Up", "one\n\ntwo\nthree\nfour")
                == .failed(JobError(.executionError, "Up: one two three")))
        #expect(
            Self.outcome("Up", String(repeating: "é", count: 601))
                == .failed(
                    JobError(.executionError, "Up: " + String(repeating: "é", count: 599) + "…")))
        #expect(Self.outcome("Up", "\n") == .failed(JobError(.executionError, "Up failed.")))
        #expect(
            CoreTexts.outcome(success: false, failures: [], stages: [])
                == .failed(
                    JobError(.executionError, "Komodo reports a failure without a reason.")))
    }
}
