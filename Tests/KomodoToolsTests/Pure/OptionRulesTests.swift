import JSON
import Jobs
import KomodoClient
import Testing

@testable import KomodoTools

/// The documented options against what Komodo has.
@Suite(.timeLimit(.minutes(5)))
struct OptionRulesTests {
    @Test(arguments: [
        (JobOperation.deploy, "force", JSONValue.bool(true)), (.deploy, "force", false),
        (.deploy, "stopBeforeStart", true), (.build, "forceBuild", true),
        (.pullRepo, "force", true),
    ])
    func whatKomodoDoesAnywayIsAcceptedAndNoted(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws {
        let outcome = try decide(operation, option, value)
        #expect(outcome.notes.count == 1)
        #expect(outcome.notes[0].hasPrefix("\(option): Komodo "))
    }

    @Test(arguments: [
        (JobOperation.deploy, "skipPull", JSONValue.bool(true), "stack.config.auto_pull"),
        (.build, "skipCache", true, "build.config.extra_args"),
        (.build, "skipPull", true, "build.config.commit"),
        (.stopServer, "force", true, "StopDeployment.signal"),
        (.stopServer, "removeContainer", true, "DestroyDeployment"),
        (.restartServer, "force", true, "StopDeployment.signal"),
        (.pullRepo, "submodules", true, "repo.config.on_pull"),
        (.cloneRepo, "depth", 1, "repo.config"),
        (.cloneRepo, "submodules", true, "repo.config.on_clone"),
    ])
    func whatKomodoCannotDoIsRefusedWithItsField(
        _ operation: JobOperation, _ option: String, _ value: JSONValue, _ field: String
    ) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try decide(operation, option, value)
        }
        #expect(failure.code == .unsupportedOption)
        #expect(failure.details["option"]?.string == option)
        #expect(failure.details["komodo_field"]?.string == field)
        #expect(failure.message.contains("Nothing was queued"))
    }

    @Test(arguments: ExecuteRegistry.tools.map(\.operation))
    func askingForNothingIsAccepted(_ operation: JobOperation) throws {
        for rule in OptionRules.rules(of: operation) {
            guard case .unsupported = rule.handling else { continue }
            let values: [JSONValue] = [false, .null, ""]
            for value in values {
                let outcome = try decide(operation, rule.name, value)
                #expect(outcome == OptionOutcome())
            }
        }
        #expect(try decide(.pullRepo, "branch", "") == OptionOutcome())
    }

    @Test func everyDocumentedOptionHasARuleAndEveryRuleAnOption() {
        for tool in ExecuteRegistry.tools {
            #expect(
                tool.options.map(\.name) == OptionRules.rules(of: tool.operation).map(\.name),
                "\(tool.name)")
        }
    }

    @Test func ourOwnOptionsAreRead() throws {
        let outcome = try OptionRules.decide(
            ToolArguments(["timeout": 120, "waitForHealthy": true]), of: .restartServer)
        #expect(outcome.deadline == .seconds(120))
        #expect(outcome.waitsForHealth)
        #expect(try decide(.runProcedure, "async", false).isAsync == false)
        #expect(try decide(.runProcedure, "async", true).isAsync == true)
        #expect(try decide(.triggerAction, "retryOnFailure", true).retriesFailure)
        #expect(try !decide(.triggerAction, "retryOnFailure", false).retriesFailure)
    }

    @Test(arguments: [
        (JobOperation.stopStack, "services", JSONValue.array(["web", "db"])),
        (.deployStack, "stop_time", 0), (.destroyStack, "remove_orphans", true),
        (.stopDeployment, "signal", "SIGINT"), (.destroyContainer, "time", 30),
        (.runSync, "resource_type", "Stack"), (.runSync, "resources", JSONValue.array(["shop"])),
    ])
    func komodosOwnParametersArePassedOn(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws {
        #expect(try decide(operation, option, value).arguments == [option: value])
    }

    @Test(arguments: [
        (JobOperation.stopStack, "services", JSONValue.array([])), (.stopStack, "services", "web"),
        (.stopStack, "services", JSONValue.array(["web", ""])),
        (.stopStack, "services", JSONValue.array([1])),
        (.stopStack, "stop_time", -1), (.stopStack, "stop_time", "5"),
        (.destroyStack, "remove_orphans", "yes"), (.stopDeployment, "signal", "SIGKILL"),
        (.stopDeployment, "time", 86_401), (.runSync, "resource_type", ""),
        (.cancelAction, "update_id", "67a1b2c3d4e5f60718293a4b"),
    ])
    func wrongParametersAreNamed(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try decide(operation, option, value)
        }
        #expect(failure.code == .validationError)
        #expect(failure.message.contains(option))
    }

    @Test func theSignedInterfaceGetsTheDocumentedOptionsAsTheyAre() throws {
        let given: JSONObject = [
            "branch": "develop", "depth": 1, "submodules": true, "overwrite": false,
        ]
        let outcome = try OptionRules.decide(
            ToolArguments(given), of: .cloneRepo, in: .signed)
        #expect(outcome.arguments == ["options": .object(given)])
        let ours = try OptionRules.decide(
            ToolArguments(["timeout": 9, "force": true]), of: .stopServer, in: .signed)
        #expect(ours.deadline == .seconds(9))
        #expect(ours.arguments == ["options": ["force": true]])
    }

    @Test func onlyTheConfiguredBranchIsTaken() throws {
        try RepoOptions.checkBranch("main", ["branch": "main"])
        for (repo, word) in [
            (["branch": "main"] as JSONObject?, "'main'"), ([:], "repo's config,"),
            (nil, "cannot be read now"),
        ] {
            let failure = try #require(throws: ToolFailure.self) {
                try RepoOptions.checkBranch("develop", repo)
            }
            #expect(failure.code == .unsupportedOption)
            #expect(failure.details["komodo_field"] == "repo.config.branch")
            #expect(failure.message.contains(word), "\(failure.message)")
        }
    }

    @Test func aCloneIsReplacedOnlyWhenThatIsSaid() throws {
        for overwrites in [nil, false] as [Bool?] {
            try RepoOptions.checkClone(overwrites, ["name": "infra"])
            for repo in [["cloned_commit": "abc1234"], ["last_sync": "2026-01-26"], nil]
                as [JSONObject?]
            {
                let failure = try #require(throws: ToolFailure.self) {
                    try RepoOptions.checkClone(overwrites, repo)
                }
                #expect(failure.code == .unsupportedOption)
                #expect(failure.details["option"] == "overwrite")
                #expect(failure.message.contains("overwrite: true"))
            }
        }
    }

    @Test(arguments: [
        ("timeout", JSONValue.int(0)), ("timeout", 86_401), ("timeout", "60"), ("timeuot", 60),
    ])
    func wrongOptionsAreNamed(_ option: String, _ value: JSONValue) throws {
        let failure = try #require(throws: ToolFailure.self) {
            try decide(.startServer, option, value)
        }
        #expect(failure.code == .validationError)
        #expect(failure.message.contains(option))
    }

    @discardableResult
    private func decide(
        _ operation: JobOperation, _ option: String, _ value: JSONValue
    ) throws -> OptionOutcome {
        try OptionRules.decide(ToolArguments([option: value]), of: operation)
    }
}
